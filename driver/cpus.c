// SPDX-License-Identifier: GPL-2.0-only
/*
 * CPUs between Linux and cells. A CPU leaves Linux by hot-unplug, which parks it at EL2,
 * and comes back by hot-plug. Meanwhile Linux may not bring it online.
 */
#include <linux/cpu.h>
#include <linux/cpuhotplug.h>
#include <linux/cpumask.h>

#include "cellblock.h"

static struct cpumask taken; /* atomic bits: CPUs that Linux may not start */
static int hotplug_state;

/* Refused here, an attempt leaves no message that the CPU failed to boot. */
static int refuse_online(unsigned int cpu)
{
	return cpumask_test_cpu(cpu, &taken) ? -EBUSY : 0;
}

int cb_cpus_init(void)
{
	hotplug_state = cpuhp_setup_state_nocalls(CPUHP_BP_PREPARE_DYN, "cellblock:prepare",
						  refuse_online, NULL);
	return min(hotplug_state, 0);
}

void cb_cpus_exit(void)
{
	cpuhp_remove_state_nocalls(hotplug_state);
}

static int take_cpu(struct cell *cell, u32 cpu, struct cb_error *error)
{
	int linux_cpu = cellblock.linux_cpu[cpu];
	int err;

	cpumask_set_cpu(linux_cpu, &taken);
	err = remove_cpu(linux_cpu);
	if (!err) {
		cell->offlined |= BIT_ULL(cpu);
		return 0;
	}
	cpumask_clear_cpu(linux_cpu, &taken);
	if (err > 0) /* somebody took it offline since it was checked */
		return refuse(error, CB_ERR_CPU_NOT_ONLINE, .index = cpu);
	refuse(error, CB_ERR_CPU_OFFLINE_FAILED, .index = cpu, .linux_error = (s64)err);
	return err;
}

/* Takes the CPUs of a cell from Linux. After an error the caller gives back those that were taken.
 */
int cb_cpus_take(struct cell *cell, struct cb_error *error)
{
	u32 cpu;
	int err = 0;

	for_each_cpu_of(cpu, cell->config->cpus)
	{
		if (cellblock.linux_cpu[cpu] < 0)
			continue; /* parked already */
		err = take_cpu(cell, cpu, error);
		if (err)
			break;
	}
	return err;
}

static int give_back_cpu(u32 cpu, struct cb_error *error)
{
	int linux_cpu = cellblock.linux_cpu[cpu];
	int err;

	cpumask_clear_cpu(linux_cpu, &taken);
	err = add_cpu(linux_cpu);
	if (err >= 0) /* positive: is online already */
		return 0;
	pr_err("CPU %d does not come back: error %d\n", linux_cpu, err);
	cb_refuse_errno(error, "add_cpu", err);
	error->index = cpu;
	return err;
}

/* Gives Linux all of them back; one that fails does not keep the others away. */
int cb_cpus_give_back(struct cell *cell, struct cb_error *error)
{
	u64 cpus = cell->offlined;
	int err, first_err = 0;
	u32 cpu;

	cell->offlined = 0;
	for_each_cpu_of(cpu, cpus)
	{
		err = give_back_cpu(cpu, error);
		first_err = first_err ?: err;
	}
	return first_err;
}
