// SPDX-License-Identifier: GPL-2.0-only
/*
 * GICv3: a CPU interface in system registers, and a redistributor per CPU. Interrupts reach
 * the owner of a CPU directly (HCR_EL2.IMO = 0). SGIs must trap nevertheless: for the root
 * cell by HCR_EL2.FMO = 1, which makes the common registers virtual; for others, and for a
 * root cell that masks by priority, by ICH_HCR_EL2.TC = 1.
 */
#include <gic/internal.h>
#include <mm/el2map.h>

#define ICC_PMR_LINUX 0xf0 /* DEFAULT_PMR_VALUE: Linux without pseudo-NMI leaves it there */
#define ICC_PMR_OPEN  0xff

#define SGI1R_LIST    0xffffUL
#define SGI1R_IRM     BIT(40)
#define SGI1R_CLUSTER (0xffUL << 48 | 0xfUL << 44 | 0xffUL << 32 | 0xffUL << 16)
#define SGI1R_INTID   (0xfUL << 24)

static struct cb_frame redistributors;
static u64 redistributors_end; /* offset behind the last one */

/* Which CPUs one write of ICC_SGI1R_EL1 can address: Aff3, Aff2, Aff1 and range selector. */
static u64 clusters[CB_MAX_CPUS];
static u32 nr_clusters;

/* Group 0 is EL3's if SCR_EL3.FIQ is 1, and its registers trap there (12.2). */
static bool has_group0;

static u8 *rd_of(const struct cpu *cpu)
{
	return (u8 *)cpu - CPU_SLOT_DATA + CPU_SLOT_GICR;
}

/* A register of the second frame; it is mapped right behind the first page of the first. */
static u8 *sgi_of(const struct cpu *cpu)
{
	return rd_of(cpu) + PAGE_SIZE;
}

/* Of a redistributor that no CPU has. */
#define NOBODYS_TYPER GICR_TYPER_AFFINITY

static u64 typer_affinity(u64 typer)
{
	return FIELD(typer, 63, 56) << 32 | FIELD(typer, 55, 32);
}

static bool map_redistributor(cpuid_t id, paddr_t phys, u64 typer)
{
	u64 virt = CPU_SLOTS + ((u64)id << CPU_SLOT_SHIFT) + CPU_SLOT_GICR;

	cpu_of(id)->gicr_phys = phys;
	cpu_of(id)->nr_private = (u8)(32 * MIN(FIELD(typer, 31, 27) + 1, 3UL));
	return el2_map(virt, phys, EL2_DEVICE) &&
	       el2_map(virt + PAGE_SIZE, phys + GICR_SGI, EL2_DEVICE);
}

/* With virtual LPIs a redistributor has two more frames. */
static u64 rd_size(u64 typer)
{
	return typer & GICR_TYPER_VLPIS ? 2 * GICR_FRAMES_SIZE : GICR_FRAMES_SIZE;
}

/*
 * Some GICv3 leave as much room behind a redistributor as the further frames of GICv4 take. What
 * lies there has no GICR_PIDR2 (12.11), and a GICR_TYPER of zero must not be taken for that of a
 * CPU.
 */
static u64 read_typer(paddr_t phys)
{
	u8 *page = window_map(phys + GIC_PIDR2 / PAGE_SIZE * PAGE_SIZE, 1, EL2_DEVICE);
	bool found = FIELD(readl(page + GIC_PIDR2 % PAGE_SIZE), 7, 4);
	u64 typer = NOBODYS_TYPER;

	if (found)
		typer = readq((u8 *)window_map(phys, 1, EL2_DEVICE) + GICR_TYPER);
	window_unmap();
	return typer;
}

/* Walk the redistributors (12.11) and give each CPU its own. */
static u32 find_redistributors(struct cb_error *error)
{
	u64 offset = 0, typer;

	while (offset + GICR_FRAMES_SIZE <= redistributors.size) {
		paddr_t phys = redistributors.phys + offset;
		cpuid_t id;

		typer = read_typer(phys);
		offset += rd_size(typer);
		id = cpu_by_mpidr(typer_affinity(typer));
		if (id < nr_cpus && !map_redistributor(id, phys, typer))
			return error->code = CB_ERR_NO_MEMORY;
		if (typer & GICR_TYPER_LAST)
			break;
	}
	redistributors_end = offset;
	for (cpuid_t id = 0; id < nr_cpus; id++) {
		if (cpu_of(id)->gicr_phys)
			continue;
		error->index = id;
		error->address = redistributors.phys;
		return error->code = CB_ERR_GIC_MISSING;
	}
	return CB_OK;
}

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
	redistributors = config->frames[CB_GIC_GICR];
	find_clusters();
	has_group0 = probe_group0();
	return find_redistributors(error);
}

