// SPDX-License-Identifier: GPL-2.0-only
/* The instruction behind the one that trapped: arch/arm64/skip.c, and skip_instruction() of cpu.h.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <arch/guest.h>

#include "harness.h"

#define PC	    0x8000UL
#define IL	    BIT(25)
#define SS	    BIT(21)
#define EL0_A64	    0UL
#define EL0_A32	    0x10UL
#define EL0_T32	    0x30UL
#define NZCVQ	    (0x1fUL << 27)
#define GE	    (0xfUL << 16)
#define SPSR_IT(it) (((it) >> 2 & 0x3fUL) << 10 | ((it)&3UL) << 25)

static struct regs regs;
static u64 esr;

u64 host_sysreg_read(const char *name)
{
	assert_string_equal(name, "esr_el2");
	return esr;
}

void host_sysreg_write(const char *name, u64 value)
{
	fail_msg("%s = %lx", name, value);
}

static void after(u64 spsr, u64 syndrome)
{
	regs = (struct regs){ .elr = PC, .spsr = spsr };
	esr = syndrome;
	skip_instruction(&regs.call);
}

static void test_length(void **state)
{
	(void)state;
	after(EL0_A64, IL);
	assert_int_equal(regs.elr, PC + 4);
	after(EL0_A32, IL);
	assert_int_equal(regs.elr, PC + 4);
	after(EL0_T32, IL);
	assert_int_equal(regs.elr, PC + 4);
	after(EL0_T32, 0);
	assert_int_equal(regs.elr, PC + 2);
}

/* ITE EQ and so on: the condition's lowest bit and the mask move up (F1.2.2). */
static void test_it_block_advances(void **state)
{
	static const struct {
		u64 before, after;
	} rows[] = {
		{ 0, 0 },	{ 0x08, 0 }, /* IT EQ: the only one */
		{ 0x18, 0 },		     /* IT NE */
		{ 0x04, 0x08 },		     /* ITT EQ: the first of two */
		{ 0x0c, 0x18 },		     /* ITE EQ: the other condition is next */
		{ 0xe1, 0xe2 },		     /* ITTTT AL */
		{ 0xe2, 0xe4 }, { 0xb5, 0xaa },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		after(NZCVQ | GE | EL0_T32 | SPSR_IT(rows[i].before), 0);
		assert_int_equal(regs.spsr, NZCVQ | GE | EL0_T32 | SPSR_IT(rows[i].after));
	}
}

/* Bits 15 to 10 mean something else in AArch64. */
static void test_aarch64_keeps_its_state(void **state)
{
	(void)state;
	after(EL0_A64 | BIT(12) | NZCVQ, 0);
	assert_int_equal(regs.spsr, EL0_A64 | BIT(12) | NZCVQ);
	assert_int_equal(regs.elr, PC + 4);
}

static void test_step_is_taken(void **state)
{
	(void)state;
	after(EL0_A64 | SS, IL);
	assert_int_equal(regs.spsr, EL0_A64);
	after(EL0_T32 | SS, 0);
	assert_int_equal(regs.spsr, EL0_T32);
	assert_int_equal(regs.elr, PC + 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_length),
		cmocka_unit_test(test_it_block_advances),
		cmocka_unit_test(test_aarch64_keeps_its_state),
		cmocka_unit_test(test_step_is_taken),
	};

	return run_hv_tests(tests);
}
