// SPDX-License-Identifier: GPL-2.0-only
/* What all tests of the hypervisor's own code share (stub.h). */
#include "stub.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include <base/lock.h>
#include <mm/el2map.h>

#define MAX_RELAX  1000
#define TIME_LIMIT 120 /* seconds */

void (*stub_other_cpu)(void);
struct spinlock *stub_locks;

void stub_relax(void)
{
	static u32 times;

	if (stub_other_cpu)
		stub_other_cpu();
	if (++times > MAX_RELAX)
		fail_msg("waits for a lock or a register for ever");
}

void stub_map(u64 virt, u64 size)
{
	void *at = mmap((void *)virt, size, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0);

	assert_ptr_equal(at, (void *)virt);
}

void stub_map_cpus(u32 nr)
{
	for (u32 id = 0; id < nr; id++)
		stub_map(CPU_SLOTS + ((u64)id << CPU_SLOT_SHIFT) + CPU_SLOT_STACK, PAGE_SIZE);
}

static void print_seed(void)
{
	fprintf(stderr, "CELLBLOCK_SEED=%llu\n", (unsigned long long)random_seed());
}

void stub_prepare(void)
{
	print_seed(); /* a sanitizer that ends the process gives no other chance */
	alarm(TIME_LIMIT);
}

int stub_finish(int failed)
{
	if (failed)
		print_seed();
	return failed;
}

void stub_broken(const char *file, int line)
{
	fail_msg("%s:%d is broken", file, line);
	abort();
}
