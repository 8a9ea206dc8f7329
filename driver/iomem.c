// SPDX-License-Identifier: GPL-2.0-only
/*
 * Physical addresses as Linux knows them (/proc/iomem): what is System RAM, what a
 * driver has claimed and by which name, and claims of our own, so that no driver takes
 * what belongs to a cell.
 */
#include <linux/ioport.h>
#include <linux/stop_machine.h>
#include <linux/string.h>

#include "cellblock.h"
#include <config/check.h>

static int copy_resource(struct resource *found, void *arg)
{
	*(struct resource *)arg = *found;
	return 1;
}

/* Finds the first part of a range that resources with all these flags cover. */
static bool find_covered(u64 start, u64 size, unsigned long flags, struct resource *found)
{
	return walk_iomem_res_desc(IORES_DESC_NONE, flags, start, start + size - 1, found,
				   copy_resource) == 1;
}

/* Whether a range meets System RAM. If so, other_address and other_size say where. */
bool cb_iomem_system_ram(u64 start, u64 size, struct cb_error *record)
{
	struct resource ram;

	if (!find_covered(start, size, IORESOURCE_SYSTEM_RAM, &ram))
		return false;
	record->other_address = ram.start;
	record->other_size = resource_size(&ram);
	return true;
}

/* ---- Who is it? ---- */

struct owner_search {
	u64 start, size;
	struct cb_error *record;
};

static const struct resource *next_resource(const struct resource *res)
{
	if (res->child)
		return res->child;
	while (!res->sibling && res->parent)
		res = res->parent;
	return res->sibling;
}

/* The first busy one; where none is busy, the first that overlaps in part. */
static const struct resource *find_owner(const struct owner_search *search)
{
	const struct resource *res, *partial = NULL;

	for (res = iomem_resource.child; res; res = next_resource(res)) {
		u64 size = resource_size(res);

		if (!cb_ranges_overlap(search->start, search->size, res->start, size))
			continue;
		if (res->flags & IORESOURCE_BUSY)
			return res;
		if (!partial && !cb_range_contains(res->start, size, search->start, search->size))
			partial = res;
	}
	return partial;
}

/*
 * The lock of the resource tree is not exported and walk_iomem_res_desc() gives no
 * names. While the machine is stopped nobody frees a resource that we look at, and nobody
 * changes the tree. On PREEMPT_RT somebody may have been preempted in the midst of a change: then
 * a resource may be missing from the tree, but no pointer in it leads to one that is freed.
 */
static int name_owner_stopped(void *arg)
{
	const struct owner_search *search = arg;
	const struct resource *owner = find_owner(search);

	if (!owner)
		return 0;
	strscpy(search->record->name, owner->name ?: "?", sizeof(search->record->name));
	search->record->other_address = owner->start;
	search->record->other_size = resource_size(owner);
	return 0;
}

struct name_search {
	const char *name;
	u64 start;
	bool there; /* at @start, or elsewhere */
	struct resource *found;
};

static int find_name_stopped(void *arg)
{
	struct name_search *search = arg;
	const struct resource *res;

	for (res = iomem_resource.child; res && !search->found; res = next_resource(res))
		if (res->name && !strcmp(res->name, search->name) &&
		    (res->start == search->start) == search->there)
			search->found = (struct resource *)res;
	return 0;
}

/* A resource of this name that begins at @start, or one that does not. NULL: there is none. */
struct resource *cb_iomem_find(const char *name, u64 start, bool there)
{
	struct name_search search = { .name = name, .start = start, .there = there };

	stop_machine(find_name_stopped, &search, NULL);
	return search.found;
}

/* Whether /proc/iomem has anything in a range. */
bool cb_iomem_is_shown(u64 start, u64 size)
{
	struct resource any;

	return find_covered(start, size, IORESOURCE_MEM, &any);
}

/* ---- Claims ---- */

/* A claim is busy for others at once; being no IORESOURCE_MEM, the walk passes it over. */
#define CLAIM_FLAGS (IORESOURCE_BUSY | IORESOURCE_EXCLUSIVE)

static bool try_claim(struct resource *claim)
{
	struct resource busy;

	if (insert_resource(&iomem_resource, claim))
		return false;
	if (!find_covered(claim->start, resource_size(claim), IORESOURCE_MEM | IORESOURCE_BUSY,
			  &busy)) {
		claim->flags |= IORESOURCE_MEM;
		return true;
	}
	remove_resource(claim);
	return false;
}

/*
 * Claims a range for @name (which lives as long as the claim): nobody has claimed it, or will.
 * Those that map registers without a claim, as of_iomap() does, are not found. On -EBUSY the
 * record's name, other_address and other_size say who.
 */
int cb_iomem_claim(struct resource *claim, const char *name, u64 start, u64 size,
		   struct cb_error *record)
{
	struct owner_search search = { .start = start, .size = size, .record = record };

	*claim = (struct resource){
		.name = name,
		.start = start,
		.end = start + size - 1,
		.flags = CLAIM_FLAGS,
	};
	if (try_claim(claim))
		return 0;
	claim->flags = 0;
	stop_machine(name_owner_stopped, &search, NULL);
	return -EBUSY;
}

void cb_iomem_release(struct resource *claim)
{
	if (claim->flags)
		remove_resource(claim);
	claim->flags = 0;
}
