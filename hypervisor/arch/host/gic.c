// SPDX-License-Identifier: GPL-2.0-only
/* A GIC of which only is kept what belongs to whom (arch/host.h). */
#include <arch/host.h>
#include <gic/gic.h>
#include <vdev/window.h>

u32 gic_version;

void host_move_spi(struct cell *from, struct cell *to, intid_t intid)
{
	from->irqs[intid / 32] &= ~(u32)BIT(intid % 32);
	to->irqs[intid / 32] |= (u32)BIT(intid % 32);
}

void host_move_cpus(struct cell *from, struct cell *to, cpuset_t cpus)
{
	from->cpus &= ~cpus;
	to->cpus |= cpus;
}

__weak void gic_move_spi(struct cell *from, struct cell *to, intid_t intid)
{
	host_move_spi(from, to, intid);
}

__weak bool gic_move_cpus(struct cell *from, struct cell *to, cpuset_t cpus)
{
	host_move_cpus(from, to, cpus);
	return true;
}

__weak void gic_reset_spis(const struct cell *cell)
{
	(void)cell;
}

__weak void gic_evict_spis(const struct cell *cell)
{
	(void)cell;
}

/* Nothing is trapped. */
__weak void windows_init(struct cell *cell)
{
	(void)cell;
}

__weak void uart_reset(struct cell *cell)
{
	(void)cell;
}

__weak u32 uart_input(struct cell *cell, const u8 *text, u32 size)
{
	(void)cell;
	(void)text;
	return size;
}

/* Only the machine itself can tell. */
__weak bool gic_can_disable_lpis(struct cpu *cpu)
{
	(void)cpu;
	return true;
}

__weak void gic_disable_lpis(struct cpu *cpu)
{
	(void)cpu;
}

__weak void gic_restore_lpis(struct cpu *cpu)
{
	(void)cpu;
}
