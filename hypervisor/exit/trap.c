// SPDX-License-Identifier: GPL-2.0-only
/* Exits by exception class (entry.h). */
#include <arch/startup.h>
#include <arch/sysreg.h>
#include <arch/traps.h>
#include <base/log.h>
#include <base/model.h>
#include <exit/abort.h>
#include <exit/entry.h>
#include <exit/hypercall.h>
#include <exit/park.h>
#include <exit/smccc.h>
#include <gic/gic.h>
#include <gic/request.h>

/* Calls to Linux' hyp stub (its asm/virt.h). */
#define HVC_SOFT_RESTART    1
#define HVC_GET_ICH_VTR_EL2 4 /* from Linux 6.19 on */
#define HVC_STUB_END	    5
#define HVC_STUB_ERR	    0xbadca11

/*
 * The root cell's KVM or kexec, for instance: EL2 is taken, and kexec goes on at EL1. But each of
 * its CPUs that starts asks what the GIC can trap, and must hear the same as before.
 */
static __cold __noinline void stub_call(struct call_regs *regs)
{
	static u32 logged;

	if (this_cpu()->cell == &root_cell && regs->x[0] == HVC_GET_ICH_VTR_EL2) {
		regs->x[1] = try_read_sysreg(ICH_VTR_EL2);
		regs->x[0] = 0;
		return;
	}
	if (this_cpu()->cell == &root_cell && regs->x[0] == HVC_SOFT_RESTART)
		startup_at_el1();
	if (this_cpu()->cell == &root_cell && !exchange(&logged, 1))
		log_message("root cell: hyp-stub call %u refused: disable the hypervisor first\n",
			    regs->x[0]);
	regs->x[0] = HVC_STUB_ERR;
}

bool trap_hvc(struct call_regs *regs)
{
	u64 function = regs->x[0], call = CB_HVC_NUMBER(function);

	count_exit(this_cpu(), CB_EXIT_HVC);
	if (call <= CB_HVC_NUMBER(CB_HVC_CELL_INPUT))
		return hypercall(regs, call);
	if ((function & SMCCC_OWNER) == SMCCC_OWNER_VENDOR_HYP)
		hypercall_query(regs->x);
	else if (function < HVC_STUB_END)
		stub_call(regs);
	else
		standard_call(regs);
	return false;
}

void trap_smc(struct call_regs *regs)
{
	count_exit(this_cpu(), CB_EXIT_SMC);
	skip_a64(regs); /* trapped before it was executed (D1.3.1.4) */
	standard_call(regs);
}

/*
 * WFIT has a deadline, and in AArch32 the condition of the instruction may fail: neither is looked
 * at here, since as a hint it may complete at any time (D1.7.2).
 */
void trap_wfx(struct call_regs *regs, u64 esr)
{
	count_exit(this_cpu(), CB_EXIT_WFI);
	if (!(esr & ESR_WFX_TIMEOUT) && !(regs->spsr & SPSR_M_AARCH32))
		cpu_wait();
	skip_instruction(regs);
}

void trap_fiq(struct call_regs *regs)
{
	(void)regs;
	count_exit(this_cpu(), CB_EXIT_OTHER);
	gic_drop_fiq();
}

static __noinline void other_register(struct regs *regs, u64 esr, u64 rt, u64 value)
{
	bool write = !(esr & ISS_SYSREG_READ);

	if (!gicv3_sysreg(this_cpu()->cell, (u32)esr, &value, write)) {
		count_exit(this_cpu(), CB_EXIT_SYSREG);
		if (!answer_register(esr, &value)) {
			inject_undefined();
			return;
		}
	}
	if (!write)
		regs->x[rt] = value;
	skip_a64(&regs->call);
}

#define ICC_SGI1R_WRITE ISS_SYSREG(3, 0, 12, 11, 5)

static void system_register(struct regs *regs, u64 esr)
{
	u64 rt = ISS_SYSREG_RT(esr), value = regs->x[rt];

	if ((esr & (ISS_SYSREG_MASK | ISS_SYSREG_READ)) != ICC_SGI1R_WRITE) {
		other_register(regs, esr, rt, value);
		return;
	}
	count_exit(this_cpu(), CB_EXIT_SGI);
	gicv3_send_sgi(this_cpu()->cell, value);
	skip_a64(&regs->call);
}

/* A CPU of Linux starts. What is not understood starts it again, at EL1. */
static __cold __noinline void step(struct regs *regs)
{
	struct cpu *cpu = this_cpu();
	u32 insn = 0;

	count_exit(cpu, CB_EXIT_OTHER);
	if (read_instruction(cpu->cell, &insn) && startup_step(regs, insn))
		return;
	log_message("root cell: CPU %u starts at EL1: instruction %x at pc %x is not known\n",
		    (u64)cpu->id, (u64)insn, regs->elr);
	startup_abandon(cpu);
	cpu_start(cpu->entry, cpu->context);
}

void trap_other(struct regs *regs, u64 esr)
{
	u64 class = esr >> ESR_EC_SHIFT & 0x3f;

	if (class == ESR_EC_SYS64) {
		system_register(regs, esr);
	} else if (class == ESR_EC_DABT_LOW || class == ESR_EC_IABT_LOW) {
		handle_abort(regs, esr, class == ESR_EC_IABT_LOW);
	} else if (class == ESR_EC_STEP_LOW) {
		step(regs);
	} else { /* what is trapped otherwise: SVE, SME, pointer authentication ... */
		count_exit(this_cpu(), CB_EXIT_OTHER);
		inject_undefined();
	}
}
