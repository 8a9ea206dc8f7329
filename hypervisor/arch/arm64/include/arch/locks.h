/* SPDX-License-Identifier: GPL-2.0-only */
/* Where a CPU keeps which locks it holds (spinlock.h). */
#ifndef ARCH_LOCKS_H
#define ARCH_LOCKS_H

#include <base/cpu.h>

static inline struct spinlock **held_locks(void)
{
	return &this_cpu()->locks;
}

#endif
