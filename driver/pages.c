// SPDX-License-Identifier: GPL-2.0-only
/*
 * Mappings of the hypervisor's public pages. Each is mapped by itself: an access to any
 * other page of the hypervisor region is answered with an external abort. (That the
 * CPU speculates into one is harmless.)
 */
#include <linux/io.h>

#include "cellblock.h"

const void *cb_map_page(u64 phys, size_t size)
{
	return memremap(phys, size, MEMREMAP_WB);
}

void cb_unmap_page(const void *page)
{
	if (page)
		memunmap((void *)page);
}

static bool is_public_page(const struct cb_public *public)
{
	return !memcmp(public->signature, CB_PUBLIC_SIGNATURE, sizeof(public->signature)) &&
	       public->abi == CB_ABI_VERSION;
}

/* Maps the first public page, which says where the others are. */
int cb_pages_map_public(u64 phys, struct cb_error *error)
{
	BUILD_BUG_ON(sizeof(struct cb_public) > CB_PAGE_SIZE);
	BUILD_BUG_ON(sizeof(struct cb_cpu_info) > CB_CPU_STRIDE);

	cellblock.public = cb_map_page(phys, CB_PAGE_SIZE);
	if (!cellblock.public)
		return refuse(error, CB_ERR_HOST_MEMORY);
	if (!is_public_page(cellblock.public))
		return refuse(error, CB_ERR_IMAGE_ABI, .found = cellblock.public->abi,
			      .expected = CB_ABI_VERSION);
	return 0;
}

/* Those of the CPUs. */
int cb_pages_map_cpus(void)
{
	cellblock.cpu_infos = cb_map_page(
		cellblock.public->cpus_phys,
		ALIGN((size_t)cellblock.config->cpus.count * CB_CPU_STRIDE, CB_PAGE_SIZE));
	return cellblock.cpu_infos ? 0 : -ENOMEM;
}

/* The page of a cell, and its console ring, which may lie in there. */
int cb_pages_map_cell(struct cell *cell)
{
	BUILD_BUG_ON(sizeof(struct cb_cell_page) > CB_CONSOLE_OFFSET);

	cell->page = cb_map_page(READ_ONCE(cellblock.public->cells_phys[cell->id]), CB_PAGE_SIZE);
	if (!cell->page)
		return -ENOMEM;
	cell->ring_size = cell->page->log_size;
	if (cell->ring_size < CB_PAGE_SIZE)
		cell->ring = (const char *)cell->page + CB_CONSOLE_OFFSET;
	else
		cell->ring = cb_map_page(cell->page->log_phys, cell->ring_size);
	return cell->ring ? 0 : -ENOMEM;
}

void cb_pages_unmap_cell(struct cell *cell)
{
	if (cell->ring_size >= CB_PAGE_SIZE)
		cb_unmap_page(cell->ring);
	cb_unmap_page(cell->page);
	cell->ring = NULL;
	cell->page = NULL;
}

void cb_pages_unmap(void)
{
	cb_unmap_page(cellblock.cpu_infos);
	cb_unmap_page(cellblock.public);
	cellblock.cpu_infos = NULL;
	cellblock.public = NULL;
}

const struct cb_cpu_info *cb_cpu_info(u32 cpu)
{
	return cellblock.cpu_infos + (size_t)cpu * CB_CPU_STRIDE;
}
