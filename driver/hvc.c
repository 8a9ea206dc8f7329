// SPDX-License-Identifier: GPL-2.0-only
/* HVC with the register convention of cellblock/hypercall.h. */
#include <linux/types.h>

#include "hypercall.h"

struct hvc_result hvc_raw(u64 function, u64 arg1, u64 arg2, u64 arg3, u64 arg4, u64 arg5, u64 arg6)
{
	register u64 x0 asm("x0") = function;
	register u64 x1 asm("x1") = arg1;
	register u64 x2 asm("x2") = arg2;
	register u64 x3 asm("x3") = arg3;
	register u64 x4 asm("x4") = arg4;
	register u64 x5 asm("x5") = arg5;
	register u64 x6 asm("x6") = arg6;

	/* Linux's stub may clobber what a function may: x0 to x17. */
	asm volatile("hvc #0"
		     : "+r"(x0), "+r"(x1), "+r"(x2), "+r"(x3), "+r"(x4), "+r"(x5), "+r"(x6)
		     :
		     : "x7", "x8", "x9", "x10", "x11", "x12", "x13", "x14", "x15", "x16", "x17",
		       "memory", "cc");
	return (struct hvc_result){ { x0, x1, x2, x3, x4, x5, x6 } };
}
