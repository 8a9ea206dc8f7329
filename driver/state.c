// SPDX-License-Identifier: GPL-2.0-only
/*
 * The driver's state and the questions that every operation asks of it first. Also
 * how a configuration comes in from user space: copied before anything looks at it.
 */
#include <linux/mm.h>
#include <linux/nospec.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "cellblock.h"
#include <config/check.h>

struct cellblock cellblock = {
	.lock = __MUTEX_INITIALIZER(cellblock.lock),
	.pages_lock = __RWSEM_INITIALIZER(cellblock.pages_lock),
};

int cb_require_enabled(struct cb_error *error)
{
	if (READ_ONCE(cellblock.shutting_down))
		return refuse(error, CB_ERR_SHUTTING_DOWN);
	if (!cellblock.enabled)
		return refuse(error, CB_ERR_NOT_ENABLED);
	return 0;
}

/* NULL, with a record, when there is none. */
struct cell *cb_find_cell(u32 id, struct cb_error *error)
{
	if (cb_require_enabled(error))
		return NULL;
	if (id < CB_MAX_CELLS && cellblock.cells[array_index_nospec(id, CB_MAX_CELLS)])
		return cellblock.cells[array_index_nospec(id, CB_MAX_CELLS)];
	refuse_cell(error, CB_ERR_CELL_UNKNOWN, id, CB_NO_CELL);
	return NULL;
}

struct cell *cb_get_nonroot_cell(u32 id, struct cb_error *error)
{
	struct cell *cell;

	down_read(&cellblock.pages_lock);
	cell = cb_find_cell(id, error);
	if (cell && id == CB_ROOT_CELL) {
		refuse_cell(error, CB_ERR_CELL_ROOT, id, CB_NO_CELL);
		cell = NULL;
	}
	if (cell)
		kobject_get(&cell->kobj);
	up_read(&cellblock.pages_lock);
	return cell;
}

/*
 * Physically contiguous, for the hypervisor reads it by address, and ours alone, for it
 * must not change once it is checked. The checksum covers header.size bytes, which the
 * check finds equal to @size.
 */
void *cb_copy_config(u64 data, u32 size, enum cb_config_kind kind, struct cb_error *error)
{
	void *config;

	if (size > CB_CONFIG_MAX_SIZE) {
		refuse(error, CB_ERR_CONFIG_TOO_LARGE, .size = size,
		       .other_size = CB_CONFIG_MAX_SIZE);
		return NULL;
	}
	config = alloc_pages_exact(CB_CONFIG_MAX_SIZE, GFP_KERNEL | __GFP_ZERO);
	if (!config) {
		refuse(error, CB_ERR_HOST_MEMORY);
		return NULL;
	}
	if (copy_from_user(config, u64_to_user_ptr(data), size)) {
		refuse(error, CB_ERR_HOST_FAULT, .address = data, .size = size);
		goto free;
	}
	if (cb_config_check(config, size, kind, error))
		goto free;
	return config;
free:
	cb_free_config(config);
	return NULL;
}

void cb_free_config(const void *config)
{
	if (config)
		free_pages_exact((void *)config, CB_CONFIG_MAX_SIZE);
}
