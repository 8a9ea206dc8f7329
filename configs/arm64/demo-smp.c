// SPDX-License-Identifier: GPL-2.0-only
/*
 * QEMU `virt`, either GIC: a cell with two CPUs. It shares 1 MiB with the root cell.
 */
#include "qemu-virt-cell.h"

CELLBLOCK_CELL = {
	.name = "demo-smp",
	.cpus = CPU(2) | CPU(3),
	.regions = REGIONS(DEMO_MEMORY(0x70400000, 16 * MiB), DEMO_SHARED),
	.console = RING,
};
