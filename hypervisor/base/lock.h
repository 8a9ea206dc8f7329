/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Ticket locks and the few atomics the hypervisor needs. EL2 takes no interrupts, so a
 * lock is never interrupted while it is held. A CPU knows the locks that it holds, and gives them
 * up if it takes an exception in EL2: others must not wait for it. They are released in reverse
 * order.
 */
#ifndef BASE_LOCK_H
#define BASE_LOCK_H

#include <arch/barrier.h>
#include <base/cpu.h>
#include <base/types.h>

/* Fair, so that a cell cannot starve another by hammering on a shared lock. */
typedef struct spinlock {
	union {
		struct {
			u16 owner; /* low half, arm64 is little endian */
			u16 next;
		};
		u32 both;
	};
	struct spinlock *held_before; /* by the CPU that holds this one */
} spinlock_t;

static inline struct spinlock **held_locks(void)
{
	return &this_cpu()->locks;
}

static inline void lock_take(spinlock_t *lock)
{
	u32 both = __atomic_fetch_add(&lock->both, 0x10000, __ATOMIC_ACQUIRE);
	u16 ticket = (u16)(both >> 16), owner = (u16)both;

	while (owner != ticket) {
		cpu_relax();
		owner = __atomic_load_n(&lock->owner, __ATOMIC_ACQUIRE);
	}
	lock->held_before = *held_locks();
	*held_locks() = lock;
}

static inline void lock_give(spinlock_t *lock)
{
	*held_locks() = lock->held_before;
	__atomic_store_n(&lock->owner, (u16)(lock->owner + 1), __ATOMIC_RELEASE);
}

/* The one copy that files call which are compiled to be small. */
void lock_take_by_call(spinlock_t *lock);
void lock_give_by_call(spinlock_t *lock);

#ifdef __OPTIMIZE_SIZE__
#define LOCK_BY_CALL true
#else
#define LOCK_BY_CALL false
#endif

static inline void spin_lock(spinlock_t *lock)
{
	LOCK_BY_CALL ? lock_take_by_call(lock) : lock_take(lock);
}

static inline void spin_unlock(spinlock_t *lock)
{
	LOCK_BY_CALL ? lock_give_by_call(lock) : lock_give(lock);
}

/* Whether this CPU holds it. For assert_held(). */
bool spin_is_held(const spinlock_t *lock);

#define load_acquire(p)	    __atomic_load_n(p, __ATOMIC_ACQUIRE)
#define store_release(p, v) __atomic_store_n(p, v, __ATOMIC_RELEASE)
#define fetch_or(p, v)	    __atomic_fetch_or(p, v, __ATOMIC_ACQ_REL)
#define fetch_add(p, v)	    __atomic_fetch_add(p, v, __ATOMIC_ACQ_REL)
#define exchange(p, v)	    __atomic_exchange_n(p, v, __ATOMIC_ACQ_REL)

#endif
