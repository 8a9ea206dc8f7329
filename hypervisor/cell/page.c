// SPDX-License-Identifier: GPL-2.0-only
/*
 * The public page of a cell (resource.h): what the root cell may read of it. With it come number
 * and name, by which the root cell knows it.
 */
#include <base/refuse.h>
#include <cell/resource.h>
#include <mm/el2map.h>
#include <mm/stage2.h>

_Static_assert(sizeof(struct cb_cell_page) <= CB_CONSOLE_OFFSET, "struct cb_cell_page");

u32 page_check(const struct cell *cell, struct cb_error *error)
{
	for (u32 id = 0; id < CB_MAX_CELLS; id++)
		if (cells[id] &&
		    !memcmp(cells[id]->page->name, cell->config->header.name, CB_NAME_SIZE))
			return refuse_cell(error, CB_ERR_CELL_NAME_TAKEN, CB_NO_CELL, id);
	return CB_OK;
}

u32 page_choose_id(struct cell *cell, struct cb_error *error)
{
	for (cell->id = 1; cell->id < CB_MAX_CELLS; cell->id++)
		if (!cells[cell->id])
			return CB_OK;
	return refuse(error, CB_ERR_CELL_LIMIT, .limit = CB_MAX_CELLS);
}

/* Tables of the root cell; they are there already where the first public page is. */
struct pages page_pages(const struct cell *cell)
{
	size_t pages = 0;

	if (((u64)cell->page ^ (u64)public_page) / SZ_2M)
		pages = stage2_pages_needed(0, 0, PAGE_SIZE);
	return (struct pages){ .take = pages, .give_back = pages };
}

void root_show_pages(const void *virt, size_t nr, struct stash *stash)
{
	paddr_t phys = virt_to_phys(virt);

	stage2_map(&root_cell.stage2, phys, phys, nr * PAGE_SIZE, CB_REGION_READ, stash);
}

void page_publish(struct cell *cell)
{
	struct cb_cell_page *page = cell->page;

	page->id = cell->id;
	memcpy(page->name, cell->config->header.name, CB_NAME_SIZE);
	page->cpus = cell->cpus;
	page->flags = cell->config->flags;
	cells[cell->id] = cell;
	public_page->cells_phys[cell->id] = virt_to_phys(page);
}

void page_take(struct cell *cell, struct stash *stash)
{
	page_publish(cell);
	root_show_pages(cell->page, 1, stash);
}

void page_give_back(struct cell *cell, struct stash *stash)
{
	public_page->cells_phys[cell->id] = 0;
	cells[cell->id] = NULL;
	stage2_unmap(&root_cell.stage2, virt_to_phys(cell->page), PAGE_SIZE, stash);
}
