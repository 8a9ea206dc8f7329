/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * EL2's addresses lie in an array of this process. Only what the sources that are built here call
 * is declared.
 */
#ifndef STUB_ARCH_MMU_H
#define STUB_ARCH_MMU_H

#define __ASSEMBLER__ 1 /* the numbers only */
#include_next <arch/mmu.h>
#undef __ASSEMBLER__

#include <core/types.h>

/* Of the real image, the end; here nothing comes before it. */
extern u8 image_end[];
#undef HV_BASE
#define HV_BASE ((u64)image_end)

/* Behind the largest hypervisor region, nearer than on the machine. */
#undef CPU_SLOTS
#define CPU_SLOTS_OFFSET 0x10000000UL
#define CPU_SLOTS	 (HV_BASE + CPU_SLOTS_OFFSET)

enum el2_memory { EL2_TEXT, EL2_RODATA, EL2_DATA, EL2_DEVICE };

extern paddr_t hv_phys;

static inline paddr_t virt_to_phys(const void *p)
{
	return (u64)p - HV_BASE + hv_phys;
}

static inline void *phys_to_virt(paddr_t phys)
{
	return (void *)(phys - hv_phys + HV_BASE);
}

bool el2_map(u64 virt, paddr_t phys, enum el2_memory type);
u64 el2_map_region(u64 size);
void *el2_map_device(paddr_t phys, size_t size);
void *window_map(paddr_t phys, size_t nr, enum el2_memory type);
void window_unmap(void);
bool window_answers(size_t nr);
unsigned int cpu_pa_bits(void);

#endif
