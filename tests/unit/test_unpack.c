// SPDX-License-Identifier: GPL-2.0-only
/* Kernels in what they come in (tools/cellctl/unpack.c): what goes in comes out, or nothing does.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <endian.h>
#include <libfdt.h>
#include <zlib.h>

#include "unpack.h"

#define KERNEL_SIZE (3u << 20)
#define LIMIT	    (KERNEL_SIZE + 1)

static uint8_t kernel[KERNEL_SIZE];
static struct file packed, out;
static const char *what;

static int start(void **state)
{
	(void)state;
	for (size_t i = 0; i < KERNEL_SIZE; i++)
		kernel[i] = (uint8_t)(i * i >> 5);
	packed = (struct file){ calloc(1, 2 * KERNEL_SIZE), 2 * KERNEL_SIZE };
	out = (struct file){ 0 };
	what = NULL;
	return !packed.data;
}

static int end(void **state)
{
	(void)state;
	free(packed.data);
	return 0;
}

static uint8_t *bytes(void)
{
	return packed.data;
}

/* Packs the kernel to this place of the file, and returns how many bytes that are. */
static size_t gzip_at(size_t offset)
{
	z_stream stream = {
		.next_in = kernel,
		.avail_in = KERNEL_SIZE,
		.next_out = bytes() + offset,
		.avail_out = (uInt)(2 * KERNEL_SIZE - offset),
	};

	assert_int_equal(
		deflateInit2(&stream, 1, Z_DEFLATED, MAX_WBITS + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
	assert_int_equal(deflate(&stream, Z_FINISH), Z_STREAM_END);
	deflateEnd(&stream);
	return stream.total_out;
}

static void assert_kernel(const char *name)
{
	assert_int_equal(unpack_once(&packed, LIMIT, &out, &what), UNPACK_DONE);
	assert_string_equal(what, name);
	assert_int_equal(out.size, KERNEL_SIZE);
	assert_memory_equal(out.data, kernel, KERNEL_SIZE);
	file_free(&out);
}

static void assert_result(enum unpack_result result)
{
	assert_int_equal(unpack_once(&packed, LIMIT, &out, &what), result);
}

static void test_gzip(void **state)
{
	(void)state;
	packed.size = gzip_at(0);
	assert_kernel("gzip");
	packed.size += 100; /* what is behind it is not looked at */
	assert_kernel("gzip");
	packed.size -= 101;
	assert_result(UNPACK_DAMAGED);
	packed.size = 3;
	assert_result(UNPACK_DAMAGED);
	packed.size = 2;
	assert_result(UNPACK_NONE);
}

static void test_damaged_gzip(void **state)
{
	(void)state;
	packed.size = gzip_at(0);
	bytes()[packed.size - 6] ^= 1; /* of the CRC */
	assert_result(UNPACK_DAMAGED);
	bytes()[packed.size - 6] ^= 1;
	memset(bytes() + packed.size / 2, 0xff, 64);
	assert_result(UNPACK_DAMAGED);
}

static void test_limit(void **state)
{
	(void)state;
	packed.size = gzip_at(0);
	assert_int_equal(unpack_once(&packed, KERNEL_SIZE - 1, &out, &what), UNPACK_TOO_LARGE);
	assert_int_equal(unpack_once(&packed, KERNEL_SIZE + 1, &out, &what), UNPACK_DONE);
	file_free(&out);
}

static size_t zboot(uint32_t offset, const char *packing)
{
	uint32_t size = (uint32_t)gzip_at(offset), le;

	memset(bytes(), 0, 64);
	memcpy(bytes(), "MZ\0\0zimg", 8);
	le = htole32(offset);
	memcpy(bytes() + 8, &le, 4);
	le = htole32(size);
	memcpy(bytes() + 12, &le, 4);
	memcpy(bytes() + 24, packing, strlen(packing));
	return offset + size;
}

static void test_zboot(void **state)
{
	(void)state;
	packed.size = zboot(4096, "gzip");
	assert_kernel("zboot, gzip");
	packed.size--;
	assert_result(UNPACK_DAMAGED);
	packed.size = zboot(4096, "zstd");
	assert_result(UNPACK_NONE);
	packed.size = zboot(4096, "gzip9");
	assert_result(UNPACK_NONE);
}

static void put_be32(size_t offset, uint32_t value)
{
	value = htobe32(value);
	memcpy(bytes() + offset, &value, sizeof(value));
}

static void uimage(size_t size, uint8_t arch, uint8_t type, uint8_t packing)
{
	memset(bytes(), 0, 64);
	put_be32(0, 0x27051956);
	put_be32(12, (uint32_t)size);
	put_be32(24, (uint32_t)crc32_z(0, bytes() + 64, size));
	bytes()[29] = arch;
	bytes()[30] = type;
	bytes()[31] = packing;
	put_be32(4, (uint32_t)crc32_z(0, bytes(), 64));
	packed.size = 64 + size;
}

static void test_uimage(void **state)
{
	(void)state;
	memcpy(bytes() + 64, kernel, KERNEL_SIZE);
	uimage(KERNEL_SIZE, 22, 2, 0);
	assert_kernel("uImage");
	uimage(KERNEL_SIZE, 22, 14, 0);
	assert_kernel("uImage");
	uimage(gzip_at(64), 22, 2, 1);
	assert_kernel("uImage");
}

static void test_other_uimages(void **state)
{
	(void)state;
	uimage(100, 2, 2, 0); /* AArch32 */
	assert_result(UNPACK_NONE);
	uimage(100, 22, 3, 0); /* a RAM disk */
	assert_result(UNPACK_NONE);
	uimage(100, 22, 2, 3); /* lzma */
	assert_result(UNPACK_NONE);
	uimage(100, 22, 2, 0);
	packed.size--;
	assert_result(UNPACK_DAMAGED);
	packed.size++;
	bytes()[64 + 50] ^= 1;
	assert_result(UNPACK_DAMAGED);
	bytes()[64 + 50] ^= 1;
	bytes()[40] ^= 1; /* its name */
	assert_result(UNPACK_DAMAGED);
	bytes()[40] ^= 1;
	assert_result(UNPACK_DONE);
	file_free(&out);
}

static void put_string(void *tree, const char *name, const char *value)
{
	fdt_property(tree, name, value, (int)strlen(value) + 1);
}

/* A tree with a kernel; @more: with a second one. */
static void fit(const void *data, size_t size, const char *arch, const char *packing, bool more)
{
	void *tree = packed.data;

	fdt_create(tree, 2 * KERNEL_SIZE);
	fdt_finish_reservemap(tree);
	fdt_begin_node(tree, "");
	fdt_begin_node(tree, "images");
	for (int i = 0; i < 1 + more; i++) {
		fdt_begin_node(tree, i ? "kernel-2" : "kernel-1");
		put_string(tree, "type", "kernel");
		put_string(tree, "arch", arch);
		put_string(tree, "compression", packing);
		if (data) {
			fdt_property(tree, "data", data, (int)size);
		} else {
			fdt_property_u32(tree, "data-offset", 8);
			fdt_property_u32(tree, "data-size", (uint32_t)size);
		}
		fdt_end_node(tree);
	}
	fdt_begin_node(tree, "fdt-1");
	put_string(tree, "type", "flat_dt");
	fdt_end_node(tree);
	fdt_end_node(tree);
	fdt_end_node(tree);
	assert_int_equal(fdt_finish(tree), 0);
	packed.size = fdt_totalsize(tree);
}

static void test_fit(void **state)
{
	size_t begin;

	(void)state;
	fit(kernel, KERNEL_SIZE, "arm64", "none", false);
	assert_kernel("FIT");

	fit(NULL, KERNEL_SIZE, "arm64", "none", false);
	begin = ((packed.size + 3) & ~3ul) + 8;
	memcpy(bytes() + begin, kernel, KERNEL_SIZE);
	packed.size = begin + KERNEL_SIZE;
	assert_kernel("FIT");
	packed.size--;
	assert_result(UNPACK_DAMAGED);

	fit(NULL, 0x7fffffff, "arm64", "gzip", false);
	begin = ((packed.size + 3) & ~3ul) + 8;
	fit(NULL, gzip_at(begin), "arm64", "gzip", false);
	packed.size = begin + gzip_at(begin);
	assert_kernel("FIT");
}

static void test_other_fits(void **state)
{
	(void)state;
	fit(kernel, 100, "arm", "none", false);
	assert_result(UNPACK_NONE);
	fit(kernel, 100, "arm64", "lzma", false);
	assert_result(UNPACK_NONE);
	fit(kernel, 100, "arm64", "none", true);
	assert_result(UNPACK_NONE);
	fit(kernel, 100, "arm64", "gzip", false);
	assert_result(UNPACK_DAMAGED);
	packed.size = 39;
	assert_result(UNPACK_NONE);
}

static void test_what_is_nothing_of_that(void **state)
{
	(void)state;
	memset(packed.data, 0, 4096);
	for (packed.size = 0; packed.size < 100; packed.size++)
		assert_result(UNPACK_NONE);
}

int main(void)
{
#define TEST(function) cmocka_unit_test_setup_teardown(function, start, end)
	const struct CMUnitTest tests[] = {
		TEST(test_gzip),  TEST(test_damaged_gzip), TEST(test_limit),
		TEST(test_zboot), TEST(test_uimage),	   TEST(test_other_uimages),
		TEST(test_fit),	  TEST(test_other_fits),   TEST(test_what_is_nothing_of_that),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
