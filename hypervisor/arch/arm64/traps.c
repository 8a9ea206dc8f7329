// SPDX-License-Identifier: GPL-2.0-only
/*
 * The trap controls of EL2, for the root cell and for others (traps.h). A cell gets what its
 * identification registers announce (idregs.c): neither trace, profiling, branch records, activity
 * monitors, partitions of caches, error records and allocation tags, nor SME and extensions that
 * are newer than this file. An extension whose control is known and zero here traps, or is off, and
 * what it keeps cannot be reached: so that need not be reset, which firmware may trap to EL3.
 */
#include <arch/sysreg.h>
#include <arch/traps.h>
#include <base/model.h>
#include <cellblock/hypercall.h>

u64 linux_uses;

/* Field of struct traps, register. */
#define BASE(_)           \
	_(hcr, hcr_el2)   \
	_(cptr, cptr_el2) \
	_(mdcr, mdcr_el2) _(hstr, hstr_el2) _(cnthctl, cnthctl_el2) _(cntvoff, cntvoff_el2)
#define FINE(_)               \
	_(hfgrtr, HFGRTR_EL2) \
	_(hfgwtr, HFGWTR_EL2) _(hfgitr, HFGITR_EL2) _(hdfgrtr, HDFGRTR_EL2) _(hdfgwtr, HDFGWTR_EL2)
#define FINE_2(_)               \
	_(hfgrtr2, HFGRTR2_EL2) \
	_(hfgwtr2, HFGWTR2_EL2) \
	_(hfgitr2, HFGITR2_EL2) _(hdfgrtr2, HDFGRTR2_EL2) _(hdfgwtr2, HDFGWTR2_EL2)

#define SAVE(field, name)      traps->field = read_sysreg(name);
#define WRITE(field, name)     write_sysreg(traps->field, name);
/* Firmware should let EL2 have these; some answers with an undefined instruction instead. */
#define TRY_SAVE(field, name)  traps->field = try_read_sysreg(name);
#define TRY_WRITE(field, name) try_write_sysreg(traps->field, name);

/* Which of them this CPU has, and firmware lets EL2 have. */
enum { HCX = 1, FGT = 2, FGT2 = 4, MPAM = 8 };

static __noinline u32 available(void)
{
	u64 fine = FIELD(read_sysreg(id_aa64mmfr0_el1), 59, 56);
	u32 set = fine ? FGT : 0;

	if (FIELD(read_sysreg(id_aa64mmfr1_el1), 43, 40))
		set |= HCX;
	if (linux_uses & CB_LINUX_FGT2 && fine >= 2)
		set |= FGT2;
	if (linux_uses & CB_LINUX_MPAM && FIELD(read_sysreg(id_aa64pfr0_el1), 43, 40))
		set |= MPAM;
	return set;
}

bool traps_have_mpam(void)
{
	return available() & MPAM;
}

void traps_save(struct cpu *cpu)
{
	struct traps *traps = &cpu->linux_traps;
	u32 set = available();

	BASE(SAVE)
	if (set & HCX)
		traps->hcrx = try_read_sysreg(HCRX_EL2);
	if (set & FGT) {
		FINE(SAVE)
	}
	if (set & FGT2) {
		FINE_2(TRY_SAVE)
	}
	if (set & MPAM)
		traps->mpam2 = try_read_sysreg(MPAM2_EL2);
}

void traps_write(const struct traps *traps)
{
	u32 set = available();

	BASE(WRITE)
	if (set & HCX)
		try_write_sysreg(traps->hcrx, HCRX_EL2);
	if (set & FGT) {
		FINE(WRITE)
	}
	if (set & FGT2) {
		FINE_2(TRY_WRITE)
	}
	if (set & MPAM)
		try_write_sysreg(traps->mpam2, MPAM2_EL2);
}

bool traps_allow_sve(const struct cpu *cpu)
{
	return FIELD(read_sysreg(id_aa64pfr0_el1), 35, 32) &&
	       !(cpu->linux_traps.cptr & CPTR_EL2_TZ);
}

