/* SPDX-License-Identifier: GPL-2.0-only */
/* Barriers and hints, by their architectural names (Arm ARM DDI 0487, B2.3 and C6.2). */
#ifndef ARCH_BARRIER_H
#define ARCH_BARRIER_H

#define dsb(domain) __asm__ volatile("dsb " #domain ::: "memory")
#define dmb(domain) __asm__ volatile("dmb " #domain ::: "memory")
#define isb()	    __asm__ volatile("isb" ::: "memory")
#define wfi()	    __asm__ volatile("wfi" ::: "memory")
#define cpu_relax() __asm__ volatile("yield" ::: "memory")

#endif
