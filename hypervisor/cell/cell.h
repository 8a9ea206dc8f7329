/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Cells as the exits see them: operations that change cells come from the root cell and hold one
 * lock, cells_lock; each of them proves that it can finish before it changes anything. What a cell
 * is made of is resource.h.
 */
#ifndef CELL_CELL_H
#define CELL_CELL_H

#include <base/model.h>
#include <base/types.h>
#include <cellblock/error.h>

/* Set up the root cell with all CPUs, memory and interrupts of system_config. */
u32 root_cell_init(struct cb_error *error);

/*
 * The operations of the root cell; they return CB_OK or fill in error and return its code. A new
 * cell's number is error->cell then; check: only find out whether it can be created once its CPUs
 * are parked, and change nothing.
 */
u32 cell_create(paddr_t config, u64 size, bool check, struct cb_error *error);
u32 cell_load(u64 id, struct cb_error *error);
u32 cell_start(u64 id, ipa_t entry, u64 argument, struct cb_error *error);
u32 cell_stop(u64 id, struct cb_error *error);
u32 cell_destroy(u64 id, struct cb_error *error);

/* Text for the console of a cell that runs; *taken: how much of it. */
u32 cell_input(u64 id, const u8 *text, u32 size, u32 *taken, struct cb_error *error);

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
