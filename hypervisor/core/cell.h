/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Cells: who owns which CPUs, memory and interrupts, and the life cycle. Operations that
 * change cells come from the root cell and hold one lock; each of them proves that it can
 * finish before it changes anything.
 */
#ifndef CORE_CELL_H
#define CORE_CELL_H

#include <arch/cpu.h>
#include <arch/spinlock.h>
#include <arch/stage2.h>
#include <cellblock/config.h>
#include <cellblock/error.h>
#include <cellblock/public.h>
#include <core/types.h>
#include <gic/gic.h>

/* What happens once the last CPU of a cell has parked. */
enum stop_reason {
	STOP_NONE = 0, /* the cell runs, CPUs may come and go by PSCI */
	STOP_ORDERLY,  /* by the root cell or by PSCI SYSTEM_OFF */
	STOP_FAILED,
	STOP_RESTART, /* PSCI SYSTEM_RESET */
};

struct cell {
	u32 id;
	struct cb_cell_page *page;
	const struct cb_cell_config *config;
	size_t config_pages; /* this struct and config together */

	struct stage2 stage2;
	struct stash way_back; /* tables of the root cell for its access; under cells_lock */

	/* Change under cells_lock and the GIC lock. */
	cpuset_t cpus;		      /* and only while those CPUs are parked, under lock */
	u32 irqs[32];		      /* SPIs by INTID */
	u8 gic_targets;		      /* GICv2: ITARGETSR bits of the CPUs */
	u16 sgi_targets[CB_MAX_CPUS]; /* GICv3: CPUs by cluster */

	spinlock_t lock; /* protects power of the CPUs and all below */
	enum stop_reason stopping;
	u64 entry, argument; /* of the boot CPU */

	spinlock_t console_lock;
};

extern struct cell root_cell;
extern struct cell *cells[CB_MAX_CELLS]; /* changes under cells_lock */
extern const struct cb_system_config *system_config;
extern struct cb_public *public_page;

/* A cell by number; NULL if there is none. */
struct cell *cell_by_id(u64 id);

/* Set up the root cell with all CPUs, memory and interrupts of system_config. */
u32 root_cell_init(struct cb_error *error);

/* Pages at virt that the root cell may read: statistics, state, consoles. */
void root_show_pages(const void *virt, size_t nr, struct stash *stash);

/* The operations of the root cell; they return CB_OK or fill in error and return its code. */
u32 cell_create(paddr_t config, u64 size, bool check, struct cb_error *error); /* create.h */
u32 cell_load(u64 id, struct cb_error *error);
u32 cell_start(u64 id, ipa_t entry, u64 argument, struct cb_error *error);
u32 cell_stop(u64 id, struct cb_error *error);
u32 cell_destroy(u64 id, struct cb_error *error);

/* A cell besides the root cell exists: then error says which. */
bool cells_exist(struct cb_error *error);

/*
 * Whether there is a cell besides the root cell. No cell comes or goes until it is unlocked, which
 * only operations of the root cell wait for.
 */
bool cells_lock_and_look(void);
void cells_unlock(void);

/* Publish a new state. Under cell->lock, or while no CPU of the cell can change it. */
void cell_set_state(struct cell *cell, enum cb_cell_state state);

/*
 * The permissive root cell touched a page that nobody has: map it as device memory and record
 * it. False if it is somebody's or the pool is empty.
 */
bool root_touches_page(paddr_t page);

/* For CPUs of the cell: */

/* The cell does not fail or stop already, and from now on fails: the caller keeps the record. */
bool cell_first_failure(struct cell *cell);

/* Stop all CPUs of the cell, the calling one included when it parks. */
void cell_request_stop(struct cell *cell, enum stop_reason reason);

/* The calling CPU parks: it is off now, and the last one finishes a stop. */
void cell_cpu_parked(struct cpu *cpu);

/* The calling CPU is parked and was asked to stop: a start that it was asked for is off. */
void cell_cpu_stopped(struct cpu *cpu);

/* Requests to the boot CPU: clean or clear the cell's RAM. */
void cell_clean_memory(struct cell *cell);
void cell_clear_memory(struct cell *cell);

#endif
