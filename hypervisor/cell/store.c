// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the hypervisor keeps of a cell (resource.h): struct cell with a copy of the configuration
 * behind it, the public page, and the first level of its tables.
 */
#include <base/refuse.h>
#include <cell/resource.h>
#include <mm/el2map.h>
#include <mm/stage2.h>

/* Does the root cell have all of [phys, phys + size) as memory that it may write? */
static bool root_owns_ram(paddr_t phys, u64 size)
{
	u32 needed = CB_REGION_READ | CB_REGION_WRITE;
	paddr_t end = ALIGN_UP(phys + size, PAGE_SIZE), out;

	if (phys + size < phys || phys + size > stage2_limit())
		return false;
	for (paddr_t page = ALIGN_DOWN(phys, PAGE_SIZE); page < end; page += PAGE_SIZE)
		if ((stage2_lookup(&root_cell.stage2, page, &out) & (needed | CB_REGION_IO)) !=
		    needed)
			return false;
	return true;
}

/*
 * Copy the configuration out of reach of the root cell. size fits the window. What does not answer,
 * where the board promises memory, is left zero, and no configuration.
 */
static void copy_config(void *to, paddr_t config, u64 size)
{
	u64 offset = config % PAGE_SIZE;
	size_t nr = ALIGN_UP(offset + size, PAGE_SIZE) / PAGE_SIZE;
	u8 *from = window_map(config - offset, nr, EL2_RODATA);

	if (window_answers(nr))
		memcpy(to, from + offset, size);
	window_unmap();
}

u32 cell_alloc(paddr_t config, u64 size, struct cell **out, struct cb_error *error)
{
	size_t head = ALIGN_UP(sizeof(struct cell), 8);
	size_t pages = ALIGN_UP(head + size, PAGE_SIZE) / PAGE_SIZE;
	struct cell *cell;

	if (size > CB_CONFIG_MAX_SIZE)
		return refuse(error, CB_ERR_CONFIG_TOO_LARGE, .size = size,
			      .other_size = CB_CONFIG_MAX_SIZE);
	if (!root_owns_ram(config, size))
		return refuse(error, CB_ERR_BUFFER, .address = config, .size = size);
	cell = pool_alloc(pages, CB_POOL_CELL);
	if (!cell)
		return refuse(error, CB_ERR_NO_MEMORY, .needed = pages,
			      .available = pool_available());
	copy_config((u8 *)cell + head, config, size);
	cell->config = (const void *)((u8 *)cell + head);
	cell->config_pages = pages;
	*out = cell;
	return CB_OK;
}

bool cell_alloc_tables(struct cell *cell, enum stage2_registers registers)
{
	cell->page = pool_alloc(1, CB_POOL_CELL);
	return cell->page && console_alloc(cell) &&
	       stage2_init(&cell->stage2, (u16)cell->id, registers);
}

void cell_free(struct cell *cell)
{
	console_free(cell);
	if (cell->page)
		pool_free(cell->page, 1, CB_POOL_CELL);
	stash_drain(&cell->way_back);
	stage2_free(&cell->stage2);
	pool_free(cell, cell->config_pages, CB_POOL_CELL);
}
