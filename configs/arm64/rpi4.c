// SPDX-License-Identifier: GPL-2.0-only
/*
 * Raspberry Pi 4 with PSCI: TF-A in the place of the firmware's own stub. docs/boards/rpi4.md
 * says how it is booted, and rpi4-spin-table.c is for a Pi without PSCI.
 */
#include "rpi4.h"

CELLBLOCK_SYSTEM = {
	.name = "rpi4",
	.hypervisor = RPI4_HYPERVISOR,
	.cpus = RPI4_CPUS,
	.gic = RPI4_GIC,
	.regions = REGIONS(RPI4_REGIONS(RPI4_BEHIND_TFA)),
	.irqs = RPI4_IRQS,
};
