// SPDX-License-Identifier: GPL-2.0-only
/* What ends a cell (violation.h). */
#include <arch/sysreg.h>
#include <base/log.h>
#include <cell/cell.h>
#include <exit/park.h>
#include <exit/violation.h>

static void record(struct cb_crash *crash, const struct regs *regs, enum cb_crash_reason reason,
		   u64 ipa, u64 insn)
{
	crash->reason = reason;
	crash->cpu = this_cpu()->id;
	crash->esr = read_sysreg(esr_el2);
	crash->far = read_sysreg(far_el2);
	crash->ipa = ipa;
	crash->elr = regs->elr;
	crash->spsr = regs->spsr;
	crash->insn = insn;
	memcpy(crash->x, regs->x, sizeof(crash->x)); /* without x[31] */
	crash->sp_el0 = read_sysreg(sp_el0);
	crash->sp_el1 = read_sysreg(sp_el1);
	crash->esr_el1 = read_sysreg(esr_el1);
	crash->far_el1 = read_sysreg(far_el1);
	crash->elr_el1 = read_sysreg(elr_el1);
	crash->sctlr_el1 = read_sysreg(sctlr_el1);
	crash->vbar_el1 = read_sysreg(vbar_el1);
}

__cold void violation(const struct regs *regs, enum cb_crash_reason reason, u64 ipa, u64 insn)
{
	struct cpu *cpu = this_cpu();
	struct cell *cell = cpu->cell;

	count_exit(cpu, CB_EXIT_VIOLATION);
	if (cell_first_failure(cell)) {
		record(&cell->page->crash, regs, reason, ipa, insn);
		cell->page->crash_cpu = cpu->id;
		log_message("cell %s: CPU %u: violation %u, ipa %x, pc %x, esr %x\n",
			    cell->page->name, (u64)cpu->id, (u64)reason, ipa, regs->elr,
			    read_sysreg(esr_el2));
		cell_request_stop(cell, STOP_FAILED);
	} else if (reason == CB_CRASH_HYPERVISOR) {
		cell_request_stop(cell,
				  STOP_FAILED); /* it may have failed in here, before it did so */
	}
	cpu_park();
}
