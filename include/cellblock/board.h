/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * How to write a configuration: one C file that includes this header and describes a
 * board (CELLBLOCK_SYSTEM) or a cell (CELLBLOCK_CELL) with designated initialisers.
 * configs/Makefile turns it into the .cell file that <cellblock/config.h> describes.
 * For the build machine only. Fields that are left out are empty.
 *
 *	CELLBLOCK_CELL = {
 *		.name = "timer",
 *		.cpus = CPU(3),
 *		.regions = REGIONS(
 *			{ .name = "ram", .phys = 0x70400000, .size = 16 * MiB,
 *			  .flags = RAM | LOADABLE },
 *			{ .name = "uart", .phys = 0x09040000, .virt = AT(0x0),
 *			  .size = 4 * KiB, .flags = MMIO }),
 *		.irqs = IRQS({ .first = 40, .count = 1 }),
 *		.console = PL011(0x0, 40),
 *	};
 */
#ifndef CELLBLOCK_BOARD_H
#define CELLBLOCK_BOARD_H

#include <cellblock/config.h>

#define KiB	1024ull
#define MiB	(1024 * KiB)
#define GiB	(1024 * MiB)

/* Region flags. */
#define READ		CB_REGION_READ
#define WRITE		CB_REGION_WRITE
#define EXECUTE		CB_REGION_EXECUTE
#define SHARED		CB_REGION_SHARED	/* also in a region of another cell, which says so too */
#define LOADABLE	CB_REGION_LOADABLE	/* the root cell fills it before the cell starts */
#define RAM		(READ | WRITE | EXECUTE)
#define DATA		(READ | WRITE)
#define MMIO		(READ | WRITE | CB_REGION_IO)

/* Cell flags. */
#define NATIVE_IDLE	CB_CELL_NATIVE_IDLE	/* WFI does not exit */
#define PERMISSIVE	CB_CELL_PERMISSIVE	/* root cell: unlisted device pages appear when touched */
#define ACCEPT_LPIS	CB_CELL_ACCEPT_LPIS	/* take CPUs whose LPIs cannot be turned off */

/* A cell's CPUs, by their place in the board's .cpus: CPU(2) | CPU(3). */
#define CPU(n)		(1ull << (n))

/* Where the cell sees a region, when that is not where it is. */
#define AT(ipa)		{ .given = true, .address = (ipa) }

struct board_address {
	bool given;
	uint64_t address;
};

struct board_region {
	const char *name;		/* for people, up to 15 characters */
	uint64_t phys;			/* PA */
	struct board_address virt;	/* IPA, AT(...); left out: the same as phys */
	uint64_t size;
	uint32_t flags;
};

/* Lists. */
#define REGIONS(...)	BOARD_LIST(struct board_region, __VA_ARGS__)
#define IRQS(...)	BOARD_LIST(struct cb_irq_range, __VA_ARGS__)	/* SPIs, by INTID */
#define SMCS(...)	BOARD_LIST(uint32_t, __VA_ARGS__)	/* function IDs that the cell may call */
#define CPUS(...)	BOARD_LIST(uint64_t, __VA_ARGS__)	/* MPIDRs of the board, CPU 0 first */
#define SPIN_TABLE(...)	BOARD_LIST(uint64_t, __VA_ARGS__)	/* release addresses, 0 for Linux' CPUs */

#define BOARD_LIST(type, ...)                                                                      \
	{                                                                                          \
		.items = (const type[]){ __VA_ARGS__ },                                            \
		.count = sizeof((const type[]){ __VA_ARGS__ }) / sizeof(type),                     \
	}

struct board_regions {
	const struct board_region *items;
	size_t count;
};

struct board_irqs {
	const struct cb_irq_range *items;
	size_t count;
};

struct board_smcs {
	const uint32_t *items;
	size_t count;
};

struct board_cpus {
	const uint64_t *items;
	size_t count;
};

/* Consoles. */
#define RING		{ .type = CB_CONSOLE_RING }	/* hypercalls; cellctl shows it */
/* UARTs: IPA (cell) or PA (board), INTID or nothing */
#define PL011(...)	BOARD_UART(CB_CONSOLE_PL011, __VA_ARGS__, 0)
#define UART_8250(...)	BOARD_UART(CB_CONSOLE_8250, __VA_ARGS__, 0)	/* registers 4 bytes apart */
#define CADENCE(...)	BOARD_UART(CB_CONSOLE_CADENCE, __VA_ARGS__, 0)

#define BOARD_UART(model, where, intid, ...)                                                       \
	{                                                                                          \
		.type = (model), .address = (where), .irq = (intid),                               \
	}

/* GICv2: gicd, gicc, gich, gicv. GICv3: gicd, gicr, and its if there is one. */
struct board_gic {
	uint32_t version;
	struct cb_frame gicd;
	struct cb_frame gicc;	/* two pages */
	struct cb_frame gich;
	struct cb_frame gicv;
	struct cb_frame gicr;	/* of all CPUs */
	struct cb_frame its;
};

struct board_system {
	const char *name;
	struct cb_frame hypervisor;	/* reserved RAM, 2 MiB aligned */
	struct board_cpus cpus;
	struct board_cpus spin_table;	/* CPUs that Linux leaves there, as nr_cpus= makes it do */
	struct board_gic gic;
	struct cb_console_config debug_console;
	uint32_t flags;			/* of the root cell */
	struct board_regions regions;	/* of the root cell: all that cells can get, too */
	struct board_irqs irqs;		/* likewise */
};

struct board_cell {
	const char *name;
	uint64_t cpus;
	uint32_t flags;
	struct board_regions regions;
	struct board_irqs irqs;
	struct board_smcs smcs;
	struct cb_console_config console;
};

/* One of them is what a configuration defines; tools/mkcell looks which. */
#define CELLBLOCK_SYSTEM	BOARD_DEFINE(struct board_system, cellblock_system)
#define CELLBLOCK_CELL		BOARD_DEFINE(struct board_cell, cellblock_cell)

#define BOARD_DEFINE(type, symbol)                                                                 \
	const char cellblock_source[] = __FILE__;                                                  \
	const type symbol

extern const char cellblock_source[];
extern const struct board_system cellblock_system __attribute__((weak));
extern const struct board_cell cellblock_cell __attribute__((weak));

#endif
