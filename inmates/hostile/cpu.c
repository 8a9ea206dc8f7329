// SPDX-License-Identifier: GPL-2.0-only
/*
 * Attacks by calls, by exceptions and by the state of a CPU.
 */
#include <gic.h>
#include <hypercall.h>
#include <inmate.h>
#include <sysreg.h>
#include "hostile.h"

/* --- calls ------------------------------------------------------------------------------- */

#define PSCI(n)		 (0x84000000u | (n))
#define PSCI_64(n)	 (0xc4000000u | (n))
#define PSCI_CPU_SUSPEND 1
#define PSCI_CPU_OFF	 2
#define PSCI_CPU_ON	 3
#define PSCI_AFFINITY	 4
#define PSCI_SYSTEM_OFF	 8
#define PSCI_RESET	 9
#define OWNER_STANDARD	 4

/* What stops its caller, as it may: attempted one by one. */
static bool stops_caller(uint32_t function)
{
	uint32_t n = function & 0xffff;

	if ((function >> 24 & 0x3f) != OWNER_STANDARD)
		return false;
	return n == PSCI_CPU_SUSPEND || n == PSCI_CPU_OFF || n == PSCI_SYSTEM_OFF ||
	       n == PSCI_RESET;
}

static void randomize(struct smccc *regs)
{
	unsigned int i;

	for (i = 1; i < ARRAY_SIZE(regs->x); i++)
		regs->x[i] = random64() >> random64() % 64;
}

static void call(const struct attempt *attempt, struct smccc *regs)
{
	if (attempt->more)
		smccc_smc(regs);
	else
		smccc_hvc(regs);
}

/* Ours, of every number, with arguments that might be addresses, cells, CPUs, sizes. */
static void hypercalls(const struct attempt *attempt)
{
	uint32_t n, repeat;
	struct smccc regs;

	for (n = 0; n < 256; n++)
		for (repeat = 0; repeat < 20; repeat++) {
			randomize(&regs);
			regs.x[0] = CB_HVC(n);
			if (regs.x[0] == CB_HVC_CONSOLE_WRITE)
				regs.x[1] |= CB_CONSOLE_WRITE_MAX + 1;
			call(attempt, &regs);
			if (n >= 2 && regs.x[0] == CB_OK)
				breach("hypercall %u was carried out", n);
		}
}

/* All owners, fast and yielding, of 32 and 64 bits. */
static void owners(const struct attempt *attempt)
{
	uint32_t owner, kind, n, function;
	struct smccc regs;

	for (owner = 0; owner < 64; owner++)
		for (kind = 0; kind < 4; kind++)
			for (n = 0; n < 48; n++) {
				function =
					kind << 30 | owner << 24 | (n < 40 ? n : 0xfff0 + n - 40);
				if (stops_caller(function))
					continue;
				randomize(&regs);
				regs.x[0] = function;
				call(attempt, &regs);
			}
}

static void random_calls(const struct attempt *attempt)
{
	struct smccc regs;
	unsigned int i;

	for (i = 0; i < 20000; i++) {
		randomize(&regs);
		regs.x[0] = random64() >> random64() % 64;
		if (stops_caller((uint32_t)regs.x[0]) || regs.x[0] == CB_HVC_CONSOLE_WRITE)
			continue;
		call(attempt, &regs);
	}
}

/* Requests of root's, by immediates that nobody has defined. */
static void immediates(const struct attempt *attempt)
{
	struct smccc regs = { { CB_HVC_DISABLE, 1 } };

	(void)attempt;
	SMCCC_CALL("hvc #1", &regs);
	regs.x[0] = CB_HVC_DISABLE;
	SMCCC_CALL("hvc #0xffff", &regs);
	regs.x[0] = CB_HVC_DISABLE;
	SMCCC_CALL("smc #1", &regs);
	regs.x[0] = CB_HVC_DISABLE;
	SMCCC_CALL("smc #0xffff", &regs);
	if (regs.x[0] == CB_OK)
		breach("the hypervisor is disabled");
}

/* Linux' hyp stub: SET_VECTORS, SOFT_RESTART, RESET_VECTORS, FINALISE_EL2. */
static void stub_calls(const struct attempt *attempt)
{
	struct smccc regs;
	uint64_t n;

	(void)attempt;
	for (n = 0; n < 16; n++) {
		regs = (struct smccc){ { n, cpu_entry_point(), 0, 0 } };
		smccc_hvc(&regs);
		if (!regs.x[0])
			breach("hyp-stub call %lu was carried out", n);
	}
}

