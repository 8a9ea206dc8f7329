// SPDX-License-Identifier: GPL-2.0-only
/* Taking a kernel out of what it comes in (unpack.h). */
#include "unpack.h"

#include <endian.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <libfdt.h>

#define ZLIB_CONST /* next_in is only read */
#include <zlib.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* A piece of the file. */
struct piece {
	const uint8_t *data;
	size_t size;
};

static bool begins_with(struct piece piece, const char *bytes, size_t length)
{
	return piece.size >= length && !memcmp(piece.data, bytes, length);
}

/* Cuts [offset, offset + size) out; false if that is not in there. */
static bool cut(struct piece from, uint64_t offset, uint64_t size, struct piece *to)
{
	if (offset > from.size || size > from.size - offset)
		return false;
	*to = (struct piece){ from.data + offset, (size_t)size };
	return true;
}

static enum unpack_result copy(struct piece piece, struct file *to)
{
	to->data = malloc(piece.size ? piece.size : 1);
	if (!to->data)
		return UNPACK_NO_MEMORY;
	memcpy(to->data, piece.data, piece.size);
	to->size = piece.size;
	return UNPACK_DONE;
}

/* ---- gzip ---- */

#define GZIP_WINDOW (MAX_WBITS + 16) /* zlib: a header of gzip's */
#define FIRST_ROOM  (1u << 20)

static enum unpack_result grow(struct file *to, size_t limit)
{
	size_t size = to->size ? to->size * 2 : FIRST_ROOM;
	void *data;

	if (to->size >= limit)
		return UNPACK_TOO_LARGE;
	size = size < limit ? size : limit;
	data = realloc(to->data, size);
	if (!data)
		return UNPACK_NO_MEMORY;
	to->data = data;
	to->size = size;
	return UNPACK_DONE;
}

/* All of it. zlib counts in 32 bits at a time; what is behind the end is left alone. */
static enum unpack_result inflate_all(z_stream *stream, struct piece rest, size_t limit,
				      struct file *to)
{
	enum unpack_result result = UNPACK_DONE;
	size_t done = 0, part;
	int status = Z_OK;

	while (status == Z_OK) {
		if (done == to->size)
			result = grow(to, limit);
		if (result != UNPACK_DONE)
			return result;
		part = rest.size < FIRST_ROOM ? rest.size : FIRST_ROOM;
		stream->next_in = rest.data;
		stream->avail_in = (uInt)part;
		stream->next_out = (Bytef *)to->data + done;
		stream->avail_out =
			(uInt)(to->size - done < FIRST_ROOM ? to->size - done : FIRST_ROOM);
		done += stream->avail_out;
		status = inflate(stream, Z_NO_FLUSH);
		done -= stream->avail_out;
		rest.data += part - stream->avail_in;
		rest.size -= part - stream->avail_in;
	}
	to->size = done;
	if (status == Z_STREAM_END)
		return UNPACK_DONE;
	return status == Z_MEM_ERROR ? UNPACK_NO_MEMORY : UNPACK_DAMAGED;
}

static enum unpack_result gunzip(struct piece piece, size_t limit, struct file *to)
{
	z_stream stream = { 0 };
	enum unpack_result result;

	*to = (struct file){ 0 };
	if (inflateInit2(&stream, GZIP_WINDOW) != Z_OK)
		return UNPACK_NO_MEMORY;
	result = inflate_all(&stream, piece, limit, to);
	inflateEnd(&stream);
	if (result != UNPACK_DONE)
		file_free(to);
	return result;
}

static enum unpack_result take_gzip(struct piece piece, size_t limit, struct file *to)
{
	if (!begins_with(piece, "\x1f\x8b\x08", 3))
		return UNPACK_NONE;
	return gunzip(piece, limit, to);
}

/* What a wrapping says of how its contents are packed. */
static enum unpack_result take_packed(struct piece piece, bool packed, size_t limit,
				      struct file *to)
{
	if (packed)
		return gunzip(piece, limit, to);
	return piece.size > limit ? UNPACK_TOO_LARGE : copy(piece, to);
}

/* ---- EFI zboot (Linux: drivers/firmware/efi/libstub/zboot-header.S); little endian ---- */

struct zboot_header {
	char mz[4], magic[4];
	uint32_t offset, size, reserved[2];
	char packing[32];
};

static enum unpack_result take_zboot(struct piece piece, size_t limit, struct file *to)
{
	struct zboot_header header;
	struct piece payload;

	if (piece.size < sizeof(header) || !begins_with(piece, "MZ", 2))
		return UNPACK_NONE;
	memcpy(&header, piece.data, sizeof(header));
	if (memcmp(header.magic, "zimg", 4) != 0 || memcmp(header.packing, "gzip", 5) != 0)
		return UNPACK_NONE;
	if (!cut(piece, le32toh(header.offset), le32toh(header.size), &payload))
		return UNPACK_DAMAGED;
	return gunzip(payload, limit, to);
}

/* ---- U-Boot's legacy images (U-Boot: include/image.h); big endian ---- */

