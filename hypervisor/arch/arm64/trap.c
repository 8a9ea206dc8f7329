// SPDX-License-Identifier: GPL-2.0-only
/* Exits by exception class, calls of guests, and what ends a cell. */
#include <arch/smc.h>
#include <arch/sysreg.h>
#include <arch/trap.h>
#include <core/cell.h>
#include <core/hypercall.h>
#include <core/log.h>

/* Calls to Linux' hyp stub (its asm/virt.h). */
#define HVC_SOFT_RESTART       1
#define HVC_GET_ICH_VTR_EL2    4 /* from Linux 6.19 on */
#define HVC_STUB_END	       5
#define HVC_STUB_ERR	       0xbadca11

#define SMCCC_1_2	       0x10002
#define SMCCC_OWNER	       0x3f000000
#define SMCCC_OWNER_ARCH       0x00000000
#define SMCCC_OWNER_STANDARD   0x04000000
#define SMCCC_OWNER_VENDOR_HYP 0x06000000
#define SMCCC_FAST	       0x80000000
#define SMCCC_FAST_ZERO	       0x00fe0000

/* Entered from vectors.S. */
bool trap_hvc(struct regs *regs);
void trap_smc(struct regs *regs);
void trap_wfx(struct regs *regs, u64 esr);
void trap_fiq(struct regs *regs);
void trap_other(struct regs *regs, u64 esr);

static bool is_listed(const struct cell *cell, u32 function)
{
	const u32 *smcs = cb_config_smcs(cell->config);

	for (u32 i = 0; i < cell->config->smcs.count; i++)
		if (smcs[i] == function)
			return true;
	return false;
}

/* Mitigations of CPU errata: harmless, and needed by every guest. */
static bool is_workaround(u32 function)
{
	return function == SMCCC_ARCH_WORKAROUND_1 || function == SMCCC_ARCH_WORKAROUND_2 ||
	       function == SMCCC_ARCH_WORKAROUND_3;
}

/* PSCI, and SDEI, which registers an entry point that the firmware would enter at EL2. */
static bool is_standard(u32 function)
{
	return (function & SMCCC_OWNER) == SMCCC_OWNER_STANDARD;
}

#define NUMBER(function) ((function)&0xffff)
#define PSCI_END	 0x20
#define SDEI_END	 0x40
#define FFA_END		 0x100 /* before it TRNG and FF-A; behind it what may replace or enter EL2 */

/*
 * Numbers of fast calls that nobody has (DEN 0028, 2.5 and 6). Firmware may have PSCI 0.1 there,
 * which is older, and would start CPUs at EL2.
 */
static bool is_reserved(u32 function)
{
	u32 owner = function >> 24 & 0x3f;

	return function & SMCCC_FAST && (function & SMCCC_FAST_ZERO || (owner >= 8 && owner < 48));
}

static bool may_forward(const struct cell *cell, u32 function, const u64 *x)
{
	if (is_standard(function) && (NUMBER(function) < SDEI_END || NUMBER(function) >= FFA_END))
		return false;
	if (is_workaround(function))
		return true;
	if (cell == &root_cell)
		return !is_reserved(function);
	return is_listed(cell, function) ||
	       (function == SMCCC_ARCH_FEATURES && is_workaround((u32)x[1]));
}

/* What the list of the root cell has acts on the CPUs of all cells. */
static __noinline void forward(u64 *x, u32 function, const struct cell *cell)
{
	if (cell == &root_cell && is_listed(cell, function) && !is_workaround(function))
		firmware_call_alone(x);
	else
		firmware_call(x);
}

/* What every implementation has of the architecture's calls (DEN 0028, 7.3). */
static bool is_basic(u32 function)
{
	return function == SMCCC_VERSION || function == SMCCC_ARCH_FEATURES;
}

/* A call of the architecture's or the firmware's. PSCI and SMCCC_VERSION are the hypervisor's. */
static void standard_call(struct regs *regs)
{
	u32 function = (u32)regs->x[0] & ~SMCCC_SVE_HINT;
	u64 *x = regs->x;

	if (is_standard(function) && NUMBER(function) < PSCI_END) {
		psci_call(function, x);
	} else if (function == SMCCC_VERSION) {
		x[0] = SMCCC_1_2;
	} else if (function == SMCCC_ARCH_FEATURES && is_basic((u32)x[1])) {
		x[0] = 0;
	} else if (may_forward(this_cpu()->cell, function, x)) {
		forward(x, function, this_cpu()->cell);
	} else {
		x[0] = (u64)SMCCC_NOT_SUPPORTED;
	}
}

/*
 * The root cell's KVM or kexec, for instance: EL2 is taken, and kexec goes on at EL1. But each of
 * its CPUs that starts asks what the GIC can trap, and must hear the same as before.
 */
static __noinline void stub_call(struct regs *regs)
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

/* True if this CPU must leave EL2. */
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

	if (!gic_sysreg(this_cpu()->cell, (u32)esr, &value, write)) {
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
	gic_send_sgi(this_cpu()->cell, value);
	skip_a64(exit_regs());
}

void trap_other(struct regs *regs, u64 esr)
{
	u64 class = esr >> ESR_EC_SHIFT & 0x3f;

	if (class == ESR_EC_SYS64) {
		system_register(regs, esr);
	} else if (class == ESR_EC_DABT_LOW || class == ESR_EC_IABT_LOW) {
		handle_abort(regs, esr, class == ESR_EC_IABT_LOW);
	} else if (class == ESR_EC_STEP_LOW) {
		startup_step(regs);
	} else { /* what is trapped otherwise: SVE, SME, pointer authentication ... */
		count_exit(this_cpu(), CB_EXIT_OTHER);
		inject_undefined();
	}
}

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
