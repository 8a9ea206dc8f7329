/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Linux expects that each of its CPUs starts at EL2, as those that it booted with did. It keeps in
 * mind if one does not: it has no KVM then, the next kernel begins at EL1, and from Linux 6.19 on
 * such a CPU may not come up at all. But EL2 is taken. So a CPU that the root cell starts runs at
 * EL1, one instruction at a time, and what would need EL2 is answered instead, until Linux leaves
 * it.
 */
#ifndef ARCH_STARTUP_H
#define ARCH_STARTUP_H

#include <base/types.h>

struct cpu;
struct regs;

/*
 * This CPU, which is the root cell's and has been reset, starts like that at its first instruction.
 * Returns SPSR_EL2 for it. Takes effect with the next ISB.
 */
u64 startup_begin(struct cpu *cpu);

/*
 * Linux has left for another kernel without EL2, as after a panic: that one begins at EL1, and so
 * do all CPUs that it starts, since CPUs that differ are what it does not expect.
 */
void startup_at_el1(void);

/*
 * A step is due, which only such a CPU has, at insn. False if that is not understood: then the CPU
 * is to be abandoned, and started again.
 */
bool startup_step(struct regs *regs, u32 insn);

/* The next start of this CPU is at EL1. */
void startup_abandon(struct cpu *cpu);

#endif
