// SPDX-License-Identifier: GPL-2.0-only
/*
 * QEMU `virt` with GICv2 and 4 CPUs.
 *	qemu-system-aarch64 -machine virt,virtualization=on,gic-version=2 -smp 4
 */
#include "qemu-virt.h"

CELLBLOCK_SYSTEM = {
	.name = "qemu-virt-gicv2",
	.hypervisor = QEMU_VIRT_HYPERVISOR,
	.cpus = QEMU_VIRT_4_CPUS,
	.gic = QEMU_VIRT_GICV2,
	.regions = REGIONS(QEMU_VIRT_RAM, QEMU_VIRT_RTC_GPIO, QEMU_VIRT_DEVICES, QEMU_VIRT_V2M),
	.irqs = QEMU_VIRT_IRQS,
};
