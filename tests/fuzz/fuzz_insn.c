// SPDX-License-Identifier: GPL-2.0-only
/*
 * Decoding of loads and stores (arch/arm64/insn.c), differential against the encoding diagrams of
 * tests/unit/insn_model.c. The input is a sequence of instructions with loaded values.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "input.h"
#include "insn_model.h"
#include "harness.h"

static void check(u32 insn, u64 value)
{
	struct load_store decoded, expected;
	enum verdict verdict = insn_model(insn, &expected);
	bool accepted = decode_load_store(insn, &decoded);

	if (verdict != EITHER)
		assert_int_equal(accepted, verdict == ACCEPT);
	if (!accepted)
		return;
	assert_true(is_same_load_store(&decoded, &expected));
	if (!decoded.write)
		assert_int_equal(extend_load(&decoded, value), loaded_value(&expected, value));
}

/* One form of the load and store space in sixteen or so is a load or store of these. */
static u32 near_the_forms(u32 insn)
{
	return (insn & ~0x3e000000U) | (insn & 0x02000000 ? 0x28000000 : 0x38000000);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	input_begin(data, size);
	while (input_left()) {
		u32 insn;
		u64 value;

		input_bytes(&insn, sizeof(insn));
		input_bytes(&value, sizeof(value));
		check(insn, value);
		check(near_the_forms(insn), value);
	}
	return 0;
}
