/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The guest of a CPU as an exit finds it: its registers, where it goes on, and the exceptions that
 * it takes on behalf of EL2.
 */
#ifndef ARCH_GUEST_H
#define ARCH_GUEST_H

#include <base/cpu.h>

/*
 * General registers of the guest at an exit, and where it goes on. x18 to x29 are valid where
 * vectors.S saved them, as for trap_other(); x[31] may be written like the zero register, and means
 * nothing. ELR_EL2 and SPSR_EL2 do not survive an error of EL2's own accesses (fixup.h): these do.
 */
struct regs {
	u64 x[32];
	u64 elr, spsr;
};

/* The value that an instruction with Rt takes. */
static inline u64 guest_register(const struct regs *regs, u64 rt)
{
	u64 value = regs->x[rt];

	return rt == 31 ? 0 : value;
}

/* Where an exit of this CPU saved the guest's registers: its stack was empty. */
static inline struct regs *exit_regs(void)
{
	return (struct regs *)this_cpu() - 1;
}

/* Skip an instruction of A64 that trapped, as if it had been executed: so was a step of it (D2.12).
 */
static inline void skip_a64(struct regs *regs)
{
	regs->elr += 4;
	if (__builtin_expect(regs->spsr & SPSR_SS, 0))
		regs->spsr &= ~(u64)SPSR_SS;
}

/* What else there is to it in AArch32. */
void skip_aarch32(struct regs *regs);

/* The same of one that a process in AArch32 can execute, too. */
static inline void skip_instruction(struct regs *regs)
{
	skip_a64(regs);
	if (__builtin_expect(regs->spsr & SPSR_M_AARCH32, 0))
		skip_aarch32(regs);
}

/*
 * Let EL1 take an exception of class ec at the instruction that trapped. If that is the first one
 * of the handler itself, EL1 would come back with it for ever: it is not taken, and the second is
 * false.
 */
void inject_undefined(void);
bool inject_external_abort(u64 esr, bool fetch);

/* Assembly. Start the guest at ELR_EL2 with all other registers zero. */
__noreturn void guest_enter(u64 x0);
/* Leave the hypervisor for the spin table that the image has in place of the firmware's. */
__noreturn void return_to_pen(paddr_t release, u64 sctlr);
/* The syndrome of an SError that was pending, and is no more; 0: there was none. */
u64 take_serror(void);
/* Registers of FP and SIMD, and of SVE, to zero. */
void fp_reset(void);
void sve_reset(void);

#endif
