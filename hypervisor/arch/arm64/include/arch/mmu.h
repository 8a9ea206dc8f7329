/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The virtual addresses of EL2 and its stage-1 tables. Everything lies in one GiB at
 * HV_BASE: the hypervisor region (image first) linearly, then one slot per CPU; devices are in
 * the first slot. Also used by the linker script and by assembly.
 */
#ifndef ARCH_MMU_H
#define ARCH_MMU_H

#define HV_BASE		    0xff8000000000
#define CPU_SLOTS	    (HV_BASE + 0x20000000)

/*
 * A CPU's slot. Page 0 stays unmapped: a stack that overflows faults there. Behind the stack, in
 * the same page, lies struct cpu. The window maps physical pages that this CPU works on.
 */
#define CPU_SLOT_SHIFT	    19
#define CPU_SLOT_STACK	    0x1000
#define CPU_SLOT_STACK_SIZE 0xd00
#define CPU_SLOT_DATA	    (CPU_SLOT_STACK + CPU_SLOT_STACK_SIZE)
#define CPU_SLOT_GICR	    0x4000 /* RD_base page, SGI_base page */
#define CPU_SLOT_WINDOW	    0x40000
#define CPU_WINDOW_PAGES    64

/* For vectors.S: info in struct cpu; in that the number of HVCs, and of SMCs behind it. */
#define CPU_INFO	    56
#define CPU_INFO_CALLS	    24

/* Between the pages and the window of the first slot, which has tables already. */
#define DEVICES		    (CPU_SLOTS + 0x10000)
#define DEVICES_SIZE	    0x30000

/* What boot_map() maps before the configuration is known: image, configuration, first pages. */
#define BOOT_MAP_SIZE	    0x100000

#ifndef __ASSEMBLER__
#include <core/types.h>

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

#endif
