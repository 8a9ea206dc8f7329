// SPDX-License-Identifier: GPL-2.0-only
/*
 * LPIs of a CPU that goes from the root cell to another one, which has none, and back. Their tables
 * let the GIC write to memory of Linux.
 */
#include <gic/internal.h>

bool gicv3_can_disable_lpis(struct cpu *cpu)
{
	u32 ctlr = readl(gicr_frame(cpu) + GICR_CTLR);

	return !(ctlr & GICR_CTLR_ENABLE_LPIS) || ctlr & GICR_CTLR_CES;
}

void gicv3_disable_lpis(struct cpu *cpu)
{
	u8 *rd = gicr_frame(cpu);
	u32 ctlr = readl(rd + GICR_CTLR);

	cpu->gic.lpis_on = ctlr & GICR_CTLR_ENABLE_LPIS;
	if (!cpu->gic.lpis_on)
		return;
	cpu->gic.propbaser = readq(rd + GICR_PROPBASER);
	cpu->gic.pendbaser = readq(rd + GICR_PENDBASER);
	writel(ctlr & ~(u32)GICR_CTLR_ENABLE_LPIS, rd + GICR_CTLR);
	gicr_wait_rwp(rd); /* the GIC no longer uses the tables (12.11.2) */
	/* The configuration accepts hardware that cannot: then there is nothing to give back. */
	if (readl(rd + GICR_CTLR) & GICR_CTLR_ENABLE_LPIS)
		cpu->gic.lpis_on = false;
}

void gicv3_restore_lpis(struct cpu *cpu)
{
	u8 *rd = gicr_frame(cpu);

	if (!cpu->gic.lpis_on)
		return;
	writeq(cpu->gic.propbaser, rd + GICR_PROPBASER);
	writeq(cpu->gic.pendbaser, rd + GICR_PENDBASER);
	writel(readl(rd + GICR_CTLR) | (u32)GICR_CTLR_ENABLE_LPIS, rd + GICR_CTLR);
}
