/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * How to write a configuration: one C file that includes this header and describes a
 * board (CELLBLOCK_SYSTEM) or a cell (CELLBLOCK_CELL) with designated initialisers.
 * `cellctl config build` compiles it, reads what the object says and writes the .cell file that
 * <cellblock/config.h> describes. Fields that are left out are empty. The comments of flags and fields
 * are the tables of docs/configuration.md (make reference).
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
/* A right; the other rights need it. */
#define READ		CB_REGION_READ
/* A right. */
#define WRITE		CB_REGION_WRITE
/* A right. */
#define EXECUTE		CB_REGION_EXECUTE
/* All three rights. */
#define RAM		(READ | WRITE | EXECUTE)
/* Read and write. */
#define DATA		(READ | WRITE)
/*
 * Registers: read, write, never executable. Device-nGnRE for a cell; for the root cell what Linux takes
 * them for, but not cacheable.
 */
#define MMIO		(READ | WRITE | CB_REGION_IO)
/*
 * Does not leave the root cell. Each cell that has it says so, and so does the root cell; it is
 * neither cleaned nor cleared when a cell comes and goes.
 */
#define SHARED		CB_REGION_SHARED
/*
 * The root cell may write it while the cell is in state *loading*. `cellctl load` uses the first
 * region that is `LOADABLE` and executable.
 */
#define LOADABLE	CB_REGION_LOADABLE

/* Cell flags. */
/* Of a cell: WFI does not enter the hypervisor. See below for the trade. */
#define NATIVE_IDLE	CB_CELL_NATIVE_IDLE
/* Of a board, for bring-up: a device page that is not listed appears when Linux touches it. */
#define PERMISSIVE	CB_CELL_PERMISSIVE
/* GICv3: take CPUs whose LPIs the hardware cannot turn off again (`GICR_CTLR.CES` = 0). */
#define ACCEPT_LPIS	CB_CELL_ACCEPT_LPIS

/* A cell's CPUs, by their place in the board's .cpus: CPU(2) | CPU(3). */
#define CPU(n)		(1ull << (n))

/* Where the cell sees a region, when that is not where it is. */
#define AT(ipa)		{ .given = true, .address = (ipa) }

struct board_address {
	bool given;
	uint64_t address;
};

struct board_region {
	/* For people, up to 15 characters. */
	const char *name;
	/* Physical address, a multiple of 4 KiB. */
	uint64_t phys;
	/* `AT(address)`: where the cell sees it (IPA). Left out: where it is. */
	struct board_address virt;
	/*
	 * In bytes, a multiple of 4 KiB. Alignment of both addresses to 2 MiB (1 GiB) gives large
	 * blocks: fewer pages of the pool and fewer TLB misses.
	 */
	uint64_t size;
	/* Region flags, with `|` between them. */
	uint32_t flags;
};

