// SPDX-License-Identifier: GPL-2.0-only
/* Random numbers from the input of a fuzzer (input.h), in place of tests/unit/random.c. */
#include <stdlib.h>
#include <string.h>

#include "input.h"
#include "random.h"

static struct {
	const uint8_t *data;
	size_t left;
	bool paused;
	u64 state; /* of the generator */
} input;

/* A failed assertion of cmocka ends the process: there is no test that it could end. */
int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc, (void)argv;
	return setenv("CMOCKA_TEST_ABORT", "1", 1);
}

void input_begin(const uint8_t *data, size_t size)
{
	input.data = data;
	input.left = size;
	input.paused = false;
	input.state = 0;
}

bool input_left(void)
{
	return input.left;
}

void input_bytes(void *to, size_t size)
{
	size_t taken = size < input.left ? size : input.left;

	memset(to, 0, size);
	if (!taken)
		return;
	memcpy(to, input.data, taken);
	input.data += taken;
	input.left -= taken;
}

void input_pause(void)
{
	input_bytes(&input.state, 2);
	input.paused = true;
}

void input_resume(void)
{
	input.paused = false;
}

/* SplitMix64. */
static u64 generated(void)
{
	u64 z = input.state += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

static u64 number(size_t bytes)
{
	u64 value = 0;

	if (input.paused || !input.left)
		return generated();
	input_bytes(&value, bytes);
	return value;
}

void random_start(void)
{
}

u64 random_seed(void)
{
	return 0;
}

u64 random_bits(void)
{
	return number(8);
}

u64 random_below(u64 limit)
{
	size_t bytes = 1;

	while (bytes < 8 && (limit - 1) >> 8 * bytes)
		bytes++;
	return number(bytes) % limit;
}

bool random_chance(u32 one_in)
{
	return !random_below(one_in);
}
