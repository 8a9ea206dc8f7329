// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The CPUs of the device tree, and starting them. TPIDR_EL1 holds a CPU's logical
 * number.
 */
#include <libfdt.h>
#include <sysreg.h>
#include "internal.h"

#define MPIDR_AFFINITY 0xff00ffffffull

static uint64_t mpidrs[INMATE_MAX_CPUS]; /* written by cpus_init() only */
static unsigned int nr_cpus;
/* An element belongs to the CPU that starts the CPU, then to that CPU. */
static struct secondary secondaries[INMATE_MAX_CPUS];
static uint8_t stacks[INMATE_MAX_CPUS][INMATE_STACK_SIZE] __attribute__((aligned(16)));

unsigned int cpu_count(void)
{
	return nr_cpus;
}

unsigned int cpu_id(void)
{
	return (unsigned int)read_sysreg(tpidr_el1);
}

uint64_t cpu_mpidr(unsigned int cpu)
{
	return mpidrs[cpu];
}

uint64_t cpu_entry_point(void)
{
	return (uint64_t)secondary_entry;
}

/* The context for cpu_entry_point(). */
static uint64_t prepare(unsigned int cpu, void (*entry)(void))
{
	secondaries[cpu] = (struct secondary){
		.stack = (uint64_t)stacks[cpu] + INMATE_STACK_SIZE,
		.entry = entry,
		.cpu = cpu,
	};
	return (uint64_t)&secondaries[cpu];
}

int cpu_start(unsigned int cpu, void (*entry)(void))
{
	if (!cpu || cpu >= nr_cpus)
		return PSCI_INVALID_PARAMETERS;
	return psci_cpu_on(mpidrs[cpu], cpu_entry_point(), prepare(cpu, entry));
}

int cpu_power_down(uint32_t state, void (*entry)(void))
{
	return psci_cpu_suspend(state, cpu_entry_point(), prepare(cpu_id(), entry));
}

void secondary_main(struct secondary *self)
{
	write_sysreg(tpidr_el1, self->cpu);
	mmu_init_cpu();
	exceptions_init_cpu();
	gic_init_cpu();
	self->entry();
	cpu_park();
}

void cpu_park(void)
{
	asm volatile("msr daifset, #0xf" : : : "memory");
	timer_stop();
	psci_cpu_off();
	for (;;)
		wfi();
}

void cpu_idle(void)
{
	for (;;) {
		irq_disable();
		wfi();
		irq_enable(); /* what woke it is taken here */
		isb();
	}
}

void cpus_init(void)
{
	uint64_t self = read_sysreg(mpidr_el1) & MPIDR_AFFINITY;
	struct range reg;
	int node, cpus = fdt_path_offset(dt_blob(), "/cpus");

	write_sysreg(tpidr_el1, 0);
	mpidrs[nr_cpus++] = self;
	fdt_for_each_subnode(node, dt_blob(), cpus)
	{
		const char *type = fdt_getprop(dt_blob(), node, "device_type", NULL);

		if (!type || strcmp(type, "cpu") || !dt_reg(node, 0, &reg))
			continue;
		if (reg.base != self && nr_cpus < INMATE_MAX_CPUS)
			mpidrs[nr_cpus++] = reg.base;
	}
}
