/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Register access. Device memory keeps accesses to one peripheral in order; where order
 * against normal memory matters, the caller has the barrier. What the bus answers with an error
 * reads as zero and is not written (fixup.h).
 */
#ifndef ARCH_IO_H
#define ARCH_IO_H

#include <arch/fixup.h>
#include <base/types.h>

/* One access of the given width that the compiler cannot change to a form with write-back. */
#define DEFINE_IO(type, name, load, store, reg)                                \
	static inline type read##name(const volatile void *address)            \
	{                                                                      \
		type value;                                                    \
                                                                               \
		__asm__ volatile(FIXUP(load " %" reg "0, %1", FIXUP_LOAD)      \
				 : "=r"(value)                                 \
				 : "Q"(*(const volatile type *)address));      \
		return value;                                                  \
	}                                                                      \
	static inline void write##name(type value, volatile void *address)     \
	{                                                                      \
		__asm__ volatile(FIXUP(store " %" reg "0, %1", FIXUP_STORE)    \
				 :                                             \
				 : "rZ"(value), "Q"(*(volatile type *)address) \
				 : "memory");                                  \
	}

DEFINE_IO(u8, b, "ldrb", "strb", "w")
DEFINE_IO(u16, w, "ldrh", "strh", "w")
DEFINE_IO(u32, l, "ldr", "str", "w")
DEFINE_IO(u64, q, "ldr", "str", "x")

#endif
