// SPDX-License-Identifier: GPL-2.0-only
/* Locks that a CPU holds (lock.h). */
#include <base/lock.h>

bool spin_is_held(const spinlock_t *lock)
{
	const spinlock_t *held = *held_locks();

	while (held && held != lock)
		held = held->held_before;
	return held;
}
