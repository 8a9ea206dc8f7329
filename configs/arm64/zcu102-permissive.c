// SPDX-License-Identifier: GPL-2.0-only
/*
 * ZCU102, for bring-up: what Linux touches of the full-power domain is mapped at first touch and
 * recorded, and the hypervisor prints its messages on Linux' console, too.
 */
#include "zcu102.h"

CELLBLOCK_SYSTEM = {
	.name = "zcu102-permissive",
	.hypervisor = ZCU102_HYPERVISOR,
	.cpus = ZCU102_CPUS,
	.gic = ZCU102_GIC,
	.debug_console = CADENCE(ZCU102_UART0),
	.flags = PERMISSIVE,
	.regions = REGIONS(ZCU102_REGIONS),
	.irqs = ZCU102_IRQS,
	.smcs = ZCU102_SMCS,
};
