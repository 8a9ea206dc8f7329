// SPDX-License-Identifier: GPL-2.0-only
/*
 * GICv3: the CPU interface, which is system registers, and SGIs. Interrupts reach the owner of a
 * CPU directly (HCR_EL2.IMO = 0). SGIs must trap nevertheless: for the root
 * cell by HCR_EL2.FMO = 1, which makes the common registers virtual; for others, and for a
 * root cell that masks by priority, by ICH_HCR_EL2.TC = 1.
 */
#include <gic/internal.h>

#define ICC_PMR_LINUX 0xf0 /* DEFAULT_PMR_VALUE: Linux without pseudo-NMI leaves it there */
#define ICC_PMR_OPEN  0xff

#define SGI1R_LIST    0xffffUL
#define SGI1R_IRM     BIT(40)
#define SGI1R_CLUSTER (0xffUL << 48 | 0xfUL << 44 | 0xffUL << 32 | 0xffUL << 16)
#define SGI1R_INTID   (0xfUL << 24)

/* Which CPUs one write of ICC_SGI1R_EL1 can address: Aff3, Aff2, Aff1 and range selector. */
static u64 clusters[CB_MAX_CPUS];
static u32 nr_clusters;

/* Group 0 is EL3's if SCR_EL3.FIQ is 1, and its registers trap there (12.2). */
static bool has_group0;

/* ICC_SGI1R_EL1 fields that name the cluster of a CPU (12.2.23). */
static u64 sgi_cluster_of(u64 mpidr)
{
	return FIELD(mpidr, 39, 32) << 48 | FIELD(mpidr, 7, 4) << 44 | FIELD(mpidr, 23, 16) << 32 |
	       FIELD(mpidr, 15, 8) << 16;
}

static void find_clusters(void)
{
	for (cpuid_t id = 0; id < nr_cpus; id++) {
		u64 cluster = sgi_cluster_of(boot_mpidrs[id]);
		u32 n = 0;

		while (n < nr_clusters && clusters[n] != cluster)
			n++;
		clusters[n] = cluster;
		nr_clusters = MAX(nr_clusters, n + 1);
	}
}

/*
 * With SCR_EL3.FIQ the Non-secure view of ICC_PMR_EL1 is shifted (4.8.1): the lowest priority bit
 * that is implemented does not stick.
 */
static bool probe_group0(void)
{
	u64 saved = read_sysreg(ICC_PMR_EL1), seen;
	u64 bits = FIELD(read_sysreg(ICC_CTLR_EL1), 10, 8) + 1;

	write_sysreg(BIT(8 - bits), ICC_PMR_EL1);
	isb();
	seen = read_sysreg(ICC_PMR_EL1);
	write_sysreg(saved, ICC_PMR_EL1);
	isb();
	return seen;
}

__cold u32 gicv3_init(const struct cb_gic_config *config, struct cb_error *error)
{
	find_clusters();
	has_group0 = probe_group0();
	return gicr_init(config, error);
}

/*
 * Linux booted at EL2 splits priority drop and deactivation. With FMO its EOIR1, which stays
 * physical, must do both, since its DIR becomes virtual. Its view of PMR and CTLR lives on in
 * ICH_VMCR_EL2. What it has acknowledged and not yet deactivated is deactivated here.
 */
static void virtualize_root(struct cpu *cpu)
{
	u64 ctlr = read_sysreg(ICC_CTLR_EL1), pmr = read_sysreg(ICC_PMR_EL1);

	write_sysreg(pmr << ICH_VMCR_VPMR_SHIFT | ICH_VMCR_VENG1 |
			     (ctlr & ICC_CTLR_EOIMODE ? ICH_VMCR_VEOIM : 0),
		     ICH_VMCR_EL2);
	write_sysreg(ctlr & ~(u64)ICC_CTLR_EOIMODE, ICC_CTLR_EL1);
	write_sysreg(ICC_PMR_OPEN, ICC_PMR_EL1);
	isb();
	gic_write_ones(gicr_sgi_frame(cpu) + GICD_ICACTIVER, cpu->gic.nr_private);
}

/*
 * Traps of SGIs (12.4: ICH_HCR_EL2, and HCR_EL2.FMO in 12.2), by what the guest needs. Registers of
 * Group 0 are virtual with FMO; without it they would reach EL3, where SCR_EL3.FIQ traps them:
 * TALL0 is before.
 */
