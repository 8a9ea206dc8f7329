// SPDX-License-Identifier: GPL-2.0-only
/* ZCU102: four Cortex-A53, GIC-400. docs/boards/zcu102.md says how it is booted. */
#include "zcu102.h"

CELLBLOCK_SYSTEM = {
	.name = "zcu102",
	.hypervisor = ZCU102_HYPERVISOR,
	.cpus = ZCU102_CPUS,
	.gic = ZCU102_GIC,
	.regions = REGIONS(ZCU102_REGIONS, ZCU102_FPD),
	.irqs = ZCU102_IRQS,
	.smcs = ZCU102_SMCS,
};
