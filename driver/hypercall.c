// SPDX-License-Identifier: GPL-2.0-only
/*
 * HVC with the register convention of cellblock/hypercall.h, and how a record of the
 * hypervisor becomes a struct cb_error.
 */
#include <linux/arm-smccc.h>
#include <linux/kernel.h>

#include <asm/virt.h>

#include "cellblock.h"
#include "hypercall.h"

struct hvc_result hvc_call(u64 function, u64 arg1, u64 arg2, u64 arg3)
{
	register u64 x0 asm("x0") = function;
	register u64 x1 asm("x1") = arg1;
	register u64 x2 asm("x2") = arg2;
	register u64 x3 asm("x3") = arg3;
	register u64 x4 asm("x4") = 0;
	register u64 x5 asm("x5") = 0;
	register u64 x6 asm("x6") = 0;

	/* Linux's stub may clobber what a function may: x0 to x17. */
	asm volatile("hvc #0"
		     : "+r"(x0), "+r"(x1), "+r"(x2), "+r"(x3), "+r"(x4), "+r"(x5), "+r"(x6)
		     :
		     : "x7", "x8", "x9", "x10", "x11", "x12", "x13", "x14", "x15", "x16", "x17",
		       "memory", "cc");
	return (struct hvc_result){ { x0, x1, x2, x3, x4, x5, x6 } };
}

/* SMCCC_NOT_SUPPORTED or the stub's refusal: whoever is at EL2 is not Cellblock. */
static bool is_stranger(u64 x0)
{
	return (s32)x0 == SMCCC_RET_NOT_SUPPORTED || x0 == HVC_STUB_ERR;
}

int hvc_refusal(const struct hvc_result *result, struct cb_error *error)
{
	const u64 *x = result->x;

	if (x[0] == CB_OK)
		return 0;
	if (is_stranger(x[0]))
		return refuse(error, CB_ERR_EL2_IN_USE);
	return refuse_cell(error, x[0], lower_32_bits(x[1]), upper_32_bits(x[1]), .index = x[2],
			   .address = x[3], .size = x[4], .other_address = x[5],
			   .other_size = x[6]);
}

int hvc_run(u64 function, u64 x1, u64 x2, u64 x3, struct cb_error *error)
{
	struct hvc_result result = hvc_call(function, x1, x2, x3);

	return hvc_refusal(&result, error);
}
