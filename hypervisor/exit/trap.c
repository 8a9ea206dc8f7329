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
static __cold __noinline void stub_call(struct regs *regs)
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

bool trap_hvc(struct regs *regs)
{
	u64 function = regs->x[0], call = CB_HVC_NUMBER(function);

	count_exit(this_cpu(), CB_EXIT_HVC);
	if (call <= CB_HVC_NUMBER(CB_HVC_CELL_DESTROY))
		return hypercall(regs, call);
	if ((function & SMCCC_OWNER) == SMCCC_OWNER_VENDOR_HYP)
		hypercall_query(regs->x);
	else if (function < HVC_STUB_END)
		stub_call(regs);
	else
		standard_call(regs);
	return false;
}

void trap_smc(struct regs *regs)
{
	count_exit(this_cpu(), CB_EXIT_SMC);
	skip_a64(exit_regs()); /* trapped before it was executed (D1.3.1.4) */
	standard_call(regs);
}

/*
 * WFIT has a deadline, and in AArch32 the condition of the instruction may fail: neither is looked
 * at here, since as a hint it may complete at any time (D1.7.2).
 */
void trap_wfx(struct regs *regs, u64 esr)
{
	count_exit(this_cpu(), CB_EXIT_WFI);
	if (!(esr & ESR_WFX_TIMEOUT) && !(regs->spsr & SPSR_M_AARCH32))
		cpu_wait();
	skip_instruction(regs);
}

void trap_fiq(struct regs *regs)
{
	(void)regs;
	count_exit(this_cpu(), CB_EXIT_OTHER);
	gic_drop_fiq();
}

/* ISS of a trapped system register access, without Rt (D19.2.37). */
#define ISS_READ      BIT(0)
#define ISS_CRM(esr)  FIELD(esr, 4, 1)
#define ISS_OP2(esr)  FIELD(esr, 19, 17)
#define ISS_ID	      (3 << 20) /* S3_0_C0 */
#define ISS_REGISTER  0x3ffc1e
#define ISS_ACTLR_EL1 (3 << 20 | 1 << 17 | 1 << 10)	       /* S3_0_C1_C0_1 */
#define ISS_CRN	      0x31fc00				       /* op0, op1, CRn */
#define ISS_ERRORS    (3 << 20 | 5 << 10)		       /* S3_0_C5 */
#define ISS_OS_LOCKS  (2 << 20 | 1 << 10)		       /* S2_0_C1 */
#define ISS_SGI1R_EL1 (3 << 20 | 5 << 17 | 12 << 10 | 11 << 1) /* S3_0_C12_C11_5 */

/*
 * Reads as zero and ignores writes: implementation defined bits of ACTLR_EL1, which CPUs may share;
 * error records, ERRIDR_EL1 to ERXMISC3_EL1 (C5_C3 to C5_C5), of a common cache for instance; the
 * locks of an operating system's debug registers, which it opens when it starts, and their power
 * control.
 */
static bool is_withheld(u64 esr)
{
	return (esr & ISS_REGISTER) == ISS_ACTLR_EL1 || (esr & ISS_CRN) == ISS_OS_LOCKS ||
	       ((esr & ISS_CRN) == ISS_ERRORS && ISS_CRM(esr) - 3 <= 2);
}

static __noinline void other_register(struct regs *regs, u64 esr, u64 rt, u64 value)
{
	bool write = !(esr & ISS_READ);

	if (!gicv3_sysreg(this_cpu()->cell, (u32)esr, &value, write)) {
		count_exit(this_cpu(), CB_EXIT_SYSREG);
		if ((esr & ISS_CRN) == ISS_ID && !write) {
			value = cell_id_register(ISS_CRM(esr), ISS_OP2(esr));
		} else if (is_withheld(esr)) {
			value = 0;
		} else {
			inject_undefined();
			return;
		}
	}
	if (!write)
		regs->x[rt] = value;
	skip_a64(exit_regs());
}

static void system_register(struct regs *regs, u64 esr)
{
	u64 rt = FIELD(esr, 9, 5), value = guest_register(regs, rt);

	if ((esr & (ISS_REGISTER | ISS_READ)) != ISS_SGI1R_EL1) {
		other_register(regs, esr, rt, value);
		return;
	}
	count_exit(this_cpu(), CB_EXIT_SGI);
	gicv3_send_sgi(this_cpu()->cell, value);
	skip_a64(exit_regs());
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
