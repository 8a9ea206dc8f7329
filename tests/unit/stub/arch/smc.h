/* SPDX-License-Identifier: GPL-2.0-only */
/* The real numbers; the firmware is the test's. */
#ifndef STUB_ARCH_SMC_H
#define STUB_ARCH_SMC_H

#define __ASSEMBLER__ 1 /* the numbers only */
#include_next <arch/smc.h>
#undef __ASSEMBLER__

#include <base/types.h>

void smc_call(u64 *x);
void smc_forward(u64 *x);

#endif
