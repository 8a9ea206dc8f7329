// SPDX-License-Identifier: GPL-2.0-only
/* The GIC as the rest of the hypervisor sees it (gic.h): the choice between the two versions. */
#include <gic/internal.h>

u32 gic_init(const struct cb_system_config *config, struct cb_error *error)
{
	if (gicd_init(&config->gic, error))
		return error->code;
	return gic_version == 3 ? gicv3_init(&config->gic, error) : gicv2_init(&config->gic, error);
}

void gic_cpu_discover(struct cpu *cpu)
{
	if (gic_version == 2)
		gicv2_cpu_discover(cpu);
}

void gic_cpu_enable(struct cpu *cpu)
{
	if (gic_version == 3)
		gicv3_cpu_enable(cpu);
}

void gic_cpu_disable(struct cpu *cpu)
{
	if (gic_version == 3)
		gicv3_cpu_disable(cpu);
}

void gic_cpu_reset(struct cpu *cpu)
{
	if (gic_version == 3)
		gicv3_cpu_reset(cpu);
	else
		gicv2_cpu_reset();
}

void gic_cpu_start(struct cpu *cpu)
{
	if (gic_version == 3)
		gicv3_cpu_start(cpu);
}

void gic_wait(void)
{
	if (gic_version == 3)
		gicv3_wait();
	else
		gicv2_wait();
}

void gic_wake(cpuid_t cpu)
{
	if (gic_version == 3)
		gicv3_wake(cpu);
	else
		gicv2_wake(cpu);
}

bool gic_acknowledge_wake(struct cpu *cpu)
{
	return gic_version == 3 ? gicv3_acknowledge_wake(cpu) : gicv2_acknowledge_wake();
}

void gic_drop_fiq(void)
{
	if (gic_version == 3)
		gicv3_drop_fiq();
}

bool gic_can_disable_lpis(struct cpu *cpu)
{
	return gic_version != 3 || gicv3_can_disable_lpis(cpu);
}

void gic_disable_lpis(struct cpu *cpu)
{
	if (gic_version == 3)
		gicv3_disable_lpis(cpu);
}

void gic_restore_lpis(struct cpu *cpu)
{
	if (gic_version == 3)
		gicv3_restore_lpis(cpu);
}
