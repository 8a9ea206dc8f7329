/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The one way to refuse. A record is written in one piece, where it is known that something is
 * refused, so one that was not refused with says nothing.
 */
#ifndef CB_CONFIG_REFUSE_H
#define CB_CONFIG_REFUSE_H

#include <cellblock/config.h>
#include <cellblock/error.h>

/*
 * Fill in the record at @error and return @why: cb_refuse(error, CB_ERR_CPU_ONLINE, .index = cpu).
 * Fields that are not named are zero, and the cells are CB_NO_CELL. cb_refuse_cell() names them:
 * the cell concerned, and the one that it collides with.
 */
#define cb_refuse(error, why, ...) cb_refuse_cell(error, why, CB_NO_CELL, CB_NO_CELL, ##__VA_ARGS__)
#define cb_refuse_cell(error, why, cell, other_cell, ...) \
	cb_refuse_with(error, why, cell, other_cell, &(const struct cb_error){ __VA_ARGS__ })

/* @cells: as in x1 of a hypercall. What is no argument is zero, and there are no cells. */
int cb_fill_record(struct cb_error *error, uint32_t why, uint32_t index, uint64_t address,
		   uint64_t size, uint64_t other_address, uint64_t other_size, uint64_t cells);
int cb_fill_without_cells(struct cb_error *error, uint32_t why, uint32_t index, uint64_t address,
			  uint64_t size, uint64_t other_address, uint64_t other_size);
int cb_fill_brief_cell(struct cb_error *error, uint32_t why, uint32_t index, uint64_t address,
		       uint64_t cells);
int cb_fill_brief(struct cb_error *error, uint32_t why, uint32_t index, uint64_t address);

#define cb_is_always(x, value) (__builtin_constant_p(x) && (x) == (value))

/* Out of line and by value is least code where it is called, and that is everywhere. */
static inline __attribute__((__always_inline__)) int cb_refuse_with(struct cb_error *error,
								    uint32_t why, uint32_t cell,
								    uint32_t other_cell,
								    const struct cb_error *r)
{
	uint64_t both = cell | (uint64_t)other_cell << 32;
	int brief = cb_is_always(r->size | r->other_address | r->other_size, 0);

	if (cb_is_always(cell & other_cell, CB_NO_CELL))
		return brief ? cb_fill_brief(error, why, r->index, r->address)
			     : cb_fill_without_cells(error, why, r->index, r->address, r->size,
						     r->other_address, r->other_size);
	return brief ? cb_fill_brief_cell(error, why, r->index, r->address, both)
		     : cb_fill_record(error, why, r->index, r->address, r->size, r->other_address,
				      r->other_size, both);
}

#endif
