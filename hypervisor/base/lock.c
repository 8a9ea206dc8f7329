// SPDX-License-Identifier: GPL-2.0-only
/* Locks that a CPU holds (lock.h). */
#include <base/lock.h>

void lock_take_by_call(spinlock_t *lock)
{
	lock_take(lock);
}

void lock_give_by_call(spinlock_t *lock)
{
	lock_give(lock);
}

bool spin_is_held(const spinlock_t *lock)
{
	const spinlock_t *held = *held_locks();

	while (held && held != lock)
		held = held->held_before;
	return held;
}
