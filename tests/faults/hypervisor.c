// SPDX-License-Identifier: GPL-2.0-only
/*
 * Faults of the hypervisor's test build (make faults). The linker sends calls from one file of
 * the hypervisor to another through here (--wrap), so its sources know nothing of it.
 */
#include <arch/guest.h>
#include <base/model.h>
#include <cellblock/hypercall.h>
#include <cell/cell.h>
#include <exit/abort.h>
#include <exit/entry.h>
#include <exit/hypercall.h>
#include <exit/psci.h>
#include <exit/takeover.h>
#include <gic/gic.h>
#include <mm/el2map.h>
#include <base/pool.h>

#include "faults.h"
#include "smc.h"
#undef smc_call
#undef spin_unlock

#define PSCI_INTERNAL_FAILURE (-6L)
#define LATE_SECONDS	      6 /* later than PATIENCE_SECONDS of takeover.c */
#define OFF_SECONDS	      1 /* Linux waits a tenth of it */
#define SPSR_A		      BIT(8)

/* In place of a function, which is still there under another name. */
#define WRAP(type, name, ...)            \
	type __real_##name(__VA_ARGS__); \
	type __wrap_##name(__VA_ARGS__); \
	type __wrap_##name(__VA_ARGS__)

/* Initialized, and so part of the image, where the driver finds it. */
static struct {
	char signature[HV_FAULTS_SIGNATURE_SIZE];
	u64 counts[HV_FAULTS];
} faults = { .signature = HV_FAULTS_SIGNATURE };

static struct stash held; /* pages that HV_FAULT_POOL has taken */
static u32 lost_wake;	  /* the CPU of HV_FAULT_WAKE has been sent its SGI */

static bool is_for_cpu(enum hv_fault fault, cpuid_t cpu)
{
	return __atomic_load_n(&faults.counts[fault], __ATOMIC_ACQUIRE) == (u64)cpu + 1;
}

