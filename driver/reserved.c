// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory amid System RAM that firmware has reserved, and that Linux therefore gives to nobody:
 * nodes of /reserved-memory, and the block of reservations that the device tree was handed over
 * with (a spin table, for instance). Boards leave it out on purpose. Linux may have taken it back
 * since, as it does with an initrd: what counts are its pages, too.
 */
#include <linux/kernel_read_file.h>
#include <linux/memory_hotplug.h>
#include <linux/mm.h>
#include <linux/of.h>
#include <linux/of_address.h>
#include <linux/pfn.h>
#include <linux/vmalloc.h>

#include "cellblock.h"

#define FDT_PATH     "/sys/firmware/fdt"
#define FDT_MAX_SIZE SZ_2M

/* Devicetree Specification, 5.2 and 5.3.2 */
#define FDT_MAGIC    0xd00dfeed
struct fdt_start {
	__be32 magic, totalsize, off_dt_struct, off_dt_strings, off_mem_rsvmap;
};
struct fdt_reserve {
	__be64 address, size;
};

/* Of the byte @at, the end of what has it; 0: nothing yet. */
struct search {
	u64 at, end;
};

static void look_at(struct search *search, u64 start, u64 size)
{
	if (search->at >= start && search->at - start < size)
		search->end = max(search->end, start + size);
}

static void look_at_nodes(struct search *search)
{
	struct device_node *parent = of_find_node_by_path("/reserved-memory"), *node;
	struct resource res;
	int i;

	if (!parent)
		return;
	for_each_available_child_of_node(parent, node)
	{
		if (of_property_read_bool(node, "reusable"))
			continue;
		for (i = 0; !of_address_to_resource(node, i, &res); i++)
			look_at(search, res.start, resource_size(&res));
	}
	of_node_put(parent);
}

static void look_at_block(struct search *search, const void *fdt, size_t size)
{
	const struct fdt_start *start = fdt;
	const struct fdt_reserve *reserve;
	size_t at;

	if (size < sizeof(*start) || be32_to_cpu(start->magic) != FDT_MAGIC)
		return;
	for (at = be32_to_cpu(start->off_mem_rsvmap); at <= size && size - at >= sizeof(*reserve);
	     at += sizeof(*reserve)) {
		reserve = fdt + at;
		if (!reserve->size)
			return;
		look_at(search, be64_to_cpu(reserve->address), be64_to_cpu(reserve->size));
	}
}

static bool linux_keeps(u64 start, u64 end)
{
	u64 pfn;

	for (pfn = PHYS_PFN(start); pfn < PHYS_PFN(end); pfn++) {
		struct page *page = pfn_to_online_page(pfn);

		if (!page || !PageReserved(page))
			return false;
	}
	return true;
}

/* Whether all of a range, of whole pages, is such memory. */
bool cb_is_reserved(u64 start, u64 end)
{
	struct search search = { .at = start };
	void *fdt = NULL;
	ssize_t size;

	size = kernel_read_file_from_path(FDT_PATH, 0, &fdt, FDT_MAX_SIZE, NULL, READING_UNKNOWN);
	do {
		search.end = 0;
		look_at_nodes(&search);
		if (size > 0)
			look_at_block(&search, fdt, size);
		search.at = search.end;
	} while (search.end && search.end < end);
	vfree(fdt);
	return search.end && linux_keeps(start, end);
}
