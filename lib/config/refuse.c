// SPDX-License-Identifier: GPL-2.0-only
/* Writes the record of a refusal (refuse.h). */
#include <config/refuse.h>

int cb_fill_record(struct cb_error *error, uint32_t why, uint64_t cells, uint32_t index,
		   uint64_t address, uint64_t size, uint64_t other_address, uint64_t other_size)
{
	*error = (struct cb_error){
		.code = why,
		.cell = (uint32_t)cells,
		.other_cell = (uint32_t)(cells >> 32),
		.index = index,
		.address = address,
		.size = size,
		.other_address = other_address,
		.other_size = other_size,
	};
	return (int)why;
}
