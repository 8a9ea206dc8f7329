// SPDX-License-Identifier: GPL-2.0-only
/*
 * QEMU `virt` with GICv2 and 4 CPUs, the real-time clock and GPIO not
 * listed: the permissive root cell gets them at first touch, and they are recorded.
 * For bring-up: the hypervisor prints its messages on the UART, too.
 *	qemu-system-aarch64 -machine virt,virtualization=on,gic-version=2 -smp 4
 */
#include "qemu-virt.h"

CELLBLOCK_SYSTEM = {
	.name = "qemu-virt-gicv2-permissive",
	.hypervisor = QEMU_VIRT_HYPERVISOR,
	.cpus = QEMU_VIRT_4_CPUS,
	.gic = QEMU_VIRT_GICV2,
	.debug_console = PL011(0x09000000),
	.flags = PERMISSIVE,
	.regions = REGIONS(QEMU_VIRT_RAM, QEMU_VIRT_DEVICES, QEMU_VIRT_V2M),
	.irqs = QEMU_VIRT_IRQS,
};
