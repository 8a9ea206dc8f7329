/* SPDX-License-Identifier: GPL-2.0-only */
/* Barriers of the one thread of a process: nothing but the compiler could reorder. */
#ifndef HOST_ARCH_BARRIER_H
#define HOST_ARCH_BARRIER_H

#include <arch/host.h>

#define dsb(domain) __asm__ volatile("" ::: "memory")
#define dmb(domain) __asm__ volatile("" ::: "memory")
#define isb()	    __asm__ volatile("" ::: "memory")
#define wfi()	    host_wfi()
#define cpu_relax() host_relax()

#endif