static void set_traps(struct cpu *cpu, bool direct)
{
	cpu->traps.ich_hcr = direct ? 0 : ICH_HCR_TC | ICH_HCR_TALL0;
	cpu->traps.hcr = (cpu->traps.hcr & ~(u64)HCR_EL2_FMO) | (direct ? HCR_EL2_FMO : 0);
	write_sysreg(cpu->traps.ich_hcr, ICH_HCR_EL2);
}

__cold void gicv3_cpu_enable(struct cpu *cpu)
{
	cpu->linux_traps.ich_hcr = read_sysreg(ICH_HCR_EL2);
	cpu->saved.ich_vmcr = read_sysreg(ICH_VMCR_EL2);
	cpu->saved.icc_sre = read_sysreg(ICC_SRE_EL2);
	write_sysreg(cpu->saved.icc_sre | ICC_SRE_EL2_ALL, ICC_SRE_EL2);
	isb();
	if (read_sysreg(ICC_PMR_EL1) != ICC_PMR_LINUX)
		public_page->root_mode = CB_ROOT_MODE_PSEUDO_NMI;
	else
		virtualize_root(cpu);
	set_traps(cpu, public_page->root_mode == CB_ROOT_MODE_DIRECT);
}

__cold void gicv3_cpu_disable(struct cpu *cpu)
{
	u64 vmcr = read_sysreg(ICH_VMCR_EL2);

	if (public_page->root_mode == CB_ROOT_MODE_DIRECT) {
		write_sysreg(vmcr >> ICH_VMCR_VPMR_SHIFT, ICC_PMR_EL1);
		write_sysreg((read_sysreg(ICC_CTLR_EL1) & ~(u64)ICC_CTLR_EOIMODE) |
				     (vmcr & ICH_VMCR_VEOIM ? ICC_CTLR_EOIMODE : 0),
			     ICC_CTLR_EL1);
	}
	write_sysreg(cpu->saved.ich_vmcr, ICH_VMCR_EL2);
	write_sysreg(cpu->linux_traps.ich_hcr, ICH_HCR_EL2);
	write_sysreg(cpu->saved.icc_sre, ICC_SRE_EL2);
	isb();
}

/*
 * The CPU interface. How many active priorities registers there are follows from the preemption
 * bits (12.2.1). Those of Group 0 come first, or the result is UNPREDICTABLE (12.2,
 * ICC_AP1R<n>_EL1). QEMU ignores those of Group 1 where there are two security states: there,
 * priorities are dropped one by one.
 */
static __cold void reset_interface(void)
{
	u64 bits = FIELD(read_sysreg(ICH_VTR_EL2), 28, 26) + 1;

	if (has_group0) {
		write_sysreg(0, ICC_IGRPEN0_EL1);
		write_sysreg(0, ICC_BPR0_EL1);
		write_sysreg(0, ICC_AP0R0_EL1);
		if (bits >= 6)
			write_sysreg(0, ICC_AP0R1_EL1);
		if (bits >= 7) {
			write_sysreg(0, ICC_AP0R2_EL1);
			write_sysreg(0, ICC_AP0R3_EL1);
		}
		isb();
	}
	write_sysreg(0, ICC_AP1R0_EL1);
	if (bits >= 6)
		write_sysreg(0, ICC_AP1R1_EL1);
	if (bits >= 7) {
		write_sysreg(0, ICC_AP1R2_EL1);
		write_sysreg(0, ICC_AP1R3_EL1);
	}
	write_sysreg(0, ICC_IGRPEN1_EL1);
	write_sysreg(0, ICC_BPR1_EL1);
	write_sysreg(0, ICC_PMR_EL1);
	write_sysreg(0, ICC_CTLR_EL1);
	write_sysreg(0, ICH_VMCR_EL2);
	isb();
	for (u32 n = 0; n < 32 && read_sysreg(ICC_RPR_EL1) != GIC_PRIORITY_IDLE; n++) {
		write_sysreg(MANAGEMENT_SGI, ICC_EOIR1_EL1);
		isb();
	}
}