/* Lists. */
#define REGIONS(...)	BOARD_LIST(struct board_region, __VA_ARGS__)
#define IRQS(...)	BOARD_LIST(struct cb_irq_range, __VA_ARGS__)	/* SPIs, by INTID */
#define SMCS(...)	BOARD_LIST(uint32_t, __VA_ARGS__)	/* function IDs of SMC calls */
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
/* A PL011 that the hypervisor plays: IPA of its page, INTID of an SPI that no device has, or nothing. */
#define VUART(...)	BOARD_UART(CB_CONSOLE_VIRTUAL, __VA_ARGS__, 0)
/* UARTs: IPA (cell) or PA (board), INTID or nothing */
#define PL011(...)	BOARD_UART(CB_CONSOLE_PL011, __VA_ARGS__, 0)
#define UART_8250(...)	BOARD_UART(CB_CONSOLE_8250, __VA_ARGS__, 0)	/* registers 4 bytes apart */
#define CADENCE(...)	BOARD_UART(CB_CONSOLE_CADENCE, __VA_ARGS__, 0)
#define UART_IMX(...)	BOARD_UART(CB_CONSOLE_IMX, __VA_ARGS__, 0)

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
	/* Up to 31 characters of `[A-Za-z0-9._-]`. */
	const char *name;
	/*
	 * `{ address, size }` of its memory: 2 MiB aligned, a multiple of 2 MiB (or just 1 MiB), up to
	 * 256 MiB, reserved from Linux. See "How much memory" below.
	 */
	struct cb_frame hypervisor;
	/*
	 * `CPUS(mpidr, ...)`: affinity of every CPU, CPU 0 first. These numbers are what `CPU(n)` means;
	 * Linux may number otherwise (`cellctl show root` has both).
	 */
	struct board_cpus cpus;
	/*
	 * `SPIN_TABLE(address, ...)`: for boards without PSCI. By CPU, the release address
	 * (`cpu-release-addr` in the device tree) of one that Linux left in its spin table, 0 for one
	 * that Linux has; GICv2 only. Left out: Linux has all. See [boards/rpi4.md](boards/rpi4.md).
	 */
	struct board_cpus spin_table;
	/*
	 * `.version` 2: `.gicd`, `.gicc` (8 KiB or more), `.gich`, `.gicv`. 3: `.gicd` (64 KiB, or 128 from
	 * GIC-500 on), `.gicr` (all CPUs, one range), `.its` if there is one.
	 */
	struct board_gic gic;
	/*
	 * A UART: the hypervisor prints there, too. `PL011(address)`, `UART_8250(address)` (registers 4
	 * bytes apart), `CADENCE(address)` or `UART_IMX(address)`. For bring-up: it is mostly the root
	 * cell's UART, and both write without knowing of each other. Left out: `cellctl console` only.
	 */
	struct cb_console_config debug_console;
	/* Of the root cell: `PERMISSIVE`, `ACCEPT_LPIS` or nothing. */
	uint32_t flags;
	/*
	 * `REGIONS(...)`: all that the root cell has, and so all that cells can be given. PA and IPA are
	 * the same. Not the hypervisor's memory, not the GIC's frames.
	 */
	struct board_regions regions;
	/* `IRQS(...)`: the SPIs of the root cell, likewise; INTIDs, not device-tree numbers. */
	struct board_irqs irqs;
	/*
	 * `SMCS(0xc2000004, ...)`: function IDs of SMC calls to the firmware that Linux may not make while
	 * there is another cell, since they act on CPUs or memory of all; it is told that there is no such
	 * function. All others it may. Not for PSCI and the architecture's workarounds. See "Calls to the
	 * firmware" below.
	 */
	struct board_smcs smcs;
};

struct board_cell {
	/* As above; no two cells have the same, and none is called `root`. */
	const char *name;
	/* `CPU(n) | CPU(m)`; the lowest is its boot CPU. */
	uint64_t cpus;
	/* `NATIVE_IDLE`, `ACCEPT_LPIS` or nothing. */
	uint32_t flags;
	/* `REGIONS(...)`: what it gets, each wholly within regions of the root cell. */
	struct board_regions regions;
	/* `IRQS({ .first = 40, .count = 1 }, ...)`: its SPIs. */
	struct board_irqs irqs;
	/*
	 * `SMCS(0x8400..., ...)`: function IDs of SMC calls to the firmware that it may make besides PSCI
	 * and the architecture's workarounds. The firmware is then trusted with what the cell passes to
	 * it.
	 */
	struct board_smcs smcs;
	/*
	 * `RING`, a UART, `PL011(IPA, INTID)` or `PL011(IPA)` and likewise `UART_8250`, `CADENCE` and
	 * `UART_IMX`, or nothing: what `stdout-path` in its device tree says. A UART also lies in one of
	 * its regions, its interrupt is one of its SPIs. `VUART(IPA, INTID)` is a PL011 that the hypervisor
	 * plays: its page is in no region, its interrupt is one of the cell's SPIs that no device has.
	 */
	struct cb_console_config console;
	/*
	 * Bytes that are kept of what the cell writes to `RING` or `VUART`: `4 * KiB` to `1 * MiB`, a power
	 * of two, out of the hypervisor's memory. Left out: 3.5 KiB.
	 */
	uint32_t log_size;
};

/* A configuration defines one of them, and `cellctl config build` looks which. */
#define CELLBLOCK_SYSTEM	const struct board_system cellblock_system
#define CELLBLOCK_CELL		const struct board_cell cellblock_cell

extern const struct board_system cellblock_system;
extern const struct board_cell cellblock_cell;

#endif
