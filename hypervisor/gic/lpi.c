// SPDX-License-Identifier: GPL-2.0-only
/* LPIs are the root cell's: they stop on a CPU that leaves it, and go on when it comes back. */
#include <gic/internal.h>

bool gic_can_disable_lpis(struct cpu *cpu)
{
	u32 ctlr;

	if (gic_version != 3)
		return true;
	ctlr = readl(rd_of(cpu) + GICR_CTLR);
	return !(ctlr & GICR_CTLR_ENABLE_LPIS) || ctlr & GICR_CTLR_CES;
}

__cold void gic_disable_lpis(struct cpu *cpu)
{
	u8 *rd = rd_of(cpu);
	u32 ctlr;

	if (gic_version != 3)
		return;
	ctlr = readl(rd + GICR_CTLR);
	cpu->gic_state[0] = ctlr & GICR_CTLR_ENABLE_LPIS;
	if (!cpu->gic_state[0])
		return;
	cpu->gic_state[1] = readq(rd + GICR_PROPBASER);
	cpu->gic_state[2] = readq(rd + GICR_PENDBASER);
	writel(ctlr & ~(u32)GICR_CTLR_ENABLE_LPIS, rd + GICR_CTLR);
	wait_for_redistributor(rd); /* the GIC no longer uses the tables (12.11.2) */
	/* The configuration accepts hardware that cannot: then there is nothing to give back. */
	if (readl(rd + GICR_CTLR) & GICR_CTLR_ENABLE_LPIS)
		cpu->gic_state[0] = 0;
}

__cold void gic_restore_lpis(struct cpu *cpu)
{
	u8 *rd = rd_of(cpu);

	if (gic_version != 3 || !cpu->gic_state[0])
		return;
	writeq(cpu->gic_state[1], rd + GICR_PROPBASER);
	writeq(cpu->gic_state[2], rd + GICR_PENDBASER);
	writel(readl(rd + GICR_CTLR) | (u32)GICR_CTLR_ENABLE_LPIS, rd + GICR_CTLR);
}
