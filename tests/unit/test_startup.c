// SPDX-License-Identifier: GPL-2.0-only
/*
 * Linux' own start-up code for EL2, run at EL1 (arch/arm64/startup.c): what is answered, what the
 * CPU executes, where it ends, and what is not understood. A model of the CPU takes the steps.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <arch/startup.h>
#include <arch/guest.h>
#include <base/model.h>

#include "harness.h"

#define ENTRY		   0x40001000UL
#define VECTORS		   0x200UL /* of EL1, as VBAR_EL1 is zero after reset */
#define LINUX_MDCR	   6UL
#define LINUX_HCR	   BIT(31)
#define LINUX_CPTR	   0x32ffUL
#define LINUX_SRE	   0xfUL

#define MSR(reg, rt)	   (0xd5000000 | (reg) << 5 | (rt))
#define MRS(reg, rt)	   (0xd5200000 | (reg) << 5 | (rt))
/* op0, op1, CRn, CRm, op2 as in the instruction */
#define REG(a, b, c, d, e) ((a) << 14 | (b) << 11 | (c) << 7 | (d) << 3 | (e))
#define CURRENT_EL	   REG(3, 0, 4, 2, 2)
#define SCTLR_EL1	   REG(3, 0, 1, 0, 0)
#define SCTLR_EL2	   REG(3, 4, 1, 0, 0)
#define HCR_EL2		   REG(3, 4, 1, 1, 0)
#define CPTR_EL2	   REG(3, 4, 1, 1, 2)
#define SPSR_EL2	   REG(3, 4, 4, 0, 0)
#define ELR_EL2		   REG(3, 4, 4, 0, 1)
#define SP_EL1		   REG(3, 4, 4, 1, 0)
#define VBAR_EL2	   REG(3, 4, 12, 0, 0)
#define SRE_EL2		   REG(3, 4, 12, 9, 5)
#define BRBCR_EL2	   REG(2, 4, 9, 0, 0)
#define SCTLR_EL12	   REG(3, 5, 1, 0, 0)
#define NOP		   0xd503201f
#define ERET		   0xd69f03e0
#define ERETAA		   0xd69f0bff

#define TDE		   BIT(8)
#define SS		   BIT(21)
#define EL1H_DAIF	   0x3c5UL
#define EL2H_DAIF	   0x3c9UL

static struct {
	struct regs exit;
	struct cpu cpu;
	struct cb_cpu_info info;
} slot;

static u64 mdcr, mdscr;
static const u32 *code;
static size_t nr_insns;
static u32 executed;

u64 host_sysreg_read(const char *name)
{
	if (!strcmp(name, "tpidr_el2"))
		return (u64)&slot.cpu;
	assert_string_equal(name, "vbar_el1");
	return 0;
}

void host_sysreg_write(const char *name, u64 value)
{
	if (!strcmp(name, "mdcr_el2"))
		mdcr = value;
	else if (!strcmp(name, "mdscr_el1"))
		mdscr = value;
	else
		fail_msg("write of %s", name);
}

static u32 steps;

/* A step is due; false, and the CPU is abandoned, if it is not understood. */
static bool step(void)
{
	u64 index = (slot.exit.elr - ENTRY) / 4;

	steps++;
	if (slot.exit.elr >= ENTRY && index < nr_insns && startup_step(&slot.exit, code[index]))
		return true;
	startup_abandon(&slot.cpu);
	return false;
}

/* One instruction of EL1's; true if another step is due. */
static bool el1_executes(void)
{
	if (!(mdscr & 1) || !(mdcr & TDE))
		return false;
	if (slot.exit.spsr & SS) {
		executed++;
		slot.exit.spsr &= ~SS;
		slot.exit.elr += 4;
	}
	return true;
}

/*
 * Starts a CPU in this code, with these registers. True if it left EL2; false if it was started
 * again.
 */
static bool run(u64 x1, u64 x2, const u32 *insns, size_t nr)
{
	code = insns;
	nr_insns = nr;
	executed = 0;
	steps = 0;
	slot.cpu = (struct cpu){ .cell = &root_cell,
				 .info = &slot.info,
				 .entry = ENTRY,
				 .traps.mdcr = LINUX_MDCR,
				 .saved.icc_sre = LINUX_SRE,
				 .linux_traps.hcr = LINUX_HCR,
				 .linux_traps.cptr = LINUX_CPTR };
	mdcr = LINUX_MDCR;
	mdscr = 0;
	slot.exit = (struct regs){ .elr = ENTRY, .spsr = startup_begin(&slot.cpu) };
	slot.exit.x[1] = x1;
	slot.exit.x[2] = x2;
	assert_int_equal(mdcr, LINUX_MDCR | TDE);
	while (el1_executes())
		if (!step())
			return false;
	return true;
}

#define RUN(x1, x2, ...) \
	run(x1, x2, (const u32[]){ __VA_ARGS__ }, sizeof((u32[]){ __VA_ARGS__ }) / 4)

/* To the address in x1 with the state in x2. */
#define LEAVE MSR(ELR_EL2, 1), MSR(SPSR_EL2, 2), ERET

static void test_goes_on_where_linux_left_to(void **state)
{
	(void)state;
	assert_true(RUN(0xffff800080001000, EL1H_DAIF | SS, NOP, MRS(CURRENT_EL, 0),
			MSR(SCTLR_EL1, 3), LEAVE));
	assert_int_equal(slot.exit.x[0], 8);
	assert_int_equal(slot.exit.elr, 0xffff800080001000);
	assert_int_equal(slot.exit.spsr, EL1H_DAIF);
	assert_int_equal(executed, 2);
	assert_int_equal(mdcr, LINUX_MDCR);
	assert_int_equal(mdscr, 0);
	/* NOP and MSR SCTLR_EL1: looked at, executed; the rest was not executed. */
	assert_int_equal(steps, 6);
}

