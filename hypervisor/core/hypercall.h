/* SPDX-License-Identifier: GPL-2.0-only */
/* Calls of guests: PSCI and SMCCC by HVC and SMC, and our own (cellblock/hypercall.h). */
#ifndef CORE_HYPERCALL_H
#define CORE_HYPERCALL_H

#include <arch/cpu.h>
#include <cellblock/error.h>
#include <core/types.h>

#define SMCCC_NOT_SUPPORTED (-1L)

/*
 * A call of the vendor specific hypervisor range; regs are arguments and results. True if this
 * CPU has been given back to Linux and must leave EL2.
 */
bool hypercall(struct regs *regs);

/*
 * The PSCI call function. False if it is one that the firmware may answer for the root cell:
 * none that takes an entry point, which the firmware would enter at EL2.
 */
bool psci_call(u32 function, struct regs *regs);

/* Put a refusal, or CB_OK with a first result, into the registers of a hypercall. */
void hypercall_result(u64 *x, const struct cb_error *error);

#endif
