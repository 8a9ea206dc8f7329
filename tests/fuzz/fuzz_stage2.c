// SPDX-License-Identifier: GPL-2.0-only
/*
 * Stage-2 tables (mm/stage2.c): sequences of map, unmap and shootdown, at all widths of
 * addresses, against the list of intervals of tests/unit/stage2_model.h.
 */
#include <stdlib.h>

#include "input.h"
#include "stage2_model.h"
#include "harness.h"

#define MAX_OPERATIONS 24 /* each may touch hundreds of tables */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const unsigned int widths[] = { 32, 36, 40, 42, 44, 48 };

	input_begin(data, size);
	start(widths[random_below(ARRAY_SIZE(widths))]);
	for (u32 n = 0; n < MAX_OPERATIONS && input_left(); n++) {
		random_operation();
		assert_lookups_equal_model();
		if (random_chance(16))
			random_shootdown();
	}
	finish();
	return 0;
}
