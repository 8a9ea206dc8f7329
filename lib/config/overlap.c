// SPDX-License-Identifier: GPL-2.0-only
/* Whose a range of addresses is already (overlap.h). Lists are short: all is compared with all. */
#include <config/check.h>
#include <config/iterate.h>
#include <config/overlap.h>
#include <config/refuse.h>

const struct cb_frame *cb_gic_frame_in(const struct cb_gic_config *gic, uint64_t start,
				       uint64_t size)
{
	for (uint32_t i = 0; i < CB_GIC_FRAMES; i++) {
		const struct cb_frame *frame = &gic->frames[i];

		if (cb_ranges_overlap(start, size, frame->phys, frame->size))
			return frame;
	}
	return NULL;
}

const struct cb_region *cb_region_in(const struct cb_cell_config *cell, uint64_t phys,
				     uint64_t size, uint32_t flags)
{
	for_each_region (region, cell)
		if (!(flags & region->flags & CB_REGION_SHARED) &&
		    cb_ranges_overlap(phys, size, region->phys, region->size))
			return region;
	return NULL;
}

int cb_check_not_claimed(const struct cb_system_config *system, uint32_t index, uint64_t phys,
			 uint64_t size, struct cb_error *error)
{
	const struct cb_frame *frame = &system->hypervisor;
	uint32_t code = CB_ERR_REGION_HYPERVISOR;

	if (!cb_ranges_overlap(phys, size, frame->phys, frame->size)) {
		frame = cb_gic_frame_in(&system->gic, phys, size);
		code = CB_ERR_REGION_GIC;
	}
	if (!frame)
		return CB_OK;
	return cb_refuse(error, code, .index = index, .address = phys, .size = size,
			 .other_address = frame->phys, .other_size = frame->size);
}

int cb_check_not_taken(const struct cb_region *region, uint32_t index,
		       const struct cb_cell_config *cell, uint32_t id, struct cb_error *error)
{
	const struct cb_region *other =
		cb_region_in(cell, region->phys, region->size, region->flags);

	if (!other)
		return CB_OK;
	return cb_refuse_cell(error, CB_ERR_REGION_OTHER_CELL, CB_NO_CELL, id, .index = index,
			      .address = region->phys, .size = region->size,
			      .other_address = other->phys, .other_size = other->size);
}
