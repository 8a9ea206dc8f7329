// SPDX-License-Identifier: GPL-2.0-only
/*
 * Attacks by hypercalls, SMCs and PSCI.
 */
#include <gic.h>
#include <hypercall.h>
#include <inmate.h>
#include <sysreg.h>
#include "hostile.h"

/* --- calls ------------------------------------------------------------------------------- */

#define PSCI_64(n)	 (0xc4000000u | (n))
#define PSCI_CPU_SUSPEND 1
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

/* Mitigations of errata go a way of their own: one exit each, and no register but x0 to x3. */
static void workarounds(const struct attempt *attempt)
{
	static const uint32_t functions[] = { 0x80008000, 0x80007fff, 0x80003fff };
	struct smccc regs, before;
	uint64_t exits, now;
	unsigned int i, n;

	for (i = 0; i < 1000; i++) {
		randomize(&regs);
		regs.x[0] = random64() << 32 | functions[i % ARRAY_SIZE(functions)];
		before = regs;
		hypercall_info(CB_INFO_EXITS, &exits);
		call(attempt, &regs);
		hypercall_info(CB_INFO_EXITS, &now);
		if (now - exits != 2)
			breach("%lu exits by 0x%lx", now - exits, before.x[0]);
		for (n = 4; n < ARRAY_SIZE(regs.x); n++)
			if (regs.x[n] != before.x[n])
				breach("0x%lx changes x%u", before.x[0], n);
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
	{ "HVC of workarounds", RETURNS, workarounds, 0, 0, "" },
	{ "SMC of workarounds", RETURNS, workarounds, 0, 1, "" },
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

void call_psci(const struct attempt *attempt)
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

const struct attack call_attacks[] = {
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
};
const unsigned int nr_call_attacks = ARRAY_SIZE(call_attacks);