static const struct attempt calls[] = {
	{ "HVC of every hypercall", RETURNS, hypercalls, 0, 0, "" },
	{ "SMC of every hypercall", RETURNS, hypercalls, 0, 1, "" },
	{ "HVC of every owner", RETURNS, owners, 0, 0, "" },
	{ "SMC of every owner", RETURNS, owners, 0, 1, "" },
	{ "HVC at random", RETURNS, random_calls, 0, 0, "" },
	{ "SMC at random", RETURNS, random_calls, 0, 1, "" },
	{ "immediates", RETURNS, immediates, 0, 0, "" },
	{ "hyp-stub calls", RETURNS, stub_calls, 0, 0, "" },
};

/* --- PSCI ---------------------------------------------------------------------------------- */

static bool is_own(uint64_t mpidr)
{
	unsigned int i;

	for (i = 0; i < cpu_count(); i++)
		if (cpu_mpidr(i) == mpidr)
			return true;
	return false;
}

static void cpu_on_others(const struct attempt *attempt)
{
	uint64_t mpidr, n;
	struct smccc regs;
	bool wide = attempt->argument;

	for (n = 0; n < 4096; n++) {
		mpidr = n < 256 ? n : n < 512 ? (n & 0xff) << 8 : random64();
		if (is_own(mpidr) || (!wide && is_own((uint32_t)mpidr)))
			continue;
		regs = (struct smccc){ { wide ? PSCI_64(PSCI_CPU_ON) : PSCI(PSCI_CPU_ON), mpidr,
					 n & 1 ? cpu_entry_point() : random64(), random64() } };
		call(attempt, &regs);
		if (!regs.x[0])
			breach("CPU_ON of MPIDR 0x%lx", mpidr);
		regs = (struct smccc){ { PSCI_64(PSCI_AFFINITY), mpidr, 0 } };
		call(attempt, &regs);
		if ((int64_t)regs.x[0] >= 0)
			breach("AFFINITY_INFO of MPIDR 0x%lx: %lu", mpidr, regs.x[0]);
	}
}

static void cpu_on_again(const struct attempt *attempt)
{
	unsigned int cpu, i;
	int result;

	(void)attempt;
	for (i = 0; i < 100; i++)
		for (cpu = 0; cpu < cpu_count(); cpu++) {
			result = psci_cpu_on(cpu_mpidr(cpu), random64(), random64());
			if (result != PSCI_ALREADY_ON && result != PSCI_INVALID_ADDRESS)
				breach("CPU_ON of CPU %u, which is on: %d", cpu, result);
		}
}

/* What is not for cells at all: MEM_PROTECT, SYSTEM_SUSPEND, CPU_FREEZE, STAT_*, ... */
static void unsupported(const struct attempt *attempt)
{
	uint32_t n, wide;
	struct smccc regs;

	for (wide = 0; wide < 2; wide++)
		for (n = 5; n < 32; n++) {
			if (n == PSCI_SYSTEM_OFF || n == PSCI_RESET || n == 6 || n == 10)
				continue;
			randomize(&regs);
			regs.x[0] = wide ? PSCI_64(n) : PSCI(n);
			call(attempt, &regs);
			if ((int64_t)regs.x[0] >= 0 && (int32_t)regs.x[0] >= 0)
				breach("PSCI function %u: 0x%lx", n, regs.x[0]);
		}
}

static const struct attempt psci[] = {
	{ "CPU_ON and AFFINITY_INFO of others", RETURNS, cpu_on_others, 1, 0, "" },
	{ "the same by 32-bit SMC", RETURNS, cpu_on_others, 0, 1, "" },
	{ "CPU_ON of what is on", RETURNS, cpu_on_again, 0, 0, "" },
	{ "functions that cells have not", RETURNS, unsupported, 0, 0, "" },
	{ "the same by SMC", RETURNS, unsupported, 0, 1, "" },
};

#define PATIENCE_US 20000000u

/* The CPU starts where it must not: its first fetch ends the cell. */
static void cpu_on_entry(const struct attempt *attempt)
{
	uint64_t limit = timer_now() + timer_ticks(PATIENCE_US);
	int result = psci_cpu_on(cpu_mpidr(1), attempt->argument, 0);

	if (result) /* refused: good as well */
		end_cell();
	while (timer_now() < limit)
		;
}

