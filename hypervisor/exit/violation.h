/* SPDX-License-Identifier: GPL-2.0-only */
/* What ends a cell. */
#ifndef EXIT_VIOLATION_H
#define EXIT_VIOLATION_H

#include <arch/guest.h>
#include <cellblock/public.h>

/* The cell did what it must not: keep a record, stop its CPUs, park this one. */
__noreturn void violation(const struct regs *regs, enum cb_crash_reason reason, u64 ipa, u64 insn);

#endif
