// SPDX-License-Identifier: GPL-2.0-only
/*
 * Does what makes a cell exit, each kind a number of times between two marks, which
 * tests/bench counts. It prints what each took by the generic timer, too: on a board that is
 * the measurement.
 *
 * Arguments:
 *	count=N		how often each, 100 by default
 *	irq=N		SPI of this cell, whose registers are accessed; nobody raises it
 *	first=N		phase of the first kind, 1 by default; the others follow
 *	only=NAME	this kind only
 *	loop=N		executes N instructions in a loop instead, as phase "first"
 *	off		turns the cell off at the end; otherwise it stays, idle
 *
 * Each kind ends by a line "bench: phase N NAME: N times, N ticks of N Hz", all of it by
 * "bench: done from phase N".
 */
#include <atomic.h>
#include <gic.h>
#include <hypercall.h>
#include <inmate.h>
#include <sysreg.h>

#include "bench.h"

#define SGI		 1u
#define HVC_UNKNOWN	 CB_HVC(31)
#define SMC_PSCI_VERSION 0x84000000
#define SMC_UNKNOWN	 0x82000100 /* SiP service */
#define WORKAROUND	 0x80008000 /* SMCCC_ARCH_WORKAROUND_1 */
#define TIMER_PERIOD_US	 1000
#define GICD_V2_PIDR2	 0x0fe8

static uint32_t spi;
static uint64_t far;			   /* a register that traps */
static uint32_t received[INMATE_MAX_CPUS]; /* SGIs; each written by its CPU */
static uint32_t ready;			   /* CPUs that have come up, atomic */
static uint32_t ticks;			   /* timer interrupts */

static void on_sgi(uint32_t intid, void *context)
{
	(void)intid;
	(void)context;
	atomic_add(&received[cpu_id()], 1);
}

static void on_timer(uint32_t intid, void *context)
{
	(void)intid;
	(void)context;
	timer_stop();
	atomic_add(&ticks, 1);
}

static uint64_t distributor(uint32_t reg)
{
	return gic.gicd.base + reg;
}

static void call(void (*conduit)(struct smccc *regs), uint64_t function)
{
	struct smccc regs = { { function } };

	conduit(&regs);
}

/* --- what is measured: each does it once ------------------------------------------ */

/* Takes an interrupt of the timer without waiting for it in WFI. */
static void timer_irq_cell(void)
{
	uint32_t before = atomic_load(&ticks);

	timer_set(timer_now() + timer_ticks(TIMER_PERIOD_US) / 10);
	while (atomic_load(&ticks) == before)
		;
}

static void hvc_unknown(void)
{
	call(smccc_hvc, HVC_UNKNOWN);
}

static void hvc_info(void)
{
	uint64_t value;

	hypercall_info(CB_INFO_CELL, &value);
}

static void smc_psci_version(void)
{
	call(smccc_smc, SMC_PSCI_VERSION);
}

static void smc_unknown(void)
{
	call(smccc_smc, SMC_UNKNOWN);
}

static void hvc_workaround(void)
{
	call(smccc_hvc, WORKAROUND);
}

static void smc_workaround(void)
{
	call(smccc_smc, WORKAROUND);
}

static void gicd_typer_read(void)
{
	read32(distributor(GICD_TYPER));
}

static void gicd_isenabler_read(void)
{
	read32(distributor(GICD_ISENABLER) + spi / 32 * 4);
}

static void gicd_isenabler_write(void)
{
	write32(distributor(GICD_ISENABLER) + spi / 32 * 4, 1u << spi % 32);
}

/* Four priorities, of which one is the cell's. */
static void gicd_ipriorityr_write(void)
{
	write32(distributor(GICD_IPRIORITYR) + (spi & ~3u), 0xa0a0a0a0);
}

static void gicd_route_write(void)
{
	gic_route(spi, 0);
}

static void send_and_wait(uint32_t cpus)
{
	uint32_t had[INMATE_MAX_CPUS];
	unsigned int cpu;

	for (cpu = 0; cpu < cpu_count(); cpu++)
		had[cpu] = atomic_load(&received[cpu]);
	if (cpus == ~1u)
		gic_send_sgi_others(SGI);
	else
		gic_send_sgi(SGI, cpus);
	for (cpu = 0; cpu < cpu_count(); cpu++)
		while (cpus & 1u << cpu && atomic_load(&received[cpu]) == had[cpu])
			;
}

static void sgi_self(void)
{
	send_and_wait(1u << 0);
}

