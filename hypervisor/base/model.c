// SPDX-License-Identifier: GPL-2.0-only
/* What the hypervisor knows (model.h). */
#include <base/model.h>

u32 nr_cpus;
u64 boot_mpidrs[CB_MAX_CPUS];
bool has_firmware;

struct cell root_cell;
spinlock_t cells_lock;
struct cell *cells[CB_MAX_CELLS];
const struct cb_system_config *system_config;
struct cb_public *public_page;

cpuid_t cpu_by_mpidr(u64 affinity)
{
	cpuid_t id = 0;

	while (id < nr_cpus && boot_mpidrs[id] != affinity)
		id++;
	return id;
}

cpuset_t cpus_not_off(cpuset_t cpus)
{
	cpuset_t not_off = 0;
	cpuid_t cpu;

	for_each_cpu (cpu, cpus)
		if (cpu_of(cpu)->power != CB_CPU_OFF)
			not_off |= BIT(cpu);
	return not_off;
}

struct cell *cell_by_id(u64 id)
{
	return id < CB_MAX_CELLS ? cells[id] : NULL;
}
