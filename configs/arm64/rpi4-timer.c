// SPDX-License-Identifier: GPL-2.0-only
/*
 * Raspberry Pi 4: a cell with the mini UART, so that nothing it prints is an exit, that waits for
 * interrupts without an exit. Linux must leave the UART alone (docs/boards/rpi4.md). The page
 * holds SPI1 and SPI2, too.
 */
#include "rpi4.h"

CELLBLOCK_CELL = {
	.name = "rpi4-timer",
	.cpus = CPU(3),
	.flags = NATIVE_IDLE,
	.regions = REGIONS(
		{ "ram", .phys = 0x10400000, .size = 16 * MiB, .flags = RAM | LOADABLE },
		{ "data", .phys = 0x11400000, .size = 64 * KiB, .flags = DATA },
		{ "aux", .phys = 0xfe215000, .size = 4 * KiB, .flags = MMIO }),
	.irqs = IRQS({ .first = 125, .count = 1 }),
	.console = UART_8250(RPI4_MINI_UART, 125),
};
