// SPDX-License-Identifier: GPL-2.0-only
/*
 * Whether a cell can be created, asked before a CPU goes offline or anything is handed
 * over. First what the driver knows of the partition: the hypervisor decides that
 * itself, but a record should name the real reason and not, say, Linux's GIC driver
 * that also sits there. Then what only Linux knows.
 */
#include <linux/cpumask.h>
#include <linux/string.h>

#include "cellblock.h"
#include <config/iterate.h>
#include <config/overlap.h>

/* ---- The partition ---- */

static int check_name(const struct cb_cell_config *config, struct cb_error *error)
{
	const char *name = config->header.name;
	u32 id;

	for (id = 0; id < CB_MAX_CELLS; id++) {
		const struct cell *cell = cellblock.cells[id];

		if (!cell || strncmp(cell->page->name, name, CB_NAME_SIZE))
			continue;
		refuse_cell(error, CB_ERR_CELL_NAME_TAKEN, CB_NO_CELL, id);
		strscpy(error->name, name, sizeof(error->name));
		return cb_error_errno(error->code);
	}
	return 0;
}

/* By the rules that the hypervisor goes by, too. */
static int check_frames(const struct cb_region *region, u32 i, struct cb_error *error)
{
	if (cb_check_not_claimed(cellblock.config, i, region->phys, region->size, error))
		return cb_error_errno(error->code);
	return 0;
}

static int check_other_cells(const struct cb_region *region, u32 i, struct cb_error *error)
{
	u32 id;

	for (id = CB_ROOT_CELL + 1; id < CB_MAX_CELLS; id++)
		if (cellblock.cells[id] &&
		    cb_check_not_taken(region, i, cellblock.cells[id]->config, id, error))
			return cb_error_errno(error->code);
	return 0;
}

/* ---- Linux ---- */

static int check_system_ram(const struct cb_region *region, u32 i, struct cb_error *error)
{
	struct cb_error ram = {};

	if (!cb_iomem_system_ram(region->phys, region->size, &ram))
		return 0;
	return refuse(error, CB_ERR_REGION_SYSTEM_RAM, .index = i, .address = region->phys,
		      .size = region->size, .other_address = ram.other_address,
		      .other_size = ram.other_size);
}

/* Whether a driver has claimed a region is known when the cell claims it: cell.c. */
static int check_regions(const struct cb_cell_config *config, struct cb_error *error)
{
	for_each_region (region, config) {
		u32 i = cb_region_index(config, region);
		int err = check_frames(region, i, error) ?:
			  check_other_cells(region, i, error) ?:
			  check_system_ram(region, i, error);

		if (err)
			return err;
	}
	return 0;
}

static int check_irq_range(struct irq_domain *domain, const struct cb_irq_range *range, u32 i,
			   struct cb_error *error)
{
	char user[CB_NAME_SIZE];
	u32 n;

	for (n = 0; n < range->count; n++) {
		if (!cb_irq_user(domain, range->first + n, user, sizeof(user)))
			continue;
		cb_refuse_named(error, CB_ERR_IRQ_IN_USE, user);
		error->index = i;
		error->intid = range->first + n;
		return cb_error_errno(error->code);
	}
	return 0;
}

static int check_irqs(const struct cb_cell_config *config, struct cb_error *error)
{
	struct irq_domain *domain = cb_gic_domain();

	for_each_irq (range, config) {
		int err = check_irq_range(domain, range, cb_irq_index(config, range), error);

		if (err)
			return err;
	}
	return 0;
}

static int check_cpu(u32 cpu, struct cb_error *error)
{
	u32 owner;

	if (cpu >= cellblock.config->cpus.count)
		return refuse(error, CB_ERR_CPU_UNKNOWN, .index = cpu);
	owner = READ_ONCE(cb_cpu_info(cpu)->cell);
	if (owner != CB_ROOT_CELL)
		return refuse_cell(error, CB_ERR_CPU_NOT_ROOTS, CB_NO_CELL, owner, .index = cpu);
	if (cellblock.linux_cpu[cpu] >= 0 && !cpu_online(cellblock.linux_cpu[cpu]))
		return refuse(error, CB_ERR_CPU_NOT_ONLINE, .index = cpu);
	return 0;
}

static int check_cpus(u64 cpus, struct cb_error *error)
{
	u32 cpu, last = 0, nr = 0;
	int err;

	for_each_cpu_of(cpu, cpus)
	{
		err = check_cpu(cpu, error);
		if (err)
			return err;
		if (cellblock.linux_cpu[cpu] < 0)
			continue;
		last = cpu;
		nr++;
	}
	if (nr >= num_online_cpus())
		return refuse(error, CB_ERR_CPU_LAST, .index = last);
	return 0;
}

static int check_memory(const struct cb_region *region, u32 i, struct cb_error *error)
{
	int err = 0;

	if (!(region->flags & CB_REGION_IO))
		err = cb_check_is_memory(region->phys, region->size, i, error);
	return err ?: cb_check_not_firmware(region->phys, region->size, i, error);
}

/* Of regions that the root cell may give, whether this machine has them to give. */
int cb_check_cell_memory(const struct cb_cell_config *config, struct cb_error *error)
{
	for_each_region (region, config) {
		int err = check_memory(region, cb_region_index(config, region), error);

		if (err)
			return err;
	}
	return 0;
}

int cb_check_cell(const struct cb_cell_config *config, struct cb_error *error)
{
	return check_name(config, error) ?:
	       check_cpus(config->cpus, error) ?:
	       check_regions(config, error) ?:
	       check_irqs(config, error) ?:
	       cb_lockdown_check_cell(config, error);
}