bool traps_allow_sme(const struct cpu *cpu)
{
	return FIELD(read_sysreg(ID_AA64PFR1_EL1_), 27, 24) &&
	       !(cpu->linux_traps.cptr & CPTR_EL2_TSM);
}

/* Bits that Linux set for what it uses stay, but interrupts are to reach EL1. */
static u64 root_hcr(u64 linux_hcr)
{
	u64 routing = HCR_EL2_IMO | HCR_EL2_FMO | HCR_EL2_AMO;

	return (linux_hcr & ~routing) | HCR_EL2_VM | HCR_EL2_SWIO | HCR_EL2_TSC;
}

/* bit, if the field of an identification register that begins at low is not zero. */
static u64 if_present(u64 id_register, unsigned int low, u64 bit)
{
	return FIELD(id_register, low + 3, low) ? bit : 0;
}

static u64 cell_hcr(const struct cpu *cpu)
{
	u64 ras = if_present(read_sysreg(id_aa64pfr0_el1), 28, HCR_EL2_TERR);
	u64 lor = if_present(read_sysreg(id_aa64mmfr1_el1), 16, HCR_EL2_TLOR);
	u64 idle = cpu->cell->config->flags & CB_CELL_NATIVE_IDLE ? 0 : HCR_EL2_TWI;

	return HCR_EL2_RW | HCR_EL2_VM | HCR_EL2_SWIO | HCR_EL2_PTW | HCR_EL2_TID3 | HCR_EL2_TSC |
	       HCR_EL2_TIDCP | HCR_EL2_TACR | ras | lor | idle |
	       (cpu->linux_traps.hcr & (HCR_EL2_APK | HCR_EL2_API));
}

/* The trace unit's registers and the activity monitors trap where there are any. */
static u64 cell_cptr(const struct cpu *cpu)
{
	return CPTR_EL2_RES1 | CPTR_EL2_TSM | (traps_allow_sve(cpu) ? 0 : CPTR_EL2_TZ) |
	       if_present(read_sysreg(id_aa64dfr0_el1), 4, CPTR_EL2_TTA) |
	       if_present(read_sysreg(id_aa64pfr0_el1), 44, CPTR_EL2_TAM);
}

/*
 * All event counters; buffers of profiling and trace are EL2's (E2PB, E2TB: 0), which has none. A
 * cell could keep its CPU from being powered down for ever (DBGPRCR_EL1): TDOSA.
 */
static u64 cell_mdcr(void)
{
	u64 dfr0 = read_sysreg(id_aa64dfr0_el1), pmu = FIELD(dfr0, 11, 8);

	return MDCR_EL2_TDOSA | (pmu && pmu != 0xf ? FIELD(read_sysreg(pmcr_el0), 15, 11) : 0) |
	       if_present(dfr0, 32, MDCR_EL2_TPMS) | if_present(dfr0, 40, MDCR_EL2_TTRF) |
	       if_present(read_sysreg(id_aa64mmfr0_el1), 56, MDCR_EL2_TDCC);
}

void traps_choose(struct cpu *cpu)
{
	struct traps *traps = &cpu->traps;

	if (cpu->cell == &root_cell) {
		*traps = cpu->linux_traps;
		traps->hcr = root_hcr(traps->hcr);
		return;
	}
	/* In registers of fine-grained traps zero lets pass what is old, and traps what is newer.
	 */
	*traps = (struct traps){
		.hcr = cell_hcr(cpu),
		.cptr = cell_cptr(cpu),
		.mdcr = cell_mdcr(),
		.cnthctl = CNTHCTL_EL2_EL1PCTEN | CNTHCTL_EL2_EL1PCEN,
		.hcrx = if_present(read_sysreg(ID_AA64ISAR2_EL1_), 16, HCRX_EL2_MSCEN) |
			if_present(read_sysreg(ID_AA64PFR1_EL1_), 36, HCRX_EL2_TALLINT),
		.mpam2 = MPAM2_EL2_TRAPMPAM0EL1 | MPAM2_EL2_TRAPMPAM1EL1,
	};
}
