// SPDX-License-Identifier: GPL-2.0-only
/*
 * QEMU `virt`, either GIC: a cell that has the second UART and its interrupt.
 * Needs QEMU 9.1 and two -serial options.
 */
#include "qemu-virt-cell.h"

CELLBLOCK_CELL = {
	.name = "demo-uart",
	.cpus = CPU(3),
	.regions = REGIONS(DEMO_MEMORY(0x70400000, 16 * MiB),
			   { "uart1", .phys = 0x09040000, .size = 4 * KiB, .flags = MMIO }),
	.irqs = IRQS({ .first = 40, .count = 1 }),
	.console = PL011(0x09040000, 40),
};
