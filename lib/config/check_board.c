// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the check of a configuration (check.c) asks of a board: the system, its hypervisor and its
 * root cell.
 */
#include <config/iterate.h>
#include <config/overlap.h>
#include <config/parts.h>

#define SIZE_4K	       0x1000u
#define SIZE_8K	       0x2000u
#define SIZE_64K       0x10000u
#define SIZE_128K      0x20000u
#define SIZE_1M	       0x100000u
#define SIZE_2M	       0x200000u
#define SIZE_256M      0x10000000u

#define GICV2_MAX_CPUS 8u	       /* GICD_ITARGETSR has 8 bits an interrupt */
#define GICR_STRIDE    SIZE_128K       /* RD_base and SGI_base of one CPU, GICv3 without VLPIs */
#define MPIDR_AFFINITY 0xff00ffffffull /* Aff3, Aff2, Aff1, Aff0 */

/* ---- CPUs ---- */

static int check_mpidrs(const struct cb_system_config *system, struct cb_error *err)
{
	const uint64_t *mpidr = cb_config_cpus(system);

	for (uint32_t i = 0; i < system->cpus.count; i++) {
		if (mpidr[i] & ~MPIDR_AFFINITY)
			return refuse(err, CB_ERR_CPU_MPIDR, .index = i, .mpidr = mpidr[i]);
		for (uint32_t j = 0; j < i; j++)
			if (mpidr[i] == mpidr[j])
				return refuse(err, CB_ERR_CPU_DUPLICATE, .index = i,
					      .mpidr = mpidr[i]);
	}
	return CB_OK;
}

/* The root cell's CPU set is exactly the CPUs that are listed. */
static int check_cpus(const struct cb_system_config *system, struct cb_error *err)
{
	const uint32_t count = system->cpus.count;

	if (!count)
		return refuse(err, CB_ERR_CPU_NONE);
	if (count > CB_MAX_CPUS || (system->gic.version == 2 && count > GICV2_MAX_CPUS))
		return refuse(err, CB_ERR_CONFIG_ARRAY, .index = CB_ARRAY_CPUS,
			      .offset = system->cpus.offset, .count = count);
	for (uint32_t i = 0; i < CB_MAX_CPUS; i++)
		if ((system->root.cpus >> i & 1) != (i < count))
			return refuse(err, CB_ERR_CPU_UNKNOWN, .index = i);
	return check_mpidrs(system, err);
}

/*
 * A CPU that Linux never took: GICv3 would need its redistributor woken. At least one is Linux'.
 */
static int check_spin_table(const struct cb_system_config *system, struct cb_error *err)
{
	const uint32_t count = system->spin_table.count;

	if (count && (count != system->cpus.count || system->gic.version != 2))
		return refuse(err, CB_ERR_CONFIG_ARRAY, .index = CB_ARRAY_SPIN_TABLE,
			      .offset = system->spin_table.offset, .count = count);
	for (uint32_t i = 0; i < count; i++) {
		const uint64_t release = cb_config_release(system, i);

		if (release % sizeof(release) || cb_exceeds_address_width(release, sizeof(release)))
			return refuse(err, CB_ERR_CPU_RELEASE, .index = i, .expected = release);
	}
	if (!cb_config_linux_cpus(system))
		return refuse(err, CB_ERR_CPU_LAST);
	return CB_OK;
}

/* ---- The hypervisor ---- */

static int check_hypervisor(const struct cb_frame *hypervisor, struct cb_error *err)
{
	const uint64_t phys = hypervisor->phys, size = hypervisor->size;

	if (size < SIZE_1M)
		return refuse(err, CB_ERR_HV_TOO_SMALL, .size = size, .other_size = SIZE_1M);
	if (size > SIZE_256M)
		return refuse(err, CB_ERR_CONFIG_TOO_LARGE, .address = phys, .size = size,
			      .other_size = SIZE_256M);
	if (phys % SIZE_2M)
		return refuse(err, CB_ERR_HV_UNALIGNED, .address = phys, .size = size,
			      .alignment = SIZE_2M);
	if (size % CB_PAGE_SIZE)
		return refuse(err, CB_ERR_HV_UNALIGNED, .address = phys, .size = size,
			      .alignment = CB_PAGE_SIZE);
	/* In the last 512 GiB of its address space EL2 maps itself. */
	if (cb_exceeds_address_width(phys, size) || phys >> 39 == (1 << (CB_ADDRESS_BITS - 39)) - 1)
		return refuse(err, CB_ERR_REGION_WRAPS, .address = phys, .size = size,
			      .bits = CB_ADDRESS_BITS);
	return CB_OK;
}

/* ---- The GIC ---- */

/* What each version of the GIC has. A frame with no minimum must not be there. */
static const struct gic_frame_rule {
	uint32_t min_size;
	uint32_t align;
	bool optional;
} gic_frame_rules[2][CB_GIC_FRAMES] = {
	{ /* GICv2 */
	  [CB_GIC_GICD] = { .min_size = SIZE_4K, .align = SIZE_4K },
	  [CB_GIC_GICC] = { .min_size = SIZE_8K, .align = SIZE_4K },
	  [CB_GIC_GICH] = { .min_size = SIZE_4K, .align = SIZE_4K },
	  [CB_GIC_GICV] = { .min_size = SIZE_8K, .align = SIZE_4K } },
	{ /* GICv3 */
	  [CB_GIC_GICD] = { .min_size = SIZE_64K, .align = SIZE_64K },
	  [CB_GIC_GICR] = { .min_size = GICR_STRIDE, .align = SIZE_64K },
	  [CB_GIC_ITS] = { .min_size = SIZE_128K, .align = SIZE_64K, .optional = true } },
};

