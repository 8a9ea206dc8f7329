// SPDX-License-Identifier: GPL-2.0-only
/*
 * Decoding of loads and stores (core/insn.c) against the assembler: insn_table.h has each
 * form with what its mnemonic says. All words of the load/store space, but for registers and
 * immediates, are tried against the encoding tables of Arm ARM C4.1.88.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <core/insn.h>

#include "insn_table.h"
#include "stub/stub.h"

#define NR_RANDOM 1000000

static void assert_same(const struct load_store *a, const struct load_store *b, const char *text)
{
	if (a->write != b->write || a->sign_extend != b->sign_extend || a->wide != b->wide ||
	    a->size != b->size || a->nr != b->nr || a->rt[0] != b->rt[0] || a->rt[1] != b->rt[1] ||
	    a->rn != b->rn || a->writeback != b->writeback)
		fail_msg("%s", text);
}

static void test_forms_of_the_assembler_are_understood(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(accepted); i++) {
		struct load_store decoded;

		if (!decode_load_store(accepted[i].insn, &decoded))
			fail_msg("%s", accepted[i].text);
		assert_same(&decoded, &accepted[i].expected, accepted[i].text);
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

static bool is_general(u32 insn)
{
	return !FIELD(insn, 26, 26); /* V */
}

/* Load/store register: size, opc: unallocated combinations and PRFM (C4.1.88.22 to .30). */
static bool has_single_form(u32 insn)
{
	u32 size = FIELD(insn, 31, 30), opc = FIELD(insn, 23, 22);

	return is_general(insn) && !(size == 2 && opc == 3) && !(size == 3 && opc >= 2);
}

/* Write-back to a register that is transferred, or one loaded twice: UNPREDICTABLE. */
static bool is_unpredictable(u32 insn, bool writeback, bool pair, bool load)
{
	u32 rn = FIELD(insn, 9, 5), rt = FIELD(insn, 4, 0), rt2 = FIELD(insn, 14, 10);

	if (writeback && rn != 31 && (rn == rt || (pair && rn == rt2)))
		return true;
	return pair && load && rt == rt2;
}

enum verdict { REFUSE, ACCEPT, EITHER };

static enum verdict verdict_on_pair(u32 insn)
{
	u32 opc = FIELD(insn, 31, 30), mode = FIELD(insn, 24, 23);
	bool load = FIELD(insn, 22, 22);

	if (!is_general(insn) || opc == 3)
		return REFUSE;
	if (opc == 1 && (!load || mode == 0)) /* STGP; no-allocate: unallocated */
		return REFUSE;
	if (is_unpredictable(insn, mode & 1, true, load))
		return EITHER;
	return ACCEPT;
}

static enum verdict verdict_on_single(u32 insn)
{
	u32 kind = FIELD(insn, 11, 10);

	if (!has_single_form(insn))
		return REFUSE;
	if (FIELD(insn, 24, 24)) /* unsigned immediate */
		return ACCEPT;
	if (FIELD(insn, 21, 21)) /* register offset; atomics and LDRAA by kind */
		return kind == 2 && FIELD(insn, 14, 14) ? ACCEPT : REFUSE;
	if (is_unpredictable(insn, kind & 1, false, false))
		return EITHER;
	return ACCEPT;
}

static enum verdict verdict_on(u32 insn)
{
	if (FIELD(insn, 29, 27) == 5 && FIELD(insn, 25, 25) == 0)
		return verdict_on_pair(insn);
	if (FIELD(insn, 29, 27) == 7 && FIELD(insn, 25, 25) == 0)
		return verdict_on_single(insn);
	return REFUSE;
}

static void assert_verdict(u32 insn)
{
	enum verdict verdict = verdict_on(insn);
	struct load_store decoded;

	if (verdict != EITHER && decode_load_store(insn, &decoded) != (verdict == ACCEPT))
		fail_msg("%08x %s", insn, verdict == ACCEPT ? "is refused" : "is accepted");
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

	return run_stub_tests(tests);
}
