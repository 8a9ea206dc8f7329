// SPDX-License-Identifier: GPL-2.0-only
/* Setting up the root cell: it begins with all CPUs, memory and interrupts of the board. */
#include <base/refuse.h>
#include <cell/cell.h>
#include <cell/resource.h>
#include <config/iterate.h>
#include <gic/gic.h>
#include <mm/el2map.h>
#include <mm/stage2.h>
#include <vdev/window.h>

/* The configuration follows the image, so it is not counted as the cell's. */
static u32 prepare_root(struct stash *stash, struct cb_error *error)
{
	size_t pages = 7 * stage2_pages_needed(0, 0, PAGE_SIZE);

	root_cell.config = &system_config->root;
	for_each_region (region, root_cell.config)
		pages += stage2_pages_needed(region->phys, region->phys, region->size);
	if (cell_alloc_tables(&root_cell, STAGE2_NON_CACHEABLE) &&
	    stash_fill(stash, pages, CB_POOL_STAGE2))
		return CB_OK;
	return refuse(error, CB_ERR_NO_MEMORY, .needed = pages, .available = pool_available());
}

/* That this machine can have what the configuration lists. */
static u32 check_root(struct cb_error *error)
{
	for_each_region (region, root_cell.config)
		if (region->phys >= stage2_limit() || region->size > stage2_limit() - region->phys)
			return refuse(error, CB_ERR_REGION_WRAPS,
				      .index = cb_region_index(root_cell.config, region),
				      .address = region->phys, .size = region->size,
				      .bits = (u64)__builtin_ctzll(stage2_limit()));
	for_each_irq (range, root_cell.config)
		if (range->first + range->count > gic_nr_intids())
			return refuse(error, CB_ERR_IRQ_RANGE,
				      .index = cb_irq_index(root_cell.config, range),
				      .intid = range->first, .count = range->count,
				      .limit = gic_nr_intids() - 1);
	return CB_OK;
}

static void map_root(struct stash *stash)
{
	regions_map(&root_cell, stash);
	root_show_pages(public_page, 1, stash);
	root_show_pages(phys_to_virt(public_page->cpus_phys), cpu_info_pages(), stash);
	root_show_pages(root_cell.page, 1, stash);
}

static void take_board(void)
{
	cpuid_t cpu;

	for_each_irq (range, root_cell.config)
		for (intid_t intid = range->first; intid < range->first + range->count; intid++)
			root_cell.irqs[intid / 32] |= (u32)BIT(intid % 32);
	root_cell.cpus = root_cell.config->cpus;
	for_each_cpu (cpu, root_cell.cpus)
		cpu_of(cpu)->cell = &root_cell;
}

u32 root_cell_init(struct cb_error *error)
{
	struct stash stash;
	u32 code = prepare_root(&stash, error) ?: check_root(error);

	if (code)
		return code;
	windows_init(&root_cell);
	map_root(&stash);
	stash_drain(&stash);
	take_board();
	page_publish(&root_cell);
	memset(root_cell.page->name, 0, CB_NAME_SIZE);
	memcpy(root_cell.page->name, "root", 5);
	root_cell.page->state = CB_CELL_RUNNING;
	return CB_OK;
}
