// SPDX-License-Identifier: GPL-2.0-only
/*
 * A CPU between guests: parked, asked for something, started. A request is always followed
 * by the management SGI, and a parked CPU looks at its requests only after that SGI arrived:
 * so no wake-up is lost, and none is left over for a guest to see. tests/models/wakeup.pml is
 * this protocol: a change here is a change there.
 */
#include <arch/guest.h>
#include <arch/reset.h>
#include <arch/smc.h>
#include <arch/startup.h>
#include <arch/traps.h>
#include <cell/cell.h>
#include <exit/entry.h>
#include <exit/park.h>
#include <gic/gic.h>
#include <gic/request.h>
#include <base/assert.h>
#include <base/log.h>

/* The CPU leaves for the firmware, which Linux asks for it again once the hypervisor is gone. */
static __noreturn void release(const struct cpu *cpu)
{
	u64 x[4] = { PSCI_CPU_OFF };

	if (cpu->release)
		return_to_pen(cpu->release, cpu->saved.sctlr);
	smc_call(x);
	for (;;)
		wfi();
}

static void serve(struct cpu *cpu, u32 requests)
{
	if (requests & REQUEST_RELEASE)
		release(cpu);
	if (requests & REQUEST_CLEAR)
		cell_clear_memory(cpu->cell);
	if (requests & REQUEST_START)
		cpu_start(cpu->entry, cpu->context);
	if (requests & REQUEST_BOOT) {
		cell_clean_memory(cpu->cell);
		/* A stop that came meanwhile has sent its SGI, too. */
		if (!(load_acquire(&cpu->requests) & REQUEST_STOP))
			cpu_start(cpu->cell->entry, cpu->cell->argument);
	}
}

/*
 * What an access raises late stays pending while the guest masks it, and at EL2. The next owner of
 * the CPU would take it for an error of its own: Linux panics.
 */
static void drop_serror(const struct cpu *cpu)
{
	u64 esr = take_serror();

	if (esr)
		log_limited("cell %s: CPU %u: SError dropped, esr %x\n", cpu->cell->page->name,
			    (u64)cpu->id, esr);
}

void cpu_parked(void)
{
	struct cpu *cpu = this_cpu();

	must(!cpu->locks);
	drop_serror(cpu);
	reset_profiling(); /* its buffers are translated by what goes next */
	/* The tables of a cell may go while its CPUs are parked, those of the root cell stay. */
	write_sysreg(root_cell.stage2.vttbr, vttbr_el2);
	isb();
	reset_timers();
	gic_cpu_reset(cpu);
	__atomic_fetch_and(&cpu->requests, ~(u32)REQUEST_STOP, __ATOMIC_ACQ_REL);
	cell_cpu_parked(cpu);
	cpu->failed = false;
	for (;;) {
		u32 requests;

		while (!gic_acknowledge_wake(cpu))
			cpu_wait();
		requests = exchange(&cpu->requests, 0);
		if (requests & REQUEST_STOP) {
			cell_cpu_stopped(cpu);
			requests &= REQUEST_CLEAR | REQUEST_RELEASE;
		}
		serve(cpu, requests);
	}
}

void cpu_start(u64 entry, u64 context)
{
	struct cpu *cpu = this_cpu();
	struct cell *cell = cpu->cell;

	must(!cpu->locks);
	drop_serror(cpu); /* of the memory that was cleaned or cleared */
	traps_choose(cpu);
	/* Requests are made under the lock: who made those that were served has sent its SGI. */
	spin_lock(&cell->lock);
	cpu_set_power(cpu, CB_CPU_ON);
	spin_unlock(&cell->lock);
	reset_el1();
	/*
	 * Again: the owner of a parked CPU reaches its redistributor, and where two requests were
	 * served at once the second's SGI is left.
	 */
	gic_cpu_reset(cpu);
	gic_cpu_start(cpu);
	traps_write(&cpu->traps);
	write_sysreg(cell->stage2.vttbr, vttbr_el2);
	write_sysreg(entry, elr_el2);
	write_sysreg(cell == &root_cell ? startup_begin(cpu) : SPSR_EL1H_DAIF, spsr_el2);
	/*
	 * Code was written as data, by another CPU: none of it may be in this I-cache (B2.2.5).
	 * While EL2 exchanged VTTBR_EL2, an AT instruction that was only speculated may have filled
	 * the TLB with a mixture of two owners (errata 1319537 of Cortex-A57, 1319367 of A72).
	 */
	__asm__ volatile("ic iallu\n\ttlbi alle1");
	dsb(nsh);
	isb();
	guest_enter(context);
}