static void sgi_one(void)
{
	if (cpu_count() > 1)
		send_and_wait(1u << 1);
}

static void sgi_all(void)
{
	if (cpu_count() > 1)
		send_and_wait(~1u);
}

/* The timer ends it; its interrupt is taken afterwards. */
static void wait_for_interrupt(void)
{
	uint32_t before = atomic_load(&ticks);

	irq_disable();
	timer_set(timer_now() + timer_ticks(TIMER_PERIOD_US));
	wfi();
	irq_enable();
	while (atomic_load(&ticks) == before)
		;
}

/* What is looked at last of the frames that trap. */
static void mmio_far(void)
{
	read32(far);
}

/* --- measuring ---------------------------------------------------------------------- */

static const struct {
	const char *name;
	void (*once)(void);
} kinds[] = {
	{ "timer_irq_cell", timer_irq_cell },
	{ "hvc_unknown", hvc_unknown },
	{ "hvc_info", hvc_info },
	{ "smc_psci_version", smc_psci_version },
	{ "smc_unknown", smc_unknown },
	{ "hvc_workaround", hvc_workaround },
	{ "smc_workaround", smc_workaround },
	{ "gicd_typer_read", gicd_typer_read },
	{ "gicd_isenabler_read", gicd_isenabler_read },
	{ "gicd_isenabler_write", gicd_isenabler_write },
	{ "gicd_ipriorityr_write", gicd_ipriorityr_write },
	{ "gicd_route_write", gicd_route_write },
	{ "sgi_self", sgi_self },
	{ "sgi_one", sgi_one },
	{ "sgi_all", sgi_all },
	{ "wfi", wait_for_interrupt },
	{ "mmio_far", mmio_far },
};

static void measure(unsigned int i, unsigned int first, uint64_t count)
{
	uint64_t n, start, end;

	start = timer_now();
	bench_mark(first + i);
	for (n = 0; n < count; n++)
		kinds[i].once();
	bench_mark(0);
	end = timer_now();
	printf("bench: phase %u %s: %lu times, %lu ticks of %lu Hz\n", first + i, kinds[i].name,
	       count, end - start, timer_frequency());
}

/* A round has two instructions. */
static void run_loop(unsigned int phase, uint64_t instructions)
{
	uint64_t rounds = instructions / 2, start = timer_now(), end;

	bench_mark(phase);
	asm volatile("1:	subs %0, %0, #1\n"
		     "	b.ne 1b"
		     : "+r"(rounds)
		     :
		     : "cc");
	bench_mark(0);
	end = timer_now();
	printf("bench: loop of %lu instructions, %lu ticks of %lu Hz\n", instructions, end - start,
	       timer_frequency());
}

/* Others of the cell only receive SGIs, without waiting in WFI. */
static void secondary(void)
{
	gic_enable(SGI, GIC_PRIORITY_DEFAULT, true);
	irq_enable();
	atomic_add(&ready, 1);
	for (;;)
		asm volatile("yield");
}

static bool start_others(void)
{
	unsigned int cpu;

	for (cpu = 1; cpu < cpu_count(); cpu++) {
		if (cpu_start(cpu, secondary) != PSCI_SUCCESS) {
			printf("bench: CPU %u does not start\n", cpu);
			return false;
		}
	}
	while (atomic_load(&ready) < cpu_count() - 1)
		;
	return true;
}

void inmate_main(void)
{
	uint64_t count = arg_u64("count", 100), loop = arg_u64("loop", 0);
	unsigned int i, first = (unsigned int)arg_u64("first", 1);
	char only[32];
	bool all = !arg_string("only", only, sizeof(only));

	spi = (uint32_t)arg_u64("irq", 32);
	far = gic.version == 3 ? gicv3_redistributor(cpu_mpidr(cpu_count() - 1)) + GICR_TYPER
			       : distributor(GICD_V2_PIDR2);
	irq_register(SGI, on_sgi, NULL);
	irq_register(timer_intid(), on_timer, NULL);
	gic_enable(SGI, GIC_PRIORITY_DEFAULT, true);
	gic_enable(timer_intid(), GIC_PRIORITY_DEFAULT, timer_edge());
	irq_enable();
	if (!start_others())
		return;
	if (loop)
		run_loop(first, loop);
	for (i = 0; i < ARRAY_SIZE(kinds) && !loop; i++)
		if (all || !strcmp(only, kinds[i].name))
			measure(i, first, count);
	printf("bench: done from phase %u\n", first);
	if (arg_flag("off"))
		psci_system_off();
	cpu_idle();
}
