/* SPDX-License-Identifier: GPL-2.0-only */
/* The test looks at the tables whenever they are flushed. */
#ifndef STUB_ARCH_TLB_H
#define STUB_ARCH_TLB_H

#include <arch/barrier.h>
#include <arch/sysreg.h>
#include <base/types.h>

void tlb_flush_vmid(u64 vttbr);

#endif
