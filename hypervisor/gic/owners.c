// SPDX-License-Identifier: GPL-2.0-only
/* CPUs and SPIs that change hands, and SPIs that are reset (gic.h). */
#include <gic/internal.h>

/* GICv3: the register that says which CPU gets it. */
static u8 *route_of(intid_t intid)
{
	return gicd + GICD_IROUTER + (u64)intid * 8;
}

static void route_spi(intid_t intid, cpuid_t cpu)
{
	if (gic_version == 3)
		writeq(boot_mpidrs[cpu], route_of(intid));
	else
		writeb(cpu_of(cpu)->gic.target, gicd + GICD_ITARGETSR + intid);
}

/* What of an SPI has no other register to put it back. */
struct setting {
	u8 priority, trigger;
};

/*
 * What Linux set up once, when it booted, of SPIs that are cells' now. Under gic_lock. The first is
 * no SPI and stays zero: what a cell gets.
 */
static struct setting kept[GIC_MAX_INTID];

/* A field of GICD_ICFGR has two bits. */
static u8 *trigger_word(intid_t intid)
{
	return gicd + GICD_ICFGR + 4UL * (intid / 16);
}

static struct setting setting_of(intid_t intid)
{
	return (struct setting){ .priority = readb(gicd + GICD_IPRIORITYR + intid),
				 .trigger = readl(trigger_word(intid)) >> intid % 16 * 2 & 3 };
}

/* While it is disabled (12.9.9). */
static void set_up_spi(intid_t intid, const struct setting *setting)
{
	u32 shift = intid % 16 * 2;
	u8 *word = trigger_word(intid);

	writeb(setting->priority, gicd + GICD_IPRIORITYR + intid);
	writel((readl(word) & ~(3U << shift)) | (u32)setting->trigger << shift, word);
}

/*
 * Where SPIs go until their owner says otherwise. Linux, which gives and takes them by hypercalls,
 * has this CPU on; its first one may be off.
 */
static cpuid_t default_target(const struct cell *cell)
{
	return cell == &root_cell ? this_cpu()->id : first_cpu(cell->cpus);
}

/* SPIs from first on, by bit, for their owner. Under gic_lock. */
static __noinline void reset_spis(const struct cell *cell, intid_t first, u32 spis)
{
	u8 *clear_enable = gicd + GICD_ICENABLER + first / 8;

	writel(spis, clear_enable);
	gicd_wait_rwp(); /* disabled before trigger and route change (12.9.9, 12.9.22) */
	for (u32 rest = spis; rest; rest &= rest - 1) {
		intid_t intid = first + (intid_t)__builtin_ctz(rest);

		set_up_spi(intid, &kept[cell == &root_cell ? intid : 0]);
		route_spi(intid, default_target(cell));
	}
	/* Last: a change of the trigger may leave it pending. */
	writel(spis, clear_enable + GICD_ICPENDR - GICD_ICENABLER);
	writel(spis, clear_enable + GICD_ICACTIVER - GICD_ICENABLER);
}

void gic_move_spi(struct cell *from, struct cell *to, intid_t intid)
{
	u32 bit = (u32)BIT(intid % 32);

	spin_lock(&gic_lock);
	if (from == &root_cell)
		kept[intid] = setting_of(intid);
	from->irqs[intid / 32] &= ~bit;
	reset_spis(to, intid & ~31U, bit);
	to->irqs[intid / 32] |= bit;
	spin_unlock(&gic_lock);
}

/* The lock is given up between any two words: other cells wait for it in each access to the GIC. */
void gic_reset_spis(const struct cell *cell)
{
	for (intid_t first = GIC_FIRST_SPI; first < gic_nr_intids(); first += 32) {
		spin_lock(&gic_lock);
		reset_spis(cell, first, cell->irqs[first / 32]);
		spin_unlock(&gic_lock);
	}
}

/* Without gic_lock: a bit that is written as 0 changes nothing in these (IHI 0069, 12.9). */
void gic_drive_spi(intid_t intid, bool high)
{
	u8 *set = gicd + GICD_ISPENDR + 4UL * (intid / 32);

	writel((u32)BIT(intid % 32), high ? set : set + GICD_ICPENDR - GICD_ISPENDR);
	/*
	 * It is at the GIC before the caller gives up its lock: else what another CPU writes then
	 * could arrive first, and an interrupt be lost. A write to Device-nGnRE memory may complete
	 * before it arrives (early acknowledgement, DDI 0487); a read behind it does not.
	 */
	(void)readl(set);
	dsb(sy);
}

static bool reaches(intid_t intid, const struct cell *cell)
{
	u64 route;
	cpuid_t cpu;

	if (gic_version == 3) {
		route = readq(route_of(intid));
		cpu = cpu_by_mpidr(route);
		return route & GICD_IROUTER_IRM || (cpu < nr_cpus && cell->cpus & BIT(cpu));
	}
	return readb(gicd + GICD_ITARGETSR + intid) & cell->gic.targets;
}

void gic_evict_spis(const struct cell *cell)
{
	intid_t end = GIC_ESPI_ROUTE + gic_nr_espis;

	for (intid_t n = GIC_FIRST_SPI; n < end;
	     n = n + 1 == gic_nr_intids() ? GIC_ESPI_ROUTE : n + 1) {
		spin_lock(&gic_lock);
		if (!gic_line_in_cell(cell, n) && reaches(n, cell))
			route_spi(n, default_target(&root_cell));
		spin_unlock(&gic_lock);
	}
}

void gic_clear_active_spis(void)
{
	if (gic_version != 3)
		return;
	gic_write_ones(gicd + GICD_ICACTIVER + GIC_FIRST_SPI / 8, gic_nr_intids() - GIC_FIRST_SPI);
	gic_write_ones(gicd + GICD_ICACTIVER_E, gic_nr_espis);
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
