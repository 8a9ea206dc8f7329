/* SPDX-License-Identifier: GPL-2.0-only */
/* Calls of guests: PSCI and SMCCC by HVC and SMC, and our own (cellblock/hypercall.h). */
#ifndef CORE_HYPERCALL_H
#define CORE_HYPERCALL_H

#include <arch/cpu.h>
#include <cellblock/error.h>
#include <cellblock/hypercall.h>
#include <core/types.h>

#define SMCCC_NOT_SUPPORTED (-1L)

/*
 * A call of ours, up to CB_HVC_CELL_DESTROY, by number; regs are arguments and results. True if
 * this CPU has been given back to Linux and must leave EL2.
 */
bool hypercall(struct regs *regs, u64 call);

/* Any other call of the vendor specific hypervisor range: what is there (DEN 0028, 6.2)? */
void hypercall_query(u64 *x);

/*
 * The PSCI call function with arguments and results in x. The firmware answers some for the root
 * cell: none that takes an entry point, which it would enter at EL2.
 */
void psci_call(u32 function, u64 *x);

/* Put a refusal, or CB_OK with a first result, into the registers of a hypercall. */
void hypercall_result(u64 *x, const struct cb_error *error);

#endif
