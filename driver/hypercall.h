/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Calls to EL2: the hypervisor, its entry vectors, or Linux's hyp stub. All use the
 * same registers. Only after cb_check_el2(): elsewhere HVC is undefined.
 */
#ifndef CELLBLOCK_DRIVER_HYPERCALL_H
#define CELLBLOCK_DRIVER_HYPERCALL_H

#include <cellblock/error.h>
#include <cellblock/hypercall.h>

/* x0 to x6 as the call leaves them. */
struct hvc_result {
	u64 x[7];
};

/* Makes the call. May be made with interrupts off. */
struct hvc_result hvc_raw(u64 function, u64 x1, u64 x2, u64 x3, u64 x4, u64 x5, u64 x6);

static inline struct hvc_result hvc_call(u64 function, u64 x1, u64 x2, u64 x3)
{
	return hvc_raw(function, x1, x2, x3, 0, 0, 0);
}

/* Turns a refusal into its record. Returns 0 when the call succeeded. */
int hvc_refusal(const struct hvc_result *result, struct cb_error *error);

/* Both together, for calls that return nothing but success. */
int hvc_run(u64 function, u64 x1, u64 x2, u64 x3, struct cb_error *error);

#endif
