// SPDX-License-Identifier: GPL-2.0-only
/*
 * The distributor as a cell sees it: the bits of its own SPIs; the rest reads as zero and
 * ignores writes. What the whole system depends on (enables, groups) cannot be changed.
 */
#include <gic/internal.h>

enum gicd_kind {
	GICD_RAZ,	/* reads as zero, ignores writes */
	GICD_IDENTITY,	/* GICD_CTLR to GICD_IIDR: read-only for everybody */
	GICD_READ_ONLY, /* one bit per interrupt, read-only: groups */
	GICD_BITS,	/* one bit per interrupt, set and clear registers */
	GICD_PRIORITY,	/* 8 bits per interrupt */
	GICD_TARGETS,	/* 8 bits per interrupt, GICv2: limited to the cell's CPUs */
	GICD_CONFIG,	/* 2 bits per interrupt */
	GICD_SGI,	/* GICv2: GICD_SGIR and pending SGIs; ID registers */
};

/* What lies in each 128 bytes of the first 4 KiB. */
static const u8 gicd_kinds[32] = {
	[GICD_CTLR / 0x80] = GICD_IDENTITY,
	[GICD_IGROUPR / 0x80] = GICD_READ_ONLY,
	[GICD_ISENABLER / 0x80] = GICD_BITS,
	[GICD_ICENABLER / 0x80] = GICD_BITS,
	[GICD_ISPENDR / 0x80] = GICD_BITS,
	[GICD_ICPENDR / 0x80] = GICD_BITS,
	[GICD_ISACTIVER / 0x80] = GICD_BITS,
	[GICD_ICACTIVER / 0x80] = GICD_BITS,
	[GICD_IPRIORITYR / 0x80] = GICD_PRIORITY,
	GICD_PRIORITY,
	GICD_PRIORITY,
	GICD_PRIORITY,
	GICD_PRIORITY,
	GICD_PRIORITY,
	GICD_PRIORITY,
	GICD_PRIORITY,
	[GICD_ITARGETSR / 0x80] = GICD_TARGETS,
	GICD_TARGETS,
	GICD_TARGETS,
	GICD_TARGETS,
	GICD_TARGETS,
	GICD_TARGETS,
	GICD_TARGETS,
	GICD_TARGETS,
	[GICD_ICFGR / 0x80] = GICD_CONFIG,
	GICD_CONFIG,
	[GICD_SGIR / 0x80] = GICD_SGI,
	GICD_SGI,
};

/*
 * Which interrupts of the 32 from intid (a multiple of 32) are the cell's. SGIs and PPIs are
 * banked on GICv2 and so the CPU's own, but the management SGI stays enabled and first in
 * priority; on GICv3 they are in the redistributor.
 */
static u32 own_interrupts(const struct cell *cell, intid_t intid, bool write)
{
	if (intid < GIC_FIRST_SPI && gic_version != 2)
		return 0;
	if (intid < GIC_FIRST_SPI)
		return write ? ~(u32)BIT(MANAGEMENT_SGI) : ~0U;
	return cell->irqs[intid / 32];
}

/* Each bit of 4 or 16 becomes a field of 8 or 2 bits. */
static u32 spread_to_bytes(u32 bits)
{
	bits = (bits | bits << 14) & 0x00030003;
	return ((bits | bits << 7) & 0x01010101) * 0xff;
}

static u32 spread_to_pairs(u32 bits)
{
	bits = (bits | bits << 8) & 0x00ff00ff;
	bits = (bits | bits << 4) & 0x0f0f0f0f;
	bits = (bits | bits << 2) & 0x33333333;
	return ((bits | bits << 1) & 0x55555555) * 3;
}

void gic_access_raw(void *address, u8 widths, struct mmio_access *access)
{
	u64 value = access->value;

	switch (access->size & widths) {
	case 1:
		access->write ? writeb((u8)value, address) : (void)(access->value = readb(address));
		break;
	case 4:
		access->write ? writel((u32)value, address)
			      : (void)(access->value = readl(address));
		break;
	case 8:
		access->write ? writeq(value, address) : (void)(access->value = readq(address));
		break;
	default:
		access->value = 0;
	}
}

/* Set and clear registers: zeros change nothing, so foreign bits need no read. */
static void access_bits(u8 *address, u32 own, struct mmio_access *access)
{
	if (access->size != 4) {
		access->value = 0;
		return;
	}
	if (access->write)
		writel((u32)access->value & own, address);
	else
		access->value = readl(address) & own;
}

/* Fields that share a word with those of other cells. */
static void access_fields(u8 *address, u32 own, struct mmio_access *access)
{
	if (!own) {
		access->value = 0;
		return;
	}
	if (!access->write || access->size != 4 || own == ~0U) {
		gic_access_raw(address, 1 | 4, access);
		access->value &= own;
		return;
	}
	writel((readl(address) & ~own) | ((u32)access->value & own), address);
}

