/* SPDX-License-Identifier: GPL-2.0-only */
/* The real layout of EL2's addresses, elsewhere: a host process has nothing so high up. */
#ifndef STUB_ARCH_LAYOUT_H
#define STUB_ARCH_LAYOUT_H

#include_next <arch/layout.h>

#undef HV_BASE
#define HV_BASE 0x400000000000

#endif
