// SPDX-License-Identifier: GPL-2.0-only
/*
 * Lets EL0 wait by WFI in AArch32 (SCTLR_EL1.nTWI), and sees that no instruction is lost behind it:
 * where WFI traps, the hypervisor skips it, and in T32 it has two bytes.
 *
 * Arguments:
 *	wake=MICROSECONDS	until the timer ends a WFI that does not trap; 0: never
 *
 * Prints a line for each program, and "aarch32: PASS" or "aarch32: FAIL". On bare QEMU it does
 * the same; on a CPU without AArch32 at EL0 it says so.
 */
#include <inmate.h>
#include <sysreg.h>

#define ID_AA64PFR0_EL0(pfr) ((pfr)&0xf)
#define EL0_AARCH32	     2 /* EL0 has both states */

/* AArch32 User mode with everything masked (SPSR_EL1, from AArch32). */
#define SPSR_USER_A32	     0x1d0
#define SPSR_USER_T32	     0x1f0

#define USER_PAGES	     0x10000ull /* where EL0 has its code: nobody has memory there */

#define SVC_A32		     0xef000000u
#define SVC_T32		     0xdf00u

/* What each program leaves in R0 if nothing has been lost. */
#define COMPLETE	     7u

/* It begins with all registers zero and ends with SVC. */
struct program {
	const char *name;
	uint64_t spsr;
	const void *code;
	size_t size;
};

static const uint32_t a32_wfi[] = {
	0xe3a00001, /* mov	r0, #1 */
	0xe320f003, /* wfi */
	0xe2800002, /* add	r0, r0, #2 */
	0xe320f003, /* wfi */
	0xe2800004, /* add	r0, r0, #4 */
	SVC_A32,
};
static const uint16_t t32_wfi[] = {
	0x2001, /* movs	r0, #1 */
	0xbf30, /* wfi */
	0x3002, /* adds	r0, #2 */
	0xbf30, /* wfi */
	0x3004, /* adds	r0, #4 */
	SVC_T32,
};
static const uint16_t t32_wide_wfi[] = {
	0x2001,		 /* movs	r0, #1 */
	0xf3af,	 0x8003, /* wfi.w */
	0x3002,		 /* adds	r0, #2 */
	0xf3af,	 0x8003, /* wfi.w */
	0x3004,		 /* adds	r0, #4 */
	SVC_T32,
};

/*
 * WFI in an IT block is left out: QEMU (10.0.2) hands out the IT state of the next instruction
 * where the architecture has that of WFI itself, so that nothing can be said of it there.
 */
static const struct program programs[] = {
	{ "A32 wfi", SPSR_USER_A32, a32_wfi, sizeof(a32_wfi) },
	{ "T32 wfi", SPSR_USER_T32, t32_wfi, sizeof(t32_wfi) },
	{ "T32 wfi.w", SPSR_USER_T32, t32_wide_wfi, sizeof(t32_wide_wfi) },
};

/* What SVC at EL1 enters, and where it came from. */
static uint64_t user_pc, user_spsr;
static struct regs caller;

/* Of the exception that EL0 ended with. */
static uint64_t user_esr;

static void enter_user(struct regs *regs)
{
	caller = *regs;
	*regs = (struct regs){ .elr = user_pc, .spsr = user_spsr };
}

static void leave_user(struct regs *regs, uint64_t esr)
{
	uint32_t r0 = (uint32_t)regs->x[0];

	user_esr = esr;
	*regs = caller;
	regs->x[0] = r0;
}

static bool change_level(struct regs *regs, uint64_t esr)
{
	if (regs->spsr & SPSR_AARCH32)
		leave_user(regs, esr);
	else if (ESR_EC(esr) == ESR_EC_SVC)
		enter_user(regs);
	else
		return false;
	return true;
}

static uint32_t call_user(uint64_t pc, uint64_t spsr)
{
	register uint64_t x0 asm("x0");

	user_pc = pc;
	user_spsr = spsr;
	asm volatile("svc #0" : "=r"(x0) : : "memory");
	return (uint32_t)x0;
}

static bool run(const struct program *program, uint64_t pages)
{
	uint64_t pc = mmu_map_user(pages, program->code, program->size);
	uint32_t r0;
	bool right;

	if (!pc) {
		printf("aarch32: %s: cannot be mapped\n", program->name);
		return false;
	}
	r0 = call_user(pc, program->spsr);
	right = r0 == COMPLETE && ESR_EC(user_esr) == ESR_EC_SVC_A32;
	printf("aarch32: %s: R0 %u of %u, ended by %s: %s\n", program->name, r0, COMPLETE,
	       esr_class(user_esr), right ? "right" : "WRONG");
	return right;
}

/*
 * All interrupts stay masked, so that it is pending from then on and ends each WFI. Not at once: a
 * WFI that would not wait need not trap.
 */
static void set_alarm(uint64_t microseconds)
{
	if (!microseconds)
		return;
	gic_enable(timer_intid(), GIC_PRIORITY_DEFAULT, timer_edge());
	timer_set(timer_now() + timer_ticks(microseconds));
}

void inmate_main(void)
{
	bool pass = true;
	size_t i;

	if (ID_AA64PFR0_EL0(read_sysreg(id_aa64pfr0_el1)) != EL0_AARCH32) {
		printf("aarch32: this CPU has no AArch32\n");
		cpu_park();
	}
	on_exception = change_level;
	write_sysreg(sctlr_el1, read_sysreg(sctlr_el1) | SCTLR_EL1_nTWI);
	isb();
	set_alarm(arg_u64("wake", 1000));
	for (i = 0; i < ARRAY_SIZE(programs); i++)
		pass &= run(&programs[i], USER_PAGES * (i + 1));
	printf("aarch32: %s\n", pass ? "PASS" : "FAIL");
	cpu_park();
}