static bool make_entry(unsigned int n, struct attempt *attempt)
{
	const char *name = "nowhere";
	static const uint64_t wild[] = { 0, 1, ~0ull, ~3ull, 1ull << 48, 1ull << 40 };

	if (cpu_count() < 2)
		return false;
	attempt->outcome = ENDS;
	attempt->run = cpu_on_entry;
	if (n < ARRAY_SIZE(wild))
		attempt->argument = wild[n];
	else if (!target(n - ARRAY_SIZE(wild), &name, &attempt->argument))
		return false;
	describe(attempt, "CPU_ON with its entry at %s, 0x%lx", name, attempt->argument);
	return true;
}

static void call_psci(const struct attempt *attempt)
{
	struct smccc regs = { { attempt->argument } };

	call(attempt, &regs);
}

static void power_off(void)
{
	struct smccc regs = { { PSCI(PSCI_CPU_OFF) } };

	smccc_smc(&regs);
}

/* With one CPU it asks for itself. */
static void cycle_power(const struct attempt *attempt)
{
	(void)attempt;
	for (;;)
		if (cpu_start(1, power_off) == PSCI_INVALID_PARAMETERS)
			psci_cpu_on(cpu_mpidr(0), cpu_entry_point(), 0);
}

static const struct attempt power[] = {
	{ "CPU_OFF of all CPUs", LOOPS, call_psci, PSCI(PSCI_CPU_OFF), 0, "" },
	{ "SYSTEM_OFF", LOOPS, call_psci, PSCI(PSCI_SYSTEM_OFF), 0, "" },
	{ "SYSTEM_OFF by SMC", LOOPS, call_psci, PSCI(PSCI_SYSTEM_OFF), 1, "" },
};

static const struct attempt power_cycles[] = {
	{ "CPU_ON and CPU_OFF without end", LOOPS, cycle_power, 0, 0, "" },
};

/* --- exceptions ---------------------------------------------------------------------------- */

/* Comes back with PSTATE.IL set: the next instruction is an exception. */
static void illegal_return(const struct attempt *attempt)
{
	uint64_t spsr, address;

	asm volatile("msr spsr_el1, %2\n"
		     "adr %1, 1f\n"
		     "msr elr_el1, %1\n"
		     "isb\n"
		     "eret\n"
		     "1: nop\n"
		     "nop"
		     : "=&r"(spsr), "=&r"(address)
		     : "r"(attempt->argument | 0x3c0)
		     : "memory");
	if (!exceptions(NULL))
		breach("returned to mode 0x%lx", attempt->argument);
}

static bool make_return(unsigned int n, struct attempt *attempt)
{
	/* EL2t, EL2h, EL3t, EL3h; reserved; AArch32 at EL1 and above */
	static const uint8_t modes[] = { 0x08, 0x09, 0x0c, 0x0d, 0x01, 0x02, 0x03,
					 0x06, 0x07, 0x0a, 0x0b, 0x0e, 0x0f, 0x11,
					 0x12, 0x13, 0x16, 0x17, 0x1a, 0x1b, 0x1f };

	if (n >= ARRAY_SIZE(modes))
		return false;
	attempt->outcome = RETURNS;
	attempt->run = illegal_return;
	attempt->argument = modes[n];
	describe(attempt, "ERET to mode 0x%x", modes[n]);
	return true;
}

static void vectors_at(const struct attempt *attempt)
{
	asm volatile("msr daifset, #0xf\n"
		     "msr vbar_el1, %0\n"
		     "isb\n"
		     "brk #0"
		     :
		     : "r"(attempt->argument & ~0x7ffull)
		     : "memory");
}

/* Where the hypervisor can tell, the cell fails; where only EL1 sees it, it loops. */
static bool make_vectors(unsigned int n, struct attempt *attempt)
{
	struct range data = { 0 };
	const char *name;
	uint64_t address;

	attempt->run = vectors_at;
	attempt->outcome = LOOPS;
	if (n == 0) {
		attempt->what = "no vectors: not mapped in stage 1";
		attempt->argument = 0x7000000000;
		return true;
	}
	if (n == 1) {
		if (!dt_named_region("data", &data))
			return false;
		attempt->outcome = ENDS;
		attempt->what = "vectors in no-execute memory";
		attempt->argument = data.base;
		return true;
	}
	if (!target(n - 2, &name, &address))
		return false;
	/* Not mapped by the library's tables either. */
	describe(attempt, "vectors at %s, 0x%lx", name, address);
	attempt->argument = address;
	return true;
}

