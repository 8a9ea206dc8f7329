// SPDX-License-Identifier: GPL-2.0-only
/*
 * The life of a cell after it was created: load, start, stop, destroy, and what its CPUs
 * do when they park. Operations come from the root cell and hold cells_lock; CPUs of the
 * cell take only the cell's own lock.
 */
#include <cell/cell.h>
#include <cell/create.h>
#include <base/log.h>
#include <cell/ownership.h>
#include <gic/gic.h>
#include <gic/request.h>
#include <mm/el2map.h>
#include <mm/stage2.h>

static spinlock_t cells_lock;

#define IN_STATE(state) BIT(state)

/* Take the lock and find a cell that is in one of the states; NULL without the lock if refused. */
static struct cell *lock_cell(u64 id, u64 states, struct cb_error *error)
{
	struct cell *cell;

	error->cell = (u32)id;
	spin_lock(&cells_lock);
	cell = cell_by_id(id);
	if (!cell) {
		error->code = CB_ERR_CELL_UNKNOWN;
	} else if (cell == &root_cell) {
		error->code = CB_ERR_CELL_ROOT;
	} else if (!(states & IN_STATE(cell->page->state))) {
		error->code = CB_ERR_CELL_STATE;
		error->address = cell->page->state;
		error->other_address = states;
	} else {
		return cell;
	}
	spin_unlock(&cells_lock);
	return NULL;
}

static u32 unlock_cell(u32 code, struct cb_error *error)
{
	spin_unlock(&cells_lock);
	return error->code = code;
}

static const char *const state_names[] = {
	[CB_CELL_CREATED] = "created", [CB_CELL_LOADING] = "loading",
	[CB_CELL_RUNNING] = "running", [CB_CELL_STOPPED] = "stopped",
	[CB_CELL_FAILED] = "failed",   [CB_CELL_DESTROYING] = "being destroyed",
};

void cell_set_state(struct cell *cell, enum cb_cell_state state)
{
	store_release(&cell->page->state, state); /* behind what the state promises */
	/* Behind the state: who sees that it changed must not find the old one. */
	store_release(&cell->page->generation, cell->page->generation + 1);
	log_message("cell %s: %s\n", cell->page->name, state_names[state]);
}

/* Regions that only this cell has, and that hold memory. */
static bool is_private_memory(const struct cb_region *region)
{
	return !(region->flags & (CB_REGION_IO | CB_REGION_SHARED));
}

/* Tables of the root cell for its access to the loadable regions, at most. */
static size_t loadable_pages(const struct cell *cell)
{
	const struct cb_region *region = cb_config_regions(cell->config);
	size_t pages = 0;

	for (u32 i = 0; i < cell->config->regions.count; i++, region++)
		if (region->flags & CB_REGION_LOADABLE)
			pages += stage2_pages_needed(region->phys, region->phys, region->size);
	return pages;
}

/*
 * Tables that were made with pages of this cell go to another cell if its regions fold them. So
 * there must be enough for opening, for closing, and still for the way back.
 */
static bool fill_way_back(struct cell *cell, struct cb_error *error)
{
	size_t pages = way_back_pages(cell) + 2 * loadable_pages(cell);

	if (stash_grow(&cell->way_back, pages))
		return true;
	error->address = pages - cell->way_back.nr;
	error->other_address = pool_available();
	return false;
}

/* Let the root cell write the loadable regions, never execute them; or no longer. */
static void open_loadable(struct cell *cell, bool open)
{
	const struct cb_region *region = cb_config_regions(cell->config);

	for (u32 i = 0; i < cell->config->regions.count; i++, region++) {
		if (!(region->flags & CB_REGION_LOADABLE))
			continue;
		if (open)
			stage2_map(&root_cell.stage2, region->phys, region->phys, region->size,
				   CB_REGION_READ | CB_REGION_WRITE, &cell->way_back);
		else
			stage2_unmap(&root_cell.stage2, region->phys, region->size,
				     &cell->way_back);
	}
	if (!open)
		stash_trim(&cell->way_back, way_back_pages(cell));
}

