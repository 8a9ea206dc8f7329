/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Counters that CPUs share and a spin lock that also keeps this CPU's interrupts
 * out. Exclusives need Normal cacheable memory: not before the MMU is on.
 */
#ifndef INMATE_ATOMIC_H
#define INMATE_ATOMIC_H

#include <stdbool.h>
#include <stdint.h>
#include <sysreg.h>

static inline uint32_t atomic_load(const uint32_t *p)
{
	return __atomic_load_n(p, __ATOMIC_ACQUIRE);
}

static inline void atomic_store(uint32_t *p, uint32_t value)
{
	__atomic_store_n(p, value, __ATOMIC_RELEASE);
}

/* Returns the new value. */
static inline uint32_t atomic_add(uint32_t *p, uint32_t value)
{
	return __atomic_add_fetch(p, value, __ATOMIC_ACQ_REL);
}

struct spinlock {
	uint32_t taken;
};

static inline bool spin_trylock(struct spinlock *lock)
{
	return !__atomic_exchange_n(&lock->taken, 1, __ATOMIC_ACQUIRE);
}

/* Returns what spin_unlock() wants back: the interrupt mask. */
static inline uint64_t spin_lock(struct spinlock *lock)
{
	uint64_t flags = irq_save();

	while (!spin_trylock(lock))
		asm volatile("yield");
	return flags;
}

static inline void spin_unlock(struct spinlock *lock, uint64_t flags)
{
	__atomic_store_n(&lock->taken, 0, __ATOMIC_RELEASE);
	irq_restore(flags);
}

#endif