/* The same, through a window that stage 1 agrees with. */
static void vectors_through_window(const struct attempt *attempt)
{
	struct attempt there = *attempt;

	there.argument = window(attempt->argument & ~0xfffull, 3, WINDOW_NORMAL, 0);
	vectors_at(&there);
}

static bool make_foreign_vectors(unsigned int n, struct attempt *attempt)
{
	const char *name;

	if (!target(n, &name, &attempt->argument))
		return false;
	attempt->outcome = ENDS;
	attempt->run = vectors_through_window;
	describe(attempt, "vectors in %s at 0x%lx", name, attempt->argument & ~0xffful);
	return true;
}

/* Vectors that throw the next exception: BRK in every slot. */
static uint32_t nested[512] __attribute__((aligned(2048)));

static void nested_faults(const struct attempt *attempt)
{
	struct attempt there = { .argument = (uint64_t)nested };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(nested); i++)
		nested[i] = (uint32_t)attempt->argument;
	for (i = 0; i < ARRAY_SIZE(nested); i += 4)
		asm volatile("dc cvau, %0\n dsb ish\n ic ivau, %0\n dsb ish\n isb"
			     :
			     : "r"(&nested[i])
			     : "memory");
	vectors_at(&there);
}

static void stack_at(const struct attempt *attempt)
{
	asm volatile("mov sp, %0\n stp xzr, xzr, [sp, #-16]!"
		     :
		     : "r"(attempt->argument)
		     : "memory");
}

static void stack_outside(const struct attempt *attempt)
{
	struct attempt there = { .argument = window(target_named("victim"), 3, WINDOW_NORMAL, 0) };

	(void)attempt;
	there.argument += 64;
	stack_at(&there);
}

static void spin(const struct attempt *attempt)
{
	(void)attempt;
	asm volatile("msr daifset, #0xf\n1: b 1b");
}

static void spin_unmasked(const struct attempt *attempt)
{
	(void)attempt;
	asm volatile("msr daifclr, #0xf\n1: b 1b");
}

static const struct attempt exception_loops[] = {
	{ "BRK in every vector", LOOPS, nested_faults, 0xd4200000, 0, "" },
	{ "HVC in every vector", LOOPS, nested_faults, 0xd4000002, 0, "" },
	{ "SMC in every vector", LOOPS, nested_faults, 0xd4000003, 0, "" },
	{ "ERET in every vector", LOOPS, nested_faults, 0xd69f03e0, 0, "" },
	{ "undefined instruction in every vector", LOOPS, nested_faults, 0, 0, "" },
	{ "stack where stage 1 has nothing", LOOPS, stack_at, 0x7000000000, 0, "" },
	{ "stack in the victim", ENDS, stack_outside, 0, 0, "" },
	{ "loop, all masked", LOOPS, spin, 0, 0, "" },
	{ "loop, nothing masked", LOOPS, spin_unmasked, 0, 0, "" },
};

/* --- waiting -----------------------------------------------------------------------------------
 */

enum {
	WAIT_MASKED = 1,
	WAIT_INTERFACE_OFF = 2,
	WAIT_EVENT = 4,
};

static void wait(const struct attempt *attempt)
{
	if (attempt->argument & WAIT_MASKED)
		asm volatile("msr daifset, #0xf");
	else
		asm volatile("msr daifclr, #0xf");
	if (attempt->argument & WAIT_INTERFACE_OFF) {
		if (gic.version == 2) {
			write32(gic.gicc.base + GICC_PMR, 0);
			write32(gic.gicc.base + GICC_CTLR, 0);
		} else {
			write_sysreg(ICC_PMR_EL1, 0);
			write_sysreg(ICC_IGRPEN1_EL1, 0);
			isb();
		}
	}
	for (;;)
		if (attempt->argument & WAIT_EVENT)
			wfe();
		else
			wfi();
}

