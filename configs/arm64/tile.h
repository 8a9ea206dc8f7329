/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * QEMU `virt` with 8 CPUs: seven cells of one CPU each fill the machine beside the root
 * cell. Cell number TILE has the CPU of that number.
 */
#include "qemu-virt-cell.h"

#define TILE_NAME(n)	TILE_STRING(n)
#define TILE_STRING(n)	"tile-" #n

CELLBLOCK_CELL = {
	.name = TILE_NAME(TILE),
	.cpus = CPU(TILE),
	.regions = REGIONS(DEMO_MEMORY(0x74000000 + (TILE - 1) * 16 * MiB, 8 * MiB)),
	.console = RING,
};
