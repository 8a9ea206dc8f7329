// SPDX-License-Identifier: GPL-2.0-only
/*
 * Raspberry Pi 4 as it comes, without PSCI: Linux, with nr_cpus=2 on its command line, leaves
 * CPUs 2 and 3 where the firmware has them wait. Only these can be given to cells.
 */
#include "rpi4.h"

CELLBLOCK_SYSTEM = {
	.name = "rpi4-spin-table",
	.hypervisor = RPI4_HYPERVISOR,
	.cpus = RPI4_CPUS,
	.spin_table = RPI4_SPIN_TABLE,
	.gic = RPI4_GIC,
	.regions = REGIONS(RPI4_REGIONS(RPI4_BEHIND_STUB)),
	.irqs = RPI4_IRQS,
};
