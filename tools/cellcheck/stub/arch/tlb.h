/* SPDX-License-Identifier: GPL-2.0-only */
/* No CPU walks these tables. */
#ifndef STUB_ARCH_TLB_H
#define STUB_ARCH_TLB_H

#include <arch/barrier.h>
#include <arch/sysreg.h>
#include <base/types.h>

static inline void tlb_flush_vmid(u64 vttbr)
{
	(void)vttbr;
}

#endif
