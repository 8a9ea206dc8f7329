// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Interrupts: what GICv2 and GICv3 have in common, and the table of handlers. In a cell
 * the distributor answers for the cell's own interrupts only, CTLR and groups cannot be
 * written: nothing here waits for a bit to become 1.
 */
#include <gic.h>
#include <libfdt.h>
#include <sysreg.h>
#include "internal.h"

#define INTID_MASK 0x3ffu

struct gic gic;

/* Written before the INTID is enabled. As many as an acknowledge can name, 1023 included. */
static struct {
	irq_handler *handler;
	void *context;
} handlers[INTID_MASK + 1];

/* Compatible strings; a GICv2 has GICC, a GICv3 its redistributors as second reg. */
static const struct {
	const char *compatible;
	unsigned int version;
} controllers[] = {
	{ "arm,gic-v3", 3 },	    { "arm,cortex-a15-gic", 2 }, { "arm,gic-400", 2 },
	{ "arm,cortex-a7-gic", 2 }, { "arm,cortex-a9-gic", 2 },
};

uint64_t gic_frame(uint32_t intid)
{
	if (gic.version == 3 && intid < GIC_FIRST_SPI)
		return gicv3_redistributor(cpu_mpidr(cpu_id())) + GICR_SGI_FRAME;
	return gic.gicd.base;
}

void irq_register(uint32_t intid, irq_handler *handler, void *context)
{
	handlers[intid].context = context;
	handlers[intid].handler = handler;
}

uint32_t gic_acknowledge(void)
{
	uint32_t acknowledged;

	if (gic.version == 2)
		return read32(gic.gicc.base + GICC_IAR);
	acknowledged = (uint32_t)read_sysreg(ICC_IAR1_EL1);
	dsb(sy); /* the acknowledge takes effect before what the handler does */
	return acknowledged;
}

void gic_end(uint32_t acknowledged)
{
	if (gic.version == 2) {
		write32(gic.gicc.base + GICC_EOIR, acknowledged);
	} else {
		write_sysreg(ICC_EOIR1_EL1, acknowledged);
		isb();
	}
}

static void no_handler(uint32_t acknowledged)
{
	uint32_t intid = acknowledged & INTID_MASK;

	if (intid >= GIC_NR_INTIDS) /* spurious */
		return;
	printf("*** CPU %u: interrupt %u without handler\n", cpu_id(), intid);
	gic_disable(intid);
	gic_end(acknowledged);
}

/* On the way to a handler nothing is done that could be done before or after. */
void irq_dispatch(void)
{
	uint32_t acknowledged = gic_acknowledge(), intid = acknowledged & INTID_MASK;
	irq_handler *handler = handlers[intid].handler;

	if (!handler) {
		no_handler(acknowledged);
		return;
	}
	handler(intid, handlers[intid].context);
	gic_end(acknowledged);
}

void gic_enable(uint32_t intid, uint8_t priority, bool edge)
{
	uint64_t frame = gic_frame(intid);
	uint32_t word = intid / 32 * 4, bit = 1u << intid % 32;
	uint64_t icfgr = frame + GICD_ICFGR + intid / 16 * 4;
	uint32_t trigger = 2u << intid % 16 * 2;

	if (gic.version == 3)
		/* Ignored in a cell; without a hypervisor Group 0 is the reset value. */
		write32(frame + GICD_IGROUPR + word, read32(frame + GICD_IGROUPR + word) | bit);
	if (intid >= GIC_NR_SGIS)
		write32(icfgr, (read32(icfgr) & ~trigger) | (edge ? trigger : 0));
	write8(frame + GICD_IPRIORITYR + intid, priority);
	if (intid >= GIC_FIRST_SPI)
		gic.ops->route(intid, cpu_id());
	write32(frame + GICD_ISENABLER + word, bit);
}

void gic_disable(uint32_t intid)
{
	write32(gic_frame(intid) + GICD_ICENABLER + intid / 32 * 4, 1u << intid % 32);
}

void gic_route(uint32_t spi, unsigned int cpu)
{
	gic.ops->route(spi, cpu);
}

void gic_send_sgi(uint32_t sgi, uint32_t cpus)
{
	dsb(ishst); /* what the receiver is told about is visible to it */
	gic.ops->sgi(sgi, cpus);
	isb();
}

void gic_send_sgi_others(uint32_t sgi)
{
	dsb(ishst);
	gic.ops->sgi_others(sgi);
	isb();
}

static int find_controller(void)
{
	size_t i;
	int node;

	for (i = 0; i < ARRAY_SIZE(controllers); i++) {
		node = dt_next_compatible(-1, controllers[i].compatible);
		if (node >= 0) {
			gic.version = controllers[i].version;
			return node;
		}
	}
	return -1;
}

static void find_redistributors(int node)
{
	const fdt32_t *count = fdt_getprop(dt_blob(), node, "#redistributor-regions", NULL);
	unsigned int nr = count ? fdt32_to_cpu(*count) : 1;
	const fdt32_t *stride;
	int length;

	for (; gic.nr_gicr < nr && gic.nr_gicr < GIC_MAX_GICR_RANGES; gic.nr_gicr++) {
		struct range *range = &gic.gicr[gic.nr_gicr];

		if (!dt_reg(node, 1 + gic.nr_gicr, range))
			break;
		mmu_map(range->base, range->size, MEMORY_DEVICE);
	}
	stride = fdt_getprop(dt_blob(), node, "redistributor-stride", &length);
	if (stride) /* one cell or two */
		gic.gicr_stride = fdt32_to_cpu(stride[length / sizeof(*stride) - 1]);
}

void gic_init(void)
{
	int node = find_controller();

	if (node < 0 || !dt_reg(node, 0, &gic.gicd))
		return;
	mmu_map(gic.gicd.base, gic.gicd.size, MEMORY_DEVICE);
	if (gic.version == 2) {
		gic.ops = &gicv2_ops;
		dt_reg(node, 1, &gic.gicc);
		mmu_map(gic.gicc.base, gic.gicc.size, MEMORY_DEVICE);
	} else {
		gic.ops = &gicv3_ops;
		find_redistributors(node);
	}
	gic.ops->init();
	gic_init_cpu();
}

void gic_init_cpu(void)
{
	if (gic.ops)
		gic.ops->init_cpu();
}
