// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * GICv3: CPU interface in system registers, CPUs named by affinity, SGIs and PPIs in
 * the redistributors.
 */
#include <gic.h>
#include <sysreg.h>

#define AFF0(mpidr) ((mpidr)&0xff)
#define AFF1(mpidr) ((mpidr) >> 8 & 0xff)
#define AFF2(mpidr) ((mpidr) >> 16 & 0xff)
#define AFF3(mpidr) ((mpidr) >> 32 & 0xff)

/* Redistributor of each CPU; a CPU writes its own before it takes interrupts. */
static uint64_t redistributors[INMATE_MAX_CPUS];

static uint64_t typer_affinity(uint64_t typer)
{
	uint64_t affinity = typer >> 32;

	return (affinity >> 24) << 32 | (affinity & 0xffffff);
}

/* Redistributors follow one another, in a tree's or in their own distance. */
static uint64_t stride(uint64_t typer)
{
	if (gic.gicr_stride)
		return gic.gicr_stride;
	return GICR_STRIDE * (typer & GICR_TYPER_VLPIS ? 2 : 1);
}

static uint64_t find_redistributor(uint64_t mpidr)
{
	uint64_t frame, end, typer;
	unsigned int i;

	for (i = 0; i < gic.nr_gicr; i++) {
		frame = gic.gicr[i].base;
		end = frame + gic.gicr[i].size;
		while (frame + GICR_STRIDE <= end) {
			typer = read64(frame + GICR_TYPER);
			if (typer_affinity(typer) == mpidr)
				return frame;
			if (typer & GICR_TYPER_LAST)
				break;
			frame += stride(typer);
		}
	}
	return 0;
}

uint64_t gicv3_redistributor(uint64_t mpidr)
{
	unsigned int cpu = cpu_id();

	if (mpidr == cpu_mpidr(cpu) && redistributors[cpu])
		return redistributors[cpu];
	return find_redistributor(mpidr);
}

static void init(void)
{
	uint64_t ctlr = gic.gicd.base + GICD_CTLR;

	write32(ctlr, GICD_CTLR_ARE_NS | GICD_CTLR_ENABLE_GRP1A);
	while (read32(ctlr) & GICD_CTLR_RWP)
		;
}

static void init_cpu(void)
{
	uint64_t gicr = find_redistributor(cpu_mpidr(cpu_id()));
	uint64_t waker = gicr + GICR_WAKER;

	redistributors[cpu_id()] = gicr;
	if (gicr) {
		write32(waker, read32(waker) & ~GICR_WAKER_SLEEP);
		while (read32(waker) & GICR_WAKER_ASLEEP)
			;
	}
	write_sysreg(ICC_SRE_EL1, ICC_SRE_EL1_SRE);
	isb(); /* the other registers exist from here on */
	write_sysreg(ICC_PMR_EL1, 0xf0);
	write_sysreg(ICC_BPR1_EL1, 0);
	write_sysreg(ICC_CTLR_EL1, 0); /* EOI mode 0 */
	write_sysreg(ICC_IGRPEN1_EL1, ICC_IGRPEN1_EL1_ENABLE);
	isb();
}

static void route(uint32_t spi, unsigned int cpu)
{
	write64(gic.gicd.base + GICD_IROUTER + 8 * spi, cpu_mpidr(cpu));
}

/* Affinity 3 to 1 and the range selector; the target list adds to it. */
static uint64_t sgi_cluster(uint64_t mpidr)
{
	return AFF3(mpidr) << 48 | (AFF0(mpidr) >> 4) << 44 | AFF2(mpidr) << 32 | AFF1(mpidr) << 16;
}

uint64_t gicv3_sgi_target(uint64_t mpidr)
{
	return sgi_cluster(mpidr) | 1ull << (AFF0(mpidr) & 0xf);
}

/* One write for each sixteen CPUs that share their higher affinities. */
static void sgi(uint32_t sgi_, uint32_t cpus)
{
	uint64_t cluster, value;
	unsigned int i, j;

	for (i = 0; i < cpu_count(); i++) {
		if (!(cpus & 1u << i))
			continue;
		cluster = sgi_cluster(cpu_mpidr(i));
		value = cluster | (uint64_t)sgi_ << ICC_SGIR_INTID_SHIFT;
		for (j = i; j < cpu_count(); j++) {
			if (!(cpus & 1u << j) || sgi_cluster(cpu_mpidr(j)) != cluster)
				continue;
			value |= gicv3_sgi_target(cpu_mpidr(j));
			cpus &= ~(1u << j);
		}
		write_sysreg(ICC_SGI1R_EL1, value);
	}
}

static void sgi_others(uint32_t sgi_)
{
	write_sysreg(ICC_SGI1R_EL1, ICC_SGIR_IRM | (uint64_t)sgi_ << ICC_SGIR_INTID_SHIFT);
}

const struct gic_ops gicv3_ops = {
	.init = init,
	.init_cpu = init_cpu,
	.route = route,
	.sgi = sgi,
	.sgi_others = sgi_others,
};
