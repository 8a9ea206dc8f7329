// SPDX-License-Identifier: GPL-2.0-only
/* Exceptions that EL1 takes on behalf of EL2, as the CPU itself would (Arm ARM D1.3). */
#include <arch/guest.h>
#include <arch/sysreg.h>

/* Offset of the synchronous vector for an exception from the guest's current mode (D1.3.1.2). */
static u64 vector_offset(u64 spsr)
{
	if (spsr & SPSR_M_AARCH32)
		return 0x600;
	switch (spsr & SPSR_MODE_MASK) {
	case SPSR_MODE_EL1H:
		return 0x200;
	case SPSR_MODE_EL1T:
		return 0;
	default:
		return 0x400;
	}
}

/* PSTATE at the handler (D1.3.1.1 and the extensions' rules for PAN, SSBS, TCO and ALLINT). */
static u64 handler_pstate(u64 spsr)
{
	u64 sctlr = read_sysreg(sctlr_el1), pfr1 = read_sysreg(ID_AA64PFR1_EL1_);
	u64 pstate = (spsr & (SPSR_NZCV | SPSR_DIT | SPSR_PAN)) | SPSR_EL1H_DAIF;

	if (FIELD(read_sysreg(id_aa64mmfr1_el1), 23, 20) && !(sctlr & SCTLR_EL1_SPAN))
		pstate |= SPSR_PAN;
	if (sctlr & SCTLR_EL1_DSSBS)
		pstate |= SPSR_SSBS;
	if (FIELD(pfr1, 11, 8) >= 2)
		pstate |= SPSR_TCO;
	if (FIELD(pfr1, 39, 36) && !(sctlr & SCTLR_EL1_SPINTMASK))
		pstate |= SPSR_ALLINT;
	return pstate;
}

static bool inject(u64 esr)
{
	struct call_regs *regs = exit_regs();
	u64 spsr = regs->spsr, vector = read_sysreg(vbar_el1) + vector_offset(spsr);

	if (regs->elr == vector)
		return false;
	write_sysreg(esr, esr_el1);
	write_sysreg(regs->elr, elr_el1);
	write_sysreg(spsr, spsr_el1);
	regs->elr = vector;
	regs->spsr = handler_pstate(spsr);
	return true;
}

void inject_undefined(void)
{
	inject((u64)ESR_EC_UNKNOWN << ESR_EC_SHIFT | ESR_IL);
}

bool inject_external_abort(const struct fault *fault)
{
	u64 spsr = exit_regs()->spsr, esr = fault->syndrome;
	bool from_el1 = !(spsr & SPSR_M_AARCH32) && (spsr & SPSR_MODE_MASK) != 0;
	u64 class = fault->fetch ? (from_el1 ? ESR_EC_IABT_CUR : ESR_EC_IABT_LOW)
				 : (from_el1 ? ESR_EC_DABT_CUR : ESR_EC_DABT_LOW);
	u64 fsc = fault->walk ? ESR_FSC_EXTERNAL_WALK | (esr & 3) : ESR_FSC_EXTERNAL;

	write_sysreg(read_sysreg(far_el2), far_el1);
	return inject(class << ESR_EC_SHIFT | (esr & ESR_IL) |
		      (fault->fetch ? 0 : esr & ESR_DABT_WNR) | fsc);
}
