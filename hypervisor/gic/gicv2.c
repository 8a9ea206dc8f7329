// SPDX-License-Identifier: GPL-2.0-only
/*
 * GICv2: a CPU interface in memory. The root cell has both of its pages; a cell the first
 * one, so that GICC_DIR in the second can be checked.
 */
#include <base/refuse.h>
#include <gic/internal.h>
#include <mm/el2map.h>

#define MANAGEMENT_BYTE(array) ((array) + MANAGEMENT_SGI)

static u8 *gicc, *gich;

__cold u32 gicv2_init(const struct cb_gic_config *config, struct cb_error *error)
{
	const struct cb_frame *frame = &config->frames[CB_GIC_GICC];

	gic_frames[WINDOW_GICC] = (struct cb_frame){ frame->phys + PAGE_SIZE, PAGE_SIZE };
	gicc = el2_map_device(frame->phys, MIN(frame->size, 2 * PAGE_SIZE));
	gich = el2_map_device(config->frames[CB_GIC_GICH].phys, PAGE_SIZE);
	if (!gicc || !gich)
		return refuse(error, CB_ERR_NO_MEMORY);
	return CB_OK;
}

void gicv2_cpu_discover(struct cpu *cpu)
{
	/* The banked targets of SGIs and PPIs tell which CPU interface this is (4.3.12). */
	cpu->gic.target = readb(gicd + GICD_ITARGETSR);
	/* Whether another controller's signals pass while the interface is off is the firmware's
	 * choice. */
	cpu->gic.bypass = readl(gicc + GICC_CTLR) & GICC_CTLR_BYPASS;
}

/*
 * The guest may have been stopped within handlers, or have written the active priorities. With none
 * the running priority is idle (4.4.6), but QEMU looks at them only at the next end of an
 * interrupt.
 */
static void drop_priority(void)
{
	for (u64 n = 0; n < 4; n++) {
		writel(0, gicc + GICC_APR + 4 * n);
		writel(0, gicc + GICC_NSAPR + 4 * n);
	}
	if (readl(gicc + GICC_RPR) != GIC_PRIORITY_IDLE)
		writel(MANAGEMENT_SGI, gicc + GICC_EOIR);
}

__cold void gicv2_cpu_reset(void)
{
	drop_priority();
	writel(0, gich + GICH_HCR);
	writel(this_cpu()->gic.bypass, gicc + GICC_CTLR);
	writel(0, gicc + GICC_PMR);
	for (u64 n = 0; n < 4; n++)
		writel(~0U, gicd + GICD_CPENDSGIR + 4 * n);
	writel(~0U, gicd + GICD_ICENABLER);
	writel(0, gicc + GICC_BPR);
	gic_reset_private(gicd, GIC_FIRST_SPI);
}

void gicv2_wait(void)
{
	u32 ctlr = readl(gicc + GICC_CTLR), pmr = readl(gicc + GICC_PMR);

	/* Enabled, no mask, nothing active: what is pending reaches the CPU (4.4.1, 4.4.2). */
	if (readl(gicc + GICC_RPR) != GIC_PRIORITY_IDLE)
		return;
	/* Nor the SGI itself, which would not be signalled again; the sender cannot see it. */
	writel(BIT(MANAGEMENT_SGI), gicd + GICD_ICACTIVER);
	writel(0xff, gicc + GICC_PMR);
	writel(ctlr | 1, gicc + GICC_CTLR);
	dsb(sy); /* before the CPU sleeps */
	wfi();
	writel(ctlr, gicc + GICC_CTLR);
	writel(pmr, gicc + GICC_PMR);
}

void gicv2_wake(cpuid_t cpu)
{
	dsb(ishst); /* the request is visible before the SGI arrives */
	writel((u32)cpu_of(cpu)->gic.target << GICD_SGIR_LIST_SHIFT | MANAGEMENT_SGI,
	       gicd + GICD_SGIR);
}

bool gicv2_acknowledge_wake(void)
{
	u8 senders = readb(MANAGEMENT_BYTE(gicd + GICD_CPENDSGIR));

	writeb(senders, MANAGEMENT_BYTE(gicd + GICD_CPENDSGIR));
	/* Gone before the CPU looks at its requests: reading back proves that the write arrived. */
	(void)readb(MANAGEMENT_BYTE(gicd + GICD_CPENDSGIR));
	dsb(sy);
	return senders;
}

/* Of GICD_SGIR (4.3.15): the CPUs that a list or a filter names. */
static u32 sgir_list(u32 sgir, u32 targets)
{
	u32 self = this_cpu()->gic.target;

	switch (FIELD(sgir, 25, GICD_SGIR_FILTER_SHIFT)) {
	case 0:
		return FIELD(sgir, 23, GICD_SGIR_LIST_SHIFT) & targets;
	case 1:
		return targets & ~self;
	case 2:
		return self;
	default:
		return 0;
	}
}

void gicv2_send_sgi(const struct cell *cell, u32 sgir)
{
	u32 list;

	begin_sgi();
	list = sgir_list(sgir, READ_ONCE(cell->gic.targets));
	if (list)
		writel(list << GICD_SGIR_LIST_SHIFT | (sgir & 0xf), gicd + GICD_SGIR);
	end_sgi();
}

static bool may_deactivate(const struct cell *cell, intid_t intid)
{
	return intid < GIC_FIRST_SPI || gic_line_in_cell(cell, intid);
}

u64 gic_cpu_interface(struct cell *cell, u64 offset, struct mmio_access access, u64 value)
{
	count_exit(this_cpu(), CB_EXIT_GICC);
	if (offset + PAGE_SIZE == GICC_DIR && access.kind == MMIO_WRITE(MMIO_WORD) &&
	    may_deactivate(cell, (intid_t)FIELD(value, 9, 0)))
		writel((u32)value, gicc + GICC_DIR);
	return 0;
}
