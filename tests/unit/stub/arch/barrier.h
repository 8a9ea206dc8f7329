/* SPDX-License-Identifier: GPL-2.0-only */
/* Barriers of one thread on the host: nothing but the compiler could reorder. */
#ifndef STUB_ARCH_BARRIER_H
#define STUB_ARCH_BARRIER_H

#include "../stub.h"

#define dsb(domain) __asm__ volatile("" ::: "memory")
#define dmb(domain) __asm__ volatile("" ::: "memory")
#define isb()	    __asm__ volatile("" ::: "memory")
#define wfi()	    stub_wfi()
#define cpu_relax() stub_relax()

#endif
