# SPDX-License-Identifier: GPL-2.0-only
#
# U-Boot on QEMU's `virt`: keeps 256 MiB from Linux for Cellblock, and the second UART for a cell.
#	mkimage -A arm64 -T script -C none -d qemu-virt-boot.cmd boot.scr
fdt addr ${fdt_addr}
fdt resize 4096
fdt mknode / reserved-memory
fdt set /reserved-memory "#address-cells" <2>
fdt set /reserved-memory "#size-cells" <2>
fdt set /reserved-memory ranges
fdt mknode /reserved-memory cellblock@70000000
fdt set /reserved-memory/cellblock@70000000 reg <0x0 0x70000000 0x0 0x10000000>
fdt set /reserved-memory/cellblock@70000000 no-map
fdt set /pl011@9040000 status reserved

# U-Boot copies initramfs and device tree to the end of RAM otherwise: Linux would keep them there.
setenv bootm_size 0x30000000
setenv bootargs console=ttyAMA0 panic=-1
load ${devtype} ${devnum}:${distro_bootpart} ${kernel_addr_r} Image
load ${devtype} ${devnum}:${distro_bootpart} ${ramdisk_addr_r} initrd.gz
booti ${kernel_addr_r} ${ramdisk_addr_r}:${filesize} ${fdt_addr}
