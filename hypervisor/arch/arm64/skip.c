// SPDX-License-Identifier: GPL-2.0-only
/*
 * Skipping an instruction of a process in AArch32 (guest.h): T32 has some of two bytes, and an IT
 * block goes on with its next one.
 */
#include <arch/guest.h>
#include <arch/sysreg.h>

/* ITSTATE (F1.2.2) as SPSR_EL2 has it: bits 7 to 2, then bits 1 and 0. */
#define SPSR_IT_HIGH(it) (((it) >> 2 & 0x3f) << 10)
#define SPSR_IT_LOW(it)	 (((it)&3) << 25)

static u64 advance(u64 it)
{
	return it & 7 ? (it & 0xe0) | (it << 1 & 0x1f) : 0;
}

/* regs->elr is four bytes on already. ESR_EL2 is that of the exit: nobody waits for AArch32. */
void skip_aarch32(struct call_regs *regs)
{
	u64 it = FIELD(regs->spsr, 15, 10) << 2 | FIELD(regs->spsr, 26, 25);

	if (!(read_sysreg(esr_el2) & ESR_IL))
		regs->elr -= 2;
	regs->spsr &= ~(SPSR_IT_HIGH(0xffUL) | SPSR_IT_LOW(0xffUL));
	it = advance(it);
	regs->spsr |= SPSR_IT_HIGH(it) | SPSR_IT_LOW(it);
}
