// SPDX-License-Identifier: GPL-2.0-only
/*
 * QEMU `virt`, either GIC: a cell to run beside demo-ring, with which it has nothing in
 * common. What happens to the one must not be seen in the other.
 */
#include "qemu-virt-cell.h"

CELLBLOCK_CELL = {
	.name = "demo-victim",
	.cpus = CPU(2),
	.regions = REGIONS(DEMO_MEMORY(0x72000000, 16 * MiB)),
	.console = RING,
};
