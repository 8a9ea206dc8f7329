// SPDX-License-Identifier: GPL-2.0-only
/*
 * The page pool: one bit per page, first fit. Allocation happens when cells change,
 * never on an exit path of a running cell, so simple beats fast.
 */
#include <base/assert.h>
#include <base/lock.h>
#include <base/pool.h>

/* 32 MiB; what a larger region has beyond that stays unused. */
#define POOL_MAX_PAGES 8192

static struct {
	spinlock_t lock; /* protects all below */
	u8 *first;
	size_t nr_pages;
	size_t nr_free;
	u32 *used;
	size_t hint; /* all pages before it are taken */
	u64 taken[POOL_MAX_PAGES / 64];
} pool;

static bool is_taken(size_t page)
{
	return pool.taken[page / 64] & BIT(page % 64);
}

static void mark(size_t page, size_t nr, bool taken)
{
	for (; nr; page++, nr--) {
		must(is_taken(page) != taken);
		if (taken)
			pool.taken[page / 64] |= BIT(page % 64);
		else
			pool.taken[page / 64] &= ~BIT(page % 64);
	}
}

void pool_init(void *first, size_t nr_pages, size_t nr_taken, u32 *used)
{
	pool.first = first;
	pool.nr_pages = MIN(nr_pages, (size_t)POOL_MAX_PAGES);
	pool.nr_free = pool.nr_pages - nr_taken;
	pool.used = used;
	pool.hint = 0;
	memset(pool.taken, 0, sizeof(pool.taken));
	mark(0, nr_taken, true);
	used[CB_POOL_FREE] = (u32)pool.nr_free;
}

static bool is_free_run(size_t page, size_t nr)
{
	for (size_t i = 0; i < nr; i++)
		if (is_taken(page + i))
			return false;
	return true;
}

static void account(size_t nr, enum cb_pool_use use, bool taken)
{
	assert_held(&pool.lock);
	if (taken) {
		pool.nr_free -= nr;
		pool.used[use] += (u32)nr;
	} else {
		pool.nr_free += nr;
		pool.used[use] -= (u32)nr;
	}
	pool.used[CB_POOL_FREE] = (u32)pool.nr_free;
}

static void *take_run(size_t nr, enum cb_pool_use use)
{
	for (size_t page = (pool.hint + nr - 1) / nr * nr; page + nr <= pool.nr_pages; page += nr) {
		if (!is_free_run(page, nr))
			continue;
		mark(page, nr, true);
		if (nr == 1)
			pool.hint = page + 1;
		account(nr, use, true);
		return pool.first + page * PAGE_SIZE;
	}
	return NULL;
}

static void *take(size_t nr, enum cb_pool_use use)
{
	void *pages;

	spin_lock(&pool.lock);
	pages = take_run(nr, use);
	spin_unlock(&pool.lock);
	return pages;
}

void *pool_alloc(size_t nr, enum cb_pool_use use)
{
	void *pages = take(nr, use);

	return pages ? memset(pages, 0, nr * PAGE_SIZE) : NULL;
}

void pool_free(void *pages, size_t nr, enum cb_pool_use use)
{
	size_t page = (size_t)((u8 *)pages - pool.first) / PAGE_SIZE;

	must(page < pool.nr_pages && nr <= pool.nr_pages - page);
	spin_lock(&pool.lock);
	mark(page, nr, false);
	pool.hint = MIN(pool.hint, page);
	account(nr, use, false);
	spin_unlock(&pool.lock);
}

size_t pool_available(void)
{
	return READ_ONCE(pool.nr_free);
}

bool stash_fill(struct stash *stash, size_t nr, enum cb_pool_use use)
{
	*stash = (struct stash){ .use = use };
	return stash_grow(stash, nr);
}

bool stash_grow(struct stash *stash, size_t nr)
{
	size_t old = stash->nr;

	if (nr > old && nr - old > pool_available())
		return false;
	while (stash->nr < nr) {
		void *page = take(1, stash->use); /* stash_take() clears it */

		if (!page) {
			stash_trim(stash, old);
			return false;
		}
		stash_put(stash, page);
	}
	return true;
}

void stash_trim(struct stash *stash, size_t nr)
{
	while (stash->nr > nr) {
		void *page = stash->head;

		stash->head = *(void **)page;
		stash->nr--;
		pool_free(page, 1, stash->use);
	}
}

void *stash_take(struct stash *stash)
{
	void *page = stash->head;

	must(stash->nr);
	stash->head = *(void **)page;
	stash->nr--;
	return memset(page, 0, PAGE_SIZE);
}

void stash_put(struct stash *stash, void *page)
{
	*(void **)page = stash->head;
	stash->head = page;
	stash->nr++;
}

void stash_drain(struct stash *stash)
{
	stash_trim(stash, 0);
}
