/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Included before each file of the hypervisor's test build: calls of the firmware can fail, and EL2
 * with a lock held.
 */
#ifndef FAULTS_SMC_H
#define FAULTS_SMC_H

#include <arch/smc.h>
#include <base/lock.h>

void fault_smc_call(u64 *x);

#define smc_call fault_smc_call

/* By the expression that names it in the sources. */
void fault_lock(const char *lock);

#define spin_unlock(lock) (fault_lock(#lock), spin_unlock(lock))

#endif
