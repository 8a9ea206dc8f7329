/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a CPU had in its registers when the cell was started: entry.S saves it, before anything is
 * changed, and inspect.c looks at it. Not among it are ELR_EL1, which keeps x0 meanwhile, and
 * what may be undefined, for which there are no vectors yet (MDCCINT_EL1): the attack
 * register-inspect has these.
 */
#ifndef ENTRY_H
#define ENTRY_H

/* It would indent each line more than the one before. */
/* clang-format off */
#define ENTRY_REGISTERS(X)						\
	X(sp_el0) X(spsr_el1)						\
	X(tpidr_el0) X(tpidrro_el0) X(tpidr_el1) X(contextidr_el1)	\
	X(ttbr0_el1) X(ttbr1_el1) X(tcr_el1) X(mair_el1) X(amair_el1)	\
	X(vbar_el1) X(cpacr_el1) X(csselr_el1)				\
	X(esr_el1) X(far_el1) X(afsr0_el1) X(afsr1_el1) X(par_el1)	\
	X(cntkctl_el1) X(cntv_ctl_el0) X(cntv_cval_el0)			\
	X(cntp_ctl_el0) X(cntp_cval_el0)				\
	X(osdlr_el1) X(dbgclaimclr_el1)					\
	X(mdscr_el1) X(dbgbcr0_el1) X(dbgbvr0_el1)			\
	X(dbgwcr0_el1) X(dbgwvr0_el1)					\
	X(pmcntenset_el0) X(pmintenset_el1) X(pmovsset_el0)		\
	X(pmuserenr_el0) X(pmccntr_el0)
/* clang-format on */

#ifndef __ASSEMBLER__

#include <stdint.h>

#define ENTRY_COUNT(name)  +1
#define NR_ENTRY_REGISTERS (0 ENTRY_REGISTERS(ENTRY_COUNT))

struct entry_state {
	uint64_t x[30]; /* x1 to x30 */
	uint64_t sp;
	uint64_t registers[NR_ENTRY_REGISTERS];
	uint64_t fpcr, fpsr;
	uint64_t pad; /* stored in pairs */
	uint64_t v[64] __attribute__((aligned(16)));
};

extern struct entry_state entry_state;

#endif
#endif
