// SPDX-License-Identifier: GPL-2.0-only
/* Stage-2 tables (mm/stage2.c) against a model (stage2_model.h). */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <arch/sysreg.h>

#include "stage2_model.h"
#include "harness.h"

#define VALID(entry)  ((entry)&1)
#define NR_OPERATIONS 200 /* for each width */

static const unsigned int widths[] = { 32, 36, 40, 42, 44, 48 };

#define for_each_width(i) for (size_t i = 0; i < ARRAY_SIZE(widths); i++)

/* ---- Geometry ---- */

static void test_vtcr_describes_the_tables(void **state)
{
	(void)state;
	for_each_width(i)
	{
		u64 vtcr;

		stage2_setup(widths[i]);
		vtcr = stage2_vtcr();
		assert_int_equal(FIELD(vtcr, 5, 0), 64 - widths[i]);	     /* T0SZ */
		assert_int_equal(FIELD(vtcr, 7, 6), widths[i] > 43 ? 2 : 1); /* SL0 */
		assert_int_equal(FIELD(vtcr, 9, 8), 1); /* IRGN0, ORGN0: write-back */
		assert_int_equal(FIELD(vtcr, 11, 10), 1);
		assert_int_equal(FIELD(vtcr, 13, 12), 3); /* SH0: inner */
		assert_int_equal(FIELD(vtcr, 15, 14), 0); /* TG0: 4 KiB */
		assert_int_equal(FIELD(vtcr, 18, 16), 0); /* PS is the caller's */
		assert_true(vtcr & BIT(31));
		assert_int_equal(stage2_limit(), 1UL << widths[i]);
	}
}

static void test_first_level_is_aligned_to_its_size(void **state)
{
	(void)state;
	for_each_width(i)
	{
		start(widths[i]);
		assert_int_equal(virt_to_phys(s2.root) % (nr_root_pages() * PAGE_SIZE), 0);
		assert_int_equal(s2.vttbr & 0xffffffffffffUL, virt_to_phys(s2.root));
		assert_int_equal(s2.vttbr >> 48, VMID);
		finish();
	}
}

static void test_init_without_memory_takes_nothing(void **state)
{
	(void)state;
	start(42);
	finish();
	pool_init((void *)HV_BASE, 8, 1, used);
	assert_false(stage2_init(&s2, VMID, STAGE2_DEVICE));
	assert_int_equal(pool_available(), 7);
}

/* ---- Single operations ---- */

static void test_empty_address_space_has_nothing(void **state)
{
	(void)state;
	for_each_width(i)
	{
		start(widths[i]);
		assert_lookups_equal_model();
		finish();
	}
}

static void test_lookup_gives_rights_and_address(void **state)
{
	static const u32 rights[] = { R, RW, RWX, R | CB_REGION_EXECUTE, MMIO, R | CB_REGION_IO };
	u64 phys;

	(void)state;
	start(40);
	for (size_t i = 0; i < ARRAY_SIZE(rights); i++) {
		map(0x1000 * i, 0x80000000 + 0x5000 * i, 0x1000, rights[i]);
		assert_int_equal(stage2_lookup(&s2, 0x1000 * i + 0x123, &phys), rights[i]);
		assert_int_equal(phys, 0x80000000 + 0x5000 * i + 0x123);
	}
	finish();
}

static void test_flags_that_are_no_rights_do_not_matter(void **state)
{
	struct stash stash;
	u64 phys;

	(void)state;
	start(40);
	stash_fill(&stash, 8, CB_POOL_STAGE2);
	stage2_map(&s2, 0, 0, PAGE_SIZE, RWX | CB_REGION_SHARED | CB_REGION_LOADABLE, &stash);
	stash_drain(&stash);
	assert_int_equal(stage2_lookup(&s2, 0, &phys), RWX);
	finish();
}

