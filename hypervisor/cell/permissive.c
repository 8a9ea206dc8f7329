// SPDX-License-Identifier: GPL-2.0-only
/* A permissive root cell gets what nobody has, page by page at its first access. */
#include <cell/cell.h>
#include <cell/resource.h>
#include <mm/stage2.h>

/* As device memory: nothing is known of it. */
static void map_page(paddr_t page, struct stash *stash)
{
	stage2_map(&root_cell.stage2, page, page, PAGE_SIZE,
		   CB_REGION_READ | CB_REGION_WRITE | CB_REGION_IO, stash);
	stash_drain(stash);
	if (public_page->nr_touched < CB_TOUCHED_MAX)
		public_page->touched[public_page->nr_touched++] = page;
	else
		public_page->touched_lost++;
}

bool root_touches_page(paddr_t page)
{
	size_t pages = stage2_pages_needed(page, page, PAGE_SIZE);
	struct stash stash;
	bool mapped = false;
	paddr_t phys;

	spin_lock(&cells_lock);
	if (stage2_lookup(&root_cell.stage2, page, &phys)) {
		mapped = true; /* another CPU touched it, too */
	} else if (!regions_protect(page) && stash_fill(&stash, pages, CB_POOL_STAGE2)) {
		map_page(page, &stash);
		mapped = true;
	}
	spin_unlock(&cells_lock);
	return mapped;
}
