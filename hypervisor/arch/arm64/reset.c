// SPDX-License-Identifier: GPL-2.0-only
/*
 * The state of EL1 and EL0 that is not in general registers (reset.h). Registers of an extension
 * are touched only if the CPU has it and guests can reach them: firmware may keep the others, and
 * some does not survive an access. What cells cannot reach is the root cell's alone (traps.c).
 */
#include <arch/barrier.h>
#include <arch/guest.h>
#include <arch/reset.h>
#include <arch/sysreg.h>
#include <arch/traps.h>

#define ZERO(name) write_sysreg(0, name)

#define PMBIDR_P   BIT(4) /* the buffer belongs to a higher exception level */
#define TRBIDR_P   BIT(4)
#define CLAIM_TAGS 0xff
#define PMCR_RESET 6 /* P and C: all counters zero, E clear: none counts */

static u64 feature(u64 id_register, unsigned int low)
{
	return FIELD(id_register, low + 3, low);
}

void reset_timers(void)
{
	ZERO(cntp_ctl_el0);
	ZERO(cntv_ctl_el0);
	ZERO(cntp_cval_el0);
	ZERO(cntv_cval_el0);
	ZERO(cntkctl_el1);
	isb();
}

static void reset_base(void)
{
	write_sysreg(SCTLR_EL1_RESET, sctlr_el1);
	ZERO(cpacr_el1);
	ZERO(ttbr0_el1);
	ZERO(ttbr1_el1);
	ZERO(tcr_el1);
	ZERO(mair_el1);
	ZERO(amair_el1);
	ZERO(vbar_el1);
	ZERO(esr_el1);
	ZERO(far_el1);
	ZERO(afsr0_el1);
	ZERO(afsr1_el1);
	ZERO(par_el1);
	ZERO(elr_el1);
	ZERO(spsr_el1);
	ZERO(sp_el0);
	ZERO(sp_el1);
	ZERO(tpidr_el0);
	ZERO(tpidrro_el0);
	ZERO(tpidr_el1);
	ZERO(contextidr_el1);
	ZERO(csselr_el1);
}

static void reset_pointer_authentication(void)
{
	u64 isar1 = read_sysreg(id_aa64isar1_el1), isar2 = read_sysreg(ID_AA64ISAR2_EL1_);

	/* APA, API, GPA, GPI; APA3, GPA3 */
	if (!(feature(isar1, 4) | feature(isar1, 8) | feature(isar1, 24) | feature(isar1, 28) |
	      feature(isar2, 12) | feature(isar2, 8)))
		return;
	ZERO(APIAKEYLO_EL1);
	ZERO(APIAKEYHI_EL1);
	ZERO(APIBKEYLO_EL1);
	ZERO(APIBKEYHI_EL1);
	ZERO(APDAKEYLO_EL1);
	ZERO(APDAKEYHI_EL1);
	ZERO(APDBKEYLO_EL1);
	ZERO(APDBKEYHI_EL1);
	ZERO(APGAKEYLO_EL1);
	ZERO(APGAKEYHI_EL1);
}

/* FP, SVE and SME are EL2's to reset whatever the last guest had of them. */
static void reset_fp(void)
{
	const struct cpu *cpu = this_cpu();
	bool sve = traps_allow_sve(cpu), sme = traps_allow_sme(cpu);

	write_sysreg(CPTR_EL2_RES1 | (sve ? 0 : CPTR_EL2_TZ) | (sme ? 0 : CPTR_EL2_TSM), cptr_el2);
	isb();
	if (sme)
		__asm__ volatile(".inst 0xd503467f"); /* SMSTOP: streaming mode and ZA off */
	if (sve) {
		sve_reset();
		ZERO(ZCR_EL1);
	}
	fp_reset();
}

