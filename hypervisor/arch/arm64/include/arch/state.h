/* SPDX-License-Identifier: GPL-2.0-only */
/* What struct cpu holds of the architecture (base/cpu.h). Types only. */
#ifndef ARCH_STATE_H
#define ARCH_STATE_H

#include <base/types.h>

/* EL2 registers as Linux left them. */
struct linux_el2 {
	u64 sctlr, vttbr, vtcr, icc_sre, ich_vmcr;
};

/* Values of registers of EL2, named as they are (Arm ARM D19.2). */
struct traps {
	u64 hcr, cptr, mdcr, hstr, cnthctl, cntvoff;
	u64 hcrx;					   /* FEAT_HCX */
	u64 hfgrtr, hfgwtr, hfgitr, hdfgrtr, hdfgwtr;	   /* FEAT_FGT */
	u64 hfgrtr2, hfgwtr2, hfgitr2, hdfgrtr2, hdfgwtr2; /* FEAT_FGT2 */
	u64 mpam2;					   /* FEAT_MPAM */
	u64 ich_hcr;					   /* GICv3; written by its driver */
};

/* An EL2 that is not there. */
struct startup {
	u64 elr, spsr;	/* its registers */
	u32 steps;	/* instructions until it is given up */
	bool abandoned; /* the next start is at EL1 */
};

#endif
