/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Whose a range of addresses is already: the rule that keeps the parts of a partition from
 * overlapping, for the check of a board and for who creates cells, the hypervisor and the driver.
 */
#ifndef CB_CONFIG_OVERLAP_H
#define CB_CONFIG_OVERLAP_H

#include <cellblock/config.h>
#include <cellblock/error.h>

/* The first frame of the GIC of which a range has a part; NULL if it has none. */
const struct cb_frame *cb_gic_frame_in(const struct cb_gic_config *gic, uint64_t start,
				       uint64_t size);

/*
 * The first region of a cell's of which a range of physical addresses may have no part; NULL if
 * there is none. Only regions that are shared on both sides may overlap. @flags: of the range.
 */
const struct cb_region *cb_region_in(const struct cb_cell_config *cell, uint64_t phys,
				     uint64_t size, uint32_t flags);

/*
 * Refuse a range of physical addresses of which the hypervisor has a part, or the GIC, whose frames
 * are mediated. @index: for the record.
 */
int cb_check_not_claimed(const struct cb_system_config *system, uint32_t index, uint64_t phys,
			 uint64_t size, struct cb_error *error);

/* Refuse a region of which cell number @id has a part. @index: for the record. */
int cb_check_not_taken(const struct cb_region *region, uint32_t index,
		       const struct cb_cell_config *cell, uint32_t id, struct cb_error *error);

#endif