u32 cell_load(u64 id, struct cb_error *error)
{
	struct cell *cell = lock_cell(id,
				      IN_STATE(CB_CELL_CREATED) | IN_STATE(CB_CELL_LOADING) |
					      IN_STATE(CB_CELL_STOPPED) | IN_STATE(CB_CELL_FAILED),
				      error);

	if (!cell)
		return error->code;
	if (cell->page->state != CB_CELL_LOADING) {
		if (!fill_way_back(cell, error))
			return unlock_cell(CB_ERR_NO_MEMORY, error);
		open_loadable(cell, true);
		cell_set_state(cell, CB_CELL_LOADING);
	}
	return unlock_cell(CB_OK, error);
}

/* All CPUs are parked: start the first. A request to stop that is left is an old one. */
static void start_boot_cpu(struct cell *cell)
{
	cpuid_t cpu;

	gic_reset_spis(cell);
	for_each_cpu (cpu, cell->cpus)
		store_release(&cpu_of(cpu)->requests, 0);
	cpu = first_cpu(cell->cpus);
	cpu_set_power(cpu_of(cpu), CB_CPU_PENDING);
	cpu_request(cpu, REQUEST_BOOT);
}

static bool is_executable(struct cell *cell, ipa_t entry)
{
	paddr_t phys;

	stage2_revive(&cell->stage2);
	return !(entry & 3) && stage2_lookup(&cell->stage2, entry, &phys) & CB_REGION_EXECUTE;
}

u32 cell_start(u64 id, ipa_t entry, u64 argument, struct cb_error *error)
{
	struct cell *cell = lock_cell(id, IN_STATE(CB_CELL_LOADING), error);

	if (!cell)
		return error->code;
	if (!is_executable(cell, entry)) {
		error->address = entry;
		return unlock_cell(CB_ERR_ENTRY, error);
	}
	open_loadable(cell, false);
	spin_lock(&cell->lock);
	cell->entry = entry;
	cell->argument = argument;
	cell->stopping = STOP_NONE;
	cell_set_state(cell, CB_CELL_RUNNING);
	start_boot_cpu(cell);
	spin_unlock(&cell->lock);
	return unlock_cell(CB_OK, error);
}

static cpuset_t running_cpus(const struct cell *cell)
{
	cpuset_t running = 0;
	cpuid_t cpu;

	for_each_cpu (cpu, cell->cpus)
		if (cpu_of(cpu)->power != CB_CPU_OFF)
			running |= BIT(cpu);
	return running;
}

