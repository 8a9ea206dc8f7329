/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A board for tests of who owns what (cell/): the tables are real, the GIC keeps only lists of
 * who has what, and there are no CPUs. Whoever uses it defines what else these call:
 * window_map(), memory_clean(), cpu_request(), gic_wake(), host_sysreg_read().
 */
#ifndef UNIT_BOARD_H
#define UNIT_BOARD_H

#include <mm/el2map.h>
#include <config/check.h>
#include <cell/cell.h>

#define NR_CPUS		6
#define NR_INTIDS	224
#define FIRST_IRQ	32
#define NR_IRQS		160 /* that the root cell has */
#define POOL_PAGES	2048
#define IMAGE_PAGES	16
#define PA_BITS		40

#define RAM		0x40000000UL
#define RAM_SIZE	0x30000000UL
#define HYPERVISOR	0x70000000UL
#define HYPERVISOR_SIZE 0x00800000UL
#define HIGH_RAM	0x100000000UL
#define HIGH_RAM_SIZE	0x180000000UL
#define SHARED		0x80000000UL
#define SHARED_SIZE	0x00100000UL
#define ROM		0x00100000UL
#define ROM_SIZE	0x00010000UL
#define UART		0x09000000UL
#define DEVICE		0x09010000UL
#define GICD		0x08000000UL
#define GICC		0x08020000UL
#define GICR		0x080a0000UL
#define CONFIG		(RAM + 0x100f00) /* where Linux puts configurations */

#define R_X		(CB_REGION_READ | CB_REGION_EXECUTE)
#define RW		(CB_REGION_READ | CB_REGION_WRITE)
#define RWX		(RW | CB_REGION_EXECUTE)
#define MMIO		(RW | CB_REGION_IO)

#define LINUX_MEMORY	(8 * PAGE_SIZE)
#define MAX_REGIONS	40

struct cell_file {
	struct cb_cell_config head;
	struct cb_region regions[MAX_REGIONS];
	struct cb_irq_range irqs[2];
};

struct board {
	struct cb_system_config head;
	struct cb_region regions[MAX_REGIONS];
	struct cb_irq_range irqs[1];
	u32 smcs[2]; /* not for the root cell while there are others */
};

extern struct board board;

extern u8 linux_memory[LINUX_MEMORY]; /* at CONFIG's page */
extern const struct cell *spi_owner[NR_INTIDS];
extern cpuset_t lpis_on, lpis_stuck;
extern struct cpu *started_meanwhile; /* by PSCI, after it was seen to be off */
extern struct cb_error last;

void describe_board(u32 version);
void add_root_region(u64 phys, u64 size, u32 flags);
void start_board(void);

struct cb_array array_of(size_t offset, u32 count);
struct cb_region region(u64 phys, u64 virt, u64 size, u32 flags);
struct cell_file cell_file(const char *name);
struct cell_file random_file(u32 n);

/* cell_create() of it; last has the record. */
u32 create(struct cell_file *file);
u32 check(struct cell_file *file); /* the same, but it is only checked */
struct cell *create_good(struct cell_file *file);

/* Everything that a refusal must leave alone. */
struct snapshot {
	u32 pool[CB_POOL_USES];
	u32 irqs[32];
	cpuset_t cpus, page_cpus, lpis_on;
	struct cell *cells[CB_MAX_CELLS];
	u64 cells_phys[CB_MAX_CELLS];
	const struct cell *spi_owner[NR_INTIDS];
	struct cell *cpu_cell[NR_CPUS];
	u32 cpu_page_cell[NR_CPUS];
	u64 tables;
};

struct snapshot take_snapshot(void);
void assert_nothing_changed(const struct snapshot *old);

/* Each page has one owner, or several that share it. */
void assert_one_owner_everywhere(void);

#endif
