// SPDX-License-Identifier: GPL-2.0-only
/* Writes the record of a refusal (refuse.h). */
#include <config/refuse.h>

__attribute__((__noinline__)) int cb_fill_record(struct cb_error *error, uint32_t why,
						 uint32_t index, uint64_t address, uint64_t size,
						 uint64_t other_address, uint64_t other_size,
						 uint64_t cells)
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

__attribute__((__noinline__)) int cb_fill_without_cells(struct cb_error *error, uint32_t why,
							uint32_t index, uint64_t address,
							uint64_t size, uint64_t other_address,
							uint64_t other_size)
{
	return cb_fill_record(error, why, index, address, size, other_address, other_size,
			      CB_NO_CELL | (uint64_t)CB_NO_CELL << 32);
}

int cb_fill_brief_cell(struct cb_error *error, uint32_t why, uint32_t index, uint64_t address,
		       uint64_t cells)
{
	return cb_fill_record(error, why, index, address, 0, 0, 0, cells);
}

int cb_fill_brief(struct cb_error *error, uint32_t why, uint32_t index, uint64_t address)
{
	return cb_fill_without_cells(error, why, index, address, 0, 0, 0);
}
