/* SPDX-License-Identifier: GPL-2.0-only */
/* Where tests take their choices from (random.c); a fuzzer takes them from its input. */
#ifndef UNIT_RANDOM_H
#define UNIT_RANDOM_H

#include <base/types.h>

/*
 * Random numbers, the same in each run unless CELLBLOCK_SEED is set in the environment. Each
 * test starts anew, so that it fails alike when it runs alone.
 */
u64 random_seed(void);
void random_start(void);
u64 random_below(u64 limit);
u64 random_bits(void);
bool random_chance(u32 one_in);

#endif
