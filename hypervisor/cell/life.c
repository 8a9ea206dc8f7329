// SPDX-License-Identifier: GPL-2.0-only
/*
 * The life of a cell: its states, its CPUs starting and parking, and the work that they do on its
 * memory before a start and after the end. CPUs of the cell take only the cell's own lock.
 */
#include <base/assert.h>
#include <base/log.h>
#include <cell/cell.h>
#include <cell/resource.h>
#include <config/iterate.h>
#include <gic/gic.h>
#include <gic/request.h>
#include <mm/el2map.h>
#include <mm/stage2.h>

static const char *const state_names[] = {
	[CB_CELL_CREATED] = "created", [CB_CELL_LOADING] = "loading",
	[CB_CELL_RUNNING] = "running", [CB_CELL_STOPPED] = "stopped",
	[CB_CELL_FAILED] = "failed",   [CB_CELL_DESTROYING] = "being destroyed",
};

/* States that one may follow, as bits. */
static const u8 before[] = {
	[CB_CELL_LOADING] = BIT(CB_CELL_CREATED) | BIT(CB_CELL_STOPPED) | BIT(CB_CELL_FAILED),
	[CB_CELL_RUNNING] = BIT(CB_CELL_LOADING),
	[CB_CELL_STOPPED] = BIT(CB_CELL_RUNNING),
	[CB_CELL_FAILED] = BIT(CB_CELL_RUNNING),
	[CB_CELL_DESTROYING] = BIT(CB_CELL_CREATED) | BIT(CB_CELL_LOADING) | BIT(CB_CELL_STOPPED) |
			       BIT(CB_CELL_FAILED),
};

void cell_set_state(struct cell *cell, enum cb_cell_state state)
{
	must(before[state] & BIT(cell->page->state));
	store_release(&cell->page->state, state); /* behind what the state promises */
	/* Behind the state: who sees that it changed must not find the old one. */
	store_release(&cell->page->generation, cell->page->generation + 1);
	log_message("cell %s: %s\n", cell->page->name, state_names[state]);
}

/* ---- Start and stop ---- */

void cell_start_cpu(struct cell *cell)
{
	cpuid_t first = first_cpu(cell->cpus);

	assert_held(&cell->lock);
	console_reset(cell); /* first: then it makes nothing pending any more */
	lines_reset(cell);
	cpus_reset(cell);
	cpu_set_power(cpu_of(first), CB_CPU_PENDING);
	cpu_request(first, REQUEST_BOOT);
}

/* The last CPU of a cell that is being stopped is off. */
static void finish_stop(struct cell *cell)
{
	assert_held(&cell->lock);
	switch (cell->stopping) {
	case STOP_ORDERLY:
		cell_set_state(cell, CB_CELL_STOPPED);
		break;
	case STOP_FAILED:
		cell_set_state(cell, CB_CELL_FAILED);
		break;
	case STOP_RESTART:
		cell->stopping = STOP_NONE;
		regions_reset(cell);
		cell_start_cpu(cell);
		break;
	case STOP_NONE:
		break;
	}
}

bool cell_first_failure(struct cell *cell)
{
	bool first;

	spin_lock(&cell->lock);
	first = cell->stopping == STOP_NONE;
	if (first)
		cell->stopping = STOP_FAILED;
	spin_unlock(&cell->lock);
	return first;
}

void cell_request_stop(struct cell *cell, enum stop_reason reason)
{
	cpuid_t cpu;

	spin_lock(&cell->lock);
	/* A failure is worth more than a restart; the root cell's stop overrides that, too. */
	if (cell->stopping == STOP_NONE || cell->stopping == STOP_RESTART)
		cell->stopping = reason;
	for_each_cpu (cpu, cell->cpus)
		fetch_or(&cpu_of(cpu)->requests, (u32)REQUEST_STOP);
	stage2_shoot_down(&cell->stage2);
	for_each_cpu (cpu, cell->cpus)
		if (cpu != this_cpu()->id)
			gic_wake(cpu);
	spin_unlock(&cell->lock);
}

/* Under cell->lock. */
static void finish_if_all_off(struct cell *cell)
{
	if (cell->page->state == CB_CELL_RUNNING && !cpus_not_off(cell->cpus))
		finish_stop(cell);
}

/* Under cell->lock. */
static void turn_off(struct cell *cell, struct cpu *cpu)
{
	cpu_set_power(cpu, CB_CPU_OFF);
	finish_if_all_off(cell);
}

void cell_cpu_parked(struct cpu *cpu)
{
	struct cell *cell = cpu->cell;

	spin_lock(&cell->lock);
	turn_off(cell, cpu);
	/* It was parked when that began: it took an exception in there. */
	if (cell->page->clearing == CB_CLEAR_RUNS)
		store_release(&cell->page->clearing, CB_CLEAR_FAILED);
	spin_unlock(&cell->lock);
}

void cell_cpu_stopped(struct cpu *cpu)
{
	struct cell *cell = cpu->cell;

	spin_lock(&cell->lock);
	if (cell->stopping != STOP_NONE)
		turn_off(cell, cpu);
	spin_unlock(&cell->lock);
}

bool cell_try_stop(struct cell *cell, cpuset_t *running)
{
	bool done;

	if (cell->page->state == CB_CELL_RUNNING &&
	    (cell->stopping == STOP_NONE || cell->stopping == STOP_RESTART))
		cell_request_stop(cell, STOP_ORDERLY);
	spin_lock(&cell->lock);
	finish_if_all_off(cell);
	done = cell->page->state != CB_CELL_RUNNING;
	*running = done ? 0 : cpus_not_off(cell->cpus);
	spin_unlock(&cell->lock);
	return done;
}

/* ---- Memory ---- */

/* Regions that only this cell has, and that hold memory. */
static bool is_private_memory(const struct cb_region *region)
{
	return !(region->flags & (CB_REGION_IO | CB_REGION_SHARED));
}

/*
 * Work on the cell's own memory in pieces, so that a stop need not wait until all is cleaned. In
 * what the root cell may not write, a ROM for instance, neither of them has left anything. What
 * does not answer has nothing to be cleaned; to be cleared, it ends the work: false, and the page
 * has where.
 */
static bool for_own_memory(struct cell *cell, bool clear)
{
	for_each_region (region, cell->config) {
		u64 rest = is_private_memory(region) ? region->size : 0;
		struct root_piece piece = { .size = rest };
		paddr_t phys = region->phys;

		while (rest && (clear || !(load_acquire(&this_cpu()->requests) & REQUEST_STOP))) {
			root_piece_at(phys, MIN(rest, CPU_WINDOW_PAGES * PAGE_SIZE), &piece);
			cell->page->clear_region = cb_region_index(cell->config, region);
			cell->page->clear_address = phys;
			if (piece.flags & CB_REGION_WRITE &&
			    !memory_clean(phys, piece.size / PAGE_SIZE, clear) && clear)
				return false;
			if (clear)
				cell->page->cleared += piece.size;
			phys += piece.size;
			rest -= piece.size;
		}
	}
	return true;
}

void cell_clean_memory(struct cell *cell)
{
	for_own_memory(cell, false);
}

void cell_clear_memory(struct cell *cell)
{
	u32 result = for_own_memory(cell, true) ? CB_CLEAR_DONE : CB_CLEAR_FAILED;

	store_release(&cell->page->clearing, result);
}
