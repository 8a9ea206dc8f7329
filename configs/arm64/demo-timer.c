// SPDX-License-Identifier: GPL-2.0-only
/*
 * QEMU `virt`, either GIC: the cell of `make demo`. It has the second UART, so that nothing
 * it prints is an exit, and waits for interrupts without an exit. Linux must leave the UART
 * alone: scripts/qemu.py --cell-uart.
 */
#include "qemu-virt-cell.h"

CELLBLOCK_CELL = {
	.name = "demo-timer",
	.cpus = CPU(3),
	.flags = NATIVE_IDLE,
	.regions = REGIONS(DEMO_MEMORY(0x70400000, 16 * MiB),
			   { "uart1", .phys = 0x09040000, .size = 4 * KiB, .flags = MMIO }),
	.irqs = IRQS({ .first = 40, .count = 1 }),
	.console = PL011(0x09040000, 40),
};
