// SPDX-License-Identifier: GPL-2.0-only
/*
 * The operations of the root cell, each under cells_lock: find the cell, see that it is in a state
 * that allows it, do it. What takes long is begun, and goes on while the root cell asks again.
 */
#include <base/refuse.h>
#include <cell/cell.h>
#include <cell/resource.h>
#include <config/iterate.h>
#include <gic/request.h>
#include <mm/stage2.h>

#define IN_STATE(state) BIT(state)

/* Take the lock and find a cell that is in one of the states; NULL without the lock if refused. */
static struct cell *lock_cell(u64 id, u64 states, struct cb_error *error)
{
	struct cell *cell;

	spin_lock(&cells_lock);
	cell = cell_by_id(id);
	if (!cell)
		refuse_cell(error, CB_ERR_CELL_UNKNOWN, (u32)id, CB_NO_CELL);
	else if (cell == &root_cell)
		refuse_cell(error, CB_ERR_CELL_ROOT, (u32)id, CB_NO_CELL);
	else if (!(states & IN_STATE(cell->page->state)))
		refuse_cell(error, CB_ERR_CELL_STATE, (u32)id, CB_NO_CELL,
			    .state = cell->page->state, .states = states);
	else
		return cell;
	spin_unlock(&cells_lock);
	return NULL;
}

static u32 unlock_cell(u32 code)
{
	spin_unlock(&cells_lock);
	return code;
}

static u32 busy(const struct cell *cell, cpuset_t cpus, struct cb_error *error)
{
	return refuse_cell(error, CB_ERR_BUSY, cell->id, CB_NO_CELL, .cpus = cpus);
}

/* ---- Create ---- */

u32 cell_create(paddr_t config, u64 size, bool check, struct cb_error *error)
{
	spin_lock(&cells_lock);
	return unlock_cell(create_locked(config, size, check, error));
}

bool cells_exist(struct cb_error *error)
{
	for (u32 id = 1; id < CB_MAX_CELLS; id++)
		if (cells[id])
			return refuse_cell(error, CB_ERR_CELLS_EXIST, CB_NO_CELL, id);
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

/* ---- Load ---- */

/* Tables of the root cell for its access to the loadable regions, at most. */
static size_t loadable_pages(const struct cell *cell)
{
	size_t pages = 0;

	for_each_region (region, cell->config)
		if (region->flags & CB_REGION_LOADABLE)
			pages += stage2_pages_needed(region->phys, region->phys, region->size);
	return pages;
}

/*
 * Tables that were made with pages of this cell go to another cell if its regions fold them. So
 * there must be enough for opening, for closing, and still for the way back.
 */
static u32 fill_way_back(struct cell *cell, struct cb_error *error)
{
	size_t pages = cell_pages(cell).give_back + 2 * loadable_pages(cell);

	if (stash_grow(&cell->way_back, pages))
		return CB_OK;
	return refuse_cell(error, CB_ERR_NO_MEMORY, cell->id, CB_NO_CELL,
			   .needed = pages - cell->way_back.nr, .available = pool_available());
}

/* The root cell may write the loadable regions, never execute them. */
static void open_loadable(struct cell *cell)
{
	for_each_region (region, cell->config)
		if (region->flags & CB_REGION_LOADABLE)
			stage2_map(&root_cell.stage2, region->phys, region->phys, region->size,
				   CB_REGION_READ | CB_REGION_WRITE, &cell->way_back);
}

static void close_loadable(struct cell *cell)
{
	regions_hide(cell, CB_REGION_LOADABLE, CB_REGION_LOADABLE, &cell->way_back);
	stash_trim(&cell->way_back, cell_pages(cell).give_back);
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
		if (fill_way_back(cell, error))
			return unlock_cell(error->code);
		open_loadable(cell);
		cell_set_state(cell, CB_CELL_LOADING);
	}
	return unlock_cell(CB_OK);
}

/* ---- Start and stop ---- */

static bool is_executable(struct cell *cell, ipa_t entry)
{
	paddr_t phys;

	return !(entry & 3) && stage2_lookup(&cell->stage2, entry, &phys) & CB_REGION_EXECUTE;
}

u32 cell_start(u64 id, ipa_t entry, u64 argument, struct cb_error *error)
{
	struct cell *cell = lock_cell(id, IN_STATE(CB_CELL_LOADING), error);

	if (!cell)
		return error->code;
	regions_reset(cell); /* so that its tables answer; none of its CPUs uses them */
	if (!is_executable(cell, entry)) {
		refuse_cell(error, CB_ERR_ENTRY, cell->id, CB_NO_CELL, .address = entry);
		return unlock_cell(error->code);
	}
	close_loadable(cell);
	spin_lock(&cell->lock);
	cell->entry = entry;
	cell->argument = argument;
	cell->stopping = STOP_NONE;
	cell_set_state(cell, CB_CELL_RUNNING);
	cell_start_cpu(cell);
	spin_unlock(&cell->lock);
	return unlock_cell(CB_OK);
}

u32 cell_stop(u64 id, struct cb_error *error)
{
	struct cell *cell = lock_cell(id,
				      IN_STATE(CB_CELL_RUNNING) | IN_STATE(CB_CELL_STOPPED) |
					      IN_STATE(CB_CELL_FAILED),
				      error);
	cpuset_t running;

	if (!cell)
		return error->code;
	return unlock_cell(cell_try_stop(cell, &running) ? CB_OK : busy(cell, running, error));
}

/* ---- Destroy ---- */

static void begin_clear(struct cell *cell)
{
	cell->page->cleared = 0;
	cell->page->clearing = CB_CLEAR_RUNS;
	cpu_request(first_cpu(cell->cpus), REQUEST_CLEAR);
}

static void begin_destroy(struct cell *cell)
{
	if (cell->page->state == CB_CELL_LOADING)
		close_loadable(cell);
	cell->page->clearing = CB_CLEAR_RUNS; /* before anybody looks */
	cell_set_state(cell, CB_CELL_DESTROYING);
	begin_clear(cell);
}

/* Say where it failed; the next call begins again, as the memory may be there by then. */
static u32 clear_failed(struct cell *cell, struct cb_error *error)
{
	cell->page->clearing = CB_CLEAR_HALTED;
	return refuse_cell(error, CB_ERR_CELL_MEMORY, cell->id, CB_NO_CELL,
			   .index = cell->page->clear_region, .address = cell->page->clear_address);
}

static u32 continue_destroy(struct cell *cell, struct cb_error *error)
{
	cpuid_t cpu = first_cpu(cell->cpus);
	bool begun = true;

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
		begun = !(load_acquire(&cpu_of(cpu)->requests) & REQUEST_CLEAR);
	}
	return busy(cell, begun ? 0 : BIT(cpu), error);
}

u32 cell_destroy(u64 id, struct cb_error *error)
{
	struct cell *cell = lock_cell(id, ~0UL, error);
	cpuset_t running;

	if (!cell)
		return error->code;
	if (cell->page->state == CB_CELL_DESTROYING)
		return unlock_cell(continue_destroy(cell, error));
	if (cell_try_stop(cell, &running))
		begin_destroy(cell);
	return unlock_cell(busy(cell, running, error));
}

/* ---- Console ---- */

u32 cell_input(u64 id, const u8 *text, u32 size, u32 *taken, struct cb_error *error)
{
	struct cell *cell = lock_cell(id, IN_STATE(CB_CELL_RUNNING), error);

	if (!cell)
		return error->code;
	return unlock_cell(console_input(cell, text, size, error, taken));
}