static void wait_rwp(u8 *rd)
{
	while (readl(rd + GICR_CTLR) & GICR_CTLR_RWP)
		cpu_relax();
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
	gic_write_ones(sgi_of(cpu) + GICD_ICACTIVER, cpu->nr_private);
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
	u8 *sgi = sgi_of(cpu);

	reset_interface();
	gic_write_ones(sgi + GICD_ICENABLER, cpu->nr_private);
	gic_write_ones(sgi + GICD_IGROUPR, cpu->nr_private);
	wait_rwp(rd_of(cpu));
	gic_reset_private(sgi, cpu->nr_private);
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
	u8 *sgi = sgi_of(cpu_of(id));
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
	if (!(readl(sgi_of(cpu) + GICD_ISPENDR) & BIT(MANAGEMENT_SGI)))
		return false;
	writel(BIT(MANAGEMENT_SGI), sgi_of(cpu) + GICD_ICPENDR);
	/* Gone before the CPU looks at its requests: reading back proves that the write arrived. */
	(void)readl(sgi_of(cpu) + GICD_ISPENDR);
	dsb(sy);
	return true;
}

void gicv3_route(intid_t intid, u64 affinity)
{
	writeq(affinity, gicd + GICD_IROUTER + (u64)intid * 8);
}

bool gicv3_reaches(intid_t intid, cpuset_t cpus)
{
	u64 route = readq(gicd + GICD_IROUTER + (u64)intid * 8);
	cpuid_t cpu = cpu_by_mpidr(route);

	return route & GICD_IROUTER_IRM || (cpu < nr_cpus && cpus & BIT(cpu));
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
		WRITE_ONCE(cell->sgi_targets[n], targets);
	}
}

/* Those of a cluster that the value names: a list, or all others of the cell (IRM). */
static u64 sgi_list(u64 value, u64 cluster, u64 targets)
{
	u64 mpidr;

	if (!(value & SGI1R_IRM))
		return (value & SGI1R_CLUSTER) == cluster ? targets & value & SGI1R_LIST : 0;
	mpidr = this_cpu()->info->mpidr;
	return cluster == sgi_cluster_of(mpidr) ? targets & ~BIT(mpidr % 16) : targets;
}

void gic_send_sgi(const struct cell *cell, u64 value)
{
	begin_sgi();
	for (u32 n = 0; n < nr_clusters; n++) {
		u64 list = sgi_list(value, clusters[n], READ_ONCE(cell->sgi_targets[n]));

		if (list)
			write_sysreg((value & SGI1R_INTID) | clusters[n] | list, ICC_SGI1R_EL1);
	}
	isb();
	end_sgi();
}

static bool may_deactivate(const struct cell *cell, u64 intid)
{
	if (intid < GIC_MAX_INTID)
		return intid < GIC_FIRST_SPI || cell->irqs[intid / 32] & BIT(intid % 32);
	/* Extended SPIs are the root cell's, extended PPIs the CPU's. */
	return cell == &root_cell || intid - GIC_FIRST_EPPI < GIC_NR_EPPIS;
}

/* ESR_EL2.ISS of a trapped MSR or MRS, without direction and Rt (Arm ARM D19.2.37). */
#define SYSREG(op0, op1, crn, crm, op2) \
	((op0) << 20 | (op2) << 17 | (op1) << 14 | (crn) << 10 | (crm) << 1)
#define SYSREG_MASK 0x3ffc1e

