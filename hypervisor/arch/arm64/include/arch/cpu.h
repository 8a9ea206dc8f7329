/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the hypervisor knows of a CPU, and how a CPU is parked, woken and given to a guest.
 * A parked CPU waits at EL2 for a request; nothing else makes it move.
 */
#ifndef ARCH_CPU_H
#define ARCH_CPU_H

#include <arch/mmu.h>
#include <arch/startup.h>
#include <arch/sysreg.h>
#include <arch/traps.h>
#include <cellblock/public.h>
#include <core/types.h>

struct cell;
struct spinlock;

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

/* What a parked CPU can be asked to do, as bits of cpu->requests. */
#define REQUEST_STOP	BIT(0) /* leave the guest and park */
#define REQUEST_BOOT	BIT(1) /* clean the cell's memory and start its boot CPU */
#define REQUEST_START	BIT(2) /* start at cpu->entry */
#define REQUEST_CLEAR	BIT(3) /* clear the cell's memory */
#define REQUEST_RELEASE BIT(4) /* leave the hypervisor: off, by firmware */

/* EL2 registers as Linux left them. */
struct linux_el2 {
	u64 sctlr; /* first, for vectors.S */
	u64 vttbr, vtcr, icc_sre, ich_vmcr;
};

/* Lies in the CPU's slot; TPIDR_EL2 points to it. */
struct cpu {
	struct linux_el2 saved; /* first, for vectors.S */
	cpuid_t id;
	struct cell *cell;	  /* owner; changes only while the CPU is parked */
	struct cb_cpu_info *info; /* public */
	u32 requests;		  /* atomic: set by any CPU, taken by this one */
	u32 power;		  /* enum cb_cpu_state; changes under cell->lock */
	u64 entry, context;	  /* for REQUEST_START; written while PENDING */
	struct traps linux_traps; /* as Linux left them */
	struct traps traps;	  /* while a guest runs */
	struct startup startup;	  /* of a CPU of Linux, until it is at EL1 */
	struct spinlock *locks;	  /* that this CPU holds, the last one first */
	bool failed;		  /* it took an exception in EL2 */
	u32 sending;	  /* an SGI to CPUs that the cell had: gic_move_cpus() waits for it */
	u64 gic_state[4]; /* for the GIC driver */
	paddr_t gicr_phys;
	paddr_t release; /* where it waits while there is no hypervisor; 0: Linux has it then */
	u8 gic_target;	 /* GICv2: bit of this CPU in ITARGETSR */
	u8 nr_private;	 /* GICv3: SGIs and PPIs, extended ones included */
	u8 window_used;	 /* pages mapped in the window */
};

extern u32 nr_cpus;
extern u64 boot_mpidrs[CB_MAX_CPUS]; /* affinity by CPU number */

static inline struct cpu *cpu_of(cpuid_t id)
{
	return (struct cpu *)(CPU_SLOTS + ((u64)id << CPU_SLOT_SHIFT) + CPU_SLOT_DATA);
}

static inline struct cpu *this_cpu(void)
{
	return (struct cpu *)read_constant_sysreg(tpidr_el2);
}

/* Loads of devices that a bus has answered with an error on this CPU (fixup.h). */
static inline u32 bus_errors(void)
{
	return READ_ONCE(this_cpu()->info->errors);
}

static inline void count_exit(struct cpu *cpu, enum cb_exit reason)
{
	cpu->info->exits[reason]++;
}

/* Pages of struct cb_cpu_info, for all CPUs. */
static inline size_t cpu_info_pages(void)
{
	return ALIGN_UP(nr_cpus * CB_CPU_STRIDE, PAGE_SIZE) / PAGE_SIZE;
}

_Static_assert(sizeof(struct cpu) <= CPU_SLOT_STACK + PAGE_SIZE - CPU_SLOT_DATA, "struct cpu");

/* PSCI power state, also published; under the lock of the CPU's cell. */
static inline void cpu_set_power(struct cpu *cpu, enum cb_cpu_state state)
{
	cpu->power = state;
	cpu->info->state = state;
}

/* The CPU with this MPIDR affinity, or nr_cpus. */
cpuid_t cpu_by_mpidr(u64 affinity);

/* Ask a CPU for something and wake it if it waits; it must not be able to run its guest. */
void cpu_request(cpuid_t cpu, u32 requests);

/* Wait for an interrupt at EL2, whatever the guest did to its CPU interface. */
void cpu_wait(void);

/* Start this CPU in its cell at entry with x0 = context and every other register reset. */
__noreturn void cpu_start(u64 entry, u64 context);

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

/* Assembly. cpu_park(): leave the guest for good and wait for requests. */
__noreturn void cpu_park(void);
__noreturn void guest_enter(u64 x0);
/* Leave the hypervisor for the spin table that the image has in place of the firmware's. */
__noreturn void return_to_pen(paddr_t release, u64 sctlr);
u64 take_serror(void);
void fp_reset(void);
void sve_reset(void);

#endif
