// SPDX-License-Identifier: GPL-2.0-only
/*
 * ZCU102: a cell with the second UART, so that nothing it prints is an exit, that waits for
 * interrupts without an exit. Linux must leave the UART alone (docs/boards/zcu102.md).
 */
#include "zcu102.h"

CELLBLOCK_CELL = {
	.name = "zcu102-timer",
	.cpus = CPU(3),
	.flags = NATIVE_IDLE,
	.regions = REGIONS(
		{ "ram", .phys = 0x70400000, .size = 16 * MiB, .flags = RAM | LOADABLE },
		{ "data", .phys = 0x71400000, .size = 64 * KiB, .flags = DATA },
		{ "uart1", .phys = ZCU102_UART1, .size = 4 * KiB, .flags = MMIO }),
	.irqs = IRQS({ .first = 54, .count = 1 }),
	.console = CADENCE(ZCU102_UART1, 54),
};
