/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Included before each file of the hypervisor's test build: calls of the firmware can fail, EL2
 * with a lock held, and promises.
 */
#ifndef FAULTS_SMC_H
#define FAULTS_SMC_H

#include <arch/smc.h>
#include <base/assert.h>
#include <base/lock.h>

void fault_smc_call(u64 *x);

#define smc_call fault_smc_call

/* Is the promise with this number of BRK to be broken now? */
bool fault_promise(u32 where);

#undef must
#define must(condition)                                                                        \
	do {                                                                                   \
		if (fault_promise(FILE_NUMBER << BROKEN_LINE_BITS | __LINE__) || !(condition)) \
			BROKEN();                                                              \
	} while (0)

/* By the expression that names it in the sources. */
void fault_lock(const char *lock);

#define spin_unlock(lock) (fault_lock(#lock), spin_unlock(lock))

#endif
