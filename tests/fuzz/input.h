/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Random numbers that a fuzzer chooses: the generators and models of tests/unit (random.h) take
 * theirs from the input, as few bytes as they need, so that a change of a byte is a change of
 * one choice. The same numbers always follow the end of the input.
 */
#ifndef FUZZ_INPUT_H
#define FUZZ_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

void input_begin(const uint8_t *data, size_t size);

/* There is something left of the input. */
bool input_left(void);

/*
 * Until input_resume() the numbers come from a generator, which starts with one number of the
 * input: for large states, whose every bit the fuzzer need not choose.
 */
void input_pause(void);
void input_resume(void);

/* Up to size bytes of the input; what is missing is zero. */
void input_bytes(void *to, size_t size);

/* What libFuzzer calls. */
int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned int seed);
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);

#endif
