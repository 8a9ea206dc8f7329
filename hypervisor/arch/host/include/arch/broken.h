/* SPDX-License-Identifier: GPL-2.0-only */
/* A promise of the hypervisor is broken (base/assert.h): it is named. */
#ifndef HOST_ARCH_BROKEN_H
#define HOST_ARCH_BROKEN_H

#include_next <arch/broken.h>

#include <arch/host.h>

#undef BROKEN
#define BROKEN() host_broken(__FILE__, __LINE__)

#endif
