// SPDX-License-Identifier: GPL-2.0-only
/* Where the random numbers of the tests come from (random.h). A fuzzer has another source. */
#include "random.h"

#include <stdlib.h>

#define DEFAULT_SEED 1

static u64 random_state;

u64 random_seed(void)
{
	const char *text = getenv("CELLBLOCK_SEED");

	return text ? strtoull(text, NULL, 0) : DEFAULT_SEED;
}

void random_start(void)
{
	random_state = random_seed();
}

/* SplitMix64. */
u64 random_bits(void)
{
	u64 z = random_state += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

u64 random_below(u64 limit)
{
	return random_bits() % limit;
}

bool random_chance(u32 one_in)
{
	return !random_below(one_in);
}
