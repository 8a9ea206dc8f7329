// SPDX-License-Identifier: GPL-2.0-only
/*
 * Attacks by exceptions: returns, vectors, loops, and waiting for what does not come.
 */
#include <gic.h>
#include <hypercall.h>
#include <inmate.h>
#include <sysreg.h>
#include "hostile.h"

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

void spin(const struct attempt *attempt)
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

const struct attack exception_attacks[] = {
	{ .name = "cpu-returns", .what = "illegal exception returns", .make = make_return },
	{ .name = "cpu-vectors", .what = "vectors where there are none", .make = make_vectors },
	{ .name = "cpu-foreign-vectors",
	  .what = "vectors in memory of others",
	  .make = make_foreign_vectors },
	{ .name = "cpu-loops",
	  .what = "nested faults, no stack, endless loops",
	  TABLE(exception_loops) },
	{ .name = "cpu-waits", .what = "WFI and WFE in every state", .make = make_wait },
};
const unsigned int nr_exception_attacks = ARRAY_SIZE(exception_attacks);
