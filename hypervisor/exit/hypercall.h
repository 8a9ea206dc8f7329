/* SPDX-License-Identifier: GPL-2.0-only */
/* Our own calls (cellblock/hypercall.h). */
#ifndef EXIT_HYPERCALL_H
#define EXIT_HYPERCALL_H

#include <base/cpu.h>
#include <cellblock/error.h>
#include <cellblock/hypercall.h>

struct call_regs;
#include <base/types.h>

/*
 * A call of ours, up to CB_HVC_CELL_INPUT, by number; regs are arguments and results. True if
 * this CPU has been given back to Linux and must leave EL2.
 */
bool hypercall(struct call_regs *regs, u64 call);

/* Any other call of the vendor specific hypervisor range: what is there (DEN 0028, 6.2)? */
void hypercall_query(u64 *x);

/* Put a refusal, or CB_OK with a first result, into the registers of a hypercall. */
void hypercall_result(u64 *x, const struct cb_error *error);

#endif
