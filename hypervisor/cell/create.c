// SPDX-License-Identifier: GPL-2.0-only
/*
 * Creating a cell, and giving back what it had. Each kind of thing that a cell is made of has a
 * file of its own (resource.h); here is only the order: all is checked, then all pages that can be
 * needed are set aside, then all is taken, which cannot fail.
 */
#include <base/log.h>
#include <base/refuse.h>
#include <cell/resource.h>
#include <config/check.h>
#include <mm/stage2.h>
#include <vdev/window.h>

static u32 check_all(struct cell *cell, u64 size, bool online, struct cb_error *error)
{
	return (u32)cb_config_check(cell->config, size, CB_CONFIG_CELL, error)
		       ?: page_check(cell, error)
		       ?: cpus_check(cell, online, error)
		       ?: regions_check(cell, error)
		       ?: lines_check(cell, error)
		       ?: console_check(cell, error)
		       ?: page_choose_id(cell, error);
}

struct pages cell_pages(const struct cell *cell)
{
	struct pages regions = regions_pages(cell), page = page_pages(cell);
	struct pages console = console_pages(cell);

	return (struct pages){ regions.take + page.take + console.take,
			       regions.give_back + page.give_back + console.give_back };
}

/* available: pages before there was anything of the cell. */
static u32 set_aside(struct cell *cell, size_t available, struct stash *stash,
		     struct cb_error *error)
{
	bool done = cell_alloc_tables(cell, STAGE2_DEVICE);
	struct pages pages = cell_pages(cell);

	if (done && stash_fill(&cell->way_back, pages.give_back, CB_POOL_STAGE2) &&
	    stash_fill(stash, pages.take, CB_POOL_STAGE2))
		return CB_OK;
	return refuse(error, CB_ERR_NO_MEMORY,
		      .needed = cell->config_pages + 1 + cell->config->log_size / PAGE_SIZE +
				stage2_root_pages() + pages.take + pages.give_back,
		      .available = available);
}

static void take_all(struct cell *cell, struct stash *stash)
{
	windows_init(cell);
	lines_take(cell);
	regions_take(cell, stash);
	console_take(cell, stash);
	page_take(cell, stash);
}

u32 create_locked(paddr_t config, u64 size, bool check, struct cb_error *error)
{
	size_t available = pool_available();
	struct stash stash = { 0 };
	struct cell *cell;
	u32 code = cell_alloc(config, size, &cell, error);

	if (code)
		return code;
	code = check_all(cell, size, check, error) ?: set_aside(cell, available, &stash, error);
	if (!code && !check)
		code = cpus_claim(cell, error);
	if (!code && !check)
		take_all(cell, &stash);
	stash_drain(&stash);
	if (code || check) {
		cell_free(cell);
		return code;
	}
	cell->page->pages = (u32)(available - pool_available());
	error->cell = cell->id;
	log_message("cell %s: created\n", cell->page->name);
	return CB_OK;
}

void cell_release(struct cell *cell)
{
	log_message("cell %s: destroyed\n", cell->page->name);
	lines_give_back(cell);
	cpus_give_back(cell);
	page_give_back(cell, &cell->way_back);
	console_give_back(cell, &cell->way_back);
	regions_give_back(cell, &cell->way_back);
	cell_free(cell);
}
