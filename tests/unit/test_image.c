// SPDX-License-Identifier: GPL-2.0-only
/*
 * Where cellctl puts an image, an initial RAM disk and a device tree.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "image.h"

#define SZ_2M 0x200000ull

static struct cb_region region_at(uint64_t virt, uint64_t size)
{
	return (struct cb_region){ .virt = virt,
				   .size = size,
				   .flags = CB_REGION_LOADABLE | CB_REGION_EXECUTE };
}

static void test_linux_image_is_recognised(void **state)
{
	uint8_t data[128] = { 0 };
	struct image image;

	(void)state;
	image_recognise(data, sizeof(data), &image);
	assert_false(image.linux_image);
	assert_int_equal(image.memory_size, sizeof(data));
	memcpy(data + 56, "ARM\x64", 4);
	data[9] = 0x10;	 /* text_offset 0x1000 */
	data[18] = 0x20; /* image_size 0x200000 */
	image_recognise(data, sizeof(data), &image);
	assert_true(image.linux_image);
	assert_int_equal(image.text_offset, 0x1000);
	assert_int_equal(image.memory_size, 0x200000);
	image_recognise(data, 60, &image);
	assert_false(image.linux_image);
}

static void test_byte_order_is_recognised(void **state)
{
	uint8_t data[128] = { 0 };
	struct image image;

	(void)state;
	data[24] = 0x1; /* flags: big endian */
	image_recognise(data, sizeof(data), &image);
	assert_false(image.big_endian);
	memcpy(data + 56, "ARM\x64", 4);
	image_recognise(data, sizeof(data), &image);
	assert_true(image.big_endian);
	data[24] = 0xe; /* page size, placement */
	data[31] = 0x1; /* nothing yet */
	image_recognise(data, sizeof(data), &image);
	assert_false(image.big_endian);
}

static void test_raw_image_goes_to_start_of_region(void **state)
{
	const struct cb_region region = region_at(0x70401000, 0x100000);
	const struct image image = { .memory_size = 0x5000 };
	struct placement place = { .dtb_size = 0x1234 };
	uint64_t room;

	(void)state;
	assert_int_equal(image_place(&image, &region, &place, &room), PLACE_OK);
	assert_int_equal(place.image, 0x70401000);
	assert_int_equal(place.dtb, (0x70501000 - 0x1234) & ~7ull);
}

static void test_linux_image_is_aligned_to_2_mib(void **state)
{
	const struct cb_region region = region_at(0x70101000, 0x1000000);
	const struct image image = { .linux_image = true,
				     .text_offset = 0x1000,
				     .memory_size = 0x5000 };
	struct placement place = { .dtb_size = 0x1000 };
	uint64_t room;

	(void)state;
	assert_int_equal(image_place(&image, &region, &place, &room), PLACE_OK);
	assert_int_equal(place.image, 0x70201000);
}

static void test_too_large_says_which_and_how_much_room(void **state)
{
	const struct cb_region region = region_at(0x70400000, 0x10000);
	struct image image = { .memory_size = 0x10001 };
	struct placement place = { .dtb_size = 0x1000, .initrd_size = 0x8000 };
	uint64_t room;

	(void)state;
	assert_int_equal(image_place(&image, &region, &place, &room), PLACE_IMAGE);
	assert_int_equal(room, 0x10000);
	image.memory_size = 0xf800;
	assert_int_equal(image_place(&image, &region, &place, &room), PLACE_DTB);
	assert_int_equal(room, 0x800);
	image.memory_size = 0x8000;
	assert_int_equal(image_place(&image, &region, &place, &room), PLACE_INITRD);
	assert_int_equal(room, 0x7000);
	image.memory_size = 0x7000;
	assert_int_equal(image_place(&image, &region, &place, &room), PLACE_OK);
	assert_int_equal(place.initrd, 0x70407000);
}

static void test_image_sizes_that_wrap_are_refused(void **state)
{
	const struct cb_region region = region_at(0x70400000, 0x10000);
	const struct image images[] = {
		{ .linux_image = true, .text_offset = UINT64_MAX, .memory_size = 1 },
		{ .linux_image = true, .text_offset = 0x10000, .memory_size = 1 },
		{ .linux_image = true, .memory_size = UINT64_MAX },
	};
	struct placement place = { 0 };
	uint64_t room;

	(void)state;
	for (size_t i = 0; i < sizeof(images) / sizeof(images[0]); i++)
		assert_int_equal(image_place(&images[i], &region, &place, &room), PLACE_IMAGE);
}

static uint64_t random_below(uint64_t limit)
{
	return (uint64_t)random() % limit;
}

/* What holds for every placement, or else it is refused. */
static void check_random(const struct image *image, const struct cb_region *region,
			 struct placement *place)
{
	uint64_t end = region->virt + region->size, room;

	if (image_place(image, region, place, &room) != PLACE_OK)
		return;
	assert_true(place->image >= region->virt);
	assert_true(!image->linux_image || place->image % SZ_2M == image->text_offset % SZ_2M);
	assert_true(place->dtb % 8 == 0 && place->dtb + place->dtb_size <= end);
	assert_int_equal(place->dtb / SZ_2M, (place->dtb + place->dtb_size - 1) / SZ_2M);
	assert_true(place->image + image->memory_size <= place->dtb);
	if (place->initrd_size) {
		assert_true(place->image + image->memory_size <= place->initrd);
		assert_true(place->initrd + place->initrd_size <= place->dtb);
	}
}

static void test_random_placements_never_overlap(void **state)
{
	(void)state;
	srandom(1);
	for (int i = 0; i < 100000; i++) {
		const struct cb_region region =
			region_at(random_below(0x100000) << 12, (1 + random_below(2048)) << 12);
		const struct image image = { .linux_image = random_below(2),
					     .text_offset = random_below(16) << 12,
					     .memory_size = 1 + random_below(0x400000) };
		struct placement place = { .dtb_size = 1 + random_below(0x40000),
					   .initrd_size =
						   random_below(2) * random_below(0x200000) };

		check_random(&image, &region, &place);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_linux_image_is_recognised),
		cmocka_unit_test(test_byte_order_is_recognised),
		cmocka_unit_test(test_raw_image_goes_to_start_of_region),
		cmocka_unit_test(test_linux_image_is_aligned_to_2_mib),
		cmocka_unit_test(test_too_large_says_which_and_how_much_room),
		cmocka_unit_test(test_image_sizes_that_wrap_are_refused),
		cmocka_unit_test(test_random_placements_never_overlap),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
