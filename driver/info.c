// SPDX-License-Identifier: GPL-2.0-only
/*
 * INFO, CELL_INFO, CPU_INFO and GET_CONFIG: copies of what the hypervisor's public pages say, in
 * the size that the caller has room for. No address of a page of the hypervisor's is told.
 */
#include <linux/minmax.h>
#include <linux/nospec.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include "cellblock.h"

union cb_info_page {
	struct cb_system_info all;
	struct cb_cell_page cell;
	struct cb_cpu_info cpu;
};

/* ---- What there is: each returns its size, or an error. pages_lock is held. ---- */

static u64 existing_cells(void)
{
	u64 cells = 0;
	u32 id;

	for (id = 0; id < CB_MAX_CELLS; id++)
		if (cellblock.cells[id])
			cells |= BIT_ULL(id);
	return cells;
}

int cb_info_of_all(struct cb_ioc_info *request, union cb_info_page *page, struct cb_error *error)
{
	const struct cb_public *public = cellblock.public;
	struct cb_system_info *all = &page->all;

	if (request->number)
		return refuse(error, CB_ERR_ARGUMENT, .value = request->number);
	if (cb_require_enabled(error))
		return cb_error_errno(error->code);
	all->nr_cpus = public->nr_cpus;
	all->root_mode = public->root_mode;
	all->pool_pages = public->pool_pages;
	all->image_pages = public->image_pages;
	memcpy(all->pool_used, public->pool_used, sizeof(public->pool_used));
	all->cells = existing_cells();
	all->touched_lost = public->touched_lost;
	all->nr_touched = public->nr_touched;
	memcpy(all->touched, public->touched, sizeof(public->touched));
	return sizeof(*all);
}

int cb_info_of_cell(struct cb_ioc_info *request, union cb_info_page *page, struct cb_error *error)
{
	const struct cell *cell = cb_find_cell(request->number, error);

	if (!cell)
		return cb_error_errno(error->code);
	page->cell = *cell->page;
	return sizeof(page->cell);
}

int cb_info_of_cpu(struct cb_ioc_info *request, union cb_info_page *page, struct cb_error *error)
{
	u32 cpu = request->number;

	if (cb_require_enabled(error))
		return cb_error_errno(error->code);
	if (cpu >= cellblock.config->cpus.count)
		return refuse(error, CB_ERR_CPU_UNKNOWN, .index = cpu);
	cpu = array_index_nospec(cpu, cellblock.config->cpus.count);
	request->linux_cpu = cellblock.linux_cpu[cpu];
	page->cpu = *cb_cpu_info(cpu);
	return sizeof(page->cpu);
}

/* ---- Giving it ---- */

/* Room that is left is cleared. */
static int give(struct cb_ioc_info *request, const void *page, u32 size, struct cb_error *error)
{
	void __user *to = u64_to_user_ptr(request->data);
	u32 room = request->size, given = min(room, size);

	request->size = size;
	if (copy_to_user(to, page, given) || clear_user(to + given, room - given))
		return refuse(error, CB_ERR_HOST_FAULT, .address = request->data, .size = room);
	return 0;
}

/* A copy is taken first, so that no lock is held while it goes to user space. */
static int look_and_give(struct cb_ioc_info *request, union cb_info_page *page,
			 int (*look)(struct cb_ioc_info *request, union cb_info_page *page,
				     struct cb_error *error),
			 struct cb_error *error)
{
	int size;

	down_read(&cellblock.pages_lock);
	size = look(request, page, error);
	up_read(&cellblock.pages_lock);
	return size < 0 ? size : give(request, page, size, error);
}

int cb_info_give(struct cb_ioc_info *request,
		 int (*look)(struct cb_ioc_info *request, union cb_info_page *page,
			     struct cb_error *error),
		 struct cb_error *error)
{
	u32 unused = request->linux_cpu | request->reserved;
	union cb_info_page *page;
	int err;

	if (unused || request->size > CB_PAGE_SIZE)
		return refuse(error, CB_ERR_ARGUMENT, .value = unused ?: request->size);
	page = kzalloc(sizeof(*page), GFP_KERNEL_ACCOUNT);
	if (!page)
		return refuse(error, CB_ERR_HOST_MEMORY);
	err = look_and_give(request, page, look, error);
	kfree(page);
	return err;
}

/* ---- Configurations ---- */

static void *copy_of_config(struct cb_ioc_get_config *request, struct cb_error *error)
{
	const struct cell *cell = cb_find_cell(request->cell, error);
	u32 room = request->size;
	void *copy;

	if (!cell)
		return NULL;
	request->size = cell->config->header.size;
	if (request->size > room) {
		refuse(error, CB_ERR_CONFIG_TOO_LARGE, .size = request->size, .other_size = room);
		return NULL;
	}
	copy = kmemdup(cell->config, request->size, GFP_KERNEL_ACCOUNT);
	if (!copy)
		refuse(error, CB_ERR_HOST_MEMORY);
	return copy;
}

int cb_info_give_config(struct cb_ioc_get_config *request, struct cb_error *error)
{
	void *copy;
	int err = 0;

	down_read(&cellblock.pages_lock);
	copy = copy_of_config(request, error);
	up_read(&cellblock.pages_lock);
	if (!copy)
		return cb_error_errno(error->code);
	if (copy_to_user(u64_to_user_ptr(request->data), copy, request->size))
		err = refuse(error, CB_ERR_HOST_FAULT, .address = request->data,
			     .size = request->size);
	kfree(copy);
	return err;
}
