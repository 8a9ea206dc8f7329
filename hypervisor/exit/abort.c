// SPDX-License-Identifier: GPL-2.0-only
/*
 * Stage-2 faults. In this order: a shootdown, a register frame that is emulated, an entry that
 * was being changed, a page that a permissive root cell may have; the rest is answered with an
 * external abort (root cell) or is a violation (other cells). What is accessed all the time, a
 * register by an instruction that the syndrome describes, is answered before anything else.
 */
#include <arch/barrier.h>
#include <arch/insn.h>
#include <base/log.h>
#include <cell/cell.h>
#include <exit/abort.h>
#include <exit/entry.h>
#include <exit/park.h>
#include <exit/violation.h>
#include <mm/el2map.h>
#include <mm/stage2.h>
#include <vdev/window.h>

static bool is_asked_to_stop(const struct cpu *cpu)
{
	return load_acquire(&cpu->requests) & REQUEST_STOP;
}

bool trap_mmio(struct call_regs *regs, u64 esr, u64 *rt)
{
	struct cpu *cpu = this_cpu();
	u64 value = *rt;

	if (!is_plain_access(esr) || is_asked_to_stop(cpu) ||
	    !window_access(cpu->cell, reported_ipa(), described_access(esr), &value))
		return false;
	if (!(esr & ESR_DABT_WNR))
		*rt = value;
	skip_instruction(regs);
	return true;
}

bool read_instruction(struct cell *cell, u32 *insn)
{
	paddr_t phys;
	ipa_t ipa;
	u8 *at;

	if (!guest_pc_ipa(&ipa) || !(stage2_lookup(&cell->stage2, ipa, &phys) & CB_REGION_EXECUTE))
		return false;
	at = window_map(ALIGN_DOWN(phys, PAGE_SIZE), 1, EL2_NON_CACHEABLE);
	at += phys % PAGE_SIZE;
	/* The guest may have written it with its caches off: a line from before is stale (B2.8). */
	__asm__ volatile("dc civac, %0\n\tdsb sy" : : "r"(at) : "memory");
	*insn = *(u32 *)at;
	window_unmap();
	return true;
}

static const struct {
	u32 needed; /* right */
	enum cb_crash_reason reason;
	const char *name;
} kinds[] = {
	[FAULT_READ] = { CB_REGION_READ, CB_CRASH_READ, "read" },
	[FAULT_WRITE] = { CB_REGION_WRITE, CB_CRASH_WRITE, "write" },
	[FAULT_EXECUTE] = { CB_REGION_EXECUTE, CB_CRASH_EXECUTE, "execution" },
	[FAULT_MAINTAIN] = { CB_REGION_READ, CB_CRASH_READ, "maintenance" },
};

static void refuse_root(const struct fault *fault, ipa_t ipa)
{
	u64 pc = exit_regs()->elr;
	bool taken;

	count_exit(this_cpu(), CB_EXIT_ABORT);
	taken = inject_external_abort(fault); /* an error of the console changes FAR_EL2 */
	log_limited("root cell: CPU %u: %s of %x, which it does not have, at pc %x\n",
		    (u64)this_cpu()->id, kinds[fault->kind].name, ipa, pc);
	if (taken)
		return;
	log_message("root cell: CPU %u stopped: its vector cannot be run\n", (u64)this_cpu()->id);
	cpu_park();
}

/* An access that nobody can carry out, wherever it goes. */
static void refuse_access(const struct regs *regs, const struct fault *fault,
			  enum cb_crash_reason reason, ipa_t ipa, u32 insn)
{
	if (this_cpu()->cell != &root_cell)
		violation(regs, reason, ipa, insn);
	refuse_root(fault, ipa);
}

static void transfer(struct regs *regs, const struct load_store *access, u8 rt, ipa_t ipa)
{
	u64 log2 = (u64)__builtin_ctz(access->size), value = regs->x[rt];
	struct mmio_access one = { access->write ? MMIO_WRITE(log2) : MMIO_READ(log2) };

	/* The second register of a pair may leave the frame. */
	if (!window_access(this_cpu()->cell, ipa, one, &value))
		value = 0;
	if (!access->write)
		regs->x[rt] = extend_load(access, value);
}