bool gic_sysreg(struct cell *cell, u32 iss, u64 *value, bool write)
{
	switch (iss & SYSREG_MASK) {
	case SYSREG(3, 0, 12, 11, 6): /* ICC_ASGI1R_EL1 */
	case SYSREG(3, 0, 12, 11, 7): /* ICC_SGI0R_EL1: no CPU of a cell listens to Group 0 */
		if (!write)
			return false;
		count_exit(this_cpu(), CB_EXIT_SGI);
		return true;
	case SYSREG(3, 0, 4, 6, 0): /* ICC_PMR_EL1 */
		if (write)
			write_sysreg(*value & 0xff, ICC_PMR_EL1);
		else
			*value = read_sysreg(ICC_PMR_EL1);
		break;
	case SYSREG(3, 0, 12, 12, 4): /* ICC_CTLR_EL1 */
		if (write)
			write_sysreg(*value & (ICC_CTLR_EOIMODE | ICC_CTLR_CBPR), ICC_CTLR_EL1);
		else
			*value = read_sysreg(ICC_CTLR_EL1);
		break;
	case SYSREG(3, 0, 12, 11, 1): /* ICC_DIR_EL1 */
		if (!write)
			return false;
		if (may_deactivate(cell, *value & 0xffffff))
			write_sysreg(*value & 0xffffff, ICC_DIR_EL1);
		break;
	case SYSREG(3, 0, 12, 12, 5): /* ICC_SRE_EL1 */
		*value = ICC_SRE_EL1_ALL;
		break;
	case SYSREG(3, 0, 12, 11, 3): /* ICC_RPR_EL1 */
		if (write)
			return false;
		*value = read_sysreg(ICC_RPR_EL1);
		break;
	/*
	 * Group 0 belongs to nobody, but Linux clears its active priorities where it finds no
	 * firmware that has it. What acknowledges its interrupts is undefined.
	 */
	case SYSREG(3, 0, 12, 8, 3):  /* ICC_BPR0_EL1 */
	case SYSREG(3, 0, 12, 8, 4):  /* ICC_AP0R0_EL1 */
	case SYSREG(3, 0, 12, 8, 5):  /* ICC_AP0R1_EL1 */
	case SYSREG(3, 0, 12, 8, 6):  /* ICC_AP0R2_EL1 */
	case SYSREG(3, 0, 12, 8, 7):  /* ICC_AP0R3_EL1 */
	case SYSREG(3, 0, 12, 12, 6): /* ICC_IGRPEN0_EL1 */
		*value = 0;
		break;
	default:
		return false;
	}
	count_exit(this_cpu(), CB_EXIT_GICC);
	isb();
	return true;
}

/* Whose redistributor lies at phys; NULL if it belongs to no CPU of the configuration. */
static struct cpu *redistributor_owner(paddr_t phys)
{
	if (this_cpu()->gicr_phys == phys)
		return this_cpu();
	for (cpuid_t id = 0; id < nr_cpus; id++)
		if (cpu_of(id)->gicr_phys == phys)
			return cpu_of(id);
	return NULL;
}

/*
 * GICR_TYPER of a redistributor that is no CPU's of the configuration, as those who look for their
 * own pass it: like that of the CPU that asks, but for an affinity that no CPU has. 0: there is
 * none here.
 */
static u64 nobodys_typer(u64 typer, u64 frame)
{
	u64 size = rd_size(typer), end = frame + size;

	if (frame & (size - 1) || end > redistributors_end)
		return 0;
	typer |= GICR_TYPER_AFFINITY | GICR_TYPER_LAST;
	return end == redistributors_end ? typer : typer & ~GICR_TYPER_LAST;
}

/*
 * Cells have no LPIs, but see by the bit of virtual ones where the next redistributor is. What
 * identifies a redistributor may be read by all, to find one's own.
 */
static __cold __noinline u64 read_rd_identity(const struct cell *cell, struct cpu *owner, u64 frame,
					      u64 offset, mmio_t kind)
{
	u8 *rd = rd_of(owner ? owner : this_cpu());
	u64 typer = readq(rd + GICR_TYPER), value = 0;

	if (!owner)
		typer = nobodys_typer(typer, frame);
	if (!typer)
		return 0;
	if (cell != &root_cell)
		typer &= ~(GICR_TYPER_PLPIS | GICR_TYPER_DIRECT_LPI | GICR_TYPER_RVPEID);
	if (ALIGN_DOWN(offset, 8) == GICR_TYPER)
		value = typer;
	else if (offset == GICR_IIDR)
		value = (u64)readl(rd + GICR_IIDR) << 32;
	else if (offset == GIC_PIDR2) /* the same in every frame; the distributor's is mapped */
		value = readl(gicd + GIC_PIDR2);
	return mmio_part(value, offset, kind);
}