/* The last CPU of a cell that is being stopped is off. Under cell->lock. */
static void finish_stop(struct cell *cell)
{
	switch (cell->stopping) {
	case STOP_ORDERLY:
		cell_set_state(cell, CB_CELL_STOPPED);
		break;
	case STOP_FAILED:
		cell_set_state(cell, CB_CELL_FAILED);
		break;
	case STOP_RESTART:
		cell->stopping = STOP_NONE;
		stage2_revive(&cell->stage2);
		start_boot_cpu(cell);
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
static void turn_off(struct cell *cell, struct cpu *cpu)
{
	cpu_set_power(cpu, CB_CPU_OFF);
	if (cell->page->state == CB_CELL_RUNNING && !running_cpus(cell))
		finish_stop(cell);
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

/* True once no CPU of the cell runs any more; until then error->address has those that do. */
static bool stop(struct cell *cell, struct cb_error *error)
{
	bool done;

	if (cell->page->state == CB_CELL_RUNNING &&
	    (cell->stopping == STOP_NONE || cell->stopping == STOP_RESTART))
		cell_request_stop(cell, STOP_ORDERLY);
	spin_lock(&cell->lock);
	if (cell->page->state == CB_CELL_RUNNING && !running_cpus(cell))
		finish_stop(cell);
	done = cell->page->state != CB_CELL_RUNNING;
	error->address = done ? 0 : running_cpus(cell);
	spin_unlock(&cell->lock);
	return done;
}

u32 cell_stop(u64 id, struct cb_error *error)
{
	struct cell *cell = lock_cell(id,
				      IN_STATE(CB_CELL_RUNNING) | IN_STATE(CB_CELL_STOPPED) |
					      IN_STATE(CB_CELL_FAILED),
				      error);

	if (!cell)
		return error->code;
	return unlock_cell(stop(cell, error) ? CB_OK : CB_ERR_BUSY, error);
}

static void begin_clear(struct cell *cell)
{
	cell->page->cleared = 0;
	cell->page->clearing = CB_CLEAR_RUNS;
	cpu_request(first_cpu(cell->cpus), REQUEST_CLEAR);
}

static void begin_destroy(struct cell *cell)
{
	if (cell->page->state == CB_CELL_LOADING)
		open_loadable(cell, false);
	cell->page->clearing = CB_CLEAR_RUNS; /* before anybody looks */
	cell_set_state(cell, CB_CELL_DESTROYING);
	begin_clear(cell);
}

/* Say where it failed; the next call begins again, as the memory may be there by then. */
static u32 clear_failed(struct cell *cell, struct cb_error *error)
{
	cell->page->clearing = CB_CLEAR_HALTED;
	error->index = cell->page->clear_region;
	error->address = cell->page->clear_address;
	return CB_ERR_CELL_MEMORY;
}

static u32 continue_destroy(struct cell *cell, struct cb_error *error)
{
	cpuid_t cpu = first_cpu(cell->cpus);

	switch (load_acquire(&cell->page->clearing)) {
	case CB_CLEAR_HALTED:
		begin_clear(cell);
		break;
	case CB_CLEAR_DONE:
		cell_release(cell);
		return CB_OK;
	case CB_CLEAR_FAILED:
		return clear_failed(cell, error);
	default:
		if (load_acquire(&cpu_of(cpu)->requests) & REQUEST_CLEAR)
			error->address = BIT(cpu); /* has not begun */
	}
	return CB_ERR_BUSY;
}

u32 cell_destroy(u64 id, struct cb_error *error)
{
	struct cell *cell = lock_cell(id, ~0UL, error);
	u32 code = CB_ERR_BUSY;

	if (!cell)
		return error->code;
	if (cell->page->state != CB_CELL_DESTROYING) {
		if (stop(cell, error))
			begin_destroy(cell);
	} else {
		code = continue_destroy(cell, error);
	}
	return unlock_cell(code, error);
}

u32 cell_create(paddr_t config, u64 size, bool check, struct cb_error *error)
{
	spin_lock(&cells_lock);
	error->code = create_locked(config, size, check, error);
	spin_unlock(&cells_lock);
	return error->code;
}

bool cells_exist(struct cb_error *error)
{
	for (u32 id = 1; id < CB_MAX_CELLS; id++) {
		if (!cells[id])
			continue;
		error->other_cell = id;
		error->code = CB_ERR_CELLS_EXIST;
		return true;
	}
	return false;
}

bool cells_lock_and_look(void)
{
	struct cb_error other;

	spin_lock(&cells_lock);
	return cells_exist(&other);
}

void cells_unlock(void)
{
	spin_unlock(&cells_lock);
}

bool root_touches_page(paddr_t page)
{
	struct stash stash;
	bool mapped = false;

	paddr_t phys;

	spin_lock(&cells_lock);
	if (stage2_lookup(&root_cell.stage2, page, &phys)) {
		mapped = true; /* another CPU touched it, too */
	} else if (!is_protected(page) &&
		   stash_fill(&stash, stage2_pages_needed(page, page, PAGE_SIZE), CB_POOL_STAGE2)) {
		stage2_map(&root_cell.stage2, page, page, PAGE_SIZE,
			   CB_REGION_READ | CB_REGION_WRITE | CB_REGION_IO, &stash);
		stash_drain(&stash);
		if (public_page->nr_touched < CB_TOUCHED_MAX)
			public_page->touched[public_page->nr_touched++] = page;
		else
			public_page->touched_lost++;
		mapped = true;
	}
	spin_unlock(&cells_lock);
	return mapped;
}

/*
 * Work on the cell's own memory in pieces, so that a stop need not wait until all is cleaned. In
 * what the root cell may not write, a ROM for instance, neither of them has left anything. What
 * does not answer has nothing to be cleaned; to be cleared, it ends the work: false, and the page
 * has where.
 */
static bool for_own_memory(struct cell *cell, bool clear)
{
	const struct cb_region *region = cb_config_regions(cell->config);

	for (u32 i = 0; i < cell->config->regions.count; i++, region++) {
		u64 rest = is_private_memory(region) ? region->size : 0;
		struct root_piece piece = { .size = rest };
		paddr_t phys = region->phys;

		while (rest && (clear || !(load_acquire(&this_cpu()->requests) & REQUEST_STOP))) {
			root_piece_at(phys, MIN(rest, CPU_WINDOW_PAGES * PAGE_SIZE), &piece);
			cell->page->clear_region = i;
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
