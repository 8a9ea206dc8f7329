// SPDX-License-Identifier: GPL-2.0-only
/*
 * QEMU `virt` with GICv3 and 4 CPUs.
 *	qemu-system-aarch64 -machine virt,virtualization=on,gic-version=3 -smp 4
 */
#include "qemu-virt.h"

CELLBLOCK_SYSTEM = {
	.name = "qemu-virt-gicv3",
	.hypervisor = QEMU_VIRT_HYPERVISOR,
	.cpus = QEMU_VIRT_4_CPUS,
	.gic = QEMU_VIRT_GICV3,
	.regions = REGIONS(QEMU_VIRT_RAM, QEMU_VIRT_RTC_GPIO, QEMU_VIRT_DEVICES),
	.irqs = QEMU_VIRT_IRQS,
};
