/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Stage-2 tables (mm/stage2.c) against a list of intervals. The tables are read by a
 * walker, written from Arm ARM D8.3 alone. At each TLB flush all entries are remembered, as a
 * CPU might have cached them: an entry that was valid then may change only after a flush that
 * saw it invalid.
 */
#ifndef UNIT_STAGE2_MODEL_H
#define UNIT_STAGE2_MODEL_H

#include <mm/el2map.h>
#include <mm/stage2.h>
#include <cellblock/config.h>

#define NR_PAGES 4096
#define VMID	 5

#define SZ_1G	 0x40000000UL
#define SZ_512G	 0x8000000000UL

#define R	 CB_REGION_READ
#define RW	 (R | CB_REGION_WRITE)
#define RWX	 (RW | CB_REGION_EXECUTE)
#define MMIO	 (RW | CB_REGION_IO)

/* What is mapped, sorted, neighbours that continue each other joined. */
struct interval {
	u64 ipa, size, phys;
	u64 flags;
};

#define MAX_INTERVALS 2048

struct model {
	size_t nr;
	struct interval at[MAX_INTERVALS];
};

extern struct model model;
extern struct stage2 s2;
extern unsigned int width;     /* of addresses */
extern u32 used[CB_POOL_USES]; /* pages of the pool */
extern size_t flushes;	       /* of the TLB */

/* Empty tables for addresses of so many bits, and the end: everything is given back. */
void start(unsigned int bits);
void finish(void);

/* map and unmap, with all checks. flags 0: unmap. False if the pool has not enough pages. */
bool operate(u64 ipa, u64 phys, u64 size, u32 flags);
void map(u64 ipa, u64 phys, u64 size, u32 flags);
void unmap(u64 ipa, u64 size);

void random_operation(void);
void random_shootdown(void);

void assert_tables_equal_model(void);
void assert_lookups_equal_model(void);
void assert_nothing_stale(void);

size_t nr_tables(void);
size_t nr_root_pages(void);
size_t nr_root_entries(void);

#endif
