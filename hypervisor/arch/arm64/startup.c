// SPDX-License-Identifier: GPL-2.0-only
/*
 * The start-up of a CPU of Linux as if at EL2 (startup.h), by software step (D2.12). Nothing is
 * executed at EL2 for it. Writes to registers of EL2 are ignored: Linux has set them on this CPU
 * when it booted, and they are what it was given back.
 */
#include <arch/guest.h>
#include <arch/startup.h>
#include <arch/sysreg.h>

/* Linux needs about 200. */
#define MAX_STEPS    4096

/* MRS and MSR of a register (C6.2): bits that tell them, those that name the register. */
#define IS_ACCESS(n) (((n)&0xffd00000) == 0xd5100000)
#define IS_READ(n)   ((n)&BIT(21))
#define REGISTER(n)  FIELD(n, 19, 5)
#define OP1(n)	     FIELD(n, 18, 16)
#define OP1_EL2	     4
#define RT(n)	     FIELD(n, 4, 0)
#define INSN_ERET    0xd69f03e0

/* As in bits 19 to 5 of such an instruction. */
#define NAME(op0, op1, crn, crm, op2) \
	(((op0)-2) << 14 | (op1) << 11 | (crn) << 7 | (crm) << 3 | (op2))
#define CURRENT_EL   NAME(3, 0, 4, 2, 2)
#define SP_EL1	     NAME(3, 4, 4, 1, 0)
#define ELR_EL2	     NAME(3, 4, 4, 0, 1)
#define SPSR_EL2     NAME(3, 4, 4, 0, 0)
#define HCR_EL2	     NAME(3, 4, 1, 1, 0)
#define CPTR_EL2     NAME(3, 4, 1, 1, 2)
#define SRE_EL2	     NAME(3, 4, 12, 9, 5)

#define CURRENT_EL_2 (2 << 2)
#define VECTORS_SIZE 0x800

static bool at_el1; /* set once, by the last CPU of a kernel */

void startup_at_el1(void)
{
	WRITE_ONCE(at_el1, true);
}

u64 startup_begin(struct cpu *cpu)
{
	if (READ_ONCE(at_el1) || cpu->startup.abandoned) {
		cpu->startup.abandoned = false;
		return SPSR_EL1H_DAIF;
	}
	cpu->startup.steps = MAX_STEPS;
	write_sysreg(MDSCR_EL1_SS, mdscr_el1);
	/* At EL1 whatever PSTATE.D says, since they are EL2's (D2.12.1). */
	write_sysreg(cpu->traps.mdcr | MDCR_EL2_TDE, mdcr_el2);
	return SPSR_EL1H_DAIF; /* SS is zero: a step is due before the first instruction (D2.12.4)
				*/
}

/* Linux goes on at EL1. */
static void end(struct cpu *cpu)
{
	write_sysreg(0, mdscr_el1);
	write_sysreg(cpu->traps.mdcr, mdcr_el2);
}

/* Registers that it reads to change a part of them have what it left there; the rest is zero. */
static u64 read_el2(const struct cpu *cpu, u32 name)
{
	switch (name) {
	case CURRENT_EL:
		return CURRENT_EL_2;
	case ELR_EL2:
		return cpu->startup.elr;
	case SPSR_EL2:
		return cpu->startup.spsr;
	case HCR_EL2:
		return cpu->linux_traps.hcr;
	case CPTR_EL2:
		return cpu->linux_traps.cptr;
	case SRE_EL2:
		return cpu->saved.icc_sre;
	default:
		return 0;
	}
}

static void write_el2(struct cpu *cpu, u32 name, u64 value)
{
	if (name == ELR_EL2)
		cpu->startup.elr = value;
	else if (name == SPSR_EL2)
		cpu->startup.spsr = value;
}

static bool is_el2_access(u32 insn)
{
	if (!IS_ACCESS(insn))
		return false;
	if (REGISTER(insn) == CURRENT_EL)
		return IS_READ(insn);
	return OP1(insn) == OP1_EL2 && REGISTER(insn) != SP_EL1;
}

/* Carry out what EL1 cannot do. False if it is not known, or if EL1 would find out about it. */
static bool answer(struct cpu *cpu, struct regs *regs, u32 insn)
{
	if (insn == INSN_ERET) {
		regs->elr = cpu->startup.elr;
		regs->spsr = cpu->startup.spsr & ~(u64)SPSR_SS;
		end(cpu);
		return (regs->spsr & SPSR_MODE_MASK) == SPSR_MODE_EL1H;
	}
	if (is_el2_access(insn)) {
		if (IS_READ(insn))
			regs->x[RT(insn)] = read_el2(cpu, REGISTER(insn));
		else
			write_el2(cpu, REGISTER(insn), regs->x[RT(insn)]);
		regs->elr += 4;
	} else {
		regs->spsr |= SPSR_SS; /* EL1 executes it, and the next step is due */
	}
	return true;
}

bool startup_step(struct regs *regs, u32 insn)
{
	struct cpu *cpu = this_cpu();

	/* In the vectors of EL1, which it has none of: it took an exception. */
	if (!cpu->startup.steps || regs->elr - read_sysreg(vbar_el1) < VECTORS_SIZE ||
	    !answer(cpu, regs, insn))
		return false;
	cpu->startup.steps--;
	return true;
}

void startup_abandon(struct cpu *cpu)
{
	end(cpu);
	cpu->startup.abandoned = true;
}
