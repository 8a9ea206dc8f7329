/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Zynq UltraScale+ MPSoC on the ZCU102, by its technical reference manual (UG1085, chapter 10)
 * and the device tree of Linux.
 *
 * 256 MiB at 0x70000000 are reserved from Linux, for the hypervisor and its cells.
 */
#include <cellblock/board.h>

#define ZCU102_UART0	0xff000000 /* Linux' console */
#define ZCU102_UART1	0xff010000 /* for a cell; INTID 54 */

#define ZCU102_REGIONS                                                                             \
	{ "ram", .phys = 0x00000000, .size = 0x70000000, .flags = RAM },                           \
	{ "cells", .phys = 0x70400000, .size = 252 * MiB, .flags = RAM },                          \
	{ "pl", .phys = 0x80000000, .size = 1 * GiB, .flags = MMIO },                              \
	{ "qspi", .phys = 0xc0000000, .size = 512 * MiB, .flags = MMIO },                          \
	{ "pcie-low", .phys = 0xe0000000, .size = 256 * MiB, .flags = MMIO },                      \
	{ "coresight", .phys = 0xf8000000, .size = 16 * MiB, .flags = MMIO },                      \
	/* The low-power domain, around registers and RAM of the platform management unit, */      \
	/* up to the on-chip memory: these are the firmware's. */                                  \
	{ "lpd", .phys = 0xfe000000, .size = 0x01d80000, .flags = MMIO },                          \
	{ "lpd-2", .phys = 0xffde0000, .size = 0x001e0000, .flags = MMIO },                        \
	{ "pcie-high", .phys = 0x600000000, .size = 8 * GiB, .flags = MMIO },                      \
	{ "ram-high", .phys = 0x800000000, .size = 2 * GiB, .flags = RAM },                        \
	{ "pcie-high-2", .phys = 0x8000000000, .size = 256 * GiB, .flags = MMIO }

/*
 * Registers of the full-power domain, but for those that decide about CPUs: CRF_APB (0xfd1a0000 to
 * 0xfd2dffff) resets them, APU (0xfd5c0000, 64 KiB) has the address where each begins, at EL3.
 * Linux has no driver for either, and asks the firmware for clocks.
 */
#define ZCU102_FPD                                                                                 \
	{ "fpd", .phys = 0xfd000000, .size = 0x001a0000, .flags = MMIO },                          \
	{ "fpd-2", .phys = 0xfd2e0000, .size = 0x002e0000, .flags = MMIO },                        \
	{ "fpd-3", .phys = 0xfd5d0000, .size = 0x00a30000, .flags = MMIO }

#define ZCU102_HYPERVISOR	{ 0x70000000, 4 * MiB }
#define ZCU102_CPUS		CPUS(0x0, 0x1, 0x2, 0x3)
#define ZCU102_IRQS		IRQS({ .first = 32, .count = 160 })

/*
 * EEMI: PM_REQ_SUSPEND, PM_FORCE_POWERDOWN, PM_REQ_WAKEUP. They act on any CPU, those of cells too, and
 * Linux' remoteproc needs them. PM_SELF_SUSPEND, which Linux does not make, names an address at which the
 * CPU goes on, at EL3. TF-A looks at the number only, so that there are two of each.
 */
#define ZCU102_SMCS                                                                                \
	SMCS(0x82000006, 0x82000007, 0x82000008, 0x8200000a, 0xc2000006, 0xc2000007, 0xc2000008,   \
	     0xc200000a)

/*
 * GIC-400. Each page of the CPU interface is repeated over 64 KiB. Linux and Cellblock use the
 * last copy of the first page, which the second page follows.
 */
#define ZCU102_GIC                                                                                 \
	{                                                                                          \
		.version = 2,                                                                      \
		.gicd = { 0xf9010000, 64 * KiB },                                                  \
		.gicc = { 0xf902f000, 8 * KiB },                                                   \
		.gich = { 0xf9040000, 128 * KiB },                                                 \
		.gicv = { 0xf9060000, 128 * KiB },                                                 \
	}
