// SPDX-License-Identifier: GPL-2.0-only
/*
 * Decoding of loads and stores (arch/arm64/insn.c) against the assembler: insn_table.h has each
 * form with what its mnemonic says. All words of the load/store space, but for registers and
 * immediates, are tried against the encoding diagrams of insn_model.c.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <arch/insn.h>

#include "insn_model.h"
#include "insn_table.h"
#include "harness.h"

#define NR_RANDOM 1000000

static void test_forms_of_the_assembler_are_understood(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(accepted); i++) {
		struct load_store decoded;

		if (!decode_load_store(accepted[i].insn, &decoded))
			fail_msg("%s", accepted[i].text);
		if (!is_same_load_store(&decoded, &accepted[i].expected))
			fail_msg("%s", accepted[i].text);
	}
}

static void test_other_instructions_are_refused(void **state)
{
	struct load_store decoded;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(refused); i++)
		if (decode_load_store(refused[i].insn, &decoded))
			fail_msg("%s", refused[i].text);
}

/* ---- All encodings ---- */

static void assert_verdict(u32 insn)
{
	struct load_store decoded, expected;
	enum verdict verdict = insn_model(insn, &expected);
	bool decodes = decode_load_store(insn, &decoded);

	if (verdict != EITHER && decodes != (verdict == ACCEPT))
		fail_msg("%08x %s", insn, decodes ? "is accepted" : "is refused");
	if (decodes && !is_same_load_store(&decoded, &expected))
		fail_msg("%08x is something else", insn);
}

/* Bits 31:21 and 15:10 say what an instruction is. */
static void test_all_forms_are_accepted_or_refused_rightly(void **state)
{
	(void)state;
	random_start();
	for (u32 high = 0; high < 1U << 11; high++)
		for (u32 low = 0; low < 1U << 6; low++)
			for (u32 n = 0; n < 8; n++)
				assert_verdict(high << 21 | low << 10 |
					       ((u32)random_bits() & 0x1f03ff));
}

static void test_random_words_are_accepted_or_refused_rightly(void **state)
{
	(void)state;
	random_start();
	for (u32 n = 0; n < NR_RANDOM; n++)
		assert_verdict((u32)random_bits());
}

static void test_accepted_words_are_plain(void **state)
{
	struct load_store decoded;

	(void)state;
	random_start();
	for (u32 n = 0; n < NR_RANDOM; n++) {
		if (!decode_load_store((u32)random_bits(), &decoded))
			continue;
		assert_true(decoded.nr == 1 || decoded.nr == 2);
		assert_true(decoded.size == 1 || decoded.size == 2 || decoded.size == 4 ||
			    decoded.size == 8);
		assert_true(decoded.rt[0] < 32 && decoded.rt[1] < 32 && decoded.rn < 32);
		assert_false(decoded.write && decoded.sign_extend);
		assert_true(decoded.writeback >= -512 && decoded.writeback <= 504);
	}
}

/* ---- Values ---- */

static u64 loaded(u8 size, bool sign_extend, bool wide, u64 value)
{
	const struct load_store access = { .size = size, .sign_extend = sign_extend, .wide = wide };

	return extend_load(&access, value);
}

static void test_loads_are_zero_extended(void **state)
{
	(void)state;
	assert_int_equal(loaded(1, false, false, ~0UL), 0xff);
	assert_int_equal(loaded(2, false, false, ~0UL), 0xffff);
	assert_int_equal(loaded(4, false, false, ~0UL), 0xffffffff);
	assert_int_equal(loaded(8, false, true, ~0UL), ~0UL);
}

static void test_loads_are_sign_extended(void **state)
{
	(void)state;
	assert_int_equal(loaded(1, true, true, 0x80), 0xffffffffffffff80);
	assert_int_equal(loaded(2, true, true, 0x8000), 0xffffffffffff8000);
	assert_int_equal(loaded(4, true, true, 0x80000000), 0xffffffff80000000);
	assert_int_equal(loaded(1, true, true, 0x7f), 0x7f);
	assert_int_equal(loaded(4, true, true, 0x7fffffff), 0x7fffffff);
}

static void test_sign_extension_to_w_clears_the_upper_half(void **state)
{
	(void)state;
	assert_int_equal(loaded(1, true, false, 0x80), 0xffffff80);
	assert_int_equal(loaded(2, true, false, 0xffff8000), 0xffff8000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_forms_of_the_assembler_are_understood),
		cmocka_unit_test(test_other_instructions_are_refused),
		cmocka_unit_test(test_all_forms_are_accepted_or_refused_rightly),
		cmocka_unit_test(test_random_words_are_accepted_or_refused_rightly),
		cmocka_unit_test(test_accepted_words_are_plain),
		cmocka_unit_test(test_loads_are_zero_extended),
		cmocka_unit_test(test_loads_are_sign_extended),
		cmocka_unit_test(test_sign_extension_to_w_clears_the_upper_half),
	};

	return run_hv_tests(tests);
}
