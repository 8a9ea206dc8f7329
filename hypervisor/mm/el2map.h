/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * EL2's own stage-1 tables (arch/layout.h has the addresses), and the window through which a CPU
 * works on physical memory that is not mapped.
 */
#ifndef MM_EL2MAP_H
#define MM_EL2MAP_H

#include <arch/layout.h>
#include <base/types.h>

enum el2_memory {
	EL2_TEXT,	   /* read, execute */
	EL2_RODATA,	   /* read */
	EL2_DATA,	   /* read, write */
	EL2_NON_CACHEABLE, /* the same, Normal memory past the caches */
	EL2_DEVICE,	   /* read, write, Device-nGnRE */
};

/* Physical address of the image, which is where the hypervisor region starts. */
extern paddr_t hv_phys;

static inline paddr_t virt_to_phys(const void *p)
{
	return (u64)p - HV_BASE + hv_phys;
}

static inline void *phys_to_virt(paddr_t phys)
{
	return (void *)(phys - hv_phys + HV_BASE);
}

/*
 * Map one page of EL2's address space that is unmapped now. False if the pool has no page for
 * a table. Boot and enable only; callers are serialised.
 */
bool el2_map(u64 virt, paddr_t phys, enum el2_memory type);

/*
 * Map the rest of the hypervisor region of size bytes, behind BOOT_MAP_SIZE. Returns how much of
 * it can be used: behind the first 2 MiB only whole blocks of that size.
 */
u64 el2_map_region(u64 size);

/* Map the pages of a device and return where; NULL if there is no room. */
void *el2_map_device(paddr_t phys, size_t size);

/*
 * Map nr physical pages (at most CPU_WINDOW_PAGES) from phys into this CPU's window; what was
 * there before is gone. window_unmap() removes them.
 */
void *window_map(paddr_t phys, size_t nr, enum el2_memory type);
void window_unmap(void);

/*
 * Whether the window's first nr pages answer a load: a configuration may promise memory that is not
 * there. To be asked before they are used.
 */
bool window_answers(size_t nr);

/*
 * Clean and invalidate nr pages (at most CPU_WINDOW_PAGES) from phys to the point of coherency;
 * zero them before if clear. Uses the window. False, and nothing was done, if one does not answer.
 */
bool memory_clean(paddr_t phys, size_t nr, bool clear);

/* Width of physical addresses that this CPU implements, at most 48, and its encoding. */
unsigned int cpu_pa_bits(void);
u64 cpu_pa_range(void);

#endif
