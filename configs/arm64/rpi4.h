/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Raspberry Pi 4: BCM2711, with the low peripheral mode that its firmware sets up, by the
 * "BCM2711 ARM peripherals" and the device tree of Linux. One description serves every RAM size:
 * what lies behind the RAM that is there is simply never touched.
 *
 * 256 MiB at 0x10000000 are reserved from Linux, for the hypervisor and its cells. The firmware
 * puts kernel and initramfs below, its device tree and the GPU's memory above.
 */
#include <cellblock/board.h>

#define RPI4_MINI_UART	0xfe215040 /* INTID 125 */

/* What lies before `start` is the firmware's, and nothing else keeps others out of it. */
#define RPI4_MEMORY(start)                                                                         \
	{ "ram", .phys = (start), .size = 0x10000000 - (start), .flags = RAM },                    \
	{ "cells", .phys = 0x10400000, .size = 252 * MiB, .flags = RAM },                          \
	{ "ram-1", .phys = 0x20000000, .size = 0xdc000000, .flags = RAM },                         \
	{ "ram-2", .phys = 0x100000000, .size = 4 * GiB, .flags = RAM }

#define RPI4_PERIPHERALS                                                                           \
	{ "ethernet-pcie", .phys = 0xfc000000, .size = 32 * MiB, .flags = MMIO },                  \
	{ "peripherals", .phys = 0xfe000000, .size = 24 * MiB, .flags = MMIO },                    \
	{ "pcie-mmio", .phys = 0x600000000, .size = 1 * GiB, .flags = MMIO }

/* Around the GIC. */
#define RPI4_ARM_LOCAL                                                                             \
	{ "arm-local", .phys = 0xff800000, .size = 0x41000, .flags = MMIO },                       \
	{ "arm-local-2", .phys = 0xff848000, .size = 0x7b8000, .flags = MMIO }

#define RPI4_REGIONS(start)	RPI4_MEMORY(start), RPI4_PERIPHERALS, RPI4_ARM_LOCAL

#define RPI4_BEHIND_TFA		0x80000 /* BL31, which Linux' device tree has as atf@0 */
#define RPI4_BEHIND_STUB	0x1000 /* the firmware's spin table and its loop */

#define RPI4_GIC                                                                                   \
	{                                                                                          \
		.version = 2,                                                                      \
		.gicd = { 0xff841000, 4 * KiB },                                                   \
		.gicc = { 0xff842000, 8 * KiB },                                                   \
		.gich = { 0xff844000, 8 * KiB },                                                   \
		.gicv = { 0xff846000, 8 * KiB },                                                   \
	}

#define RPI4_HYPERVISOR	{ 0x10000000, 4 * MiB }
#define RPI4_CPUS	CPUS(0x0, 0x1, 0x2, 0x3)
#define RPI4_IRQS	IRQS({ .first = 32, .count = 192 })

/* Where the firmware has CPUs 2 and 3 wait, if Linux leaves them there. */
#define RPI4_SPIN_TABLE	SPIN_TABLE(0, 0, 0xe8, 0xf0)
