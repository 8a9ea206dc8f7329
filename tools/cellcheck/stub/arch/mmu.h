/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The layout of EL2's addresses, at a place that a process has free: board.c chooses it. Only
 * what the sources that are built here call is declared.
 */
#ifndef STUB_ARCH_MMU_H
#define STUB_ARCH_MMU_H

#define __ASSEMBLER__ 1 /* the numbers only */
#include_next <arch/mmu.h>
#undef __ASSEMBLER__

#include <core/types.h>

extern u64 hv_base;
#undef HV_BASE
#define HV_BASE hv_base

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

void *window_map(paddr_t phys, size_t nr, enum el2_memory type);
void window_unmap(void);

#endif
