// SPDX-License-Identifier: GPL-2.0-only
/*
 * QEMU `virt` with GICv3 and 4 CPUs, the real-time clock and GPIO not
 * listed: the permissive root cell gets them at first touch, and they are recorded.
 * For bring-up: the hypervisor prints its messages on the UART, too.
 *	qemu-system-aarch64 -machine virt,virtualization=on,gic-version=3 -smp 4
 */
#include "qemu-virt.h"

CELLBLOCK_SYSTEM = {
	.name = "qemu-virt-gicv3-permissive",
	.hypervisor = QEMU_VIRT_HYPERVISOR,
	.cpus = QEMU_VIRT_4_CPUS,
	.gic = QEMU_VIRT_GICV3,
	.debug_console = PL011(0x09000000),
	.flags = PERMISSIVE,
	.regions = REGIONS(QEMU_VIRT_RAM, QEMU_VIRT_DEVICES),
	.irqs = QEMU_VIRT_IRQS,
};