static bool make_wait(unsigned int n, struct attempt *attempt)
{
	if (n >= 8)
		return false;
	attempt->outcome = LOOPS;
	attempt->run = wait;
	attempt->argument = n;
	describe(attempt, "%s, %s, interface %s", n & WAIT_EVENT ? "WFE" : "WFI",
		 n & WAIT_MASKED ? "all masked" : "nothing masked",
		 n & WAIT_INTERFACE_OFF ? "off" : "on");
	return true;
}

/* --- debug, performance, timers, FP
 * ---------------------------------------------------------------- */

#define MDSCR_SS  (1u << 0)
#define MDSCR_KDE (1u << 13)
#define MDSCR_MDE (1u << 15)
#define BCR_EL1	  (0xfu << 5 | 1u << 1 | 1u) /* BAS, PMC: EL1, E */
#define BCR_EL2	  (0xfu << 5 | 3u << 14 | 1u << 13 | 1u)
#define WCR_EL1	  (0xffu << 5 | 3u << 3 | 1u << 1 | 1u)
#define WCR_EL2	  (0xffu << 5 | 3u << 3 | 3u << 14 | 1u << 13 | 1u)

static void hypercall_often(void)
{
	uint64_t value;
	unsigned int i;

	for (i = 0; i < 200; i++)
		hypercall_info(CB_INFO_CPU, &value);
}

static void __attribute__((noinline)) stand_here(void)
{
	asm volatile("nop\n nop");
}

static uint64_t watched;

static void debug_off(void)
{
	write_sysreg(mdscr_el1, 0);
	write_sysreg(dbgbcr0_el1, 0);
	write_sysreg(dbgwcr0_el1, 0);
	asm volatile("msr daifset, #8");
	isb();
}

/* Break- and watchpoints here, and as if for EL2, which does not take part in EL1's debugging. */
static void breakpoints(const struct attempt *attempt)
{
	uint64_t foreign = attempt->argument;
	unsigned int count;

	write_sysreg(oslar_el1, 0);
	write_sysreg(dbgbvr0_el1, foreign ? foreign : (uint64_t)stand_here);
	write_sysreg(dbgbcr0_el1, foreign ? BCR_EL2 : BCR_EL1);
	write_sysreg(dbgwvr0_el1, foreign ? foreign : (uint64_t)&watched);
	write_sysreg(dbgwcr0_el1, foreign ? WCR_EL2 : WCR_EL1);
	write_sysreg(mdscr_el1, MDSCR_KDE | MDSCR_MDE);
	asm volatile("msr daifclr, #8");
	isb();
	stand_here();
	*(volatile uint64_t *)&watched = 1;
	hypercall_often();
	debug_off();
	count = exceptions(NULL);
	if (foreign && count)
		breach("%u debug exceptions", count);
}

/* Single step across calls into the hypervisor. */
static void single_step(const struct attempt *attempt)
{
	(void)attempt;
	allow_steps(2000);
	write_sysreg(oslar_el1, 0);
	write_sysreg(mdscr_el1, MDSCR_SS | MDSCR_KDE);
	asm volatile("msr daifclr, #8");
	isb();
	hypercall_often();
	debug_off();
	allow_steps(0);
	exceptions(NULL);
}

/* How many steps it takes to read a word eight times. */
static unsigned int steps_to_read(uint64_t address)
{
	allow_steps(100);
	write_sysreg(oslar_el1, 0);
	write_sysreg(mdscr_el1, MDSCR_SS | MDSCR_KDE);
	asm volatile("msr daifclr, #8");
	isb();
	asm volatile(".rept 8\n ldr wzr, [%0]\n .endr" : : "r"(address) : "memory");
	debug_off();
	allow_steps(0);
	return exceptions(NULL);
}

/* What the hypervisor does in place of an instruction is one step like any other. */
static void steps_of_accesses(const struct attempt *attempt)
{
	static uint32_t word;
	unsigned int expected = steps_to_read((uint64_t)&word);
	unsigned int steps = steps_to_read(gic.gicd.base + GICD_TYPER);

	(void)attempt;
	if (expected < 8 || steps != expected)
		breach("%u steps, and %u if nothing traps", steps, expected);
}

