/* SPDX-License-Identifier: GPL-2.0-only */
/* Barriers of one thread: nothing but the compiler could reorder. */
#ifndef STUB_ARCH_BARRIER_H
#define STUB_ARCH_BARRIER_H

#define dsb(domain) __asm__ volatile("" ::: "memory")
#define dmb(domain) __asm__ volatile("" ::: "memory")
#define isb()	    __asm__ volatile("" ::: "memory")
#define cpu_relax() __builtin_trap() /* no second thread could release a lock */

#endif
