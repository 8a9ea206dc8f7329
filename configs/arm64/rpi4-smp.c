// SPDX-License-Identifier: GPL-2.0-only
/* Raspberry Pi 4: a cell with two CPUs, those that rpi4-spin-table.c takes from the spin table. */
#include "rpi4.h"

CELLBLOCK_CELL = {
	.name = "rpi4-smp",
	.cpus = CPU(2) | CPU(3),
	.regions = REGIONS(
		{ "ram", .phys = 0x12000000, .size = 16 * MiB, .flags = RAM | LOADABLE },
		{ "data", .phys = 0x13000000, .size = 64 * KiB, .flags = DATA }),
	.smcs = SMCS(0xc2000001),
	.console = RING,
};