static bool is_rd_identity(u64 offset)
{
	return offset == GICR_IIDR || ALIGN_DOWN(offset, 8) == GICR_TYPER || offset >= GICD_V3_ID;
}

/*
 * The widths that a register of the first frame has, by what there is of LPIs; 0: it does not exist
 * (12.11), and may answer with an abort.
 */
static __cold u32 rd_widths(struct cpu *owner, u64 offset)
{
	u64 typer = readq(rd_of(owner) + GICR_TYPER), reg = ALIGN_DOWN(offset, 8);
	bool direct = typer & GICR_TYPER_DIRECT_LPI;

	if (reg == GICR_PROPBASER || reg == GICR_PENDBASER)
		return typer & GICR_TYPER_PLPIS ? 4 | 8 : 0;
	if (reg == GICR_SETLPIR || reg == GICR_CLRLPIR)
		return direct ? 4 | 8 : 0;
	if (offset == GICR_CTLR || offset == GICR_STATUSR)
		return 4;
	if (!direct && !(readl(rd_of(owner) + GICR_CTLR) & GICR_CTLR_IR))
		return 0;
	if (offset == GICR_SYNCR)
		return 4;
	return reg == GICR_INVLPIR || reg == GICR_INVALLR ? 4 | 8 : 0;
}

/*
 * The first frame. LPIs are the root cell's: their tables let the GIC write memory. Nobody puts a
 * redistributor to sleep: a parked CPU behind it could not be woken.
 */
static u64 access_rd(struct cell *cell, struct cpu *owner, u64 offset, mmio_t kind, u64 value)
{
	u32 widths = 0;

	if (offset == GICR_WAKER)
		widths = kind & MMIO_WRITE ? 0 : 4;
	else if (cell == &root_cell)
		widths = rd_widths(owner, offset);
	return gic_access_raw(rd_of(owner) + offset, widths, kind, value);
}

/*
 * The second frame: SGIs and PPIs of a CPU of the cell, extended ones included, all but their
 * groups. Of what the distributor has for all interrupts, the words for these exist.
 */
static u64 access_sgi(struct cpu *owner, u64 offset, mmio_t kind, u64 value)
{
	u32 nr = owner->nr_private, widths = 0;

	if (offset < GICD_IPRIORITYR) {
		bool group = offset < GICD_ISENABLER;

		if (offset >= GICD_IGROUPR && offset % 0x80 < nr / 8 &&
		    !(group && kind & MMIO_WRITE))
			widths = 4;
	} else if (offset - GICD_IPRIORITYR < nr) {
		widths = 1 | 4;
	} else if (offset - GICD_ICFGR < nr / 4) {
		widths = 4;
	}
	return gic_access_raw(sgi_of(owner) + offset, widths, kind, value);
}

static u64 access_redistributor(struct cell *cell, u64 offset, mmio_t kind, u64 value)
{
	u64 in_frame = offset % GICR_FRAMES_SIZE;
	struct cpu *owner = redistributor_owner(redistributors.phys + offset - in_frame);

	if (!mmio_is_aligned(offset, kind))
		return 0;
	if (in_frame < GICR_SGI && is_rd_identity(in_frame) && !(kind & MMIO_WRITE))
		return read_rd_identity(cell, owner, offset - in_frame, in_frame, kind);
	if (!owner || !(cell->cpus & BIT(owner->id)))
		return 0;
	return in_frame < GICR_SGI ? access_rd(cell, owner, in_frame, kind, value)
				   : access_sgi(owner, in_frame - GICR_SGI, kind, value);
}

bool gicv3_traps(ipa_t ipa)
{
	return ipa - redistributors.phys < redistributors.size;
}

u64 gicv3_mmio(struct cell *cell, ipa_t ipa, mmio_t kind, u64 value)
{
	count_exit(this_cpu(), CB_EXIT_GICR);
	spin_lock(&gic_lock);
	value = access_redistributor(cell, ipa - redistributors.phys, kind, value);
	spin_unlock(&gic_lock);
	return value;
}

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
	wait_rwp(rd); /* the GIC no longer uses the tables (12.11.2) */
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