/* One call less until a fault; true if this is it. */
static bool is_due(enum hv_fault fault)
{
	u64 count = __atomic_load_n(&faults.counts[fault], __ATOMIC_ACQUIRE);

	while (count && !__atomic_compare_exchange_n(&faults.counts[fault], &count, count - 1,
						     false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
		;
	return count == 1;
}

static void hold_pages(u64 count)
{
	stash_drain(&held);
	if (count && count - 1 < pool_available())
		stash_fill(&held, pool_available() - (count - 1), CB_POOL_HYPERVISOR);
}

static void arm(enum hv_fault fault, u64 count)
{
	u64 old = __atomic_exchange_n(&faults.counts[fault], count, __ATOMIC_ACQ_REL);

	if (fault == HV_FAULT_POOL)
		hold_pages(count);
	/* The SGI was late, not lost. */
	if (fault == HV_FAULT_WAKE && old && exchange(&lost_wake, 0))
		gic_wake((cpuid_t)old - 1);
}

WRAP(void, hypercall_query, u64 *x)
{
	if (x[0] != CB_HVC_FAULT || this_cpu()->cell != &root_cell || x[1] >= HV_FAULTS) {
		__real_hypercall_query(x);
		return;
	}
	arm((enum hv_fault)x[1], x[2]);
	x[0] = CB_OK;
}

WRAP(void, pool_init, void *first, size_t nr_pages, size_t nr_taken, u32 *used)
{
	__real_pool_init(first, nr_pages, nr_taken, used);
	held = (struct stash){ .use = CB_POOL_HYPERVISOR };
	hold_pages(faults.counts[HV_FAULT_POOL]);
}

WRAP(void, gic_wake, cpuid_t cpu)
{
	if (is_for_cpu(HV_FAULT_WAKE, cpu))
		exchange(&lost_wake, 1);
	else
		__real_gic_wake(cpu);
}

WRAP(bool, memory_clean, paddr_t phys, size_t nr, bool clear)
{
	while (clear && this_cpu()->cell->page->cleared &&
	       is_for_cpu(HV_FAULT_CLEAR, this_cpu()->id))
		cpu_relax();
	return !(clear && is_due(HV_FAULT_NO_MEMORY)) && __real_memory_clean(phys, nr, clear);
}

/* Once, if this CPU is meant. */
static void be_late(enum hv_fault fault, u64 seconds)
{
	u64 start = read_sysreg(cntpct_el0);

	if (!is_for_cpu(fault, this_cpu()->id))
		return;
	faults.counts[fault] = 0;
	do
		isb();
	while (read_sysreg(cntpct_el0) - start < seconds * read_sysreg(cntfrq_el0));
}

WRAP(bool, takeover_enter, u64 nr, u64 sctlr, u64 *x)
{
	be_late(HV_FAULT_LATE, LATE_SECONDS);
	return __real_takeover_enter(nr, sctlr, x);
}

WRAP(bool, takeover_leave, u64 nr, struct cb_error *error)
{
	be_late(HV_FAULT_LATE, LATE_SECONDS);
	return __real_takeover_leave(nr, error);
}

WRAP(void, psci_call, u32 function, u64 *x)
{
	if (function == PSCI_CPU_OFF)
		be_late(HV_FAULT_OFF, OFF_SECONDS);
	if ((function & ~SMCCC_64) != PSCI_CPU_ON || !is_due(HV_FAULT_CPU_ON))
		__real_psci_call(function, x);
	else
		x[0] = (u64)PSCI_INTERNAL_FAILURE;
}

/* Some way into it. */
WRAP(bool, read_instruction, struct cell *cell, u32 *insn)
{
	static u32 count;

	if (is_for_cpu(HV_FAULT_STARTUP, this_cpu()->id) && ++count == 50) {
		count = 0;
		return false;
	}
	return __real_read_instruction(cell, insn);
}

#define ESR_SERROR (0x2fUL << ESR_EC_SHIFT | ESR_IL | 0x11)

/* QEMU raises no SError: EL2 takes it as the CPU would do it, from where it is not masked. */
static u64 pretend_serror(void)
{
	register u64 x0 __asm__("x0") = 0;

	write_sysreg(ESR_SERROR, esr_el2);
	write_sysreg(SPSR_EL2H_DAIF & ~SPSR_A, spsr_el2);
	__asm__ volatile("adr x1, 1f\n"
			 "msr elr_el2, x1\n"
			 "mrs x1, vbar_el2\n"
			 "add x1, x1, #0x380\n" /* current EL, SP_EL2: SError (D1.3.1.2) */
			 "br x1\n"
			 "1: msr daifset, #4\n"
			 : "+r"(x0)
			 :
			 : "x1", "memory");
	return x0;
}

WRAP(u64, take_serror, void)
{
	if (!is_for_cpu(HV_FAULT_SERROR, this_cpu()->id))
		return __real_take_serror();
	faults.counts[HV_FAULT_SERROR] = 0;
	return pretend_serror();
}

static bool is_same(const char *a, const char *b)
{
	while (*a && *a == *b)
		a++, b++;
	return *a == *b;
}

void fault_lock(const char *lock)
{
	static const char *const locks[] = { "&gic_lock", "&cell->lock", "&cell->console.lock",
					     "&s2->lock", "&cells_lock", "&pool.lock",
					     "&to->lock", "&lock" };
	bool root = this_cpu()->cell == &root_cell;
	u64 *count = &faults.counts[root ? HV_FAULT_ROOT_LOCK : HV_FAULT_LOCK];

	if (!*count || *count > ARRAY_SIZE(locks) || !is_same(lock, locks[*count - 1]))
		return;
	*count = 0;
	__asm__ volatile("udf #0");
}

bool fault_promise(u32 where)
{
	bool root = this_cpu()->cell == &root_cell;
	u64 *count = &faults.counts[root ? HV_FAULT_ROOT_PROMISE : HV_FAULT_PROMISE];

	if (*count != (u64)where + 1)
		return false;
	*count = 0;
	return true;
}

void fault_smc_call(u64 *x)
{
	if (x[0] == PSCI_CPU_OFF && is_due(HV_FAULT_FIRMWARE))
		x[0] = (u64)PSCI_DENIED;
	else
		smc_call(x);
}
