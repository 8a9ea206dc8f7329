// SPDX-License-Identifier: GPL-2.0-only
/*
 * The checks behind isolation (ownership.h). Lists are short and cells are created rarely:
 * every region is compared with every other.
 */
#include <config/check.h>
#include <cell/ownership.h>
#include <gic/gic.h>
#include <mm/stage2.h>

#define RIGHTS (CB_REGION_READ | CB_REGION_WRITE | CB_REGION_EXECUTE)

/* A refusal that concerns region index. */
static u32 refuse_region(struct cb_error *error, enum cb_error_code code, u32 index,
			 const struct cb_region *region, u64 other, u64 other_size)
{
	error->index = index;
	error->address = region->phys;
	error->size = region->size;
	error->other_address = other;
	error->other_size = other_size;
	return error->code = code;
}

/* The same, about where the cell would see the region. */
static u32 refuse_virt(struct cb_error *error, enum cb_error_code code, u32 index,
		       const struct cb_region *region, u64 other, u64 other_size)
{
	refuse_region(error, code, index, region, other, other_size);
	error->address = region->virt;
	return error->code;
}

/* Frames trap at their physical address in every cell, so IPAs keep clear of them, too. */
static u32 check_frames(const struct cb_region *region, u32 index, struct cb_error *error)
{
	const struct cb_frame *frame = system_config->gic.frames;

	for (u32 i = 0; i < CB_GIC_FRAMES; i++, frame++) {
		if (cb_ranges_overlap(region->phys, region->size, frame->phys, frame->size))
			return refuse_region(error, CB_ERR_REGION_GIC, index, region, frame->phys,
					     frame->size);
		if (cb_ranges_overlap(region->virt, region->size, frame->phys, frame->size))
			return refuse_virt(error, CB_ERR_REGION_GIC, index, region, frame->phys,
					   frame->size);
	}
	return CB_OK;
}

static u32 check_reserved(const struct cb_region *region, u32 index, struct cb_error *error)
{
	const struct cb_frame *hypervisor = &system_config->hypervisor;

	if (cb_ranges_overlap(region->phys, region->size, hypervisor->phys, hypervisor->size))
		return refuse_region(error, CB_ERR_REGION_HYPERVISOR, index, region,
				     hypervisor->phys, hypervisor->size);
	if (check_frames(region, index, error))
		return error->code;
	if (region->virt >= stage2_limit() || region->size > stage2_limit() - region->virt)
		return refuse_virt(error, CB_ERR_REGION_WRAPS, index, region,
				   (u64)__builtin_ctzll(stage2_limit()), 0);
	return CB_OK;
}

static u32 check_other_cells(const struct cb_region *region, u32 index, struct cb_error *error)
{
	for (u32 id = 1; id < CB_MAX_CELLS; id++) {
		const struct cell *cell = cells[id];
		const struct cb_region *other = cell ? cb_config_regions(cell->config) : NULL;

		for (u32 i = 0; cell && i < cell->config->regions.count; i++, other++) {
			if (!cb_ranges_overlap(region->phys, region->size, other->phys,
					       other->size) ||
			    region->flags & other->flags & CB_REGION_SHARED)
				continue;
			error->other_cell = id;
			return refuse_region(error, CB_ERR_REGION_OTHER_CELL, index, region,
					     other->phys, other->size);
		}
	}
	return CB_OK;
}

bool root_piece_at(paddr_t phys, u64 size, struct root_piece *piece)
{
	const struct cb_region *region = cb_config_regions(root_cell.config);

	for (u32 i = 0; i < root_cell.config->regions.count; i++, region++) {
		if (phys < region->phys || phys - region->phys >= region->size)
			continue;
		piece->phys = phys;
		piece->size = MIN(size, region->size - (phys - region->phys));
		piece->flags = region->flags;
		return true;
	}
	return false;
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
			return refuse_region(error, CB_ERR_REGION_NOT_ROOTS, index, region, phys,
					     0);
		if (!permitted(region->flags, piece.flags))
			return refuse_region(error, CB_ERR_REGION_PERMISSION, index, region,
					     piece.flags, 0);
	}
	return CB_OK;
}

static u32 check_regions(const struct cb_cell_config *config, struct cb_error *error)
{
	const struct cb_region *region = cb_config_regions(config);

	for (u32 i = 0; i < config->regions.count; i++, region++)
		if (check_reserved(region, i, error) || check_other_cells(region, i, error) ||
		    check_root_has(region, i, error))
			return error->code;
	return CB_OK;
}

static u32 check_irq(intid_t intid, struct cb_error *error)
{
	error->address = intid;
	if (intid >= gic_nr_intids()) {
		error->other_address = gic_nr_intids() - 1;
		return error->code = CB_ERR_IRQ_RANGE;
	}
	if (gic_line_in_cell(&root_cell, intid))
		return CB_OK;
	for (u32 id = 1; id < CB_MAX_CELLS; id++) {
		if (!cells[id] || !gic_line_in_cell(cells[id], intid))
			continue;
		error->other_cell = id;
		return error->code = CB_ERR_IRQ_OTHER_CELL;
	}
	return error->code = CB_ERR_IRQ_NOT_ROOTS;
}

static u32 check_irqs(const struct cb_cell_config *config, struct cb_error *error)
{
	const struct cb_irq_range *range = cb_config_irqs(config);

	for (u32 i = 0; i < config->irqs.count; i++, range++) {
		error->index = i;
		for (u32 n = 0; n < range->count; n++)
			if (check_irq(range->first + n, error))
				return error->code;
	}
	return CB_OK;
}

static u32 check_cpu(const struct cb_cell_config *config, cpuid_t id, bool online,
		     struct cb_error *error)
{
	struct cpu *cpu;

	error->index = id;
	if (id >= nr_cpus)
		return error->code = CB_ERR_CPU_UNKNOWN;
	cpu = cpu_of(id);
	if (cpu->cell != &root_cell) {
		error->other_cell = cpu->cell->id;
		return error->code = CB_ERR_CPU_NOT_ROOTS;
	}
	if (cpu->power != CB_CPU_OFF && !online)
		return error->code = CB_ERR_CPU_ONLINE;
	if (!(config->flags & CB_CELL_ACCEPT_LPIS) && !gic_can_disable_lpis(cpu))
		return error->code = CB_ERR_LPI;
	return CB_OK;
}

static u32 check_cpus(const struct cb_cell_config *config, bool online, struct cb_error *error)
{
	cpuid_t id;

	if (!(root_cell.cpus & ~config->cpus)) {
		error->index = first_cpu(config->cpus);
		return error->code = CB_ERR_CPU_LAST;
	}
	for_each_cpu (id, config->cpus)
		if (check_cpu(config, id, online, error))
			return error->code;
	return CB_OK;
}

u32 check_ownership(const struct cb_cell_config *config, bool online, struct cb_error *error)
{
	struct cb_error clean = *error;

	if (check_cpus(config, online, error) || check_regions(config, error) ||
	    check_irqs(config, error))
		return error->code;
	*error = clean;
	return CB_OK;
}

bool is_protected(paddr_t phys)
{
	const struct cb_region page = { .phys = phys, .virt = phys, .size = PAGE_SIZE };
	struct cb_error error;

	return check_reserved(&page, 0, &error) || check_other_cells(&page, 0, &error);
}
