# SPDX-License-Identifier: GPL-2.0-only
#
# U-Boot on a Raspberry Pi 4: keeps 256 MiB from Linux for Cellblock, and the mini UART for a cell.
#	mkimage -A arm64 -T script -C none -d rpi4-boot.cmd boot.scr
fdt addr ${fdt_addr}
fdt resize 4096
fdt mknode /reserved-memory cellblock@10000000
fdt set /reserved-memory/cellblock@10000000 reg <0x0 0x10000000 0x10000000>
fdt set /reserved-memory/cellblock@10000000 no-map
fdt set /soc/aux@7e215000 status reserved
fdt set /soc/serial@7e215040 status reserved

setenv bootargs console=ttyAMA0,115200 panic=-1
setenv kernel_addr_r 0x04000000
setenv ramdisk_addr_r 0x09000000
load ${devtype} ${devnum}:1 ${kernel_addr_r} Image
load ${devtype} ${devnum}:1 ${ramdisk_addr_r} initrd.gz
booti ${kernel_addr_r} ${ramdisk_addr_r}:${filesize} ${fdt_addr}
