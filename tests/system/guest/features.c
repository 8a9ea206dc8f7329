// SPDX-License-Identifier: GPL-2.0-only
/*
 * Do the CPU features that EL2 can take away still work? Uses pointer
 * authentication, SVE and the instructions that copy memory, as far as Linux
 * says they are there, on each online CPU for some time, checks every result, and
 * lets the scheduler switch between two processes with different values meanwhile.
 * Prints, for instance,
 *
 *	features: fpsimd ok, pauth ok, sve ok (256 bits), mops absent
 *
 * with "absent" for what the CPU does not have; exits with 1 if one fails.
 *
 * usage: features [MILLISECONDS-PER-CPU]
 */
#define _GNU_SOURCE
#include <err.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <sys/auxv.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <asm/hwcap.h>

#define SVE_BYTES_MAX 256
#define SIGN_TRIES    32
#ifndef HWCAP2_MOPS
#define HWCAP2_MOPS (1UL << 43)
#endif

static int has_mops;

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static const char *fpsimd(uint64_t seed)
{
	uint64_t low, high;

	asm volatile("dup	v31.2d, %2\n"
		     "yield\n"
		     "add	v30.2d, v31.2d, v31.2d\n"
		     "yield\n"
		     "umov	%0, v30.d[0]\n"
		     "umov	%1, v30.d[1]"
		     : "=&r"(low), "=&r"(high)
		     : "r"(seed)
		     : "v30", "v31");
	return low == 2 * seed && high == 2 * seed ? NULL : "fpsimd";
}

/*
 * Sign, check that something was signed, and authenticate. A signature has few
 * bits (7 with 48-bit addresses) and may be empty: then try another modifier.
 */
static const char *pauth(uint64_t seed)
{
	uint64_t plain = (uint64_t)&pauth, modifier = seed, p, generic, again;
	int tries = 0;

	do {
		p = plain;
		modifier += 0x9e3779b97f4a7c15;
		asm volatile(".arch_extension pauth\n"
			     "pacia	%0, %1"
			     : "+r"(p)
			     : "r"(modifier));
	} while (p == plain && ++tries < SIGN_TRIES);
	if (p == plain)
		return "pauth (nothing signed)";
	asm volatile("autia	%0, %1" : "+r"(p) : "r"(modifier));
	if (p != plain)
		return "pauth (not authenticated)";
	asm volatile("pacga	%0, %1, %2" : "=r"(generic) : "r"(plain), "r"(seed));
	asm volatile("pacga	%0, %1, %2" : "=r"(again) : "r"(plain), "r"(seed));
	return generic == again ? NULL : "pauth (generic)";
}

/* paciasp and autiasp, as compilers place them. */
__attribute__((noinline, target("branch-protection=pac-ret+leaf"))) static uint64_t
signed_return(uint64_t x)
{
	asm volatile("" : "+r"(x) : : "x30");
	return x + 1;
}

static const char *sve(uint64_t seed)
{
	static __thread uint64_t vector[SVE_BYTES_MAX / 8];
	uint64_t i, count;

	asm volatile(".arch_extension sve\n"
		     "ptrue	p7.d\n"
		     "index	z31.d, %1, #3\n"
		     "add	z30.d, z31.d, z31.d\n"
		     "st1d	z30.d, p7, [%2]\n"
		     "cntd	%0"
		     : "=r"(count)
		     : "r"(seed), "r"(vector)
		     : "memory", "v30", "v31");
	for (i = 0; i < count; i++)
		if (vector[i] != 2 * (seed + 3 * i))
			return "sve";
	return NULL;
}

static const char *mops(uint64_t seed)
{
	uint64_t from[16], to[16] = { 0 }, *source = from, *destination = to;
	uint64_t size = sizeof(to);

	for (int i = 0; i < 16; i++)
		from[i] = seed + (uint64_t)i;
	asm volatile(".arch_extension mops\n"
		     "cpyfp	[%0]!, [%1]!, %2!\n"
		     "cpyfm	[%0]!, [%1]!, %2!\n"
		     "cpyfe	[%0]!, [%1]!, %2!"
		     : "+r"(destination), "+r"(source), "+r"(size)
		     :
		     : "memory", "cc");
	return memcmp(from, to, sizeof(to)) ? "mops" : NULL;
}

static const char *use_all(uint64_t seed, int has_pauth, int has_sve)
{
	const char *failed = fpsimd(seed);

	if (!failed && has_pauth)
		failed = pauth(seed);
	if (!failed && signed_return(seed) != seed + 1)
		failed = "pauth (return)";
	if (!failed && has_sve)
		failed = sve(seed);
	if (!failed && has_mops)
		failed = mops(seed);
	return failed;
}

/* Runs in a process of its own, so that keys and registers get switched. */
static int use_for(int cpu, double seconds, uint64_t seed, int has_pauth, int has_sve)
{
	double end = now() + seconds;
	const char *failed;
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		err(1, "features: CPU %d", cpu);
	do {
		for (int i = 0; i < 1000; i++) {
			failed = use_all(seed++, has_pauth, has_sve);
			if (failed) {
				printf("features: %s failed on CPU %d\n", failed, cpu);
				return 1;
			}
		}
		sched_yield();
	} while (now() < end);
	return 0;
}

static int use_on_all_cpus(double seconds, int has_pauth, int has_sve)
{
	int failures = 0, status;
	cpu_set_t online;

	if (sched_getaffinity(0, sizeof(online), &online))
		err(1, "features: affinity");
	for (int cpu = 0; cpu < CPU_SETSIZE; cpu++) {
		if (!CPU_ISSET(cpu, &online))
			continue;
		for (uint64_t seed = 1; seed <= 2; seed++)
			if (!fork())
				_exit(use_for(cpu, seconds, seed << 40, has_pauth, has_sve));
	}
	while (wait(&status) > 0) {
		if (WIFSIGNALED(status))
			printf("features: a process died: %s\n", strsignal(WTERMSIG(status)));
		failures += status != 0;
	}
	return failures;
}

int main(int argc, char **argv)
{
	double seconds = (argc > 1 ? strtod(argv[1], NULL) : 200) / 1e3;
	unsigned long caps = getauxval(AT_HWCAP);
	int has_pauth = (caps & HWCAP_PACA) && (caps & HWCAP_PACG);
	int has_sve = !!(caps & HWCAP_SVE);

	has_mops = !!(getauxval(AT_HWCAP2) & HWCAP2_MOPS);
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (use_on_all_cpus(seconds, has_pauth, has_sve))
		return 1;
	printf("features: fpsimd ok, pauth %s, sve ", has_pauth ? "ok" : "absent");
	if (has_sve)
		printf("ok (%d bits)", (prctl(PR_SVE_GET_VL) & PR_SVE_VL_LEN_MASK) * 8);
	else
		printf("absent");
	printf(", mops %s\n", has_mops ? "ok" : "absent");
	return 0;
}
