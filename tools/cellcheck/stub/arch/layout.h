/* SPDX-License-Identifier: GPL-2.0-only */
/* EL2's addresses lie in an array of this process. */
#ifndef STUB_ARCH_LAYOUT_H
#define STUB_ARCH_LAYOUT_H

#include_next <arch/layout.h>

/* Of the real image, the end; here nothing comes before it. */
extern unsigned char image_end[];
#undef HV_BASE
#define HV_BASE ((unsigned long)image_end)

/* Behind the largest hypervisor region, nearer than on the machine. */
#undef CPU_SLOTS
#define CPU_SLOTS_OFFSET 0x10000000UL
#define CPU_SLOTS	 (HV_BASE + CPU_SLOTS_OFFSET)

#endif
