/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * From Linux alone to Linux as root cell, and back. The CPUs that Linux has meet in both
 * directions: all go, or none does.
 */
#ifndef ARCH_TAKEOVER_H
#define ARCH_TAKEOVER_H

#include <arch/cpu.h>
#include <cellblock/error.h>

/* CB_HVC_DISABLE. Returns only if it is refused. */
void takeover_leave(struct regs *regs, struct cb_error *error);

#endif
