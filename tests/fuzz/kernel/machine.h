/* SPDX-License-Identifier: GPL-2.0-only */
/* The machine below the driver: what Linux knows of it, and the pages of a hypervisor. */
#ifndef FUZZ_MACHINE_H
#define FUZZ_MACHINE_H

#include <cellblock/public.h>

#include "kernel.h"

#define MACHINE_CPUS	  6
#define MACHINE_CELLS	  8	  /* that the hypervisor has at most */
#define USER_SIZE	  0x20000 /* more than a load copies at a time */
#define PAGE(n)		  ((u64)(n)*CB_PAGE_SIZE)

/* Physical addresses of the hypervisor's pages: public, CPUs, cells. */
#define PUBLIC_PAGE	  PAGE(1)
#define CPU_PAGES	  PAGE(2)
#define CELL_PAGES	  PAGE(16)
#define MACHINE_PAGES	  32
#define MACHINE_PAGES_END PAGE(MACHINE_PAGES)

struct mapping {
	void *at;
	u64 phys;
	size_t size;
};

struct machine {
	u32 failures; /* one call in so many fails that can; 0: none */
	bool admin;
	u64 online;
	u64 asleep; /* offline, but in nobody's hands */
	long allocations, claims;
	int module_references;
	struct mapping mappings[16];
	struct miscdevice *device;
	u8 user[USER_SIZE];
	u8 pages[MACHINE_PAGES][CB_PAGE_SIZE];
};

extern struct machine machine;

static inline bool machine_is_page(const void *p)
{
	size_t offset = (uintptr_t)p - (uintptr_t)machine.pages;

	return offset < sizeof(machine.pages);
}

/* A page of the hypervisor, or NULL. */
static inline void *machine_page(u64 phys, size_t size)
{
	return phys < MACHINE_PAGES_END && size <= MACHINE_PAGES_END - phys
		       ? (u8 *)machine.pages + phys
		       : NULL;
}

/* The fuzzer's (input.h, random.h). */
u64 random_bits(void);
u64 random_below(u64 limit);
bool random_chance(u32 one_in);

#endif
