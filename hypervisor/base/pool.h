/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The page pool: all memory of the hypervisor behind its image. Pages are counted by
 * what they are used for, and the counts are public.
 */
#ifndef BASE_POOL_H
#define BASE_POOL_H

#include <base/types.h>
#include <cellblock/public.h>

/*
 * Hand the pages [first, first + nr_pages) to the pool, the first nr_taken of them in
 * use already. used: counters by enum cb_pool_use that the pool keeps from now on.
 */
void pool_init(void *first, size_t nr_pages, size_t nr_taken, u32 *used);

/* nr contiguous pages, zeroed, aligned to nr (a power of 2) pages; NULL if there are none. */
void *pool_alloc(size_t nr, enum cb_pool_use use);

/* Give back what pool_alloc() returned for the same nr and use. */
void pool_free(void *pages, size_t nr, enum cb_pool_use use);

/* Pages that are free now. */
size_t pool_available(void);

/*
 * Pages set aside for one operation, so that it can be proved to finish before it starts.
 * Singly linked through the first word of each page; not shared between CPUs.
 */
struct stash {
	void *head;
	size_t nr; /* pages in it */
	enum cb_pool_use use;
};

/* Set nr pages aside; false, and nothing is, if the pool has fewer. */
bool stash_fill(struct stash *stash, size_t nr, enum cb_pool_use use);

/* Have at least, or at most, nr pages set aside. stash_grow() is false like stash_fill(). */
bool stash_grow(struct stash *stash, size_t nr);
void stash_trim(struct stash *stash, size_t nr);

/* A zeroed page. The stash must have been filled with enough of them. */
void *stash_take(struct stash *stash);

/* Put a page back into the stash. */
void stash_put(struct stash *stash, void *page);

/* Give all that is left back to the pool. */
void stash_drain(struct stash *stash);

#endif