#define UIMAGE_MAGIC  0x27051956u
#define UIMAGE_ARM64  22
#define UIMAGE_KERNEL 2
#define UIMAGE_NOLOAD 14 /* a kernel that does not say where it goes */
#define UIMAGE_PLAIN  0
#define UIMAGE_GZIP   1

struct uimage_header {
	uint32_t magic, checksum, time, size, load, entry, data_checksum;
	uint8_t system, arch, type, packing;
	char name[32];
};

static uint32_t checksum(const void *data, size_t size)
{
	return (uint32_t)crc32_z(0, data, size);
}

static enum unpack_result take_uimage(struct piece piece, size_t limit, struct file *to)
{
	struct uimage_header header;
	struct piece payload;
	uint32_t expected;

	if (piece.size < sizeof(header))
		return UNPACK_NONE;
	memcpy(&header, piece.data, sizeof(header));
	if (be32toh(header.magic) != UIMAGE_MAGIC || header.arch != UIMAGE_ARM64 ||
	    (header.type != UIMAGE_KERNEL && header.type != UIMAGE_NOLOAD) ||
	    (header.packing != UIMAGE_PLAIN && header.packing != UIMAGE_GZIP))
		return UNPACK_NONE;
	expected = be32toh(header.checksum);
	header.checksum = 0;
	if (checksum(&header, sizeof(header)) != expected ||
	    !cut(piece, sizeof(header), be32toh(header.size), &payload) ||
	    checksum(payload.data, payload.size) != be32toh(header.data_checksum))
		return UNPACK_DAMAGED;
	return take_packed(payload, header.packing == UIMAGE_GZIP, limit, to);
}

/* ---- FIT (the Flattened Image Tree Specification): a device tree with images ---- */

static bool is_string(const void *tree, int node, const char *name, const char *value)
{
	int size;
	const char *found = fdt_getprop(tree, node, name, &size);

	return found && (size_t)size == strlen(value) + 1 && !memcmp(found, value, (size_t)size);
}

/* The node of its one kernel, or a negative number. */
static int fit_kernel(const void *tree)
{
	int images = fdt_path_offset(tree, "/images"), node, found = -FDT_ERR_NOTFOUND;

	if (images < 0)
		return images;
	fdt_for_each_subnode(node, tree, images)
	{
		if (!is_string(tree, node, "type", "kernel") &&
		    !is_string(tree, node, "type", "kernel_noload"))
			continue;
		if (found >= 0)
			return -FDT_ERR_EXISTS;
		found = node;
	}
	return found;
}

static bool fit_number(const void *tree, int node, const char *name, uint64_t *number)
{
	int size;
	const fdt32_t *found = fdt_getprop(tree, node, name, &size);

	if (!found || size != sizeof(*found))
		return false;
	*number = fdt32_ld(found);
	return true;
}

/* In the tree, behind it, or at a place of the file. */
static bool fit_data(struct piece piece, int node, struct piece *data)
{
	const void *tree = piece.data;
	uint64_t size, at;
	int length;
	const void *inside = fdt_getprop(tree, node, "data", &length);

	if (inside) {
		*data = (struct piece){ inside, (size_t)length };
		return true;
	}
	if (!fit_number(tree, node, "data-size", &size))
		return false;
	if (fit_number(tree, node, "data-position", &at))
		return cut(piece, at, size, data);
	return fit_number(tree, node, "data-offset", &at) &&
	       cut(piece, (((uint64_t)fdt_totalsize(tree) + 3) & ~3ull) + at, size, data);
}

static enum unpack_result take_fit(struct piece piece, size_t limit, struct file *to)
{
	const void *tree = piece.data;
	struct piece data;
	bool packed;
	int node;

	if (!begins_with(piece, "\xd0\x0d\xfe\xed", 4) || fdt_check_full(tree, piece.size))
		return UNPACK_NONE;
	node = fit_kernel(tree);
	if (node < 0 || !is_string(tree, node, "arch", "arm64"))
		return UNPACK_NONE;
	packed = is_string(tree, node, "compression", "gzip");
	if (!packed && fdt_getprop(tree, node, "compression", NULL) &&
	    !is_string(tree, node, "compression", "none"))
		return UNPACK_NONE;
	return fit_data(piece, node, &data) ? take_packed(data, packed, limit, to) : UNPACK_DAMAGED;
}

/* ---- All of them ---- */

enum unpack_result unpack_once(const struct file *from, size_t limit, struct file *to,
			       const char **what)
{
	static const struct {
		const char *name;
		enum unpack_result (*take)(struct piece piece, size_t limit, struct file *to);
	} wrappings[] = {
		{ "gzip", take_gzip },
		{ "zboot, gzip", take_zboot },
		{ "uImage", take_uimage },
		{ "FIT", take_fit },
	};
	const struct piece piece = { from->data, from->size };
	enum unpack_result result = UNPACK_NONE;

	for (size_t i = 0; i < ARRAY_SIZE(wrappings) && result == UNPACK_NONE; i++) {
		result = wrappings[i].take(piece, limit, to);
		*what = wrappings[i].name;
	}
	return result;
}
