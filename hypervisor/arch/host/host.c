// SPDX-License-Identifier: GPL-2.0-only
/* The CPU, the bus and the firmware of a process that has a model of none of them (arch/host.h). */
#include <arch/host.h>

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <arch/layout.h>
#include <base/cpu.h>

#define MAX_RELAX 1000	       /* turns, of all waits of the process */
#define EL2_SPACE 0x40000000UL /* in which all of EL2's addresses lie */

__weak void host_fail(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	abort();
}

void host_broken(const char *file, int line)
{
	host_fail("%s:%d is broken", file, line);
}

/* ---- What nobody has a model of ---- */

__weak u64 host_io_read(uintptr_t address, size_t size)
{
	host_fail("reads %zu bytes of a device at %#" PRIxPTR, size, address);
}

__weak void host_io_write(uintptr_t address, size_t size, u64 value)
{
	host_fail("writes %#" PRIx64 " of %zu bytes to a device at %#" PRIxPTR, value, size,
		  address);
}

__weak void host_wfi(void)
{
	host_fail("waits for an interrupt");
}

__weak void host_tlb_flush(u64 vttbr)
{
	(void)vttbr;
}

__weak void smc_call(u64 *x)
{
	host_fail("calls the firmware's %#" PRIx64, x[0]);
}

__weak void smc_forward(u64 *x)
{
	smc_call(x);
}

/* ---- Which CPU this is ---- */

static struct cpu first_one;
static u64 tpidr = (u64)&first_one;

__weak u64 host_sysreg_read(const char *name)
{
	if (strcmp(name, "tpidr_el2") != 0)
		host_fail("reads %s", name);
	return tpidr;
}

__weak void host_sysreg_write(const char *name, u64 value)
{
	if (strcmp(name, "tpidr_el2") != 0)
		host_fail("writes %#" PRIx64 " to %s", value, name);
	tpidr = value;
}

/* ---- Time ---- */

void (*host_other_cpu)(void);

void host_relax(void)
{
	static u32 times;

	if (host_other_cpu)
		host_other_cpu();
	if (++times > MAX_RELAX)
		host_fail("waits for a lock or a register for ever");
}

/* ---- Space ---- */

unsigned long host_base;

/* Nothing is there until host_map(). */
static __attribute__((constructor)) void set_aside(void)
{
	void *at = mmap(NULL, EL2_SPACE + SZ_2M, PROT_NONE,
			MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (at == MAP_FAILED)
		host_fail("no room for EL2's addresses, %lu bytes: %s", EL2_SPACE, strerror(errno));
	host_base = ALIGN_UP((u64)at, SZ_2M);
}

void host_map(u64 virt, u64 size)
{
	const int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED;

	if (virt - HV_BASE >= EL2_SPACE || size > EL2_SPACE - (virt - HV_BASE))
		host_fail("%#" PRIx64 " bytes at %#" PRIx64 " are not EL2's", size, virt);
	if (mmap((void *)virt, size, PROT_READ | PROT_WRITE, flags, -1, 0) == MAP_FAILED)
		host_fail("no memory for %#" PRIx64 " bytes: %s", size, strerror(errno));
}

void host_map_cpus(u32 nr)
{
	for (u32 id = 0; id < nr; id++)
		host_map(CPU_SLOTS + ((u64)id << CPU_SLOT_SHIFT) + CPU_SLOT_STACK, PAGE_SIZE);
}
