/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Promises that are checked where they are relied on, in the released image, too. One that is
 * broken is an error of the hypervisor: the CPU takes an exception, its locks are given up, its
 * cell ends, and the log names file and line (exit/own.c). In .c files only: a header's line would
 * be named as one of the file that includes it.
 */
#ifndef BASE_ASSERT_H
#define BASE_ASSERT_H

#include <arch/broken.h>

#define must(condition)                                \
	do {                                           \
		if (__builtin_expect(!(condition), 0)) \
			BROKEN();                      \
	} while (0)

/* This CPU holds the lock. */
#define assert_held(lock) must(spin_is_held(lock))

#endif
