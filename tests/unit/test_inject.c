// SPDX-License-Identifier: GPL-2.0-only
/*
 * Exceptions that EL1 takes on behalf of EL2 (arch/arm64/inject.c): where the CPU goes on, in
 * which state, and what it finds in its registers (Arm ARM D1.3).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <arch/guest.h>

#include "harness.h"

#define NAME_(x)  #x
#define NAME(x)	  NAME_(x)
#define VBAR	  0x10000UL
#define PC	  0x4000UL

#define MODE_EL0  0x0UL
#define MODE_EL1T 0x4UL
#define MODE_EL1H 0x5UL
#define AARCH32	  BIT(4)
#define DAIF	  0x3c0UL
#define PAN	  BIT(22)
#define SSBS	  BIT(12)
#define TCO	  BIT(25)
#define ALLINT	  BIT(13)
#define NZCV	  (0xfUL << 28)
#define SS	  BIT(21)
#define IL	  BIT(20)

#define HAS_PAN	  BIT(20)    /* ID_AA64MMFR1_EL1.PAN */
#define HAS_MTE2  (2UL << 8) /* ID_AA64PFR1_EL1.MTE */
#define HAS_NMI	  BIT(36)    /* ID_AA64PFR1_EL1.NMI */
#define SPAN	  BIT(23)    /* SCTLR_EL1 */
#define SPINTMASK BIT(62)
#define DSSBS	  BIT(44)

static struct {
	const char *name;
	u64 value;
} registers[32];

static u64 *reg(const char *name)
{
	size_t i = 0;

	while (registers[i].name && strcmp(registers[i].name, name) != 0)
		i++;
	assert_true(i < ARRAY_SIZE(registers) - 1);
	registers[i].name = name;
	return &registers[i].value;
}

/* The CPU behind what an exit has saved. */
static struct {
	struct regs exit;
	struct cpu cpu;
} slot;

u64 host_sysreg_read(const char *name)
{
	return strcmp(name, "tpidr_el2") ? *reg(name) : (u64)&slot.cpu;
}

void host_sysreg_write(const char *name, u64 value)
{
	*reg(name) = value;
}

static void start(u64 spsr)
{
	memset(registers, 0, sizeof(registers));
	*reg("vbar_el1") = VBAR;
	slot.exit = (struct regs){ .elr = PC, .spsr = spsr };
}

static void test_handler_is_that_of_the_mode(void **state)
{
	static const struct {
		u64 spsr, offset;
	} modes[] = {
		{ MODE_EL1T, 0 }, { MODE_EL1H, 0x200 }, { MODE_EL0, 0x400 }, { AARCH32, 0x600 }
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(modes); i++) {
		start(modes[i].spsr);
		inject_undefined();
		assert_int_equal(slot.exit.elr, VBAR + modes[i].offset);
		assert_int_equal(*reg("elr_el1"), PC);
		assert_int_equal(*reg("spsr_el1"), modes[i].spsr);
		assert_int_equal(slot.exit.spsr, MODE_EL1H | DAIF);
		assert_int_equal(*reg("esr_el1"), 1UL << 25); /* EC 0, IL */
	}
}

static u64 pstate_after(u64 spsr, u64 sctlr, u64 mmfr1, u64 pfr1)
{
	start(spsr);
	*reg("sctlr_el1") = sctlr;
	*reg("id_aa64mmfr1_el1") = mmfr1;
	*reg(NAME(ID_AA64PFR1_EL1_)) = pfr1;
	inject_undefined();
	return slot.exit.spsr & ~DAIF;
}

static void test_state_of_the_handler_follows_the_extensions(void **state)
{
	(void)state;
	assert_int_equal(pstate_after(NZCV | PAN | SS | IL, SPAN, HAS_PAN, 0),
			 NZCV | PAN | MODE_EL1H);
	assert_int_equal(pstate_after(MODE_EL0, 0, HAS_PAN, 0), PAN | MODE_EL1H);
	assert_int_equal(pstate_after(MODE_EL0, SPAN, HAS_PAN, 0), MODE_EL1H);
	assert_int_equal(pstate_after(MODE_EL0, 0, 0, 0), MODE_EL1H);
	assert_int_equal(pstate_after(SSBS, 0, 0, 0), MODE_EL1H);
	assert_int_equal(pstate_after(MODE_EL0, DSSBS, 0, 0), SSBS | MODE_EL1H);
	assert_int_equal(pstate_after(MODE_EL0, 0, 0, HAS_MTE2), TCO | MODE_EL1H);
	assert_int_equal(pstate_after(MODE_EL0, 0, 0, 1UL << 8), MODE_EL1H);
	assert_int_equal(pstate_after(MODE_EL0, 0, 0, HAS_NMI), ALLINT | MODE_EL1H);
	assert_int_equal(pstate_after(MODE_EL0, SPINTMASK, 0, HAS_NMI), MODE_EL1H);
}

/* Class by the level and kind of access; WnR and IL as they were. */
static void test_external_abort_says_what_was_accessed(void **state)
{
	static const struct {
		u64 spsr;
		bool fetch;
		u64 class;
	} rows[] = { { MODE_EL0, false, 0x24 }, { MODE_EL1H, false, 0x25 },
		     { MODE_EL0, true, 0x20 },	{ MODE_EL1H, true, 0x21 },
		     { AARCH32, false, 0x24 },	{ AARCH32 | 3, true, 0x20 } };
	const u64 il = 1UL << 25, write = 1UL << 6;
	struct fault fault = { .syndrome = il | write | 0x7 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		start(rows[i].spsr);
		*reg("far_el2") = 0x1234;
		fault.fetch = rows[i].fetch;
		inject_external_abort(&fault);
		assert_int_equal(*reg("esr_el1"),
				 rows[i].class << 26 | il | (rows[i].fetch ? 0 : write) | 0x10);
		assert_int_equal(*reg("far_el1"), 0x1234);
	}
}

static void test_external_abort_of_a_walk_keeps_its_level(void **state)
{
	/* S1PTW, translation fault, level 2 */
	const struct fault fault = { .syndrome = BIT(7) | 0x6, .walk = true };

	(void)state;
	start(MODE_EL1H);
	inject_external_abort(&fault);
	assert_int_equal(*reg("esr_el1") & 0x3f, 0x16);
}

/* Nobody is sent to a vector that has just failed: it would fail for ever. */
static void test_vector_that_fails_is_not_taken_again(void **state)
{
	static const u64 modes[] = { MODE_EL1H, MODE_EL1T };
	const struct fault fault = { .syndrome = 0x7, .fetch = true };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(modes); i++) {
		u64 vector = VBAR + (modes[i] == MODE_EL1H ? 0x200 : 0);

		start(modes[i]);
		slot.exit.elr = vector;
		*reg("esr_el1") = 1, *reg("elr_el1") = 2;
		assert_false(inject_external_abort(&fault));
		assert_int_equal(slot.exit.elr, vector);
		assert_int_equal(slot.exit.spsr, modes[i]);
		assert_int_equal(*reg("esr_el1"), 1);
		assert_int_equal(*reg("elr_el1"), 2);
		slot.exit.elr = vector + 4;
		assert_true(inject_external_abort(&fault));
		assert_int_equal(slot.exit.elr, vector);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_handler_is_that_of_the_mode),
		cmocka_unit_test(test_state_of_the_handler_follows_the_extensions),
		cmocka_unit_test(test_external_abort_says_what_was_accessed),
		cmocka_unit_test(test_external_abort_of_a_walk_keeps_its_level),
		cmocka_unit_test(test_vector_that_fails_is_not_taken_again),
	};

	return run_hv_tests(tests);
}