/* CPUs may have error records in common: a cell sees none. */
static void error_records(const struct attempt *attempt)
{
	bool ras = read_sysreg(id_aa64pfr0_el1) >> 28 & 0xf;
	uint64_t before = 0, after = 0, records;

	(void)attempt;
	if (!ras)
		return;
	hypercall_info(CB_INFO_EXITS, &before);
	records = read_sysreg(S3_0_C5_C3_0); /* ERRIDR_EL1 */
	hypercall_info(CB_INFO_EXITS, &after);
	if (exceptions(NULL) || records || after != before + 2)
		breach("%lu error records, %lu exits", records, after - before);
	write_sysreg(S3_0_C5_C3_1, 1); /* ERRSELR_EL1 */
	write_sysreg(S3_0_C5_C4_1, 0); /* ERXCTLR_EL1 */
	exceptions(NULL);
}

static void locks(const struct attempt *attempt)
{
	(void)attempt;
	write_sysreg(oslar_el1, 1);
	write_sysreg(osdlr_el1, 1);
	isb();
	hypercall_often();
	write_sysreg(osdlr_el1, 0);
	write_sysreg(oslar_el1, 0);
	exceptions(NULL);
}

#define PMCR_E	       (1u << 0)
#define PMCR_LC	       (1u << 6)
#define PMU_ALL_LEVELS 0x0f000000u /* U, NSK, NSU, NSH: EL2 is counted, if EL2 allows it */

static void performance_monitors(const struct attempt *attempt)
{
	uint64_t counters = read_sysreg(pmcr_el0) >> 11 & 0x1f, i;

	(void)attempt;
	for (i = 0; i < counters; i++) {
		write_sysreg(pmselr_el0, i);
		isb();
		write_sysreg(pmxevtyper_el0, PMU_ALL_LEVELS | 8);
		write_sysreg(pmxevcntr_el0, 0xffffff00);
	}
	write_sysreg(pmccfiltr_el0, PMU_ALL_LEVELS);
	write_sysreg(pmccntr_el0, ~0xfffull);
	write_sysreg(pmintenset_el1, 0xffffffff);
	write_sysreg(pmcntenset_el0, 0xffffffff);
	write_sysreg(pmcr_el0, PMCR_E | PMCR_LC);
	isb();
	hypercall_often();
	write_sysreg(pmcr_el0, 0);
	exceptions(NULL);
}

/* Due again and again, also while the CPU is at EL2. */
static void timers(const struct attempt *attempt)
{
	unsigned int i;

	(void)attempt;
	write_sysreg(cntkctl_el1, 0x3f7); /* events at the highest rate */
	gic_enable(timer_intid(), 0, timer_edge());
	for (i = 0; i < 200; i++) {
		timer_set(timer_now() + i % 50);
		write_sysreg(cntp_cval_el0, timer_now() + i % 70);
		write_sysreg(cntp_ctl_el0, 1);
		hypercall_often();
	}
	timer_stop();
	write_sysreg(cntp_ctl_el0, 0);
	write_sysreg(cntkctl_el1, 0);
	gic_disable(timer_intid());
	/* The hypervisor's own are not there for EL1. */
	exceptions(NULL);
	write_sysreg(S3_4_C14_C2_2, 0);	    /* CNTHP_CVAL_EL2 */
	write_sysreg(S3_4_C14_C2_1, 1);	    /* CNTHP_CTL_EL2 */
	write_sysreg(S3_4_C14_C1_0, ~0ull); /* CNTHCTL_EL2 */
	i = exceptions(NULL);
	if (i != 3)
		breach("%u of 3 registers of EL2's timer are undefined", i);
}

/* Everything on that a CPU may have: rounding, vectors of each length, keys, streaming mode. */
static void fp_state(const struct attempt *attempt)
{
	uint64_t sctlr = read_sysreg(sctlr_el1), length;

	(void)attempt;
	write_sysreg(cpacr_el1, read_sysreg(cpacr_el1) | CPACR_EL1_ZEN | CPACR_EL1_SMEN);
	isb();
	write_sysreg(fpcr, ~0ull);
	write_sysreg(fpsr, ~0ull);
	for (length = 0; length < 16; length++) {
		write_sysreg(S3_0_C1_C2_0, length); /* ZCR_EL1 */
		write_sysreg(S3_0_C1_C2_6, length); /* SMCR_EL1 */
		isb();
		asm volatile(".inst 0xd503477f" : : : "memory"); /* SMSTART */
		hypercall_often();
		asm volatile(".inst 0xd503467f" : : : "memory"); /* SMSTOP */
	}
	write_sysreg(S3_0_C2_C1_0, random64()); /* APIAKEYLO_EL1 */
	write_sysreg(S3_0_C2_C1_1, random64());
	/* EnIA stays off: code here has return addresses without signatures only if nobody asks. */
	write_sysreg(sctlr_el1, sctlr | SCTLR_EL1_ENDB | SCTLR_EL1_ENDA | SCTLR_EL1_ENIB);
	isb();
	hypercall_often();
	write_sysreg(sctlr_el1, sctlr);
	write_sysreg(fpcr, 0);
	write_sysreg(fpsr, 0);
	isb();
	exceptions(NULL);
}