/* One byte per interrupt: from offset in the register array, access->size of them. */
static u32 own_bytes(const struct cell *cell, u64 offset, const struct mmio_access *access)
{
	u32 own = own_interrupts(cell, (intid_t)ALIGN_DOWN(offset, 32), access->write) >>
		  (offset % 32);

	return spread_to_bytes(own & (access->size == 1 ? 1 : 0xf));
}

static void access_targets(struct cell *cell, u64 offset, struct mmio_access *access)
{
	intid_t intid = (intid_t)(offset - GICD_ITARGETSR);

	if (gic_version != 2 || (access->write && intid < GIC_FIRST_SPI)) {
		access->value = 0;
		return;
	}
	access->value &= cell->gic_targets * 0x01010101UL;
	access_fields(gicd + offset, own_bytes(cell, intid, access), access);
}

static void access_config(const struct cell *cell, u64 offset, struct mmio_access *access)
{
	intid_t intid = (intid_t)(offset - GICD_ICFGR) * 4;
	u32 own = own_interrupts(cell, intid, access->write) >> (intid % 32);

	if (access->size != 4)
		own = 0;
	access_fields(gicd + offset, spread_to_pairs(own & 0xffff), access);
}

/* Read-only for everybody; cells other than the root have no LPIs and no message SPIs. */
static void access_identity(const struct cell *cell, u64 offset, struct mmio_access *access)
{
	if (access->write || offset > GICD_IIDR || access->size != 4) {
		access->value = 0;
		return;
	}
	access->value = readl(gicd + offset);
	if (offset == GICD_TYPER && gic_version == 3 && cell != &root_cell)
		access->value =
			(access->value & ~(GICD_TYPER_LPIS | GICD_TYPER_MBIS)) | GICD_TYPER_NO1N;
}

/* The last page of a GICv2 distributor: SGIs of the accessing CPU, and identification. */
static void access_sgi(struct cell *cell, u64 offset, struct mmio_access *access)
{
	if (gic_version != 2) {
		access->value = 0;
		return;
	}
	if (offset == GICD_SGIR && access->write && access->size == 4)
		gicv2_send_sgi(cell, (u32)access->value);
	else if (offset >= GICD_CPENDSGIR && offset < GICD_SPENDSGIR + 0x10)
		gic_access_raw(gicd + offset, 1 | 4, access);
	else if (offset >= GICD_V2_ID && !access->write)
		gic_access_raw(gicd + offset, 4, access);
	else
		access->value = 0;
}

static bool is_own_spi(const struct cell *cell, intid_t intid)
{
	return intid >= GIC_FIRST_SPI && intid < GIC_MAX_INTID &&
	       cell->irqs[intid / 32] & BIT(intid % 32);
}

/* GICv3: an SPI may be routed to one CPU of its cell; "any CPU" (IRM) is not offered. */
static void access_route(struct cell *cell, u64 offset, struct mmio_access *access)
{
	intid_t intid = (intid_t)(offset - GICD_IROUTER) / 8;
	u64 route, shift = offset % 8 * 8;
	cpuid_t cpu;

	if (gic_version != 3 || access->size < 4 || !is_own_spi(cell, intid)) {
		access->value = 0;
		return;
	}
	route = readq(gicd + ALIGN_DOWN(offset, 8));
	if (!access->write) {
		access->value = route >> shift;
		return;
	}
	if (access->size == 8)
		route = access->value;
	else
		route = (route & ~(0xffffffffUL << shift)) | (access->value << shift);
	cpu = cpu_by_mpidr(route);
	if (cpu < nr_cpus && cell->cpus & BIT(cpu))
		writeq(route, gicd + ALIGN_DOWN(offset, 8));
}

void gicd_access(struct cell *cell, u64 offset, struct mmio_access *access)
{
	u64 in_array = offset % 0x80;
	enum gicd_kind kind = offset < 0x1000 ? gicd_kinds[offset / 0x80] : GICD_RAZ;

	if (offset % access->size) { /* not what a GIC supports */
		access->value = 0;
		return;
	}
	switch (kind) {
	case GICD_IDENTITY:
		access_identity(cell, offset, access);
		break;
	case GICD_READ_ONLY:
		if (access->write)
			break;
		__attribute__((fallthrough));
	case GICD_BITS:
		access_bits(gicd + offset,
			    own_interrupts(cell, (intid_t)in_array * 8, access->write), access);
		break;
	case GICD_PRIORITY:
		access_fields(gicd + offset, own_bytes(cell, offset - GICD_IPRIORITYR, access),
			      access);
		break;
	case GICD_TARGETS:
		access_targets(cell, offset, access);
		break;
	case GICD_CONFIG:
		access_config(cell, offset, access);
		break;
	case GICD_SGI:
		access_sgi(cell, offset, access);
		break;
	case GICD_RAZ:
		if (offset >= GICD_IROUTER && offset < GICD_IROUTER_END)
			access_route(cell, offset, access);
		else if (offset >= GICD_V3_ID && gic_version == 3 && !access->write)
			gic_access_raw(gicd + offset, 4, access);
		else
			access->value = 0;
		break;
	}
}
