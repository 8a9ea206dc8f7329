// SPDX-License-Identifier: GPL-2.0-only
/*
 * What tests/bench runs in Linux.
 *
 *	bench mark PHASE	tells the plugin (el2count.c) what comes next; 0: nothing
 *	bench spin PHASE MS	marks, keeps this CPU busy, marks 0
 *	bench loop N		executes N instructions in a loop; prints the ticks that it took
 *	bench time N COMMAND	runs a shell command N times; prints the microseconds of each
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "../../inmates/bench.h"

static uint64_t microseconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

static uint64_t ticks(void)
{
	uint64_t value;

	asm volatile("isb\n\tmrs %0, cntvct_el0" : "=r"(value) : : "memory");
	return value;
}

static void spin(unsigned int phase, uint64_t milliseconds)
{
	uint64_t frequency, end;

	asm volatile("mrs %0, cntfrq_el0" : "=r"(frequency));
	end = ticks() + frequency / 1000 * milliseconds;
	bench_mark(phase);
	while (ticks() < end)
		;
	bench_mark(0);
}

/* The loop has two instructions. */
static void loop(uint64_t instructions)
{
	uint64_t frequency, start = ticks(), n = instructions / 2;

	asm volatile("1:	subs %0, %0, #1\n"
		     "	b.ne 1b"
		     : "+r"(n)
		     :
		     : "cc");
	n = ticks() - start;
	asm volatile("mrs %0, cntfrq_el0" : "=r"(frequency));
	printf("%llu ticks of %llu Hz\n", (unsigned long long)n, (unsigned long long)frequency);
}

static int time_command(unsigned int count, const char *command)
{
	while (count--) {
		uint64_t start = microseconds();
		int status = system(command);

		if (status) {
			fprintf(stderr, "bench: '%s' failed\n", command);
			return 1;
		}
		printf("%llu\n", (unsigned long long)(microseconds() - start));
	}
	return 0;
}

static int usage(void)
{
	fprintf(stderr, "usage: bench mark PHASE | spin PHASE MS | loop N | time N COMMAND\n");
	return 2;
}

int main(int argc, char **argv)
{
	if (argc == 3 && !strcmp(argv[1], "mark"))
		bench_mark((unsigned int)strtoul(argv[2], NULL, 0));
	else if (argc == 4 && !strcmp(argv[1], "spin"))
		spin((unsigned int)strtoul(argv[2], NULL, 0), strtoull(argv[3], NULL, 0));
	else if (argc == 3 && !strcmp(argv[1], "loop"))
		loop(strtoull(argv[2], NULL, 0));
	else if (argc == 4 && !strcmp(argv[1], "time"))
		return time_command((unsigned int)strtoul(argv[2], NULL, 0), argv[3]);
	else
		return usage();
	return 0;
}
