/* SPDX-License-Identifier: GPL-2.0-only */
/* TLBs are the program's. */
#ifndef HOST_ARCH_TLB_H
#define HOST_ARCH_TLB_H

#include <arch/barrier.h>
#include <arch/host.h>
#include <arch/sysreg.h>
#include <base/types.h>

static inline void tlb_flush_vmid(u64 vttbr)
{
	host_tlb_flush(vttbr);
}

#endif
