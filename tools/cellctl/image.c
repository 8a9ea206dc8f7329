// SPDX-License-Identifier: GPL-2.0-only
/*
 * What kind of image a file is, and where things go in a cell's memory: the image at
 * the bottom of its region, the device tree at the top, the RAM disk below it.
 */
#include "image.h"

#include <endian.h>
#include <string.h>

#define SZ_2M 0x200000u

/* Documentation/arm64/booting.rst, "Call the kernel image". Little endian. */
struct arm64_image_header {
	uint32_t code[2];
	uint64_t text_offset;
	uint64_t image_size;
	uint64_t flags;
	uint64_t reserved[3];
	char magic[4];
	uint32_t pe_offset;
};
_Static_assert(offsetof(struct arm64_image_header, magic) == 56, "as documented");

#define ARM64_IMAGE_MAGIC "ARM\x64"
#define OLD_TEXT_OFFSET	  0x80000u /* when image_size is 0: before Linux 3.17 */
#define FLAG_BIG_ENDIAN	  1u	   /* of the kernel; the header is little endian */
#define PAGES_SHIFT	  1u	   /* 2 bits: not said, 4, 16 or 64 KiB */

static const unsigned int page_sizes[] = { 0, 4, 16, 64 };

void image_recognise(const void *data, size_t size, struct image *image)
{
	struct arm64_image_header header;

	*image = (struct image){ .memory_size = size };
	if (size < sizeof(header))
		return;
	memcpy(&header, data, sizeof(header));
	if (memcmp(header.magic, ARM64_IMAGE_MAGIC, sizeof(header.magic)) != 0)
		return;
	image->linux_image = true;
	image->big_endian = le64toh(header.flags) & FLAG_BIG_ENDIAN;
	image->page_kib = page_sizes[le64toh(header.flags) >> PAGES_SHIFT & 3];
	image->text_offset = header.image_size ? le64toh(header.text_offset) : OLD_TEXT_OFFSET;
	if (le64toh(header.image_size) > size)
		image->memory_size = le64toh(header.image_size);
}

const struct cb_region *image_region(const struct cb_cell_config *cell)
{
	const uint32_t needed = CB_REGION_LOADABLE | CB_REGION_EXECUTE;
	const struct cb_region *regions = cb_config_regions(cell);

	for (uint32_t i = 0; i < cell->regions.count; i++)
		if ((regions[i].flags & (needed | CB_REGION_IO)) == needed)
			return &regions[i];
	return NULL;
}

static uint64_t align_down(uint64_t value, uint64_t alignment)
{
	return value & ~(alignment - 1);
}

/* Offset of the image in its region. Returns whether it starts within it. */
static bool image_offset(const struct image *image, const struct cb_region *region,
			 uint64_t *offset)
{
	*offset = 0;
	if (!image->linux_image)
		return true;
	*offset = -region->virt & (SZ_2M - 1);
	if (image->text_offset > region->size)
		return false;
	*offset += image->text_offset;
	return *offset < region->size;
}

/* The highest place below @end that is 8-byte aligned and within 2 MiB of memory. */
static uint64_t place_dtb(uint64_t end, uint64_t size)
{
	uint64_t start = align_down(end - size, 8);
	uint64_t boundary = align_down(start + size - 1, SZ_2M);

	return start < boundary ? align_down(boundary - size, 8) : start;
}

enum place_result image_place(const struct image *image, const struct cb_region *region,
			      struct placement *placement, uint64_t *room)
{
	uint64_t end = region->virt + region->size, offset, bottom;

	*room = 0;
	if (!image_offset(image, region, &offset))
		return PLACE_IMAGE;
	*room = region->size - offset;
	if (image->memory_size > *room)
		return PLACE_IMAGE;
	placement->image = region->virt + offset;

	bottom = placement->image + image->memory_size;
	*room = end - bottom;
	if (placement->dtb_size > SZ_2M || placement->dtb_size > *room)
		return PLACE_DTB;
	placement->dtb = place_dtb(end, placement->dtb_size);
	if (placement->dtb < bottom)
		return PLACE_DTB;

	*room = align_down(placement->dtb, CB_PAGE_SIZE) - bottom;
	if (align_down(placement->dtb, CB_PAGE_SIZE) < bottom)
		*room = 0;
	if (placement->initrd_size > *room)
		return PLACE_INITRD;
	placement->initrd = align_down(placement->dtb - placement->initrd_size, CB_PAGE_SIZE);
	return placement->initrd_size && placement->initrd < bottom ? PLACE_INITRD : PLACE_OK;
}
