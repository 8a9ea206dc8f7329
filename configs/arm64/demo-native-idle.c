// SPDX-License-Identifier: GPL-2.0-only
/*
 * QEMU `virt`, either GIC: demo-ring that waits for interrupts without an exit.
 */
#include "qemu-virt-cell.h"

CELLBLOCK_CELL = {
	.name = "demo-native-idle",
	.cpus = CPU(3),
	.flags = NATIVE_IDLE,
	.regions = REGIONS(DEMO_MEMORY(0x70400000, 16 * MiB), DEMO_SHARED),
	.console = RING,
};