__cold void gicv3_cpu_reset(struct cpu *cpu)
{
	u8 *sgi = gicr_sgi_frame(cpu);

	reset_interface();
	gic_write_ones(sgi + GICD_ICENABLER, cpu->gic.nr_private);
	gic_write_ones(sgi + GICD_IGROUPR, cpu->gic.nr_private);
	gicr_wait_rwp(gicr_frame(cpu));
	gic_reset_private(sgi, cpu->gic.nr_private);
}

__cold void gicv3_cpu_start(struct cpu *cpu)
{
	bool direct = cpu->cell == &root_cell && public_page->root_mode == CB_ROOT_MODE_DIRECT;

	set_traps(cpu, direct);
	if (direct)
		write_sysreg(ICC_PMR_OPEN, ICC_PMR_EL1);
	/* A cell that cleared SRE, where that can be cleared, would be UNPREDICTABLE (12.2.24): it
	 * traps. */
	write_sysreg(cpu->cell == &root_cell ? ICC_SRE_EL2_ALL : ICC_SRE_EL1_ALL, ICC_SRE_EL2);
	write_sysreg(ICC_SRE_EL1_ALL, ICC_SRE_EL1);
	isb();
}

void gicv3_wait(void)
{
	u64 pmr = read_sysreg(ICC_PMR_EL1), enable = read_sysreg(ICC_IGRPEN1_EL1);

	/* Enabled, no mask, nothing active: any pending interrupt reaches the CPU (4.8). */
	if (read_sysreg(ICC_RPR_EL1) != GIC_PRIORITY_IDLE)
		return;
	write_sysreg(ICC_PMR_OPEN, ICC_PMR_EL1);
	write_sysreg(1, ICC_IGRPEN1_EL1);
	isb();
	dsb(sy); /* before the CPU sleeps */
	wfi();
	write_sysreg(enable, ICC_IGRPEN1_EL1);
	write_sysreg(pmr, ICC_PMR_EL1);
	isb();
}

void gicv3_wake(cpuid_t id)
{
	u8 *sgi = gicr_sgi_frame(cpu_of(id));
	u64 mpidr = boot_mpidrs[id];

	spin_lock(&gic_lock);
	writel(readl(sgi + GICD_IGROUPR) | BIT(MANAGEMENT_SGI), sgi + GICD_IGROUPR);
	spin_unlock(&gic_lock);
	writeb(0, sgi + GICD_IPRIORITYR + MANAGEMENT_SGI);
	writel(BIT(MANAGEMENT_SGI), sgi + GICD_ICACTIVER);
	writel(BIT(MANAGEMENT_SGI), sgi + GICD_ISENABLER);
	dsb(sy); /* the request and the redistributor before the SGI */
	write_sysreg(sgi_cluster_of(mpidr) | (u64)MANAGEMENT_SGI << 24 | BIT(mpidr % 16),
		     ICC_SGI1R_EL1);
	isb();
}

bool gicv3_acknowledge_wake(struct cpu *cpu)
{
	/* Only what was seen is cleared: an SGI that comes right after this read must stay. */
	if (!(readl(gicr_sgi_frame(cpu) + GICD_ISPENDR) & BIT(MANAGEMENT_SGI)))
		return false;
	writel(BIT(MANAGEMENT_SGI), gicr_sgi_frame(cpu) + GICD_ICPENDR);
	/* Gone before the CPU looks at its requests: reading back proves that the write arrived. */
	(void)readl(gicr_sgi_frame(cpu) + GICD_ISPENDR);
	dsb(sy);
	return true;
}

void gicv3_update_cell(struct cell *cell)
{
	for (u32 n = 0; n < nr_clusters; n++) {
		u16 targets = 0;
		cpuid_t cpu;

		for_each_cpu (cpu, cell->cpus)
			if (sgi_cluster_of(boot_mpidrs[cpu]) == clusters[n])
				targets |= (u16)BIT(boot_mpidrs[cpu] % 16);
		/* Written once: CPUs of the cell send SGIs meanwhile. */
		WRITE_ONCE(cell->gic.sgi_targets[n], targets);
	}
}

/* Those of a cluster that the value names: a list, or all others of the cell (IRM). */
static u64 sgi1r_list(u64 value, u64 cluster, u64 targets)
{
	u64 mpidr;

	if (!(value & SGI1R_IRM))
		return (value & SGI1R_CLUSTER) == cluster ? targets & value & SGI1R_LIST : 0;
	mpidr = this_cpu()->info->mpidr;
	return cluster == sgi_cluster_of(mpidr) ? targets & ~BIT(mpidr % 16) : targets;
}

