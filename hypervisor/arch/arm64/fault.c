// SPDX-License-Identifier: GPL-2.0-only
/*
 * Faults of stage 2 as the CPU reports them (guest.h): the syndrome (Arm ARM D19.2.37), the
 * address, and the guest's own translation, which has both where the CPU does not.
 */
#include <arch/barrier.h>
#include <arch/guest.h>
#include <arch/insn.h>

/* Cortex-A77 may stop for ever if loads of Device memory are under way (erratum 1508412). */
static u64 read_par(void)
{
	u64 par;

	dmb(sy);
	par = read_sysreg(par_el1);
	dmb(sy);
	return par;
}

/* False if the guest's translation has changed meanwhile. */
static bool translate_stage1(u64 virt, bool el0, ipa_t *ipa)
{
	u64 saved = read_par(), par;

	if (el0)
		__asm__ volatile("at s1e0r, %0" : : "r"(virt));
	else
		__asm__ volatile("at s1e1r, %0" : : "r"(virt));
	isb(); /* PAR_EL1 has the result (D8.12) */
	par = read_par();
	write_sysreg(saved, par_el1);
	*ipa = (par & PAGE_ADDRESS) | (virt & (PAGE_SIZE - 1));
	return !(par & PAR_EL1_F);
}

bool guest_is_a64(void)
{
	return !(exit_regs()->spsr & SPSR_M_AARCH32);
}

static bool from_el0(void)
{
	return !guest_is_a64() || (exit_regs()->spsr & SPSR_MODE_MASK) == 0;
}

bool guest_pc_ipa(ipa_t *ipa)
{
	return translate_stage1(exit_regs()->elr, from_el0(), ipa);
}

static enum fault_cause cause_of(u64 esr)
{
	switch (esr & ESR_FSC_TYPE) {
	case ESR_FSC_TRANSLATION:
		return FAULT_UNMAPPED;
	case ESR_FSC_PERMISSION:
		return FAULT_FORBIDDEN;
	case ESR_FSC_ACCESS:
	case ESR_FSC_ADDRESS_SIZE:
		return FAULT_OTHER;
	default: /* alignment, or exclusives on registers */
		return FAULT_TYPE;
	}
}

/* A table walk reads, and writes where the hardware keeps the access flag or the dirty state. */
static enum fault_kind kind_of(const struct fault *fault)
{
	if (fault->walk)
		return fault->cause == FAULT_FORBIDDEN ? FAULT_WRITE : FAULT_READ;
	if (fault->fetch)
		return FAULT_EXECUTE;
	if (fault->syndrome & ESR_DABT_CM)
		return FAULT_MAINTAIN;
	return fault->syndrome & ESR_DABT_WNR ? FAULT_WRITE : FAULT_READ;
}

void guest_fault(u64 esr, bool fetch, struct fault *fault)
{
	fault->syndrome = esr;
	fault->fetch = fetch;
	fault->walk = esr & ESR_DABT_S1PTW;
	fault->cause = cause_of(esr);
	fault->kind = kind_of(fault);
	fault->ipa = reported_ipa();
}

/*
 * HPFAR_EL2 does not have the address after a permission fault that is not of a table walk
 * (D19.2.62): then the guest's translation is asked again. So it is for all data: Cortex-A57 may
 * report a fault of stage 2 where stage 1 does not allow the access (erratum 834220).
 */
bool guest_fault_locate(struct fault *fault)
{
	if (fault->walk || (fault->fetch && fault->cause != FAULT_FORBIDDEN))
		return true;
	return translate_stage1(read_sysreg(far_el2), from_el0(), &fault->ipa);
}

bool guest_fault_access(const struct fault *fault, struct load_store *access)
{
	u64 esr = fault->syndrome;
	struct mmio_access described = described_access(esr);

	*access = (struct load_store){
		.write = mmio_is_write(described),
		.size = (u8)mmio_size(described),
		.sign_extend = esr & ESR_DABT_SSE,
		.wide = esr & ESR_DABT_SF,
		.nr = 1,
		.rt = { FIELD(esr, 20, ESR_DABT_SRT_SHIFT) },
	};
	return esr & ESR_DABT_ISV && esr & ESR_IL;
}

void guest_write_back(struct regs *regs, const struct load_store *access)
{
	u64 change = (u64)access->writeback;

	if (access->rn != 31)
		regs->x[access->rn] += change;
	else if ((regs->spsr & SPSR_MODE_MASK) == SPSR_MODE_EL1H)
		write_sysreg(read_sysreg(sp_el1) + change, sp_el1);
	else
		write_sysreg(read_sysreg(sp_el0) + change, sp_el0);
}
