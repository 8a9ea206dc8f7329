/* SPDX-License-Identifier: GPL-2.0-only */
/* Included before each file of the hypervisor's test build: calls of the firmware can fail. */
#ifndef FAULTS_SMC_H
#define FAULTS_SMC_H

#include <arch/smc.h>

void fault_smc_call(u64 *x);

#define smc_call fault_smc_call

#endif
