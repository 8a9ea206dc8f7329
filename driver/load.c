// SPDX-License-Identifier: GPL-2.0-only
/*
 * Filling the loadable regions of a cell. A piece of a region is mapped until another one is, or
 * the cell starts; only in state LOADING does the root cell have it. Data comes in through a
 * buffer, so that no lock is held while user memory is read.
 */
#include <linux/freezer.h>
#include <linux/io.h>
#include <linux/minmax.h>
#include <linux/sched/signal.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "cellblock.h"
#include <config/check.h>
#include <config/iterate.h>

#define CHUNK_SIZE SZ_64K
/* Mapped at a time: others wait for a lock as long as it takes to map it, page by page at worst. */
#define PIECE_SIZE SZ_16M

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
	u32 code = CB_ERR_NO_LOADABLE;

	for_each_region (region, cell->config) {
		if (!(region->flags & CB_REGION_LOADABLE))
			continue;
		code = CB_ERR_NOT_LOADABLE;
		if (cb_range_contains(region->virt, region->size, load->virt, load->size)) {
			*found = cb_region_index(cell->config, region);
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
	return refuse_cell(error, CB_ERR_CELL_STATE, cell->id, CB_NO_CELL, .state = state,
			   .states = BIT(CB_CELL_LOADING));
}

void cb_cell_unmap_load(struct cell *cell)
{
	if (cell->load.map)
		memunmap(cell->load.map);
	cell->load.map = NULL;
}

/* Maps the piece of a region that has @offset. */
static int map_piece(struct cell *cell, u32 i, u64 offset, struct cb_error *error)
{
	const struct cb_region *region = &cb_config_regions(cell->config)[i];
	u64 start = ALIGN_DOWN(offset, PIECE_SIZE);

	if (cell->load.map && cell->load.region == i && cell->load.start == start)
		return 0;
	cb_cell_unmap_load(cell);
	cell->load.map = memremap(region->phys + start,
				  min_t(u64, region->size - start, PIECE_SIZE), MEMREMAP_WB);
	cell->load.region = i;
	cell->load.start = start;
	return cell->load.map ? 0 : refuse(error, CB_ERR_HOST_MEMORY);
}

/* A request while it is served. */
struct loading {
	struct cell *cell;
	const struct cb_ioc_load *load;
	u32 region;
	u64 start; /* of the data in the region */
	void *buffer;
};

static int write_locked(const struct loading *loading, u64 done, size_t size,
			struct cb_error *error)
{
	struct cell *cell = loading->cell;
	u64 offset = loading->start + done;
	int err = require_loading(cell, error);

	if (err || !size)
		return err;
	err = map_piece(cell, loading->region, offset, error);
	if (!err)
		memcpy(cell->load.map + (offset - cell->load.start), loading->buffer, size);
	return err;
}

/* Asks for everything anew: another request may have come between two chunks. */
static int write_chunk(const struct loading *loading, u64 done, size_t size, struct cb_error *error)
{
	int err = cb_cell_lock(loading->cell, error);

	if (err)
		return err;
	err = write_locked(loading, done, size, error);
	mutex_unlock(&loading->cell->lock);
	return err;
}

/* Up to the end of a piece. */
static size_t chunk_size(const struct loading *loading, u64 done)
{
	u64 piece = PIECE_SIZE - (loading->start + done) % PIECE_SIZE;

	return min3(loading->load->size - done, piece, (u64)CHUNK_SIZE);
}

static int copy_chunk(const struct loading *loading, u64 done, size_t size, struct cb_error *error)
{
	u64 data = loading->load->data + done;

	if (copy_from_user(loading->buffer, u64_to_user_ptr(data), size))
		return refuse(error, CB_ERR_HOST_FAULT, .address = data, .size = size);
	return write_chunk(loading, done, size, error);
}

/* Stopped, debugged or frozen, it goes on afterwards; only who dies leaves it half done. */
static int copy_all(const struct loading *loading, struct cb_error *error)
{
	size_t size = chunk_size(loading, 0);
	u64 done;
	int err;

	/* The first chunk even of nothing: the range is checked in any case. */
	err = copy_chunk(loading, 0, size, error);
	for (done = size; done < loading->load->size && !err; done += size) {
		if (fatal_signal_pending(current))
			return refuse(error, CB_ERR_BUSY);
		try_to_freeze();
		cond_resched();
		size = chunk_size(loading, done);
		err = copy_chunk(loading, done, size, error);
	}
	return err;
}

int cb_cell_load(struct cell *cell, const struct cb_ioc_load *load, struct cb_error *error)
{
	struct loading loading = { .cell = cell, .load = load };
	int err = find_region(cell, load, &loading.region, error);

	if (err)
		return err;
	loading.start = load->virt - cb_config_regions(cell->config)[loading.region].virt;
	loading.buffer = kvmalloc(CHUNK_SIZE, GFP_KERNEL_ACCOUNT);
	if (!loading.buffer)
		return refuse(error, CB_ERR_HOST_MEMORY);
	err = copy_all(&loading, error);
	kvfree(loading.buffer);
	return err;
}
