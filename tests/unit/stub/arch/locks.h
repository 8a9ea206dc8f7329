/* SPDX-License-Identifier: GPL-2.0-only */
/* Locks that the one thread of the host holds. */
#ifndef STUB_ARCH_LOCKS_H
#define STUB_ARCH_LOCKS_H

extern struct spinlock *stub_locks;

static inline struct spinlock **held_locks(void)
{
	return &stub_locks;
}

#endif
