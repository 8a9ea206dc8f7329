/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the real sources of hypervisor/ need to run in a host process: the headers in
 * stub/arch, which come first in the include path, end here. Addresses are those of
 * EL2 from another base (arch/layout.h): stub_map() puts memory there.
 */
#ifndef STUB_STUB_H
#define STUB_STUB_H

#include <base/types.h>

/* Models; a test defines those that its sources call. */
u64 stub_io_read(uintptr_t address, size_t size);
void stub_io_write(uintptr_t address, size_t size, u64 value);
u64 stub_sysreg_read(const char *name);
void stub_sysreg_write(const char *name, u64 value);
void stub_wfi(void);

/* A wait that lasts too long fails the test, unless somebody is there to end it. */
void stub_relax(void);
extern void (*stub_other_cpu)(void); /* runs at each turn of a wait; NULL: there is nobody */

/* Back a part of EL2's address space with zeroed memory. */
void stub_map(u64 virt, u64 size);

/* Structures of all CPUs, at their real place. */
void stub_map_cpus(u32 nr);

/*
 * Random numbers, the same in each run unless CELLBLOCK_SEED is set in the environment. Each
 * test starts anew, so that it fails alike when it runs alone.
 */
u64 random_seed(void);
void random_start(void);
u64 random_below(u64 limit);
u64 random_bits(void);
bool random_chance(u32 one_in);

/* Run a group of tests; the seed is printed before, and again if one fails. */
#define run_stub_tests(tests) \
	(stub_prepare(), stub_finish(cmocka_run_group_tests(tests, NULL, NULL)))
void stub_prepare(void);
int stub_finish(int failed);

#endif
