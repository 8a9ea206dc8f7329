// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory and registers of a cell (resource.h). Lists are short and cells are created rarely: every
 * region is compared with every other.
 */
#include <base/refuse.h>
#include <cell/resource.h>
#include <config/check.h>
#include <config/iterate.h>
#include <config/overlap.h>
#include <gic/gic.h>
#include <mm/stage2.h>

#define RIGHTS (CB_REGION_READ | CB_REGION_WRITE | CB_REGION_EXECUTE)

/* ---- What the root cell has ---- */

bool root_piece_at(paddr_t phys, u64 size, struct root_piece *piece)
{
	for_each_region (region, root_cell.config) {
		if (phys < region->phys || phys - region->phys >= region->size)
			continue;
		piece->phys = phys;
		piece->size = MIN(size, region->size - (phys - region->phys));
		piece->flags = region->flags;
		return true;
	}
	return false;
}

/* ---- Check ---- */

/* Frames trap at their physical address in every cell, so IPAs keep clear of them, too. */
static u32 check_ipa(const struct cb_region *region, u32 index, struct cb_error *error)
{
	const struct cb_frame *frame =
		cb_gic_frame_in(&system_config->gic, region->virt, region->size);

	if (frame)
		return refuse(error, CB_ERR_REGION_GIC, .index = index, .address = region->virt,
			      .size = region->size, .other_address = frame->phys,
			      .other_size = frame->size);
	if (region->virt >= stage2_limit() || region->size > stage2_limit() - region->virt)
		return refuse(error, CB_ERR_REGION_WRAPS, .index = index, .address = region->virt,
			      .size = region->size, .bits = (u64)__builtin_ctzll(stage2_limit()));
	return CB_OK;
}

static u32 check_other_cells(const struct cb_region *region, u32 index, struct cb_error *error)
{
	u32 code = CB_OK;

	for (u32 id = 1; id < CB_MAX_CELLS && !code; id++)
		if (cells[id])
			code = (u32)cb_check_not_taken(region, index, cells[id]->config, id, error);
	return code;
}

/* A cell may have fewer rights than the root cell; memory stays memory, registers registers. */
static bool permitted(u32 wanted, u32 root)
{
	return !(wanted & RIGHTS & ~root) && !((root ^ wanted) & CB_REGION_IO) &&
	       !(wanted & CB_REGION_SHARED & ~root);
}

static u32 check_root_has(const struct cb_region *region, u32 index, struct cb_error *error)
{
	struct root_piece piece;

	for (u64 done = 0; done < region->size; done += piece.size) {
		paddr_t phys = region->phys + done;

		if (!root_piece_at(phys, region->size - done, &piece))
			return refuse(error, CB_ERR_REGION_NOT_ROOTS, .index = index,
				      .address = region->phys, .size = region->size,
				      .other_address = phys);
		if (!permitted(region->flags, piece.flags))
			return refuse(error, CB_ERR_REGION_PERMISSION, .index = index,
				      .address = region->phys, .size = region->size,
				      .other_flags = piece.flags);
	}
	return CB_OK;
}

u32 regions_check(const struct cell *cell, struct cb_error *error)
{
	for_each_region (region, cell->config) {
		u32 i = cb_region_index(cell->config, region);
		u32 code = (u32)cb_check_not_claimed(system_config, i, region->phys, region->size,
						     error)
				   ?: check_ipa(region, i, error)
				   ?: check_other_cells(region, i, error)
				   ?: check_root_has(region, i, error);

		if (code)
			return code;
	}
	return CB_OK;
}

bool regions_protect(paddr_t page)
{
	const struct cb_frame *hypervisor = &system_config->hypervisor;

	if (page >= stage2_limit() ||
	    cb_ranges_overlap(page, PAGE_SIZE, hypervisor->phys, hypervisor->size) ||
	    cb_gic_frame_in(&system_config->gic, page, PAGE_SIZE))
		return true;
	for (u32 id = 1; id < CB_MAX_CELLS; id++)
		if (cells[id] && cb_region_in(cells[id]->config, page, PAGE_SIZE, 0))
			return true;
	return false;
}

/* ---- Pages ---- */

/* Tables for a range of the root cell, which may be pieces of several of its regions. */
static size_t root_pages_needed(paddr_t phys, u64 size)
{
	struct root_piece piece;
	size_t pages = 0;

	for (; size && root_piece_at(phys, size, &piece); phys += piece.size, size -= piece.size)
		pages += stage2_pages_needed(piece.phys, piece.phys, piece.size);
	return pages;
}

struct pages regions_pages(const struct cell *cell)
{
	struct pages pages = { 0 };

	for_each_region (region, cell->config) {
		pages.take += stage2_pages_needed(region->virt, region->phys, region->size);
		if (!(region->flags & CB_REGION_SHARED))
			pages.give_back += root_pages_needed(region->phys, region->size);
	}
	for (u32 i = 0; i < CB_GIC_FRAMES; i++) {
		struct cb_frame frame = gic_direct_frame(cell, i);

		if (frame.size)
			pages.take += stage2_pages_needed(frame.phys, frame.phys, frame.size);
	}
	pages.take += pages.give_back; /* to cut the same out of the root cell's tables */
	return pages;
}

/* ---- Take, reset, give back ---- */

void regions_hide(const struct cell *cell, u32 flag, u32 value, struct stash *stash)
{
	for_each_region (region, cell->config)
		if ((region->flags & flag) == value)
			stage2_unmap(&root_cell.stage2, region->phys, region->size, stash);
}

void regions_map(struct cell *cell, struct stash *stash)
{
	for_each_region (region, cell->config)
		stage2_map(&cell->stage2, region->virt, region->phys, region->size, region->flags,
			   stash);
	for (u32 i = 0; i < CB_GIC_FRAMES; i++) {
		struct cb_frame frame = gic_direct_frame(cell, i);

		if (frame.size)
			stage2_map(&cell->stage2, frame.phys, frame.phys, frame.size,
				   CB_REGION_READ | CB_REGION_WRITE | CB_REGION_IO, stash);
	}
}

void regions_take(struct cell *cell, struct stash *stash)
{
	regions_hide(cell, CB_REGION_SHARED, 0, stash);
	regions_map(cell, stash);
}

/* The CPU that starts first cleans what is memory: cell_clean_memory(). */
void regions_reset(struct cell *cell)
{
	stage2_revive(&cell->stage2);
}

static void map_root_range(paddr_t phys, u64 size, struct stash *stash)
{
	struct root_piece piece;

	for (; size && root_piece_at(phys, size, &piece); phys += piece.size, size -= piece.size)
		stage2_map(&root_cell.stage2, piece.phys, piece.phys, piece.size, piece.flags,
			   stash);
}

void regions_give_back(struct cell *cell, struct stash *stash)
{
	for_each_region (region, cell->config)
		if (!(region->flags & CB_REGION_SHARED))
			map_root_range(region->phys, region->size, stash);
}
