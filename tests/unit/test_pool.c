// SPDX-License-Identifier: GPL-2.0-only
/*
 * The page pool (base/pool.c) against a model that remembers every page's owner: what is
 * handed out is free, aligned, contiguous and zero; the counters add up; a stash is filled
 * completely or not at all.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <mm/el2map.h>
#include <base/pool.h>

#include "harness.h"

#define NR_PAGES      200 /* no multiple of 64 */
#define NR_TAKEN      5
#define NR_OPERATIONS 20000

#define MAX_POOL      8192 /* what the pool manages at most */

static u32 used[CB_POOL_USES];

static u8 *page_at(size_t page)
{
	return (u8 *)HV_BASE + page * PAGE_SIZE;
}

static size_t number_of(const void *page)
{
	return (size_t)((const u8 *)page - page_at(0)) / PAGE_SIZE;
}

static int start_pool(void **state)
{
	(void)state;
	host_map(HV_BASE, NR_PAGES * PAGE_SIZE);
	memset(page_at(0), 0xa5, NR_PAGES * PAGE_SIZE);
	memset(used, 0, sizeof(used));
	pool_init(page_at(0), NR_PAGES, NR_TAKEN, used);
	return 0;
}

static bool is_filled_with(const u8 *pages, size_t nr, u8 value)
{
	for (size_t i = 0; i < nr * PAGE_SIZE; i++)
		if (pages[i] != value)
			return false;
	return true;
}

static void test_counts_what_is_taken_at_start(void **state)
{
	(void)state;
	assert_int_equal(pool_available(), NR_PAGES - NR_TAKEN);
	assert_int_equal(used[CB_POOL_FREE], NR_PAGES - NR_TAKEN);
}

static void test_never_hands_out_what_was_taken_at_start(void **state)
{
	(void)state;
	for (size_t i = NR_TAKEN; i < NR_PAGES; i++)
		assert_true(number_of(pool_alloc(1, CB_POOL_CELL)) >= NR_TAKEN);
	assert_true(is_filled_with(page_at(0), NR_TAKEN, 0xa5));
}

static void test_pages_are_zero_and_neighbours_untouched(void **state)
{
	u8 *pages = pool_alloc(4, CB_POOL_CELL);

	(void)state;
	assert_true(is_filled_with(pages, 4, 0));
	assert_true(is_filled_with(pages - PAGE_SIZE, 1, 0xa5));
	assert_true(is_filled_with(pages + 4 * PAGE_SIZE, 1, 0xa5));
}

static void test_used_pages_are_zeroed_again(void **state)
{
	u8 *pages = pool_alloc(2, CB_POOL_CELL);

	(void)state;
	memset(pages, 0x5a, 2 * PAGE_SIZE);
	pool_free(pages, 2, CB_POOL_CELL);
	assert_ptr_equal(pool_alloc(2, CB_POOL_CELL), pages);
	assert_true(is_filled_with(pages, 2, 0));
}

static void test_runs_are_aligned_to_their_length(void **state)
{
	(void)state;
	for (size_t nr = 1; nr <= 16; nr *= 2) {
		assert_int_equal(number_of(pool_alloc(nr, CB_POOL_STAGE2)) % nr, 0);
		pool_alloc(1, CB_POOL_CELL); /* the next run starts at an odd page */
	}
}

static void test_every_page_can_be_had(void **state)
{
	(void)state;
	for (size_t i = NR_TAKEN; i < NR_PAGES; i++)
		assert_non_null(pool_alloc(1, CB_POOL_STAGE2));
	assert_int_equal(pool_available(), 0);
	assert_int_equal(used[CB_POOL_FREE], 0);
	assert_int_equal(used[CB_POOL_STAGE2], NR_PAGES - NR_TAKEN);
}

