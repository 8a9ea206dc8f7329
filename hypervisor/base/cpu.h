/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the hypervisor knows of a CPU. A parked CPU waits at EL2 for a request (exit/park.c);
 * nothing else makes it move.
 */
#ifndef BASE_CPU_H
#define BASE_CPU_H

#include <arch/layout.h>
#include <arch/state.h>
#include <arch/sysreg.h>
#include <base/types.h>
#include <cellblock/public.h>

struct cell;
struct spinlock;

/* What a parked CPU can be asked to do, as bits of cpu->requests. */
#define REQUEST_STOP	BIT(0) /* leave the guest and park */
#define REQUEST_BOOT	BIT(1) /* clean the cell's memory and start its boot CPU */
#define REQUEST_START	BIT(2) /* start at cpu->entry */
#define REQUEST_CLEAR	BIT(3) /* clear the cell's memory */
#define REQUEST_RELEASE BIT(4) /* leave the hypervisor: off, by firmware */

/* What gic/ knows of a CPU. */
struct gic_cpu {
	u32 sending; /* an SGI to CPUs that the cell had: gic_move_cpus() waits for it */

	/* GICv2 */
	u8 target;  /* bit of this CPU in ITARGETSR */
	u32 bypass; /* of GICC_CTLR: the firmware's choice */

	/* GICv3 */
	paddr_t rd_phys;	  /* its redistributor */
	u8 nr_private;		  /* SGIs and PPIs, extended ones included */
	bool lpis_on;		  /* when it left the root cell, with these tables */
	u64 propbaser, pendbaser; /* as Linux wrote them */
};

/* Lies in the CPU's slot; TPIDR_EL2 points to it. */
struct cpu {
	struct linux_el2 saved;
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
	struct gic_cpu gic;
	paddr_t release; /* where it waits while there is no hypervisor; 0: Linux has it then */
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

/* Those of the CPUs that run or are about to start. Under the lock of their cell, to be of use. */
cpuset_t cpus_not_off(cpuset_t cpus);

/* The CPU with this MPIDR affinity, or nr_cpus. */
cpuid_t cpu_by_mpidr(u64 affinity);

#endif
