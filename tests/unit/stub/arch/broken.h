/* SPDX-License-Identifier: GPL-2.0-only */
/* A promise of the hypervisor is broken (base/assert.h): the test fails, and says which. */
#ifndef STUB_ARCH_BROKEN_H
#define STUB_ARCH_BROKEN_H

#include_next <arch/broken.h>

__attribute__((noreturn)) void stub_broken(const char *file, int line);

#undef BROKEN
#define BROKEN() stub_broken(__FILE__, __LINE__)

#endif
