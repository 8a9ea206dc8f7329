// SPDX-License-Identifier: GPL-2.0-only
/*
 * Filling the loadable regions of a cell. A region is mapped from the first byte that
 * is loaded until the cell starts; only in state LOADING does the root cell have it.
 * Data comes in through a buffer, so that no lock is held while user memory is read.
 */
#include <linux/io.h>
#include <linux/minmax.h>
#include <linux/sched/signal.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "cellblock.h"
#include "config.h"

#define CHUNK_SIZE SZ_64K

static int refuse_range(const struct cell *cell, const struct cb_ioc_load *load,
			struct cb_error *error, u32 code)
{
	return refuse_cell(error, code, cell->id, CB_NO_CELL, .address = load->virt,
			   .size = load->size);
}

/* The loadable region that the whole range lies in. */
static int find_region(const struct cell *cell, const struct cb_ioc_load *load, u32 *found,
		       struct cb_error *error)
{
	const struct cb_region *regions = cb_config_regions(cell->config);
	u32 code = CB_ERR_NO_LOADABLE;
	u32 i;

	for (i = 0; i < cell->config->regions.count; i++) {
		if (!(regions[i].flags & CB_REGION_LOADABLE))
			continue;
		code = CB_ERR_NOT_LOADABLE;
		if (cb_range_contains(regions[i].virt, regions[i].size, load->virt, load->size)) {
			*found = i;
			return 0;
		}
	}
	return refuse_range(cell, load, error, code);
}

static int require_loading(const struct cell *cell, struct cb_error *error)
{
	u32 state = READ_ONCE(cell->page->state);

	if (state == CB_CELL_LOADING)
		return 0;
	return refuse_cell(error, CB_ERR_CELL_STATE, cell->id, CB_NO_CELL, .address = state,
			   .other_address = BIT(CB_CELL_LOADING));
}

void cb_cell_unmap_load(struct cell *cell)
{
	if (cell->load.map)
		memunmap(cell->load.map);
	cell->load.map = NULL;
}

static int map_region(struct cell *cell, u32 i, struct cb_error *error)
{
	const struct cb_region *region = &cb_config_regions(cell->config)[i];

	if (cell->load.map && cell->load.region == i)
		return 0;
	cb_cell_unmap_load(cell);
	cell->load.map = memremap(region->phys, region->size, MEMREMAP_WB);
	cell->load.region = i;
	return cell->load.map ? 0 : refuse(error, CB_ERR_HOST_MEMORY);
}

/* Where in the root cell's memory a range of the cell can be written. */
static void *loadable_memory(const struct cb_ioc_load *load, struct cb_error *error)
{
	struct cell *cell = cb_find_nonroot_cell(load->cell, error);
	u32 i = 0;

	if (!cell || find_region(cell, load, &i, error) || require_loading(cell, error) ||
	    map_region(cell, i, error))
		return NULL;
	return cell->load.map + (load->virt - cb_config_regions(cell->config)[i].virt);
}

/* Asks for everything anew: another request may have come between two chunks. */
static int write_chunk(const struct cb_ioc_load *load, u64 offset, const void *data, size_t size,
		       struct cb_error *error)
{
	void *memory;

	mutex_lock(&cellblock.lock);
	memory = loadable_memory(load, error);
	if (memory)
		memcpy(memory + offset, data, size);
	mutex_unlock(&cellblock.lock);
	return memory ? 0 : cb_error_errno(error->code);
}

static int copy_chunk(const struct cb_ioc_load *load, u64 offset, void *buffer,
		      struct cb_error *error)
{
	size_t size = min_t(u64, load->size - offset, CHUNK_SIZE);

	if (copy_from_user(buffer, u64_to_user_ptr(load->data + offset), size))
		return refuse(error, CB_ERR_HOST_FAULT, .address = load->data + offset,
			      .size = size);
	return write_chunk(load, offset, buffer, size, error);
}

static int copy_all(const struct cb_ioc_load *load, void *buffer, struct cb_error *error)
{
	u64 offset;
	int err;

	/* The first chunk even of nothing: the range is checked in any case. */
	err = copy_chunk(load, 0, buffer, error);
	for (offset = CHUNK_SIZE; offset < load->size && !err; offset += CHUNK_SIZE) {
		if (signal_pending(current))
			return refuse(error, CB_ERR_BUSY);
		cond_resched();
		err = copy_chunk(load, offset, buffer, error);
	}
	return err;
}

/* Takes the lock itself, for each chunk. */
int cb_cell_load(const struct cb_ioc_load *load, struct cb_error *error)
{
	void *buffer = kvmalloc(CHUNK_SIZE, GFP_KERNEL_ACCOUNT);
	int err;

	if (!buffer)
		return refuse(error, CB_ERR_HOST_MEMORY);
	err = copy_all(load, buffer, error);
	kvfree(buffer);
	return err;
}
