/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Marks a phase for the plugin of the bench (tests/bench/el2count.c) by an instruction that does
 * nothing and causes no exit. Phase 0 ends the one before.
 */
#ifndef INMATE_BENCH_H
#define INMATE_BENCH_H

#define BENCH_PHASES 256

/* Two instructions for each phase, since its number is an immediate. */
asm("	.text\n"
    "	.balign 8\n"
    "bench_marks:\n"
    "	.set bench_phase, 0\n"
    "	.rept 256\n"
    "	movz xzr, #(0xcb00 + bench_phase)\n"
    "	ret\n"
    "	.set bench_phase, bench_phase + 1\n"
    "	.endr\n");

static inline void bench_mark(unsigned int phase)
{
	extern const char bench_marks[] __attribute__((visibility("hidden")));
	void (*mark)(void) = (void (*)(void))(bench_marks + 8 * (phase % BENCH_PHASES));

	mark();
}

#endif
