// SPDX-License-Identifier: GPL-2.0-only
/*
 * The GIC as the rest of the hypervisor sees it (gic.h): the choice between the two versions, and
 * CPUs that change hands.
 */
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

bool gic_traps_cpu_frame(const struct cell *cell, ipa_t ipa)
{
	return gic_version == 3 ? gicv3_traps(ipa) : cell != &root_cell && gicv2_traps(ipa);
}

u64 gic_cpu_frame(struct cell *cell, ipa_t ipa, mmio_t kind, u64 value)
{
	return gic_version == 3 ? gicv3_mmio(cell, ipa, kind, value)
				: gicv2_mmio(cell, ipa, kind, value);
}

void gic_update_cell(struct cell *cell)
{
	u8 targets = 0;
	cpuid_t cpu;

	for_each_cpu (cpu, cell->cpus)
		targets |= cpu_of(cpu)->gic.target;
	/* Written once: CPUs of the cell send SGIs meanwhile. */
	WRITE_ONCE(cell->gic.targets, targets);
	if (gic_version == 3)
		gicv3_update_cell(cell);
}

static bool may_have_lpis(const struct cell *cell)
{
	return cell == &root_cell || cell->config->flags & CB_CELL_ACCEPT_LPIS;
}

bool gic_move_cpus(struct cell *from, struct cell *to, cpuset_t cpus)
{
	cpuid_t cpu;

	spin_lock(&gic_lock);
	for_each_cpu (cpu, may_have_lpis(to) ? 0 : cpus) {
		if (gic_can_disable_lpis(cpu_of(cpu)))
			continue;
		spin_unlock(&gic_lock);
		return false;
	}
	from->cpus &= ~cpus;
	to->cpus |= cpus;
	gic_update_cell(from);
	gic_update_cell(to);
	spin_unlock(&gic_lock);
	dsb(ish); /* the new sets are visible before the look at who still sends by the old ones */
	for_each_cpu (cpu, from->cpus)
		while (load_acquire(&cpu_of(cpu)->gic.sending))
			cpu_relax();
	return true;
}
