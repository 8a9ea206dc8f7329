/* SPDX-License-Identifier: GPL-2.0-only */
/* The Arm SMC Calling Convention (DEN 0028): whose a call is. */
#ifndef EXIT_SMCCC_H
#define EXIT_SMCCC_H

#include <arch/guest.h>

#define SMCCC_OWNER	       0x3f000000
#define SMCCC_OWNER_ARCH       0x00000000
#define SMCCC_OWNER_STANDARD   0x04000000
#define SMCCC_OWNER_VENDOR_HYP 0x06000000

/* A call of the architecture's or the firmware's. PSCI and SMCCC_VERSION are the hypervisor's. */
void standard_call(struct call_regs *regs);

#endif