static int check_gic_frame(const struct cb_frame *frame, uint32_t i,
			   const struct gic_frame_rule *rule, struct cb_error *err)
{
	if (!frame->size && !frame->phys && (rule->optional || !rule->min_size))
		return CB_OK;
	if (!frame->size && rule->min_size)
		return refuse(err, CB_ERR_GIC_MISSING, .index = i, .address = frame->phys);
	if (!rule->min_size || frame->size < rule->min_size || frame->phys % rule->align ||
	    frame->size % CB_PAGE_SIZE || cb_exceeds_address_width(frame->phys, frame->size))
		return refuse(err, CB_ERR_GIC_ADDRESS, .index = i, .size = frame->size,
			      .other_address = frame->phys);
	return CB_OK;
}

static int check_gic_frames(const struct cb_gic_config *gic, struct cb_error *err)
{
	const struct gic_frame_rule *rules = gic_frame_rules[gic->version - 2];
	const struct cb_frame *frames = gic->frames;
	int ret = CB_OK;

	for (uint32_t i = 0; i < CB_GIC_FRAMES && !ret; i++) {
		ret = check_gic_frame(&frames[i], i, &rules[i], err);
		for (uint32_t j = 0; j < i && !ret; j++)
			if (cb_ranges_overlap(frames[i].phys, frames[i].size, frames[j].phys,
					      frames[j].size))
				ret = refuse(err, CB_ERR_GIC_ADDRESS, .index = i,
					     .size = frames[i].size,
					     .other_address = frames[i].phys);
	}
	return ret;
}

static int check_gic(const struct cb_system_config *system, struct cb_error *err)
{
	const struct cb_gic_config *gic = &system->gic;
	const struct cb_frame *gicr = &gic->frames[CB_GIC_GICR];

	if (gic->version != 2 && gic->version != 3)
		return refuse(err, CB_ERR_GIC_VERSION, .expected = gic->version);
	/* The redistributors are one range: there is one for each CPU. */
	if (gic->version == 3 && gicr->size && gicr->size / GICR_STRIDE < system->cpus.count)
		return refuse(err, CB_ERR_GIC_ADDRESS, .index = CB_GIC_GICR, .size = gicr->size,
			      .other_address = gicr->phys);
	return cb_config_check_zero(gic->reserved, err) ?: check_gic_frames(gic, err);
}

static int check_hypervisor_is_no_gic(const struct cb_system_config *system, struct cb_error *err)
{
	const struct cb_frame *frame =
		cb_gic_frame_in(&system->gic, system->hypervisor.phys, system->hypervisor.size);

	if (frame)
		return refuse(err, CB_ERR_GIC_ADDRESS,
			      .index = (uint32_t)(frame - system->gic.frames), .size = frame->size,
			      .other_address = frame->phys);
	return CB_OK;
}

/* ---- The root cell ---- */

/* The root cell sees what is there, where it is, and nobody loads it. */
static int check_root_region(const struct cb_system_config *system, const struct cb_region *region,
			     struct cb_error *err)
{
	const uint32_t i = cb_region_index(&system->root, region);

	if (region->virt != region->phys)
		return refuse(err, CB_ERR_ARGUMENT, .index = i, .value = region->virt);
	if (region->flags & CB_REGION_LOADABLE)
		return refuse_region(err, CB_ERR_REGION_FLAGS, i, region,
				     .other_flags = region->flags);
	return cb_check_not_claimed(system, i, region->phys, region->size, err);
}

static int check_root_regions(const struct cb_system_config *system, struct cb_error *err)
{
	for_each_region (region, &system->root) {
		const int ret = check_root_region(system, region, err);

		if (ret)
			return ret;
	}
	return CB_OK;
}

/* The root cell has its own console drivers; its ring is the hypervisor's. */
static int check_root_console(const struct cb_cell_config *root, struct cb_error *err)
{
	if (root->log_size)
		return refuse(err, CB_ERR_ARGUMENT, .value = root->log_size);
	if (root->console.type != CB_CONSOLE_NONE)
		return refuse(err, CB_ERR_ARGUMENT, .value = root->console.type);
	return cb_config_check_no_console(&root->console, err);
}

static int check_debug_console(const struct cb_system_config *system, struct cb_error *err)
{
	const struct cb_console_config *console = &system->debug_console;
	const uint32_t size = cb_console_size(console->type);

	if (console->type == CB_CONSOLE_NONE)
		return cb_config_check_no_console(console, err);
	if (!size)
		return refuse(err, CB_ERR_ARGUMENT, .value = console->type);
	if (console->irq)
		return refuse(err, CB_ERR_ARGUMENT, .value = console->irq);
	if (console->address % size || cb_exceeds_address_width(console->address, size))
		return refuse(err, CB_ERR_ARGUMENT, .value = console->address);
	return cb_check_not_claimed(system, 0, console->address, size, err);
}

int cb_config_check_system(const struct cb_system_config *system, struct cb_error *err)
{
	return cb_config_check_common(&system->root, err) ?:
	       cb_config_check_flags(&system->root, CB_CELL_PERMISSIVE, err) ?:
	       check_cpus(system, err) ?:
	       check_spin_table(system, err) ?:
	       check_hypervisor(&system->hypervisor, err) ?:
	       check_gic(system, err) ?:
	       check_hypervisor_is_no_gic(system, err) ?:
	       check_root_regions(system, err) ?:
	       check_root_console(&system->root, err) ?:
	       check_debug_console(system, err);
}
