// SPDX-License-Identifier: GPL-2.0-only
/*
 * Whether the board's configuration has all memory that Linux uses, as memory and with all
 * rights: once the hypervisor is enabled, Linux could not even report an access to what is missing.
 * The same is asked of memory that is added later (virtio-mem, hotplug), before Linux uses it.
 */
#include <linux/ioport.h>
#include <linux/memory.h>
#include <linux/pfn.h>

#include "cellblock.h"
#include <config/check.h>
#include <config/iterate.h>
#include <config/overlap.h>

#define RIGHTS (CB_REGION_READ | CB_REGION_WRITE | CB_REGION_EXECUTE)

/* What is checked, and where the record goes. */
struct check {
	const struct cb_system_config *config;
	const char *what;
	bool but_reserved; /* that need not be listed */
	struct cb_error *error;
};

static const struct cb_region *region_at(const struct cb_cell_config *config, u64 at)
{
	for_each_region (region, config)
		if (cb_range_contains(region->phys, region->size, at, 1))
			return region;
	return NULL;
}

/* Where the first region behind a byte begins, or the end of a range. */
static u64 next_region(const struct cb_cell_config *config, u64 at, u64 end)
{
	for_each_region (region, config)
		if (region->phys > at && region->phys < end)
			end = region->phys;
	return end;
}

/* Memory must be no registers; what is accessed as registers may be either. */
static bool has_rights(u32 flags, u32 needed)
{
	u32 missing = needed & ~flags & RIGHTS;

	return !missing && (needed & CB_REGION_IO || !(flags & CB_REGION_IO));
}

/* The record has been filled in. */
static int say_what(const struct check *check, int err)
{
	strscpy(check->error->name, check->what, sizeof(check->error->name));
	return err;
}

/* All of a range that Linux uses lies in regions with these rights. */
static int check_piece(u64 start, u64 size, u32 needed, void *arg)
{
	const struct check *check = arg;
	const struct cb_cell_config *root = &check->config->root;
	u64 at = start, end = start + size;

	/* What no region lists, a permissive root cell gets at its first access. */
	if (needed & CB_REGION_IO && root->flags & CB_CELL_PERMISSIVE)
		return 0;
	while (at < end) {
		const struct cb_region *region = region_at(root, at);
		u64 next = next_region(root, at, end);

		if (!region && check->but_reserved && cb_is_reserved(at, next)) {
			at = next;
		} else if (!region) {
			return say_what(check, refuse(check->error, CB_ERR_MEMORY_UNLISTED,
						      .address = start, .size = size,
						      .other_address = at));
		} else if (!has_rights(region->flags, needed)) {
			return say_what(check, refuse(check->error, CB_ERR_MEMORY_RIGHTS,
						      .index = cb_region_index(root, region),
						      .address = start, .size = size,
						      .other_flags = region->flags,
						      .needed_flags = needed));
		} else {
			at = region->phys + region->size;
		}
	}
	return 0;
}

static int check_resource(struct resource *res, void *arg)
{
	return check_piece(res->start, resource_size(res), RIGHTS, arg);
}

/* Memory that is added from now on, cb_memory_follow() has to ask about. */
int cb_check_linux_memory(const struct cb_system_config *config, struct cb_error *error)
{
	struct check check = {
		.config = config, .what = "System RAM", .but_reserved = true, .error = error
	};
	int err;

	/* An error without a record would be: no System RAM at all. What is not busy could become
	 * some. */
	*error = (struct cb_error){};
	err = walk_iomem_res_desc(IORES_DESC_NONE, IORESOURCE_SYSTEM_RAM | IORESOURCE_BUSY, 0,
				  U64_MAX, &check, check_resource);
	if (err && error->code)
		return err;
	check.what = "UEFI runtime services";
	check.but_reserved = false;
	return cb_for_firmware(check_piece, &check);
}

/* ---- Memory that is added ---- */

static bool is_a_cells(u64 start, u64 size)
{
	u32 id;

	for (id = CB_ROOT_CELL + 1; id < CB_MAX_CELLS; id++)
		if (cellblock.cells[id] &&
		    cb_region_in(cellblock.cells[id]->config, start, size, 0))
			return true;
	return false;
}

/* Under pages_lock. */
static int check_added(u64 start, u64 size)
{
	struct cb_error error;
	struct check check = { .config = cellblock.memory, .what = "System RAM", .error = &error };

	if (!cellblock.memory)
		return 0;
	if (is_a_cells(start, size)) {
		pr_err("memory 0x%llx-0x%llx stays offline: a cell has some of it\n", start,
		       start + size - 1);
		return -EBUSY;
	}
	if (!check_piece(start, size, RIGHTS, &check))
		return 0;
	pr_err("memory 0x%llx-0x%llx stays offline: in board \"%.31s\", 0x%llx is in no region "
	       "that has RAM with all rights\n",
	       start, start + size - 1, cellblock.memory->root.header.name,
	       error.code == CB_ERR_MEMORY_UNLISTED ? error.other_address : start);
	return -EPERM;
}

/* Linux holds locks here that an operation of ours waits for, so ours is not taken. */
static int memory_changes(struct notifier_block *block, unsigned long event, void *arg)
{
	const struct memory_notify *memory = arg;
	u64 start = PFN_PHYS((u64)memory->start_pfn), end = start + PFN_PHYS((u64)memory->nr_pages);
	int err;

	switch (event) {
#ifdef MEM_PREPARE_ONLINE /* its first pages may be those that describe it */
	case MEM_PREPARE_ONLINE:
		if (memory->altmap_nr_pages)
			start = PFN_PHYS((u64)memory->altmap_start_pfn);
		fallthrough;
#endif
	case MEM_GOING_ONLINE:
		down_read(&cellblock.pages_lock);
		err = check_added(start, end - start);
		up_read(&cellblock.pages_lock);
		return notifier_from_errno(err);
	default:
		return NOTIFY_DONE;
	}
}

/* From now on memory must fit @config; NULL: any may come. */
void cb_memory_follow(const struct cb_system_config *config)
{
	down_write(&cellblock.pages_lock);
	cellblock.memory = config;
	up_write(&cellblock.pages_lock);
}

static struct notifier_block memory_block = { .notifier_call = memory_changes };

int cb_memory_init(void)
{
	return register_memory_notifier(&memory_block);
}

void cb_memory_exit(void)
{
	unregister_memory_notifier(&memory_block);
}
