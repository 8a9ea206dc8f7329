// SPDX-License-Identifier: GPL-2.0-only
/* How a record of the hypervisor becomes a struct cb_error. */
#include <linux/arm-smccc.h>
#include <linux/kernel.h>

#include <asm/virt.h>

#include "cellblock.h"
#include "hypercall.h"

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
