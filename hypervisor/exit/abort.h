/* SPDX-License-Identifier: GPL-2.0-only */
/* Faults of stage 2. */
#ifndef EXIT_ABORT_H
#define EXIT_ABORT_H

#include <arch/guest.h>
#include <base/model.h>

/* A stage-2 fault: an access to what the cell has not, or not now. */
void handle_abort(struct regs *regs, u64 esr, bool fetch);

/*
 * The instruction at the program counter. False if the guest's translation of it has changed
 * meanwhile, or if it is in what nobody may execute.
 */
bool read_instruction(struct cell *cell, u32 *insn);

#endif