/* Tags: random ones everywhere, checks on (FEAT_MTE2). */
static void tags(const struct attempt *attempt)
{
	static uint8_t own[4096] __attribute__((aligned(4096)));
	uint64_t sctlr = read_sysreg(sctlr_el1), address = (uint64_t)own, i;

	(void)attempt;
	write_sysreg(S3_0_C1_C0_6, 0);		/* GCR_EL1 */
	write_sysreg(S3_0_C1_C0_5, random64()); /* RGSR_EL1 */
	address = window((uint64_t)own, 3, WINDOW_TAGGED, 0);
	for (i = 0; i < 4096; i += 16)
		asm volatile(".arch armv8.5-a+memtag\n irg %0, %0\n stg %0, [%0]"
			     : "+r"(address)
			     :
			     : "memory");
	write_sysreg(sctlr_el1, sctlr | SCTLR_EL1_TCF_SYNC | SCTLR_EL1_ATA);
	isb();
	hypercall_often();
	write_sysreg(sctlr_el1, sctlr);
	isb();
	exceptions(NULL);
}

static void storm_of_calls(const struct attempt *attempt)
{
	unsigned int i;

	(void)attempt;
	for (i = 0; i < 100; i++)
		hypercall_often();
}

static const struct attempt features[] = {
	{ "breakpoints and watchpoints", RETURNS, breakpoints, 0, 0, "" },
	{ "break- and watchpoints for EL2", RETURNS, breakpoints, 0xff8000002000, 0, "" },
	{ "single step through hypercalls", RETURNS, single_step, 0, 0, "" },
	{ "single step through register accesses", RETURNS, steps_of_accesses, 0, 0, "" },
	{ "OS lock and double lock", RETURNS, locks, 0, 0, "" },
	{ "error records", RETURNS, error_records, 0, 0, "" },
	{ "performance monitors", RETURNS, performance_monitors, 0, 0, "" },
	{ "timers", RETURNS, timers, 0, 0, "" },
	{ "FP, SVE, SME, pointer authentication", RETURNS, fp_state, 0, 0, "" },
	{ "memory tags", RETURNS, tags, 0, 0, "" },
	{ "20,000 hypercalls", RETURNS, storm_of_calls, 0, 0, "" },
};

/* --- left behind
 * --------------------------------------------------------------------------------------- */

