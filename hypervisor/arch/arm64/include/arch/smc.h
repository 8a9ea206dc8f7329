/* SPDX-License-Identifier: GPL-2.0-only */
/* PSCI (DEN 0022) function numbers and calls to the firmware. */
#ifndef ARCH_SMC_H
#define ARCH_SMC_H

#define PSCI_VERSION		0x84000000U
#define PSCI_CPU_SUSPEND	0x84000001U
#define PSCI_CPU_OFF		0x84000002U
#define PSCI_CPU_ON		0x84000003U
#define PSCI_AFFINITY_INFO	0x84000004U
#define PSCI_MIGRATE_INFO_TYPE	0x84000006U
#define PSCI_SYSTEM_OFF		0x84000008U
#define PSCI_SYSTEM_RESET	0x84000009U
#define PSCI_FEATURES		0x8400000aU
#define PSCI_SYSTEM_RESET2	0x84000012U
#define SMCCC_64		0x40000000U /* the 64-bit form of a function */
#define SMCCC_SVE_HINT		0x00010000U /* no part of the function's number (DEN 0028, 2.9) */

#define PSCI_SUCCESS		0
#define PSCI_NOT_SUPPORTED	(-1L)
#define PSCI_INVALID_PARAMETERS (-2L)
#define PSCI_DENIED		(-3L)
#define PSCI_ALREADY_ON		(-4L)
#define PSCI_ON_PENDING		(-5L)
#define PSCI_INVALID_ADDRESS	(-9L)

#define SMCCC_NOT_SUPPORTED	(-1L)

#define PSCI_AFFINITY_OFF	1

#define SMCCC_VERSION		0x80000000U
#define SMCCC_ARCH_FEATURES	0x80000001U
#define SMCCC_ARCH_WORKAROUND_1 0x80008000U
#define SMCCC_ARCH_WORKAROUND_2 0x80007fffU
#define SMCCC_ARCH_WORKAROUND_3 0x80003fffU

#ifndef __ASSEMBLER__

#include <base/types.h>

/* Call the firmware with x0 to x3, which become the result. */
static inline void smc_call(u64 *x)
{
	register u64 x0 __asm__("x0") = x[0];
	register u64 x1 __asm__("x1") = x[1];
	register u64 x2 __asm__("x2") = x[2];
	register u64 x3 __asm__("x3") = x[3];

	__asm__ volatile("smc #0"
			 : "+r"(x0), "+r"(x1), "+r"(x2), "+r"(x3)
			 :
			 : "x4", "x5", "x6", "x7", "x8", "x9", "x10", "x11", "x12", "x13", "x14",
			   "x15", "x16", "x17", "memory");
	x[0] = x0;
	x[1] = x1;
	x[2] = x2;
	x[3] = x3;
}

/* The same with x0 to x17 (SMCCC 1.2). Assembly. */
void smc_forward(u64 *x);

#endif
#endif
