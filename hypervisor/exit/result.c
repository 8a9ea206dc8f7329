// SPDX-License-Identifier: GPL-2.0-only
/* What a call of ours returns (hypercall.h). */
#include <exit/hypercall.h>

void hypercall_result(u64 *x, const struct cb_error *error)
{
	x[0] = error->code;
	x[1] = error->cell | (u64)error->other_cell << 32;
	x[2] = error->index;
	x[3] = error->address;
	x[4] = error->size;
	x[5] = error->other_address;
	x[6] = error->other_size;
}
