// SPDX-License-Identifier: GPL-2.0-only
/*
 * Stage-2 faults. In this order: a shootdown, an entry that was being changed, a register
 * frame that is emulated, a page that a permissive root cell may have; the rest is answered
 * with an external abort (root cell) or is a violation (other cells).
 */
#include <arch/barrier.h>
#include <arch/sysreg.h>
#include <arch/trap.h>
#include <core/cell.h>
#include <core/insn.h>
#include <core/log.h>

/*
 * IPA of the fault. HPFAR_EL2 does not have it after a permission fault that is not of a
 * table walk (Arm ARM D19.2.62): then the guest's translation is asked again. False if it
 * has changed meanwhile.
 */
static bool translate_stage1(u64 virt, bool el0, ipa_t *ipa)
{
	u64 saved = read_sysreg(par_el1), par;

	if (el0)
		__asm__ volatile("at s1e0r, %0" : : "r"(virt));
	else
		__asm__ volatile("at s1e1r, %0" : : "r"(virt));
	isb(); /* PAR_EL1 has the result (D8.12) */
	par = read_sysreg(par_el1);
	write_sysreg(saved, par_el1);
	*ipa = (par & 0x000ffffffffff000UL) | (virt & (PAGE_SIZE - 1));
	return !(par & PAR_EL1_F);
}

static bool from_el0(void)
{
	u64 spsr = read_sysreg(spsr_el2);

	return spsr & SPSR_M_AARCH32 || (spsr & SPSR_MODE_MASK) == 0;
}

static bool fault_ipa(u64 esr, ipa_t *ipa)
{
	u64 far = read_sysreg(far_el2);

	if ((esr & ESR_FSC_TYPE) == ESR_FSC_PERMISSION && !(esr & ESR_DABT_S1PTW))
		return translate_stage1(far, from_el0(), ipa);
	*ipa = FIELD(read_sysreg(hpfar_el2), 43, 4) << PAGE_SHIFT | (far & (PAGE_SIZE - 1));
	return true;
}

bool read_instruction(struct cell *cell, u32 *insn)
{
	paddr_t phys;
	ipa_t ipa;

	if (!translate_stage1(read_sysreg(elr_el2), from_el0(), &ipa) ||
	    !(stage2_lookup(&cell->stage2, ipa, &phys) & CB_REGION_READ))
		return false;
	*insn = *(u32 *)((u8 *)window_map(ALIGN_DOWN(phys, PAGE_SIZE), 1, EL2_RODATA) +
			 phys % PAGE_SIZE);
	window_unmap();
	return true;
}

static u32 rights_needed(u64 esr, bool fetch)
{
	if (fetch)
		return CB_REGION_EXECUTE;
	return esr & ESR_DABT_WNR && !(esr & ESR_DABT_CM) ? CB_REGION_WRITE : CB_REGION_READ;
}

/* The syndrome describes the access (D19.2.37, ISS of a Data Abort with ISV = 1). */
static void from_syndrome(u64 esr, struct load_store *access)
{
	*access = (struct load_store){
		.write = esr & ESR_DABT_WNR,
		.sign_extend = FIELD(esr, 21, 21),
		.wide = FIELD(esr, 15, 15),
		.size = (u8)BIT(FIELD(esr, 23, 22)),
		.nr = 1,
		.rt = { FIELD(esr, 20, 16) },
	};
}

static enum cb_crash_reason crash_reason(u32 needed)
{
	switch (needed) {
	case CB_REGION_EXECUTE:
		return CB_CRASH_EXECUTE;
	case CB_REGION_WRITE:
		return CB_CRASH_WRITE;
	default:
		return CB_CRASH_READ;
	}
}

static void transfer(struct regs *regs, const struct load_store *access, u8 n, ipa_t ipa)
{
	u8 rt = access->rt[n];
	u64 stored = rt == 31 ? 0 : regs->x[rt];
	struct mmio_access mmio = {
		.write = access->write,
		.size = access->size,
		.value = access->size == 8 ? stored : stored & (BIT(8 * access->size) - 1),
	};

	if (!gic_mmio(this_cpu()->cell, ipa, &mmio))
		mmio.value = 0; /* the second register of a pair left the frame */
	if (!access->write && rt != 31)
		regs->x[rt] = extend_load(access, mmio.value);
}

static void write_back(struct regs *regs, const struct load_store *access)
{
	if (access->rn != 31)
		regs->x[access->rn] += (u64)access->writeback;
	else if ((read_sysreg(spsr_el2) & SPSR_MODE_MASK) == SPSR_MODE_EL1H)
		write_sysreg(read_sysreg(sp_el1) + (u64)access->writeback, sp_el1);
	else
		write_sysreg(read_sysreg(sp_el0) + (u64)access->writeback, sp_el0);
}