static void test_exhaustion_changes_nothing(void **state)
{
	(void)state;
	while (pool_alloc(1, CB_POOL_STAGE2))
		;
	assert_null(pool_alloc(1, CB_POOL_CELL));
	assert_null(pool_alloc(16, CB_POOL_CELL));
	assert_int_equal(used[CB_POOL_CELL], 0);
	assert_int_equal(used[CB_POOL_STAGE2], NR_PAGES - NR_TAKEN);
}

static void test_no_run_beyond_the_end(void **state)
{
	(void)state;
	/* 192 to 199 are there, 200 to 207 are not. */
	for (void *run; (run = pool_alloc(16, CB_POOL_CELL));)
		assert_true(number_of(run) + 16 <= NR_PAGES);
	assert_null(pool_alloc(256, CB_POOL_CELL));
}

static void test_fragmentation_refuses_runs_only(void **state)
{
	u8 *pages[NR_PAGES];
	size_t nr = 0;

	(void)state;
	while ((pages[nr] = pool_alloc(1, CB_POOL_CELL)))
		nr++;
	for (size_t i = 0; i < nr; i += 2)
		pool_free(pages[i], 1, CB_POOL_CELL);
	assert_null(pool_alloc(2, CB_POOL_CELL));
	assert_non_null(pool_alloc(1, CB_POOL_CELL));
}

static void test_larger_region_is_limited(void **state)
{
	(void)state;
	pool_init(page_at(0), MAX_POOL + 1000, MAX_POOL - 1, used);
	assert_int_equal(pool_available(), 1);
	pool_init(page_at(0), NR_PAGES, NR_TAKEN, used);
}

static void test_stash_holds_what_it_was_filled_with(void **state)
{
	struct stash stash;

	(void)state;
	assert_true(stash_fill(&stash, 10, CB_POOL_STAGE2));
	assert_int_equal(used[CB_POOL_STAGE2], 10);
	for (size_t i = 0; i < 10; i++)
		assert_true(is_filled_with(stash_take(&stash), 1, 0));
	assert_null(stash.head);
}

static void test_stash_fills_completely_or_not_at_all(void **state)
{
	struct stash stash;

	(void)state;
	assert_false(stash_fill(&stash, NR_PAGES - NR_TAKEN + 1, CB_POOL_STAGE2));
	assert_null(stash.head);
	assert_int_equal(pool_available(), NR_PAGES - NR_TAKEN);
	assert_int_equal(used[CB_POOL_STAGE2], 0);
	assert_true(stash_fill(&stash, NR_PAGES - NR_TAKEN, CB_POOL_STAGE2));
	assert_int_equal(pool_available(), 0);
}

static void test_empty_stash_takes_nothing(void **state)
{
	struct stash stash = { .head = page_at(0) };

	(void)state;
	assert_true(stash_fill(&stash, 0, CB_POOL_CELL));
	assert_null(stash.head);
	stash_drain(&stash);
	assert_int_equal(pool_available(), NR_PAGES - NR_TAKEN);
}

static void test_stash_gives_zeroed_pages_after_use(void **state)
{
	struct stash stash;
	u8 *page;

	(void)state;
	stash_fill(&stash, 2, CB_POOL_STAGE2);
	page = stash_take(&stash);
	memset(page, 0x5a, PAGE_SIZE);
	stash_put(&stash, page);
	assert_ptr_equal(stash_take(&stash), page);
	assert_true(is_filled_with(page, 1, 0));
}

static void test_drained_stash_returns_all_that_is_left(void **state)
{
	struct stash stash;

	(void)state;
	stash_fill(&stash, 7, CB_POOL_STAGE2);
	stash_take(&stash);
	stash_drain(&stash);
	assert_null(stash.head);
	assert_int_equal(used[CB_POOL_STAGE2], 1);
	assert_int_equal(pool_available(), NR_PAGES - NR_TAKEN - 1);
}

/* ---- Random operations against a model ---- */

struct run {
	u8 *pages;
	size_t nr;
	enum cb_pool_use use;
};