/* Carry out an access to an emulated frame. What A32 and T32 can do is not decoded. */
static void emulate(struct regs *regs, const struct fault *fault)
{
	struct load_store access;
	bool known = guest_fault_access(fault, &access);
	u32 insn = 0;

	if (!known && guest_is_a64()) {
		if (!read_instruction(this_cpu()->cell, &insn))
			return; /* the guest changed its mapping: it will fault again */
		known = decode_load_store(insn, &access);
	}
	if (!known) {
		refuse_access(regs, fault, CB_CRASH_DECODE, fault->ipa, insn);
		return;
	}
	for (u8 n = 0; n < access.nr; n++)
		transfer(regs, &access, access.rt[n], fault->ipa + (u64)n * access.size);
	if (access.writeback)
		guest_write_back(regs, &access);
	skip_instruction(&regs->call);
}

/* It is the guest's own access to a register frame that is emulated. */
static bool is_emulated(const struct cell *cell, const struct fault *fault)
{
	return fault->kind != FAULT_EXECUTE && !fault->walk && fault->cause == FAULT_UNMAPPED &&
	       is_in_window(cell, fault->ipa);
}

static bool map_permissive(struct cell *cell, ipa_t ipa)
{
	paddr_t phys;

	if (!(cell->config->flags & CB_CELL_PERMISSIVE) || stage2_lookup(&cell->stage2, ipa, &phys))
		return false;
	return root_touches_page(ALIGN_DOWN(ipa, PAGE_SIZE));
}

/*
 * Maintenance by VA that has nothing to do. DC IVAC to memory that the cell may only read: with
 * stage 2 it cleans, too (D7.5.9), and what cannot be written is not dirty. And to a frame that
 * is emulated: there is nothing in a cache.
 */
static bool is_idle_maintenance(const struct cell *cell, const struct fault *fault)
{
	return fault->kind == FAULT_MAINTAIN &&
	       (fault->cause == FAULT_FORBIDDEN || is_emulated(cell, fault));
}

/* What stage 2 has by now lets the access pass. No table is walked in registers (HCR_EL2.PTW). */
static bool is_valid_by_now(struct cell *cell, const struct fault *fault)
{
	u32 needed = kinds[fault->kind].needed, forbidden = fault->walk ? CB_REGION_IO : 0;
	paddr_t phys;

	return (stage2_lookup(&cell->stage2, fault->ipa, &phys) & (needed | forbidden)) == needed;
}

/* A fault of stage 2 that is not a shootdown and has something to be done about. */
static void handle_fault(struct regs *regs, struct fault *fault)
{
	struct cell *cell = this_cpu()->cell;
	bool located = guest_fault_locate(fault);

	if (located && is_emulated(cell, fault)) {
		emulate(regs, fault);
	} else if (!located || is_valid_by_now(cell, fault)) {
		count_exit(this_cpu(), CB_EXIT_RETRY);
	} else if (cell != &root_cell) {
		violation(regs, kinds[fault->kind].reason, fault->ipa, 0);
	} else if (fault->kind != FAULT_EXECUTE && map_permissive(cell, fault->ipa)) {
		count_exit(this_cpu(), CB_EXIT_PERMISSIVE);
	} else {
		refuse_root(fault, fault->ipa);
	}
}

__cold void handle_abort(struct regs *regs, u64 esr, bool fetch)
{
	struct cpu *cpu = this_cpu();
	struct fault fault;

	if (is_asked_to_stop(cpu)) {
		count_exit(cpu, CB_EXIT_MANAGEMENT);
		cpu_park();
	}
	guest_fault(esr, fetch, &fault);
	if (fault.cause == FAULT_TYPE) {
		refuse_access(regs, &fault, CB_CRASH_TRAP, 0, 0);
	} else if (is_idle_maintenance(cpu->cell, &fault)) {
		count_exit(cpu, CB_EXIT_OTHER);
		skip_instruction(&regs->call);
	} else {
		handle_fault(regs, &fault);
	}
}
