/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where the demo cells of QEMU `virt` have their memory, all of it from the board's
 * region "cells". Each sees it where it is.
 *
 *	0x70400000	demo-ring, demo-uart, demo-smp, demo-native-idle, demo-timer: one at a time
 *	0x72000000	demo-victim
 *	0x74000000	tile-1 to tile-7, 16 MiB apart
 *	0x7ff00000	the board's region "shared"
 *
 * An image goes to the start of "ram"; "data" behind it is not executable.
 */
#include <cellblock/board.h>

#define DEMO_MEMORY(base, ram_size)                                                                \
	{ "ram", .phys = (base), .size = (ram_size), .flags = RAM | LOADABLE },                    \
	{ "data", .phys = (base) + (ram_size), .size = 64 * KiB, .flags = DATA }

#define DEMO_SHARED                                                                                \
	{ "shared", .phys = 0x7ff00000, .size = 1 * MiB, .flags = DATA | SHARED }
