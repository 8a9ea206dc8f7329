// SPDX-License-Identifier: GPL-2.0-only
/*
 * CPUs of a cell (resource.h). A CPU changes hands only while it is parked, under the locks of both
 * cells, as PSCI of either looks at its CPUs.
 */
#include <base/refuse.h>
#include <cell/resource.h>
#include <gic/gic.h>

static u32 check_cpu(const struct cell *cell, cpuid_t id, bool online, struct cb_error *error)
{
	struct cpu *cpu = cpu_of(id);

	if (id >= nr_cpus)
		return refuse(error, CB_ERR_CPU_UNKNOWN, .index = id);
	if (cpu->cell != &root_cell)
		return refuse_cell(error, CB_ERR_CPU_NOT_ROOTS, CB_NO_CELL, cpu->cell->id,
				   .index = id);
	if (cpu->power != CB_CPU_OFF && !online)
		return refuse(error, CB_ERR_CPU_ONLINE, .index = id);
	if (!(cell->config->flags & CB_CELL_ACCEPT_LPIS) && !gic_can_disable_lpis(cpu))
		return refuse(error, CB_ERR_LPI, .index = id);
	return CB_OK;
}

u32 cpus_check(const struct cell *cell, bool online, struct cb_error *error)
{
	cpuset_t cpus = cell->config->cpus;
	u32 code = CB_OK;

	if (!(root_cell.cpus & ~cpus))
		return refuse(error, CB_ERR_CPU_LAST, .index = first_cpu(cpus));
	for (; cpus && !code; cpus &= cpus - 1)
		code = check_cpu(cell, first_cpu(cpus), online, error);
	return code;
}

/* An error, and nothing has changed, if one of them has been started or has LPIs on meanwhile. */
static u32 move_cpus(struct cell *from, struct cell *to, cpuset_t cpus)
{
	cpuid_t cpu;
	u32 code = CB_ERR_CPU_ONLINE;

	spin_lock(&from->lock);
	spin_lock(&to->lock);
	if (!cpus_not_off(cpus))
		code = gic_move_cpus(from, to, cpus) ? CB_OK : CB_ERR_LPI;
	if (code == CB_OK) {
		for_each_cpu (cpu, cpus) {
			cpu_of(cpu)->cell = to;
			cpu_of(cpu)->info->cell = to->id;
		}
		root_cell.page->cpus = root_cell.cpus;
	}
	spin_unlock(&to->lock);
	spin_unlock(&from->lock);
	return code;
}

u32 cpus_claim(struct cell *cell, struct cb_error *error)
{
	cpuset_t cpus = cell->config->cpus;
	u32 code = move_cpus(&root_cell, cell, cpus);
	cpuid_t cpu;

	if (code)
		return refuse(error, code, .index = first_cpu(cpus));
	for_each_cpu (cpu, cpus)
		gic_disable_lpis(cpu_of(cpu));
	return CB_OK;
}

/* A request to stop that is left is an old one. */
void cpus_reset(struct cell *cell)
{
	cpuid_t cpu;

	for_each_cpu (cpu, cell->cpus)
		store_release(&cpu_of(cpu)->requests, 0);
}

void cpus_give_back(struct cell *cell)
{
	cpuset_t cpus = cell->cpus;
	cpuid_t cpu;

	move_cpus(cell, &root_cell, cpus);
	for_each_cpu (cpu, cpus)
		gic_restore_lpis(cpu_of(cpu));
}