static void test_aligned_gigabyte_takes_no_table(void **state)
{
	(void)state;
	start(40);
	map(SZ_1G, 3 * SZ_1G, SZ_1G, RWX);
	assert_int_equal(nr_tables(), 0);
	assert_int_equal(flushes, 0); /* none on the way, either */
	finish();
}

static void test_block_is_split_and_folded_again(void **state)
{
	(void)state;
	start(40);
	map(0, 0, 4 * SZ_1G, RW);
	unmap(SZ_1G + 0x5000, PAGE_SIZE);
	assert_int_equal(nr_tables(), 2);
	map(SZ_1G + 0x5000, SZ_1G + 0x5000, PAGE_SIZE, R);
	assert_int_equal(nr_tables(), 2);
	map(SZ_1G + 0x5000, SZ_1G + 0x5000, PAGE_SIZE, RW);
	assert_int_equal(nr_tables(), 0);
	finish();
}

static void test_pages_one_by_one_become_a_block(void **state)
{
	(void)state;
	start(40);
	for (u64 at = SZ_2M; at; at -= PAGE_SIZE)
		map(at - PAGE_SIZE, SZ_1G + at - PAGE_SIZE, PAGE_SIZE, RW);
	assert_int_equal(nr_tables(), 1);
	map(SZ_2M, SZ_1G + SZ_2M, SZ_1G - SZ_2M, RW);
	assert_int_equal(nr_tables(), 0);
	finish();
}

static void test_same_mapping_again_flushes_nothing(void **state)
{
	size_t old;

	(void)state;
	start(40);
	map(0, 0, SZ_1G + 0x3000, RW);
	old = flushes;
	map(0, 0, SZ_1G + 0x3000, RW);
	assert_int_equal(flushes, old);
	finish();
}

static void test_unmap_of_nothing_takes_nothing(void **state)
{
	(void)state;
	for_each_width(i)
	{
		start(widths[i]);
		unmap(0x1000, SZ_1G);
		assert_int_equal(nr_tables(), 0);
		finish();
	}
}

static void test_last_page_can_be_mapped(void **state)
{
	(void)state;
	for_each_width(i)
	{
		u64 last = (1UL << widths[i]) - PAGE_SIZE;

		start(widths[i]);
		map(last, last, PAGE_SIZE, RW);
		map(0, last, PAGE_SIZE, R);
		unmap(0, 1UL << width);
		assert_int_equal(nr_tables(), 0);
		finish();
	}
}

static void test_everything_is_mapped_and_a_hole_made(void **state)
{
	(void)state;
	for_each_width(i)
	{
		if (widths[i] > 44)
			continue; /* 512 tables of 512 blocks: nothing new */
		start(widths[i]);
		map(0, 0, 1UL << width, RWX);
		unmap(SZ_1G - SZ_2M - PAGE_SIZE, 2 * SZ_2M + 3 * PAGE_SIZE);
		finish();
	}
}

static void test_misaligned_address_uses_pages(void **state)
{
	(void)state;
	start(40);
	map(0x1000, 0x80000000, SZ_1G + SZ_2M, RW);
	assert_true(nr_tables() > 512);
	unmap(SZ_2M, SZ_1G - SZ_2M);
	assert_true(nr_tables() < 8);
	finish();
}

static void test_whole_level_0_entries_go(void **state)
{
	(void)state;
	for_each_width(i)
	{
		if (widths[i] < 44)
			continue;
		start(widths[i]);
		map(SZ_512G + 0x3000, 0x80003000, PAGE_SIZE, RW);
		map(2 * SZ_512G + SZ_1G, SZ_1G, SZ_1G, RW);
		unmap(0x1000, 4 * SZ_512G);
		assert_int_equal(nr_tables(), 0);
		finish();
	}
}

static void test_free_returns_tables_in_the_middle(void **state)
{
	(void)state;
	for_each_width(i)
	{
		start(widths[i]);
		map((1UL << width) / 2 + 0x5000, 0x5000, SZ_2M, RW);
		finish();
	}
}

/* ---- Shootdown ---- */