static struct {
	bool taken[NR_PAGES];
	u32 used[CB_POOL_USES];
	struct run runs[NR_PAGES];
	size_t nr_runs;
} model;

static bool model_has_run(size_t nr)
{
	for (size_t first = 0; first + nr <= NR_PAGES; first += nr) {
		size_t free = 0;

		while (free < nr && !model.taken[first + free])
			free++;
		if (free == nr)
			return true;
	}
	return false;
}

static void model_mark(const struct run *run, bool taken)
{
	for (size_t i = 0; i < run->nr; i++) {
		assert_int_equal(model.taken[number_of(run->pages) + i], !taken);
		model.taken[number_of(run->pages) + i] = taken;
	}
	model.used[run->use] += (u32)(taken ? run->nr : -run->nr);
	model.used[CB_POOL_FREE] -= (u32)(taken ? run->nr : -run->nr);
}

static void allocate_one(void)
{
	struct run run = {
		.nr = random_chance(4) ? 1UL << random_below(7) : 1,
		.use = (enum cb_pool_use)(1 + random_below(CB_POOL_USES - 1)),
	};
	bool possible = model_has_run(run.nr);

	run.pages = pool_alloc(run.nr, run.use);
	assert_int_equal(run.pages != NULL, possible);
	if (!possible)
		return;
	assert_int_equal(number_of(run.pages) % run.nr, 0);
	assert_true(is_filled_with(run.pages, run.nr, 0));
	memset(run.pages, 0x5a, run.nr * PAGE_SIZE);
	model_mark(&run, true);
	model.runs[model.nr_runs++] = run;
}

static void free_one(void)
{
	struct run *run = &model.runs[random_below(model.nr_runs)];

	assert_true(is_filled_with(run->pages, run->nr, 0x5a)); /* nobody else had it */
	model_mark(run, false);
	pool_free(run->pages, run->nr, run->use);
	*run = model.runs[--model.nr_runs];
}

static void start_model(void)
{
	memset(&model, 0, sizeof(model));
	memset(model.taken, true, NR_TAKEN);
	model.used[CB_POOL_FREE] = NR_PAGES - NR_TAKEN;
}

static void test_random_operations_agree_with_a_model(void **state)
{
	bool grow = true;

	(void)state;
	random_start();
	start_model();
	for (size_t i = 0; i < NR_OPERATIONS; i++) {
		if (random_chance(100))
			grow = !grow;
		if (!model.nr_runs || (grow ? !random_chance(4) : random_chance(4)))
			allocate_one();
		else
			free_one();
		assert_memory_equal(used, model.used, sizeof(used));
		assert_int_equal(pool_available(), model.used[CB_POOL_FREE]);
	}
	while (model.nr_runs)
		free_one();
	assert_int_equal(pool_available(), NR_PAGES - NR_TAKEN);
}

#define pool_test(function) cmocka_unit_test_setup(function, start_pool)

int main(void)
{
	const struct CMUnitTest tests[] = {
		pool_test(test_counts_what_is_taken_at_start),
		pool_test(test_never_hands_out_what_was_taken_at_start),
		pool_test(test_pages_are_zero_and_neighbours_untouched),
		pool_test(test_used_pages_are_zeroed_again),
		pool_test(test_runs_are_aligned_to_their_length),
		pool_test(test_every_page_can_be_had),
		pool_test(test_exhaustion_changes_nothing),
		pool_test(test_no_run_beyond_the_end),
		pool_test(test_fragmentation_refuses_runs_only),
		pool_test(test_larger_region_is_limited),
		pool_test(test_stash_holds_what_it_was_filled_with),
		pool_test(test_stash_fills_completely_or_not_at_all),
		pool_test(test_empty_stash_takes_nothing),
		pool_test(test_stash_gives_zeroed_pages_after_use),
		pool_test(test_drained_stash_returns_all_that_is_left),
		pool_test(test_random_operations_agree_with_a_model),
	};

	return run_hv_tests(tests);
}
