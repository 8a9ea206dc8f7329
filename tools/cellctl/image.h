/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What kind of image a file is, and where it, an initial RAM disk and a device tree go
 * in a cell's memory (Linux: Documentation/arm64/booting.rst). Has no effects.
 */
#ifndef CELLCTL_IMAGE_H
#define CELLCTL_IMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cellblock/config.h>

struct image {
	bool linux_image;      /* arm64 Image; else raw: entered at its first byte */
	bool big_endian;       /* as its header says */
	unsigned int page_kib; /* of the kernel, 0: not said */
	uint64_t text_offset;  /* from a multiple of 2 MiB */
	uint64_t memory_size;  /* bytes it needs from there, at least the file's */
};

void image_recognise(const void *data, size_t size, struct image *image);

/* Where all goes (IPA). What is not there has size 0. */
struct placement {
	uint64_t image; /* also the entry point */
	uint64_t initrd, initrd_size;
	uint64_t dtb, dtb_size;
};

enum place_result {
	PLACE_OK = 0,
	PLACE_IMAGE,  /* the image alone is larger than its region */
	PLACE_DTB,    /* image and device tree together are */
	PLACE_INITRD, /* all three are */
};

/* The first region that is loadable and executable RAM, or NULL. */
const struct cb_region *image_region(const struct cb_cell_config *cell);

/*
 * Fills in the addresses in @placement, whose sizes are given.
 * @room: out: bytes that are left for what does not fit.
 */
enum place_result image_place(const struct image *image, const struct cb_region *region,
			      struct placement *placement, uint64_t *room);

#endif
