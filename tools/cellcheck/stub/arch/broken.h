/* SPDX-License-Identifier: GPL-2.0-only */
/* A promise of the hypervisor is broken (base/assert.h). */
#ifndef STUB_ARCH_BROKEN_H
#define STUB_ARCH_BROKEN_H

#define BROKEN() __builtin_trap()

#endif
