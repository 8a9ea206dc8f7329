/* SPDX-License-Identifier: GPL-2.0-only */
/* EL2's addresses, where the process has room for them. No image comes first. */
#ifndef HOST_ARCH_LAYOUT_H
#define HOST_ARCH_LAYOUT_H

#include_next <arch/layout.h>

extern unsigned long host_base;

#undef HV_BASE
#define HV_BASE host_base
#undef IMAGE_END
#define IMAGE_END host_base

#endif