/* Carry out an access to an emulated frame. */
static void emulate(struct regs *regs, u64 esr, ipa_t ipa)
{
	struct load_store access;
	u32 insn = 0;

	if (esr & ESR_DABT_CM) { /* there is nothing in a cache */
		count_exit(this_cpu(), CB_EXIT_OTHER);
		skip_instruction();
		return;
	}
	if (esr & ESR_DABT_ISV) {
		from_syndrome(esr, &access);
	} else {
		if (!read_instruction(this_cpu()->cell, &insn))
			return; /* the guest changed its mapping: it will fault again */
		if (!decode_load_store(insn, &access))
			violation(regs, CB_CRASH_DECODE, ipa, insn);
	}
	for (u8 n = 0; n < access.nr; n++)
		transfer(regs, &access, n, ipa + (u64)n * access.size);
	if (access.writeback)
		write_back(regs, &access);
	skip_instruction();
}

static bool is_emulated(struct cell *cell, ipa_t ipa, u64 esr, bool fetch)
{
	return !fetch && !(esr & ESR_DABT_S1PTW) && (esr & ESR_FSC_TYPE) == ESR_FSC_TRANSLATION &&
	       gic_traps(cell, ipa);
}

static bool map_permissive(struct cell *cell, ipa_t ipa)
{
	paddr_t phys;

	if (!(cell->config->flags & CB_CELL_PERMISSIVE) || stage2_lookup(&cell->stage2, ipa, &phys))
		return false;
	return root_touches_page(ALIGN_DOWN(ipa, PAGE_SIZE));
}

static const char *access_name(u64 esr, bool fetch)
{
	if (fetch)
		return "execution";
	return esr & ESR_DABT_WNR ? "write" : "read";
}

static void refuse_root(u64 esr, bool fetch, ipa_t ipa)
{
	static u32 logged;

	count_exit(this_cpu(), CB_EXIT_ABORT);
	/* Linux may be made to do this over and over: the ring is for more than that. */
	if (fetch_add(&logged, 1) < 64)
		log_message("root cell: CPU %u: %s of %x, which it does not have, at pc %x\n",
			    (u64)this_cpu()->id, access_name(esr, fetch), ipa,
			    read_sysreg(elr_el2));
	inject_external_abort(esr, fetch);
}

static bool is_stage2_fault(u64 esr)
{
	u64 type = esr & ESR_FSC_TYPE;

	return type == ESR_FSC_TRANSLATION || type == ESR_FSC_ACCESS ||
	       type == ESR_FSC_PERMISSION || type == 0; /* 0: address size */
}

/* What the type of the memory forbids: alignment and exclusives on registers, for instance. */
static void refuse_type(struct regs *regs, u64 esr, bool fetch)
{
	if (this_cpu()->cell != &root_cell)
		violation(regs, CB_CRASH_TRAP, 0, 0);
	refuse_root(esr, fetch, 0);
}

/*
 * DC IVAC to memory that the cell may only read. With stage 2 it cleans, too (D7.5.9), and what
 * cannot be written is not dirty: there is nothing to do.
 */
static bool is_maintenance(u64 esr, bool fetch)
{
	return !fetch && esr & ESR_DABT_CM && (esr & ESR_FSC_TYPE) == ESR_FSC_PERMISSION;
}

void handle_abort(struct regs *regs, u64 esr, bool fetch)
{
	struct cpu *cpu = this_cpu();
	struct cell *cell = cpu->cell;
	u32 needed = rights_needed(esr, fetch);
	paddr_t phys;
	ipa_t ipa;

	if (load_acquire(&cpu->requests) & REQUEST_STOP) {
		count_exit(cpu, CB_EXIT_MANAGEMENT);
		cpu_park();
	}
	if (!is_stage2_fault(esr)) {
		refuse_type(regs, esr, fetch);
		return;
	}
	if (is_maintenance(esr, fetch)) {
		count_exit(cpu, CB_EXIT_OTHER);
		skip_instruction();
		return;
	}
	if (!fault_ipa(esr, &ipa) || stage2_lookup(&cell->stage2, ipa, &phys) & needed) {
		count_exit(cpu, CB_EXIT_RETRY);
	} else if (is_emulated(cell, ipa, esr, fetch)) {
		emulate(regs, esr, ipa);
	} else if (cell != &root_cell) {
		violation(regs, crash_reason(needed), ipa, 0);
	} else if (!fetch && map_permissive(cell, ipa)) {
		count_exit(cpu, CB_EXIT_PERMISSIVE);
	} else {
		refuse_root(esr, fetch, ipa);
	}
}
