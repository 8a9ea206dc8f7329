// SPDX-License-Identifier: GPL-2.0-only
/*
 * Redistributors of GICv3: where that of each CPU is, and what a cell sees of them: those of its
 * own CPUs, without what is about LPIs, and of the others what one looks at to find one's own.
 */
#include <base/refuse.h>
#include <gic/internal.h>
#include <mm/el2map.h>

static u64 redistributors_end; /* offset behind the last one */

/* Of a redistributor that no CPU has. */
#define NOBODYS_TYPER GICR_TYPER_AFFINITY

static u64 typer_affinity(u64 typer)
{
	return FIELD(typer, 63, 56) << 32 | FIELD(typer, 55, 32);
}

static bool map_redistributor(cpuid_t id, paddr_t phys, u64 typer)
{
	u64 virt = CPU_SLOTS + ((u64)id << CPU_SLOT_SHIFT) + CPU_SLOT_GICR;

	cpu_of(id)->gic.rd_phys = phys;
	cpu_of(id)->gic.nr_private = (u8)(32 * MIN(FIELD(typer, 31, 27) + 1, 3UL));
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

	while (offset + GICR_FRAMES_SIZE <= gic_frames[WINDOW_GICR].size) {
		paddr_t phys = gic_frames[WINDOW_GICR].phys + offset;
		cpuid_t id;

		typer = read_typer(phys);
		offset += rd_size(typer);
		id = cpu_by_mpidr(typer_affinity(typer));
		if (id < nr_cpus && !map_redistributor(id, phys, typer))
			return refuse(error, CB_ERR_NO_MEMORY);
		if (typer & GICR_TYPER_LAST)
			break;
	}
	redistributors_end = offset;
	for (cpuid_t id = 0; id < nr_cpus; id++) {
		if (cpu_of(id)->gic.rd_phys)
			continue;
		return refuse(error, CB_ERR_GIC_MISSING, .index = id,
			      .address = gic_frames[WINDOW_GICR].phys);
	}
	return CB_OK;
}

__cold u32 gicr_init(const struct cb_gic_config *config, struct cb_error *error)
{
	gic_frames[WINDOW_GICR] = config->frames[CB_GIC_GICR];
	return find_redistributors(error);
}

/* Whose redistributor lies at phys; NULL if it belongs to no CPU of the configuration. */
static struct cpu *redistributor_owner(paddr_t phys)
{
	if (this_cpu()->gic.rd_phys == phys)
		return this_cpu();
	for (cpuid_t id = 0; id < nr_cpus; id++)
		if (cpu_of(id)->gic.rd_phys == phys)
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
					      u64 offset, struct mmio_access access)
{
	u8 *rd = gicr_frame(owner ? owner : this_cpu());
	u64 typer = readq(rd + GICR_TYPER), value = 0;

	if (!owner) {
		typer = nobodys_typer(typer, frame);
		if (!typer)
			return 0;
	}
	if (cell != &root_cell)
		typer &= ~(GICR_TYPER_PLPIS | GICR_TYPER_DIRECT_LPI | GICR_TYPER_RVPEID);
	if (ALIGN_DOWN(offset, 8) == GICR_TYPER)
		value = typer;
	else if (offset == GICR_IIDR)
		value = (u64)readl(rd + GICR_IIDR) << 32;
	else if (offset == GIC_PIDR2) /* the same in every frame; the distributor's is mapped */
		value = readl(gicd + GIC_PIDR2);
	return mmio_part(value, offset, access);
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
	u64 typer = readq(gicr_frame(owner) + GICR_TYPER), reg = ALIGN_DOWN(offset, 8);
	bool direct = typer & GICR_TYPER_DIRECT_LPI;

	if (reg == GICR_PROPBASER || reg == GICR_PENDBASER)
		return typer & GICR_TYPER_PLPIS ? 4 | 8 : 0;
	if (reg == GICR_SETLPIR || reg == GICR_CLRLPIR)
		return direct ? 4 | 8 : 0;
	if (offset == GICR_CTLR || offset == GICR_STATUSR)
		return 4;
	if (!direct && !(readl(gicr_frame(owner) + GICR_CTLR) & GICR_CTLR_IR))
		return 0;
	if (offset == GICR_SYNCR)
		return 4;
	return reg == GICR_INVLPIR || reg == GICR_INVALLR ? 4 | 8 : 0;
}

/*
 * The first frame. LPIs are the root cell's: their tables let the GIC write memory. Nobody puts a
 * redistributor to sleep: a parked CPU behind it could not be woken.
 */
static u64 access_rd_frame(struct cell *cell, struct cpu *owner, u64 offset,
			   struct mmio_access access, u64 value)
{
	u32 widths = 0;

	if (offset == GICR_WAKER)
		widths = mmio_is_write(access) ? 0 : 4;
	else if (cell == &root_cell)
		widths = rd_widths(owner, offset);
	return gic_access_raw(gicr_frame(owner) + offset, widths, access, value);
}

/*
 * The second frame: SGIs and PPIs of a CPU of the cell, extended ones included, all but their
 * groups. Of what the distributor has for all interrupts, the words for these exist.
 */
static u64 access_sgi_frame(struct cpu *owner, u64 offset, struct mmio_access access, u64 value)
{
	u32 nr = owner->gic.nr_private, widths = 0;

	if (offset < GICD_IPRIORITYR) {
		bool group = offset < GICD_ISENABLER;

		if (offset >= GICD_IGROUPR && offset % 0x80 < nr / 8 &&
		    !(group && mmio_is_write(access)))
			widths = 4;
	} else if (offset - GICD_IPRIORITYR < nr) {
		widths = 1 | 4;
	} else if (offset - GICD_ICFGR < nr / 4) {
		widths = 4;
	}
	return gic_access_raw(gicr_sgi_frame(owner) + offset, widths, access, value);
}

static u64 access_redistributor(struct cell *cell, u64 offset, struct mmio_access access, u64 value)
{
	u64 in_frame = offset % GICR_FRAMES_SIZE;
	struct cpu *owner = redistributor_owner(gic_frames[WINDOW_GICR].phys + offset - in_frame);

	if (!mmio_is_aligned(offset, access))
		return 0;
	if (in_frame < GICR_SGI && is_rd_identity(in_frame) && !mmio_is_write(access))
		return read_rd_identity(cell, owner, offset - in_frame, in_frame, access);
	if (!owner || !(cell->cpus & BIT(owner->id)))
		return 0;
	return in_frame < GICR_SGI ? access_rd_frame(cell, owner, in_frame, access, value)
				   : access_sgi_frame(owner, in_frame - GICR_SGI, access, value);
}

u64 gic_redistributor(struct cell *cell, u64 offset, struct mmio_access access, u64 value)
{
	count_exit(this_cpu(), CB_EXIT_GICR);
	spin_lock(&gic_lock);
	value = access_redistributor(cell, offset, access, value);
	spin_unlock(&gic_lock);
	return value;
}
