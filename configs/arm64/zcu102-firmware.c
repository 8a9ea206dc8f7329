// SPDX-License-Identifier: GPL-2.0-only
/*
 * ZCU102: a cell that may ask the platform management firmware for its version and for that of
 * a chip, and for nothing else: PM_GET_API_VERSION and PM_GET_CHIPID of the EEMI (UG1200).
 */
#include "zcu102.h"

CELLBLOCK_CELL = {
	.name = "zcu102-firmware",
	.cpus = CPU(2),
	.regions = REGIONS(
		{ "ram", .phys = 0x72000000, .size = 16 * MiB, .flags = RAM | LOADABLE },
		{ "data", .phys = 0x73000000, .size = 64 * KiB, .flags = DATA }),
	.smcs = SMCS(0xc2000001, 0xc2000018),
	.console = RING,
};