static void fill_with_something(void)
{
	map(0, 0x40000000, SZ_1G, RWX);
	map(SZ_1G + 0x1000, 0x40000000, 5 * PAGE_SIZE, RW);
	map((1UL << width) - SZ_2M, 0x8000000, SZ_2M, MMIO);
}

static void test_shootdown_leaves_nothing_valid(void **state)
{
	u64 phys;

	(void)state;
	for_each_width(i)
	{
		size_t old;

		start(widths[i]);
		fill_with_something();
		old = flushes;
		stage2_shoot_down(&s2);
		assert_true(flushes > old);
		assert_nothing_stale();
		for (size_t n = 0; n < nr_root_entries(); n++)
			assert_false(VALID(s2.root[n]));
		for (size_t n = 0; n < model.nr; n++)
			assert_int_equal(stage2_lookup(&s2, model.at[n].ipa, &phys), 0);
		finish();
	}
}

static void test_revive_restores_all(void **state)
{
	(void)state;
	for_each_width(i)
	{
		start(widths[i]);
		fill_with_something();
		stage2_shoot_down(&s2);
		stage2_shoot_down(&s2);
		stage2_revive(&s2);
		assert_tables_equal_model();
		assert_lookups_equal_model();
		stage2_revive(&s2);
		assert_tables_equal_model();
		unmap(0, 1UL << width);
		finish();
	}
}

/* ---- Random operations ---- */

static void run_random_operations(unsigned int bits)
{
	start(bits);
	for (size_t i = 0; i < NR_OPERATIONS; i++) {
		random_operation();
		assert_lookups_equal_model();
		if (random_chance(50))
			random_shootdown();
	}
	finish();
}

#define TEST_RANDOM(bits)                                                                    \
	static void test_random_operations_agree_with_a_model_at_##bits##_bits(void **state) \
	{                                                                                    \
		(void)state;                                                                 \
		run_random_operations(bits);                                                 \
	}
TEST_RANDOM(32)
TEST_RANDOM(36)
TEST_RANDOM(40)
TEST_RANDOM(42)
TEST_RANDOM(44)
TEST_RANDOM(48)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_vtcr_describes_the_tables),
		cmocka_unit_test(test_first_level_is_aligned_to_its_size),
		cmocka_unit_test(test_init_without_memory_takes_nothing),
		cmocka_unit_test(test_empty_address_space_has_nothing),
		cmocka_unit_test(test_lookup_gives_rights_and_address),
		cmocka_unit_test(test_flags_that_are_no_rights_do_not_matter),
		cmocka_unit_test(test_aligned_gigabyte_takes_no_table),
		cmocka_unit_test(test_block_is_split_and_folded_again),
		cmocka_unit_test(test_pages_one_by_one_become_a_block),
		cmocka_unit_test(test_same_mapping_again_flushes_nothing),
		cmocka_unit_test(test_unmap_of_nothing_takes_nothing),
		cmocka_unit_test(test_last_page_can_be_mapped),
		cmocka_unit_test(test_everything_is_mapped_and_a_hole_made),
		cmocka_unit_test(test_misaligned_address_uses_pages),
		cmocka_unit_test(test_whole_level_0_entries_go),
		cmocka_unit_test(test_free_returns_tables_in_the_middle),
		cmocka_unit_test(test_shootdown_leaves_nothing_valid),
		cmocka_unit_test(test_revive_restores_all),
		cmocka_unit_test(test_random_operations_agree_with_a_model_at_32_bits),
		cmocka_unit_test(test_random_operations_agree_with_a_model_at_36_bits),
		cmocka_unit_test(test_random_operations_agree_with_a_model_at_40_bits),
		cmocka_unit_test(test_random_operations_agree_with_a_model_at_42_bits),
		cmocka_unit_test(test_random_operations_agree_with_a_model_at_44_bits),
		cmocka_unit_test(test_random_operations_agree_with_a_model_at_48_bits),
	};

	return run_hv_tests(tests);
}
