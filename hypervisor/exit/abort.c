// SPDX-License-Identifier: GPL-2.0-only
/*
 * Stage-2 faults. In this order: a shootdown, a register frame that is emulated, an entry that
 * was being changed, a page that a permissive root cell may have; the rest is answered with an
 * external abort (root cell) or is a violation (other cells).
 */
#include <arch/barrier.h>
#include <arch/insn.h>
#include <arch/sysreg.h>
#include <base/log.h>
#include <cell/cell.h>
#include <exit/abort.h>
#include <exit/entry.h>
#include <exit/park.h>
#include <exit/violation.h>
#include <gic/gic.h>
#include <mm/el2map.h>
#include <mm/stage2.h>

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
	*ipa = (par & 0x000ffffffffff000UL) | (virt & (PAGE_SIZE - 1));
	return !(par & PAR_EL1_F);
}

static bool from_aarch32(void)
{
	return exit_regs()->spsr & SPSR_M_AARCH32;
}

static bool from_el0(void)
{
	return from_aarch32() || (exit_regs()->spsr & SPSR_MODE_MASK) == 0;
}

static bool is_permission_fault(u64 esr)
{
	return (esr & ESR_FSC_TYPE) == ESR_FSC_PERMISSION;
}

static ipa_t faulting_page(void)
{
	return (read_sysreg(hpfar_el2) << 8) & 0x000ffffffffff000UL; /* FIPA: bits 43 to 4 */
}

/*
 * IPA of the fault. HPFAR_EL2 does not have it after a permission fault that is not of a table
 * walk (Arm ARM D19.2.62): then the guest's translation is asked again. So it is for all data:
 * Cortex-A57 may report a fault of stage 2 where stage 1 does not allow the access (erratum
 * 834220).
 */
static bool fault_ipa(u64 esr, bool fetch, ipa_t *ipa)
{
	u64 far = read_sysreg(far_el2);

	if (!(esr & ESR_DABT_S1PTW) && (!fetch || is_permission_fault(esr)))
		return translate_stage1(far, from_el0(), ipa);
	*ipa = faulting_page() | (far & (PAGE_SIZE - 1));
	return true;
}

bool read_instruction(struct cell *cell, u32 *insn)
{
	paddr_t phys;
	ipa_t ipa;
	u8 *at;

	if (!translate_stage1(exit_regs()->elr, from_el0(), &ipa) ||
	    !(stage2_lookup(&cell->stage2, ipa, &phys) & CB_REGION_EXECUTE))
		return false;
	at = window_map(ALIGN_DOWN(phys, PAGE_SIZE), 1, EL2_NON_CACHEABLE);
	at += phys % PAGE_SIZE;
	/* The guest may have written it with its caches off: a line from before is stale (B2.8). */
	__asm__ volatile("dc civac, %0\n\tdsb sy" : : "r"(at) : "memory");
	*insn = *(u32 *)at;
	window_unmap();
	return true;
}

