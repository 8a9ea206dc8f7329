/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where assembly enters C: the boot calls (entry.S), and each exit of a guest (vectors.S), with
 * what that saves of its registers (arch/guest.h).
 */
#ifndef EXIT_ENTRY_H
#define EXIT_ENTRY_H

#include <arch/guest.h>
#include <base/types.h>

/* CB_HVC_BOOT_INIT, with the MMU on; x: result registers. */
void boot_init(paddr_t phys, u64 config_offset, u64 config_size, u64 uses, u64 *x);

/* CB_HVC_BOOT_CPU; x: result registers. True if the CPU is under the hypervisor now. */
bool takeover_enter(u64 nr, u64 sctlr, u64 *x);

/* True if this CPU must leave EL2. */
bool trap_hvc(struct call_regs *regs);
void trap_smc(struct call_regs *regs);
void trap_wfx(struct call_regs *regs, u64 esr);
void trap_fiq(struct call_regs *regs);

/*
 * A data abort; false if it is to be handled by trap_other(). rt: the register that the syndrome
 * names, which is saved, too.
 */
bool trap_mmio(struct call_regs *regs, u64 esr, u64 *rt);

/* Whatever else. */
void trap_other(struct regs *regs, u64 esr);

/*
 * A synchronous exception of EL2 itself. True if it goes on behind the instruction. regs: EL2's own
 * general registers, and nothing more.
 */
bool trap_own(struct regs *regs, u64 esr);

/* An exception of EL2 that nothing is known of, by the number of its vector. */
__noreturn void trap_panic(u64 vector);

/* This CPU has left its guest for good; its stack is empty. */
__noreturn void cpu_parked(void);

#endif