void gicv3_send_sgi(const struct cell *cell, u64 value)
{
	begin_sgi();
	for (u32 n = 0; n < nr_clusters; n++) {
		u64 list = sgi1r_list(value, clusters[n], READ_ONCE(cell->gic.sgi_targets[n]));

		if (list)
			write_sysreg((value & SGI1R_INTID) | clusters[n] | list, ICC_SGI1R_EL1);
	}
	isb();
	end_sgi();
}

/* SGIs and PPIs are the CPU's, extended ones included; extended SPIs are the root cell's. */
static bool may_deactivate_here(const struct cell *cell, intid_t intid)
{
	return intid < GIC_FIRST_SPI || intid - GIC_FIRST_EPPI < GIC_NR_EPPIS ||
	       gic_line_in_cell(cell, intid) || (cell == &root_cell && intid >= GIC_FIRST_ESPI);
}

/*
 * Group 0 belongs to nobody, but Linux clears its active priorities where it finds no firmware that
 * has it. What acknowledges its interrupts is undefined.
 */
static bool is_group0(u32 reg)
{
	switch (reg) {
	case ISS_SYSREG(3, 0, 12, 8, 3):  /* ICC_BPR0_EL1 */
	case ISS_SYSREG(3, 0, 12, 8, 4):  /* ICC_AP0R0_EL1 */
	case ISS_SYSREG(3, 0, 12, 8, 5):  /* ICC_AP0R1_EL1 */
	case ISS_SYSREG(3, 0, 12, 8, 6):  /* ICC_AP0R2_EL1 */
	case ISS_SYSREG(3, 0, 12, 8, 7):  /* ICC_AP0R3_EL1 */
	case ISS_SYSREG(3, 0, 12, 12, 6): /* ICC_IGRPEN0_EL1 */
		return true;
	default:
		return false;
	}
}

bool gicv3_sysreg(struct cell *cell, u32 iss, u64 *value, bool write)
{
	switch (iss & ISS_SYSREG_MASK) {
	case ISS_SYSREG(3, 0, 12, 11, 6): /* ICC_ASGI1R_EL1 */
	case ISS_SYSREG(3, 0, 12, 11, 7): /* ICC_SGI0R_EL1: no CPU of a cell listens to Group 0 */
		if (!write)
			return false;
		count_exit(this_cpu(), CB_EXIT_SGI);
		return true;
	case ISS_SYSREG(3, 0, 4, 6, 0): /* ICC_PMR_EL1 */
		if (write)
			write_sysreg(*value & 0xff, ICC_PMR_EL1);
		else
			*value = read_sysreg(ICC_PMR_EL1);
		break;
	case ISS_SYSREG(3, 0, 12, 12, 4): /* ICC_CTLR_EL1 */
		if (write)
			write_sysreg(*value & (ICC_CTLR_EOIMODE | ICC_CTLR_CBPR), ICC_CTLR_EL1);
		else
			*value = read_sysreg(ICC_CTLR_EL1);
		break;
	case ISS_SYSREG(3, 0, 12, 11, 1): /* ICC_DIR_EL1 */
		if (!write)
			return false;
		if (may_deactivate_here(cell, (intid_t)(*value & 0xffffff)))
			write_sysreg(*value & 0xffffff, ICC_DIR_EL1);
		break;
	case ISS_SYSREG(3, 0, 12, 12, 5): /* ICC_SRE_EL1 */
		*value = ICC_SRE_EL1_ALL;
		break;
	case ISS_SYSREG(3, 0, 12, 11, 3): /* ICC_RPR_EL1 */
		if (write)
			return false;
		*value = read_sysreg(ICC_RPR_EL1);
		break;
	default:
		if (!is_group0(iss & ISS_SYSREG_MASK))
			return false;
		*value = 0;
	}
	count_exit(this_cpu(), CB_EXIT_GICC);
	isb();
	return true;
}

void gicv3_drop_fiq(void)
{
	u64 intid = read_sysreg(ICC_IAR0_EL1);

	if (intid - GIC_MAX_INTID >= GIC_NR_SPECIAL)
		write_sysreg(intid, ICC_EOIR0_EL1);
	isb();
}
