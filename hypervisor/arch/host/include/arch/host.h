/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The architecture that is a process: unit tests, fuzzers and cellcheck link base/ to exit/ as
 * libhv-host.a (../../host.mk). What the hypervisor asks of a CPU, a bus or the firmware ends in
 * the functions below. A program defines those that it has a model for. In the library each has a
 * default, which says what was asked for and ends the program, unless said otherwise.
 *
 * Types and numbers of AArch64 are the real ones: the headers here that are not complete end in
 * those of arch/arm64, and the others are taken from there.
 */
#ifndef HOST_ARCH_HOST_H
#define HOST_ARCH_HOST_H

#include <base/types.h>

#define __weak __attribute__((weak))

struct cell;

/* Registers of devices, by the address and size of the access (arch/io.h). */
u64 host_io_read(uintptr_t address, size_t size);
void host_io_write(uintptr_t address, size_t size, u64 value);

/*
 * System registers, by the names that the sources have for them (arch/sysreg.h). The default knows
 * TPIDR_EL2, which tells this_cpu(): a CPU that has nothing but its locks, until it is written.
 */
u64 host_sysreg_read(const char *name);
void host_sysreg_write(const char *name, u64 value);

/* A CPU sleeps until it is interrupted (arch/barrier.h). */
void host_wfi(void);

/* The TLBs forget a guest (arch/tlb.h). Default: no CPU walks its tables. */
void host_tlb_flush(u64 vttbr);

/* Calls of the firmware (arch/smc.h). */
void smc_call(u64 *x);
void smc_forward(u64 *x);

/* The program cannot go on. Default: the message, and abort(). */
__noreturn void host_fail(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* A promise is broken (arch/broken.h). */
__noreturn void host_broken(const char *file, int line);

/*
 * One turn of a wait for another CPU or for a register. There is one thread: a wait that lasts is
 * one for ever, and fails, unless somebody is there to end it.
 */
void host_relax(void);
extern void (*host_other_cpu)(void); /* runs at each turn; NULL: there is nobody */

/*
 * EL2's addresses are those of the machine, from another base (arch/layout.h): the process has set
 * them aside before main(). Back a part of them with zeroed memory, or the structures of all CPUs.
 */
void host_map(u64 virt, u64 size);
void host_map_cpus(u32 nr);

/*
 * Who owns what, as gic/ keeps it, without a GIC: gic.c, for programs whose subject are owners
 * (HOST_GIC in host.mk). It has the functions of gic/gic.h that cells are made with; a program
 * that has more to say to one of them defines it, and calls these.
 */
void host_move_spi(struct cell *from, struct cell *to, intid_t intid);
void host_move_cpus(struct cell *from, struct cell *to, cpuset_t cpus);

#endif
