/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The real layout of EL2's addresses, elsewhere: a host process has nothing so high up. Only
 * what the tested sources call is declared.
 */
#ifndef STUB_ARCH_MMU_H
#define STUB_ARCH_MMU_H

#define __ASSEMBLER__ 1 /* the numbers only */
#include_next <arch/mmu.h>
#undef __ASSEMBLER__

#undef HV_BASE
#define HV_BASE 0x400000000000

#include <core/types.h>

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
void *el2_map_device(paddr_t phys, size_t size);
void *window_map(paddr_t phys, size_t nr, enum el2_memory type);
void window_unmap(void);
bool window_answers(size_t nr);
bool memory_clean(paddr_t phys, size_t nr, bool clear);

#endif
