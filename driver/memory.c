// SPDX-License-Identifier: GPL-2.0-only
/*
 * What memory this machine has, whether Linux uses it or not: by the live device tree, which
 * mem= does not change, and by the memory map of UEFI. What lies in neither answers an access
 * with a bus error, which is the end of a kernel thread of Linux'.
 */
#include <linux/efi.h>
#include <linux/of.h>
#include <linux/of_address.h>

#include "cellblock.h"
#include <config/check.h>

/* Memory that no node of type "memory" has. */
static const struct of_device_id small_memory_ids[] = {
	{ .compatible = "mmio-sram" },
	{ .compatible = "cfi-flash" },
	{ .compatible = "mtd-ram" },
	{ .compatible = "mtd-rom" },
	{},
};

/* The search for the memory that a byte lies in. */
struct search {
	u64 at;
	u64 end;  /* of what was found, exclusive; 0: nothing yet */
	bool any; /* there is something that knows of memory */
};

static void look_at_range(struct search *search, u64 start, u64 size)
{
	if (search->at >= start && search->at - start < size)
		search->end = max(search->end, start + size);
}

/* All of "reg": "linux,usable-memory" is what Linux may use of it. */
static void look_at_node(struct search *search, struct device_node *node)
{
	struct resource res;
	int i;

	if (!of_device_is_available(node))
		return;
	for (i = 0; !of_address_to_resource(node, i, &res); i++)
		look_at_range(search, res.start, resource_size(&res));
}

static void look_at_tree(struct search *search)
{
	struct device_node *node;

	for_each_node_by_type(node, "memory")
	{
		search->any = true;
		look_at_node(search, node);
	}
	for_each_matching_node(node, small_memory_ids)
	{
		look_at_node(search, node);
	}
}

static u64 efi_size(const efi_memory_desc_t *desc)
{
	return desc->num_pages << EFI_PAGE_SHIFT;
}

/* Registers and the flash of variables can have these attributes, too. */
static bool efi_is_memory(const efi_memory_desc_t *desc)
{
	return desc->attribute & (EFI_MEMORY_WB | EFI_MEMORY_WT | EFI_MEMORY_WC) &&
	       desc->type != EFI_MEMORY_MAPPED_IO && desc->type != EFI_MEMORY_MAPPED_IO_PORT_SPACE;
}

static void look_at_efi(struct search *search)
{
	efi_memory_desc_t *desc;

	if (!efi_enabled(EFI_MEMMAP))
		return;
	search->any = true;
	for_each_efi_memory_desc(desc) if (efi_is_memory(desc))
		look_at_range(search, desc->phys_addr, efi_size(desc));
}

/* Where the memory ends that a byte lies in; 0: there is none. */
static u64 memory_end(u64 at)
{
	struct search search = { .at = at };

	look_at_tree(&search);
	look_at_efi(&search);
	return search.any ? search.end : U64_MAX; /* where nobody knows, nobody is refused */
}

/* Whether all of a range is memory. index: of the region, for the record. */
int cb_check_is_memory(u64 start, u64 size, u32 index, struct cb_error *error)
{
	u64 at = start, end;

	while (at - start < size) {
		end = memory_end(at);
		if (!end)
			return refuse(error, CB_ERR_REGION_NO_MEMORY, .index = index,
				      .address = start, .size = size, .other_address = at);
		at = end;
	}
	return 0;
}

/* ---- UEFI's runtime services, which Linux calls as long as it runs ---- */

/* Without them (efi=noruntime) registers are free, memory is not: firmware resets by it. */
static bool efi_needs(const efi_memory_desc_t *desc)
{
	return desc->attribute & EFI_MEMORY_RUNTIME &&
	       (efi_is_memory(desc) || efi_enabled(EFI_RUNTIME_SERVICES));
}

/* Whether a range is free of what they need. */
int cb_check_not_firmware(u64 start, u64 size, u32 index, struct cb_error *error)
{
	efi_memory_desc_t *desc;

	if (!efi_enabled(EFI_MEMMAP))
		return 0;
	for_each_efi_memory_desc(
		desc) if (efi_needs(desc) &&
			  cb_ranges_overlap(
				  start, size, desc->phys_addr,
				  efi_size(desc))) return refuse(error, CB_ERR_REGION_FIRMWARE,
								 .index = index, .address = start,
								 .size = size,
								 .other_address = desc->phys_addr,
								 .other_size = efi_size(desc));
	return 0;
}

static u32 efi_rights(const efi_memory_desc_t *desc)
{
	if (!efi_is_memory(desc))
		return CB_REGION_READ | CB_REGION_WRITE | CB_REGION_IO;
	if (desc->type != EFI_RUNTIME_SERVICES_CODE)
		return CB_REGION_READ | CB_REGION_WRITE;
	return CB_REGION_READ | CB_REGION_WRITE | CB_REGION_EXECUTE;
}

/* Calls @check for each piece that Linux' calls of them access, until it returns an error. */
int cb_for_firmware(int (*check)(u64 start, u64 size, u32 rights, void *arg), void *arg)
{
	efi_memory_desc_t *desc;
	int err = 0;

	if (!efi_enabled(EFI_MEMMAP) || !efi_enabled(EFI_RUNTIME_SERVICES))
		return 0;
	for_each_efi_memory_desc(desc) if (!err && efi_needs(desc)) err =
		check(desc->phys_addr, efi_size(desc), efi_rights(desc), arg);
	return err;
}
