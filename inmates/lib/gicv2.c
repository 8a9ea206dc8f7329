// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * GICv2: CPU interface in memory, CPUs named by interface number.
 */
#include <gic.h>
#include <sysreg.h>

/* Interface of each CPU as a bit; a CPU writes its own before it takes interrupts. */
static uint8_t interfaces[INMATE_MAX_CPUS];

static void init(void)
{
	write32(gic.gicd.base + GICD_CTLR, GICD_CTLR_ENABLE);
}

static void init_cpu(void)
{
	uint8_t self = read8(gic.gicd.base + GICD_ITARGETSR); /* banked: the reader */

	interfaces[cpu_id()] = self ? self : 1; /* with one CPU it reads as zero */
	write32(gic.gicc.base + GICC_PMR, 0xf0);
	write32(gic.gicc.base + GICC_BPR, 0);
	write32(gic.gicc.base + GICC_CTLR, GICC_CTLR_ENABLE); /* EOI mode 0 */
}

static void route(uint32_t spi, unsigned int cpu)
{
	write8(gic.gicd.base + GICD_ITARGETSR + spi, interfaces[cpu]);
}

static void sgi(uint32_t sgi_, uint32_t cpus)
{
	uint32_t list = 0;
	unsigned int i;

	for (i = 0; i < cpu_count(); i++)
		if (cpus & 1u << i)
			list |= interfaces[i];
	write32(gic.gicd.base + GICD_SGIR, list << GICD_SGIR_LIST_SHIFT | sgi_);
}

static void sgi_others(uint32_t sgi_)
{
	write32(gic.gicd.base + GICD_SGIR, GICD_SGIR_ALL_BUT_SELF | sgi_);
}

const struct gic_ops gicv2_ops = {
	.init = init,
	.init_cpu = init_cpu,
	.route = route,
	.sgi = sgi,
	.sgi_others = sgi_others,
};
