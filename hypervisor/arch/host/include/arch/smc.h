/* SPDX-License-Identifier: GPL-2.0-only */
/* The real numbers; the firmware is the program's. */
#ifndef HOST_ARCH_SMC_H
#define HOST_ARCH_SMC_H

#define __ASSEMBLER__ 1 /* the numbers only */
#include_next <arch/smc.h>
#undef __ASSEMBLER__

#include <arch/host.h>

#endif
