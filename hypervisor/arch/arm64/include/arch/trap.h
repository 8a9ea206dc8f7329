/* SPDX-License-Identifier: GPL-2.0-only */
/* What happens at an exit. */
#ifndef ARCH_TRAP_H
#define ARCH_TRAP_H

#include <arch/cpu.h>
#include <cellblock/public.h>

/* A stage-2 fault: an access to what the cell has not, or not now. */
void handle_abort(struct regs *regs, u64 esr, bool fetch);

/*
 * The instruction at the program counter. False if the guest's translation of it has changed
 * meanwhile, or if it is in what nobody may execute.
 */
bool read_instruction(struct cell *cell, u32 *insn);

/* The cell did what it must not: keep a record, stop its CPUs, park this one. */
__noreturn void violation(const struct regs *regs, enum cb_crash_reason reason, u64 ipa, u64 insn);

/*
 * Let EL1 take an exception of class ec at the instruction that trapped. If that is the first one
 * of the handler itself, EL1 would come back with it for ever: it is not taken, and the second is
 * false.
 */
void inject_undefined(void);
bool inject_external_abort(u64 esr, bool fetch);

#endif