/* A value in each register that can keep one, in the order of inspect.c. */
static void fill_registers(void)
{
	const uint64_t secret = 0x5ec4e75ec4e7;

	write_sysreg(cpacr_el1, read_sysreg(cpacr_el1) | CPACR_EL1_ZEN | CPACR_EL1_SMEN);
	isb();
	fill_vectors(secret);
	write_sysreg(S3_0_C1_C2_0, 15); /* ZCR_EL1 */
	isb();
	fill_scalable(secret);
	write_sysreg(fpcr, 0x07000000);
	write_sysreg(fpsr, 0x1f);
	write_sysreg(sp_el0, secret);
	write_sysreg(tpidr_el0, secret);
	write_sysreg(tpidrro_el0, secret);
	write_sysreg(contextidr_el1, 0x5ec4e7);
	write_sysreg(ttbr1_el1, secret << 12);
	write_sysreg(amair_el1, secret);
	write_sysreg(esr_el1, 0x5ec4e7);
	write_sysreg(far_el1, secret);
	write_sysreg(afsr0_el1, 0x5ec4e7);
	write_sysreg(afsr1_el1, 0x5ec4e7);
	write_sysreg(par_el1, secret << 12);
	write_sysreg(spsr_el1, 0x3c5);
	write_sysreg(csselr_el1, 2);
	write_sysreg(cntkctl_el1, 0x303);
	write_sysreg(cntv_cval_el0, secret);
	write_sysreg(cntp_cval_el0, secret);
	write_sysreg(cntp_ctl_el0, 1);
	write_sysreg(oslar_el1, 0);
	write_sysreg(osdlr_el1, 1);
	write_sysreg(mdccint_el1, 3u << 29);
	write_sysreg(dbgclaimset_el1, 0xe7);
	write_sysreg(dbgbvr0_el1, secret & ~3ull);
	write_sysreg(dbgbcr0_el1, BCR_EL1);
	write_sysreg(dbgwvr0_el1, secret & ~7ull);
	write_sysreg(dbgwcr0_el1, WCR_EL1);
	write_sysreg(pmuserenr_el0, 0xf);
	write_sysreg(pmccntr_el0, secret);
	write_sysreg(pmintenset_el1, 0xffffffff);
	write_sysreg(pmcntenset_el0, 0xffffffff);
	write_sysreg(pmcr_el0, PMCR_E);
	write_sysreg(S3_0_C2_C1_0, secret); /* APIAKEYLO_EL1 to APGAKEYHI_EL1 */
	write_sysreg(S3_0_C2_C1_1, secret);
	write_sysreg(S3_0_C2_C1_2, secret);
	write_sysreg(S3_0_C2_C1_3, secret);
	write_sysreg(S3_0_C2_C2_0, secret);
	write_sysreg(S3_0_C2_C2_1, secret);
	write_sysreg(S3_0_C2_C2_2, secret);
	write_sysreg(S3_0_C2_C2_3, secret);
	write_sysreg(S3_0_C2_C3_0, secret);
	write_sysreg(S3_0_C2_C3_1, secret);
	write_sysreg(S3_0_C13_C0_7, secret); /* SCXTNUM_EL1, SCXTNUM_EL0 */
	write_sysreg(S3_3_C13_C0_7, secret);
	write_sysreg(S3_0_C1_C0_6, 0x1ffff); /* GCR_EL1, RGSR_EL1 */
	write_sysreg(S3_0_C1_C0_5, 0xabc0f);
	write_sysreg(S3_3_C13_C0_5, secret); /* TPIDR2_EL0 */
	isb();
	exceptions(NULL);
}

static void fill_and_fail(const struct attempt *attempt)
{
	(void)attempt;
	fill_registers();
	end_cell();
}

static void fill_and_spin(const struct attempt *attempt)
{
	fill_registers();
	spin(attempt);
}

static void fill_and_turn_off(const struct attempt *attempt)
{
	fill_registers();
	call_psci(attempt);
}

static const struct attempt left_behind[] = {
	{ "registers full, then a violation", ENDS, fill_and_fail, 0, 0, "" },
	{ "registers full, then a loop", LOOPS, fill_and_spin, 0, 0, "" },
	{ "registers full, then CPU_OFF", LOOPS, fill_and_turn_off, PSCI(PSCI_CPU_OFF), 0, "" },
};

const struct attack cpu_attacks[] = {
	{ .name = "cpu-calls", .what = "hypercalls, SMCs, hyp-stub calls", TABLE(calls) },
	{ .name = "cpu-psci", .what = "PSCI about CPUs of others", TABLE(psci) },
	{ .name = "cpu-entries",
	  .what = "PSCI CPU_ON with wild entry points",
	  .make = make_entry,
	  .alone = true },
	{ .name = "cpu-power", .what = "turning everything off", TABLE(power) },
	{ .name = "cpu-power-cycles",
	  .what = "CPUs on and off",
	  TABLE(power_cycles),
	  .alone = true },
	{ .name = "cpu-returns", .what = "illegal exception returns", .make = make_return },
	{ .name = "cpu-vectors", .what = "vectors where there are none", .make = make_vectors },
	{ .name = "cpu-foreign-vectors",
	  .what = "vectors in memory of others",
	  .make = make_foreign_vectors },
	{ .name = "cpu-loops",
	  .what = "nested faults, no stack, endless loops",
	  TABLE(exception_loops) },
	{ .name = "cpu-waits", .what = "WFI and WFE in every state", .make = make_wait },
	{ .name = "cpu-features", .what = "debug, performance, timers, FP", TABLE(features) },
	{ .name = "cpu-left-behind",
	  .what = "registers full when the cell ends",
	  TABLE(left_behind) },
};
const unsigned int nr_cpu_attacks = ARRAY_SIZE(cpu_attacks);
