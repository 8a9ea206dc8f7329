// SPDX-License-Identifier: GPL-2.0-only
/*
 * The GIC as the rest of the hypervisor sees it (gic.h): the distributor, which both versions
 * have, and the choice between them.
 */
#include <base/refuse.h>
#include <gic/internal.h>
#include <mm/el2map.h>

static intid_t nr_intids;

static u32 check_version(struct cb_error *error)
{
	u32 pidr2 = readl(gicd + (gic_version == 3 ? GIC_PIDR2 : GICD_V2_PIDR2));
	u32 revision = FIELD(pidr2, 7, 4), found = revision >= 3 ? 3 : revision;

	if (found == gic_version)
		return CB_OK;
	return refuse(error, CB_ERR_GIC_VERSION, .found = found, .expected = gic_version);
}

u32 gic_init(const struct cb_system_config *config, struct cb_error *error)
{
	u32 typer;

	gic_version = config->gic.version;
	gicd_frame = config->gic.frames[CB_GIC_GICD];
	gicd_frame.size = MIN(gicd_frame.size, 0x10000UL);
	gicd = el2_map_device(gicd_frame.phys, gicd_frame.size);
	if (!gicd)
		return refuse(error, CB_ERR_NO_MEMORY);
	if (check_version(error))
		return error->code;
	typer = readl(gicd + GICD_TYPER);
	/* Reserved in a GICv2. */
	gic_nr_espis = typer & GICD_TYPER_ESPI ? (u32)(32 * (FIELD(typer, 31, 27) + 1)) : 0;
	gicd_typer_of_cells = (typer & ~(u32)(GICD_TYPER_LPIS | GICD_TYPER_MBIS | GICD_TYPER_ESPI |
					      GICD_TYPER_ESPI_RANGE)) | /* zero in a GICv2 */
			      (gic_version == 3 ? GICD_TYPER_NO1N : 0);
	nr_intids = (intid_t)(32 * (FIELD(typer, 4, 0) + 1));
	nr_intids = MIN(nr_intids, (intid_t)GIC_MAX_INTID);
	return gic_version == 3 ? gicv3_init(&config->gic, error) : gicv2_init(&config->gic, error);
}

intid_t gic_nr_intids(void)
{
	return nr_intids;
}

void gic_cpu_discover(struct cpu *cpu)
{
	if (gic_version == 2)
		gicv2_cpu_discover(cpu);
}

void gic_cpu_enable(struct cpu *cpu)
{
	if (gic_version == 3)
		gicv3_cpu_enable(cpu);
}

void gic_cpu_disable(struct cpu *cpu)
{
	if (gic_version == 3)
		gicv3_cpu_disable(cpu);
}

void gic_clear_active_spis(void)
{
	if (gic_version != 3)
		return;
	gic_write_ones(gicd + GICD_ICACTIVER + GIC_FIRST_SPI / 8, nr_intids - GIC_FIRST_SPI);
	gic_write_ones(gicd + GICD_ICACTIVER_E, gic_nr_espis);
}

void gic_cpu_reset(struct cpu *cpu)
{
	if (gic_version == 3)
		gicv3_cpu_reset(cpu);
	else
		gicv2_cpu_reset();
}

void gic_cpu_start(struct cpu *cpu)
{
	if (gic_version == 3)
		gicv3_cpu_start(cpu);
}

void gic_wait(void)
{
	if (gic_version == 3)
		gicv3_wait();
	else
		gicv2_wait();
}

void gic_wake(cpuid_t cpu)
{
	if (gic_version == 3)
		gicv3_wake(cpu);
	else
		gicv2_wake(cpu);
}

bool gic_acknowledge_wake(struct cpu *cpu)
{
	return gic_version == 3 ? gicv3_acknowledge_wake(cpu) : gicv2_acknowledge_wake();
}

void gic_drop_fiq(void)
{
	u64 intid = read_sysreg(ICC_IAR0_EL1);

	if (intid - GIC_MAX_INTID >= GIC_NR_SPECIAL)
		write_sysreg(intid, ICC_EOIR0_EL1);
	isb();
}

static void wait_for_gicd(void)
{
	while (gic_version == 3 && readl(gicd + GICD_CTLR) & GICD_CTLR_RWP)
		cpu_relax();
}

static void route_spi(intid_t intid, cpuid_t cpu)
{
	if (gic_version == 3)
		gicv3_route(intid, boot_mpidrs[cpu]);
	else
		writeb(cpu_of(cpu)->gic_target, gicd + GICD_ITARGETSR + intid);
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
	wait_for_gicd(); /* disabled before trigger and route change (12.9.9, 12.9.22) */
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
	for (intid_t first = GIC_FIRST_SPI; first < nr_intids; first += 32) {
		spin_lock(&gic_lock);
		reset_spis(cell, first, cell->irqs[first / 32]);
		spin_unlock(&gic_lock);
	}
}

static bool reaches(intid_t intid, const struct cell *cell)
{
	if (gic_version == 3)
		return gicv3_reaches(intid, cell->cpus);
	return readb(gicd + GICD_ITARGETSR + intid) & cell->gic_targets;
}

void gic_evict_spis(const struct cell *cell)
{
	intid_t end = GIC_ESPI_ROUTE + gic_nr_espis;

	for (intid_t n = GIC_FIRST_SPI; n < end; n = n + 1 == nr_intids ? GIC_ESPI_ROUTE : n + 1) {
		spin_lock(&gic_lock);
		if (!gic_line_in_cell(cell, n) && reaches(n, cell))
			route_spi(n, default_target(&root_cell));
		spin_unlock(&gic_lock);
	}
}

bool gic_traps_cpu_frame(const struct cell *cell, ipa_t ipa)
{
	return gic_version == 3 ? gicv3_traps(ipa) : cell != &root_cell && gicv2_traps(ipa);
}

u64 gic_cpu_frame(struct cell *cell, ipa_t ipa, mmio_t kind, u64 value)
{
	return gic_version == 3 ? gicv3_mmio(cell, ipa, kind, value)
				: gicv2_mmio(cell, ipa, kind, value);
}

void gic_update_cell(struct cell *cell)
{
	u8 targets = 0;
	cpuid_t cpu;

	for_each_cpu (cpu, cell->cpus)
		targets |= cpu_of(cpu)->gic_target;
	/* Written once: CPUs of the cell send SGIs meanwhile. */
	WRITE_ONCE(cell->gic_targets, targets);
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
		while (load_acquire(&cpu_of(cpu)->sending))
			cpu_relax();
	return true;
}