/* A table walk reads, and writes where the hardware keeps the access flag or the dirty state. */
static u32 rights_needed(u64 esr, bool fetch)
{
	if (esr & ESR_DABT_S1PTW)
		return is_permission_fault(esr) ? CB_REGION_WRITE : CB_REGION_READ;
	if (fetch)
		return CB_REGION_EXECUTE;
	return esr & ESR_DABT_WNR && !(esr & ESR_DABT_CM) ? CB_REGION_WRITE : CB_REGION_READ;
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

static void write_back(struct regs *regs, const struct load_store *access)
{
	if (access->rn != 31)
		regs->x[access->rn] += (u64)access->writeback;
	else if ((exit_regs()->spsr & SPSR_MODE_MASK) == SPSR_MODE_EL1H)
		write_sysreg(read_sysreg(sp_el1) + (u64)access->writeback, sp_el1);
	else
		write_sysreg(read_sysreg(sp_el0) + (u64)access->writeback, sp_el0);
}

/* The syndrome describes the access (D19.2.37, ISS of a Data Abort with ISV = 1). */
static mmio_t described_kind(u64 esr)
{
	return (mmio_t)(FIELD(esr, 23, 22) | (esr & ESR_DABT_WNR));
}

_Static_assert(ESR_DABT_WNR == MMIO_WRITE, "");

static void from_syndrome(u64 esr, struct load_store *access)
{
	*access = (struct load_store){
		.write = esr & ESR_DABT_WNR,
		.size = (u8)BIT(FIELD(esr, 23, 22)),
		.sign_extend = esr & ESR_DABT_SSE,
		.wide = esr & ESR_DABT_SF,
		.nr = 1,
		.rt = { FIELD(esr, 20, ESR_DABT_SRT_SHIFT) },
	};
}

static void transfer(struct regs *regs, const struct load_store *access, u8 rt, ipa_t ipa)
{
	mmio_t kind = (mmio_t)__builtin_ctz(access->size) | (access->write ? MMIO_WRITE : 0);
	struct cell *cell = this_cpu()->cell;
	u64 value = guest_register(regs, rt);

	/* The second register of a pair may leave the frame. */
	value = gic_traps(cell, ipa) ? gic_mmio(cell, ipa, kind, value) : 0;
	if (!access->write)
		regs->x[rt] = extend_load(access, value);
}

static const char *access_name(u64 esr, bool fetch)
{
	if (fetch)
		return "execution";
	return esr & ESR_DABT_WNR ? "write" : "read";
}

static void refuse_root(u64 esr, bool fetch, ipa_t ipa)
{
	u64 pc = exit_regs()->elr;
	bool taken;

	count_exit(this_cpu(), CB_EXIT_ABORT);
	taken = inject_external_abort(esr, fetch); /* an error of the console changes FAR_EL2 */
	log_limited("root cell: CPU %u: %s of %x, which it does not have, at pc %x\n",
		    (u64)this_cpu()->id, access_name(esr, fetch), ipa, pc);
	if (taken)
		return;
	log_message("root cell: CPU %u stopped: its vector cannot be run\n", (u64)this_cpu()->id);
	cpu_park();
}

/* An access that nobody can carry out, wherever it goes. */
static void refuse_access(struct regs *regs, u64 esr, bool fetch, enum cb_crash_reason reason,
			  ipa_t ipa, u32 insn)
{
	if (this_cpu()->cell != &root_cell)
		violation(regs, reason, ipa, insn);
	refuse_root(esr, fetch, ipa);
}

/* Carry out an access to an emulated frame. What A32 and T32 can do is not decoded. */
static void emulate(struct regs *regs, u64 esr, ipa_t ipa)
{
	bool known = esr & ESR_DABT_ISV && esr & ESR_IL;
	struct load_store access;
	u32 insn = 0;

	if (known) {
		from_syndrome(esr, &access);
	} else if (!from_aarch32()) {
		if (!read_instruction(this_cpu()->cell, &insn))
			return; /* the guest changed its mapping: it will fault again */
		known = decode_load_store(insn, &access);
	}
	if (!known) {
		refuse_access(regs, esr, false, CB_CRASH_DECODE, ipa, insn);
		return;
	}
	for (u8 n = 0; n < access.nr; n++)
		transfer(regs, &access, access.rt[n], ipa + (u64)n * access.size);
	if (access.writeback)
		write_back(regs, &access);
	skip_instruction(regs);
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

static bool is_stage2_fault(u64 esr)
{
	u64 type = esr & ESR_FSC_TYPE;

	return type == ESR_FSC_TRANSLATION || type == ESR_FSC_ACCESS ||
	       type == ESR_FSC_PERMISSION || type == 0; /* 0: address size */
}

/*
 * Maintenance by VA that has nothing to do. DC IVAC to memory that the cell may only read: with
 * stage 2 it cleans, too (D7.5.9), and what cannot be written is not dirty. And to a frame that
 * is emulated: there is nothing in a cache.
 */
static bool is_idle_maintenance(struct cell *cell, u64 esr, bool fetch)
{
	return !fetch && esr & ESR_DABT_CM && !(esr & ESR_DABT_S1PTW) &&
	       (is_permission_fault(esr) || is_emulated(cell, faulting_page(), esr, fetch));
}

/* What stage 2 has by now lets the access pass. No table is walked in registers (HCR_EL2.PTW). */
static bool is_valid_by_now(struct cell *cell, u64 esr, ipa_t ipa, u32 needed)
{
	u32 forbidden = esr & ESR_DABT_S1PTW ? CB_REGION_IO : 0;
	paddr_t phys;

	return (stage2_lookup(&cell->stage2, ipa, &phys) & (needed | forbidden)) == needed;
}

/* A fault of stage 2 that is not a shootdown and has something to be done about. */
static void handle_fault(struct regs *regs, u64 esr, bool fetch)
{
	struct cell *cell = this_cpu()->cell;
	u32 needed = rights_needed(esr, fetch);
	ipa_t ipa;
	bool known = fault_ipa(esr, fetch, &ipa);

	if (known && is_emulated(cell, ipa, esr, fetch)) {
		emulate(regs, esr, ipa);
	} else if (!known || is_valid_by_now(cell, esr, ipa, needed)) {
		count_exit(this_cpu(), CB_EXIT_RETRY);
	} else if (cell != &root_cell) {
		violation(regs, crash_reason(needed), ipa, 0);
	} else if ((!fetch || esr & ESR_DABT_S1PTW) && map_permissive(cell, ipa)) {
		count_exit(this_cpu(), CB_EXIT_PERMISSIVE);
	} else {
		refuse_root(esr, fetch, ipa);
	}
}

__cold void handle_abort(struct regs *regs, u64 esr, bool fetch)
{
	struct cpu *cpu = this_cpu();

	if (load_acquire(&cpu->requests) & REQUEST_STOP) {
		count_exit(cpu, CB_EXIT_MANAGEMENT);
		cpu_park();
	}
	if (!is_stage2_fault(esr)) {
		/* What the memory's type forbids: alignment, or exclusives on registers. */
		refuse_access(regs, esr, fetch, CB_CRASH_TRAP, 0, 0);
	} else if (is_idle_maintenance(cpu->cell, esr, fetch)) {
		count_exit(cpu, CB_EXIT_OTHER);
		skip_instruction(regs);
	} else {
		handle_fault(regs, esr, fetch);
	}
}

/*
 * The common case: the guest itself accesses what stage 2 does not map, the syndrome describes it,
 * and nothing is sign-extended.
 */
#define ESR_DABT_COMMON (ESR_IL | ESR_DABT_ISV | ESR_FSC_TRANSLATION)
#define ESR_DABT_COMMON_MASK \
	(ESR_IL | ESR_DABT_ISV | ESR_DABT_SSE | ESR_DABT_CM | ESR_DABT_S1PTW | ESR_FSC_TYPE)

static void finish(struct regs *regs, u64 esr, u64 value)
{
	if (!(esr & ESR_DABT_WNR))
		regs->x[FIELD(esr, 20, ESR_DABT_SRT_SHIFT)] = value;
	skip_instruction(regs);
}

static __noinline bool access_cpu_frame(struct regs *regs, u64 esr, ipa_t ipa)
{
	struct cell *cell = this_cpu()->cell;
	u64 value = guest_register(regs, FIELD(esr, 20, ESR_DABT_SRT_SHIFT));

	if (!gic_traps_cpu_frame(cell, ipa))
		return false;
	finish(regs, esr, gic_cpu_frame(cell, ipa, described_kind(esr), value));
	return true;
}

/* False if it is no such access to an emulated frame. Those are not mapped for anybody. */
bool trap_mmio(struct regs *regs, u64 esr)
{
	struct cpu *cpu = this_cpu();
	ipa_t ipa = faulting_page() | (read_sysreg(far_el2) & (PAGE_SIZE - 1));
	u64 rt = FIELD(esr, 20, ESR_DABT_SRT_SHIFT), offset = ipa - gicd_frame.phys;

	if ((esr & ESR_DABT_COMMON_MASK) != ESR_DABT_COMMON ||
	    load_acquire(&cpu->requests) & REQUEST_STOP)
		return false;
	if (offset >= gicd_frame.size)
		return access_cpu_frame(regs, esr, ipa);
	finish(regs, esr,
	       gic_distributor(cpu->cell, offset, described_kind(esr), guest_register(regs, rt)));
	return true;
}