/* clang-format off */
#define RESET(kind, n)                        \
	case n:                               \
		ZERO(dbg##kind##cr##n##_el1); \
		ZERO(dbg##kind##vr##n##_el1); \
		__attribute__((fallthrough));
/* An instruction names its register: so each number is a case, and those below it follow. */
#define RESET_FROM(kind, nr)                                                        \
	switch (nr) {                                                               \
		RESET(kind, 15) RESET(kind, 14) RESET(kind, 13) RESET(kind, 12)     \
		RESET(kind, 11) RESET(kind, 10) RESET(kind, 9) RESET(kind, 8)       \
		RESET(kind, 7) RESET(kind, 6) RESET(kind, 5) RESET(kind, 4)         \
		RESET(kind, 3) RESET(kind, 2) RESET(kind, 1) RESET(kind, 0)         \
	default:                                                                    \
		break;                                                              \
	}
/* clang-format on */

static void reset_breakpoints(u64 nr)
{
	RESET_FROM(b, nr)
}

static void reset_watchpoints(u64 nr)
{
	RESET_FROM(w, nr)
}

static void reset_performance_monitors(u64 version)
{
	if (version == 0 || version == 0xf) /* none, or none of the architecture's */
		return;
	write_sysreg(PMCR_RESET, pmcr_el0);
	write_sysreg(0xffffffff, pmcntenclr_el0);
	write_sysreg(0xffffffff, pmintenclr_el1);
	write_sysreg(0xffffffff, pmovsclr_el0);
	ZERO(pmuserenr_el0);
	ZERO(pmccfiltr_el0);
	for (u64 n = FIELD(read_sysreg(pmcr_el0), 15, 11); n--;) {
		write_sysreg(n, pmselr_el0);
		isb();
		ZERO(pmxevtyper_el0);
	}
	ZERO(pmselr_el0);
}

/*
 * Statistical profiling and trace buffers are written through the translation of EL1: they must be
 * off, and drained (D17.9, D6.5), before somebody else's is in place.
 */
void reset_profiling(void)
{
	u64 dfr0 = read_sysreg(id_aa64dfr0_el1);

	if (feature(dfr0, 32) && !(read_sysreg(PMBIDR_EL1) & PMBIDR_P)) {
		ZERO(PMSCR_EL1);
		isb();
		__asm__ volatile("hint #17"); /* PSB CSYNC */
		dsb(nsh);
		ZERO(PMBLIMITR_EL1);
		ZERO(PMBPTR_EL1);
		ZERO(PMBSR_EL1);
	}
	if (feature(dfr0, 44) && !(read_sysreg(TRBIDR_EL1) & TRBIDR_P)) {
		isb();
		__asm__ volatile("hint #18"); /* TSB CSYNC */
		dsb(nsh);
		ZERO(TRBLIMITR_EL1);
		ZERO(TRBPTR_EL1);
		ZERO(TRBBASER_EL1);
		ZERO(TRBSR_EL1);
	}
	/* The root cell has branch records if Linux said so: it must not record those of a cell. */
	if (feature(dfr0, 52) && this_cpu()->linux_traps.hdfgwtr & HDFGWTR_EL2_NBRBCTL)
		try_write_sysreg(0, BRBCR_EL1);
	isb();
}

static void reset_debug(void)
{
	u64 dfr0 = read_sysreg(id_aa64dfr0_el1);

	ZERO(mdscr_el1);
	if (!FIELD(read_sysreg(id_aa64mmfr0_el1), 59, 56)) /* FEAT_FGT: it traps for cells (TDCC) */
		ZERO(mdccint_el1);
	ZERO(oslar_el1);
	ZERO(osdlr_el1);
	write_sysreg(CLAIM_TAGS, dbgclaimclr_el1);
	reset_breakpoints(feature(dfr0, 12));
	reset_watchpoints(feature(dfr0, 20));
	reset_performance_monitors(feature(dfr0, 8));
}

/* Cells have the partition of caches and of bandwidth that everybody has who says nothing. */
static void reset_partitioning(void)
{
	if (traps_have_mpam()) {
		try_write_sysreg(0, MPAM1_EL1);
		try_write_sysreg(0, MPAM0_EL1);
	}
}

void reset_el1(void)
{
	reset_timers();
	reset_profiling();
	reset_base();
	reset_pointer_authentication();
	if (feature(read_sysreg(id_aa64pfr0_el1), 28)) /* RAS */
		ZERO(DISR_EL1);
	reset_partitioning();
	reset_debug();
	reset_fp();
	isb();
}
