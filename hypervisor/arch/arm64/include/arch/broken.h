/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A promise is broken (base/assert.h): BRK, which EL2 takes itself (D2.8). Its number says where.
 * The Makefile numbers the files that have any; none has more lines than fit.
 */
#ifndef ARCH_BROKEN_H
#define ARCH_BROKEN_H

#define BROKEN_LINE_BITS 9
#define BROKEN_LINE(n)	 ((n) & ((1 << BROKEN_LINE_BITS) - 1))
#define BROKEN_FILE(n)	 ((n) >> BROKEN_LINE_BITS)

#define BROKEN()                                                                                \
	do {                                                                                    \
		__asm__ volatile("brk %0" : : "i"(FILE_NUMBER << BROKEN_LINE_BITS | __LINE__)); \
		__builtin_unreachable();                                                        \
	} while (0)

#endif