static void test_leaves_to_nothing_but_el1(void **state)
{
	static const u64 modes[] = { EL2H_DAIF, 0x3c8, 0x3c4, 0x3c0, 0x1d3, 0x10 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(modes); i++) {
		assert_false(RUN(ENTRY, modes[i], LEAVE));
		assert_int_equal(mdcr, LINUX_MDCR);
		assert_int_equal(mdscr, 0);
	}
}

static void test_registers_have_what_linux_left(void **state)
{
	(void)state;
	assert_true(RUN(ENTRY, EL1H_DAIF, MSR(HCR_EL2, 2), MSR(CPTR_EL2, 2), MSR(SRE_EL2, 31),
			MSR(SCTLR_EL2, 2), MSR(VBAR_EL2, 2), MSR(BRBCR_EL2, 2), MRS(HCR_EL2, 3),
			MRS(CPTR_EL2, 4), MRS(SRE_EL2, 5), MRS(SCTLR_EL2, 6), MRS(BRBCR_EL2, 7),
			MSR(ELR_EL2, 1), MSR(SPSR_EL2, 2), MRS(ELR_EL2, 8), MRS(SPSR_EL2, 9),
			MRS(SPSR_EL2, 31), ERET));
	assert_int_equal(executed, 0);
	assert_int_equal(slot.exit.x[3], LINUX_HCR);
	assert_int_equal(slot.exit.x[4], LINUX_CPTR);
	assert_int_equal(slot.exit.x[5], LINUX_SRE);
	assert_int_equal(slot.exit.x[6], 0);
	assert_int_equal(slot.exit.x[7], 0);
	assert_int_equal(slot.exit.x[8], ENTRY);
	assert_int_equal(slot.exit.x[9], EL1H_DAIF);
}

/* MSR from the zero register writes zero, whatever x[31] holds. */
static void test_zero_register(void **state)
{
	(void)state;
	assert_false(
		RUN(ENTRY, EL1H_DAIF, MSR(SPSR_EL2, 2), MRS(HCR_EL2, 31), MSR(SPSR_EL2, 31), ERET));
}

/* What EL1 may do itself, it does; what it cannot, and is not known, it would find out. */
static void test_executes_what_is_none_of_el2(void **state)
{
	static const u32 insns[] = { MRS(SCTLR_EL1, 0),
				     MSR(SCTLR_EL12, 0),
				     MSR(SP_EL1, 0),
				     MSR(CURRENT_EL, 0),
				     ERETAA,
				     0xd50c8700 /* TLBI ALLE2: a SYS instruction */ };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(insns); i++) {
		const u32 program[] = { insns[i], LEAVE };

		assert_true(run(ENTRY, EL1H_DAIF, program, ARRAY_SIZE(program)));
		assert_int_equal(executed, 1);
	}
}

static void test_exception_of_el1_ends_it(void **state)
{
	(void)state;
	assert_true(RUN(ENTRY, EL1H_DAIF, LEAVE));
	mdcr = LINUX_MDCR;
	slot.exit = (struct regs){ .elr = VECTORS, .spsr = startup_begin(&slot.cpu) };
	code = (const u32[]){ NOP };
	assert_false(startup_step(&slot.exit, NOP));
	startup_abandon(&slot.cpu);
	assert_int_equal(mdcr, LINUX_MDCR);
	assert_int_equal(mdscr, 0);
}

/* The next start of the CPU is without, the one after that is not. */
static void test_is_abandoned_for_one_start(void **state)
{
	(void)state;
	assert_false(RUN(0, 0, NOP)); /* runs into what cannot be read */
	assert_true(slot.cpu.startup.abandoned);
	assert_int_equal(startup_begin(&slot.cpu), EL1H_DAIF);
	assert_int_equal(mdcr, LINUX_MDCR);
	assert_int_equal(mdscr, 0);
	startup_begin(&slot.cpu);
	assert_int_equal(mdcr, LINUX_MDCR | TDE);
}

static void test_loop_is_given_up(void **state)
{
	(void)state;
	assert_true(RUN(ENTRY, EL1H_DAIF, LEAVE));
	code = (const u32[]){ NOP };
	nr_insns = 1;
	slot.exit = (struct regs){ .elr = ENTRY, .spsr = startup_begin(&slot.cpu) };
	while (step()) {
		slot.exit.elr = ENTRY;
		assert_true(steps < 100000);
	}
	assert_true(slot.cpu.startup.abandoned);
}

/* Of another kernel that has begun without EL2. The last test: it stays so. */
static void test_all_cpus_are_at_el1_after_kexec(void **state)
{
	(void)state;
	slot.cpu.startup.abandoned = false;
	mdcr = LINUX_MDCR;
	startup_at_el1();
	assert_int_equal(startup_begin(&slot.cpu), EL1H_DAIF);
	assert_int_equal(startup_begin(&slot.cpu), EL1H_DAIF);
	assert_int_equal(mdcr, LINUX_MDCR);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_goes_on_where_linux_left_to),
		cmocka_unit_test(test_leaves_to_nothing_but_el1),
		cmocka_unit_test(test_registers_have_what_linux_left),
		cmocka_unit_test(test_zero_register),
		cmocka_unit_test(test_executes_what_is_none_of_el2),
		cmocka_unit_test(test_exception_of_el1_ends_it),
		cmocka_unit_test(test_is_abandoned_for_one_start),
		cmocka_unit_test(test_loop_is_given_up),
		cmocka_unit_test(test_all_cpus_are_at_el1_after_kexec),
	};

	return run_hv_tests(tests);
}
