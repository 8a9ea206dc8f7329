/* SPDX-License-Identifier: GPL-2.0-only */
/* TLB maintenance for stage 2. */
#ifndef ARCH_TLB_H
#define ARCH_TLB_H

#include <arch/barrier.h>
#include <arch/sysreg.h>
#include <base/types.h>

/*
 * Remove all stage-1 and stage-2 translations of a VMID from all CPUs. The operation takes the
 * VMID from VTTBR_EL2 (Arm ARM D8.13.4), so that is switched for a moment; EL2 does not use
 * the EL1&0 regime.
 */
static inline void tlb_flush_vmid(u64 vttbr)
{
	u64 saved = read_sysreg(vttbr_el2);

	dsb(ishst); /* table changes are visible to all walkers before the TLBI */
	write_sysreg(vttbr, vttbr_el2);
	isb(); /* the TLBI uses the new VMID */
	/*
	 * Twice: one may leave a store under way that uses what was removed (errata 1286807 of
	 * Cortex-A76, 2441007 of A55, 2441009 of A510). DSB: complete on all CPUs.
	 */
	__asm__ volatile("tlbi vmalls12e1is\n\tdsb ish\n\ttlbi vmalls12e1is");
	dsb(ish);
	write_sysreg(saved, vttbr_el2);
	isb();
}

#endif
