// SPDX-License-Identifier: GPL-2.0-only
/*
 * The distributor as a cell sees it: the bits of its own SPIs; the rest reads as zero and
 * ignores writes. What the whole system depends on (enables, groups) cannot be changed. Accesses
 * that are not aligned, which no GIC supports, are such a rest.
 */
#include <gic/internal.h>

enum gicd_kind {
	GICD_RAZ,	/* reads as zero, ignores writes, but for what only GICv3 has */
	GICD_READ_ONLY, /* one bit per interrupt, read-only: groups */
	GICD_BITS,	/* one bit per interrupt, set and clear registers */
	GICD_PRIORITY,	/* 8 bits per interrupt */
	GICD_TARGETS,	/* 8 bits per interrupt, GICv2: limited to the cell's CPUs */
	GICD_CONFIG,	/* 2 bits per interrupt */
	GICD_SGI,	/* GICv2: pending SGIs; ID registers */
};

/* What lies in each 128 bytes of the first 4 KiB. */
static const u8 gicd_kinds[32] = {
	[GICD_IGROUPR / 0x80] = GICD_READ_ONLY,
	[GICD_ISENABLER / 0x80 ... GICD_IPRIORITYR / 0x80 - 1] = GICD_BITS,
	[GICD_IPRIORITYR / 0x80 ... GICD_ITARGETSR / 0x80 - 1] = GICD_PRIORITY,
	[GICD_ITARGETSR / 0x80 ... GICD_ICFGR / 0x80 - 1] = GICD_TARGETS,
	[GICD_ICFGR / 0x80 ... GICD_ICFGR / 0x80 + 1] = GICD_CONFIG,
	[GICD_SGIR / 0x80 ... GICD_SGIR / 0x80 + 1] = GICD_SGI,
};

/*
 * Which interrupts of the 32 that intid is one of are the cell's. SGIs and PPIs are
 * banked on GICv2 and so the CPU's own, but the management SGI stays enabled and first in
 * priority; on GICv3 they are in the redistributor.
 */
static u32 own_interrupts(const struct cell *cell, intid_t intid, struct mmio_access access)
{
	if (intid < GIC_FIRST_SPI && gic_version != 2)
		return 0;
	if (intid < GIC_FIRST_SPI)
		return mmio_is_write(access) ? ~(u32)BIT(MANAGEMENT_SGI) : ~0U;
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

/*
 * Set and clear registers: zeros change nothing, so foreign bits need no read. Where the cell owns
 * nothing there may be no register, and an abort by the GIC would be one in EL2.
 */
static u64 access_bits(u8 *address, u32 own, struct mmio_access access, u64 value)
{
	if (!own || (u64)address % 4)
		return 0;
	if (access.kind == MMIO_READ(MMIO_WORD))
		return readl(address) & own;
	if (access.kind == MMIO_WRITE(MMIO_WORD))
		writel((u32)value & own, address);
	return 0;
}

/* A word with fields of several cells. */
static u64 access_word(u8 *address, u32 own, struct mmio_access access, u64 value)
{
	u32 word;

	if (!own || (u64)address % 4)
		return 0;
	word = readl(address);
	if (!mmio_is_write(access))
		return word & own;
	writel((word & ~own) | ((u32)value & own), address);
	return 0;
}

/* One byte for each interrupt, from intid on. fields: bits of those that are not left out. */
static inline __attribute__((always_inline)) u64 access_bytes(const struct cell *cell, u64 offset,
							      intid_t intid,
							      struct mmio_access access, u64 value,
							      u32 fields)
{
	u32 own = own_interrupts(cell, intid, access) >> (intid % 32);

	if (mmio_size(access) == 4)
		return access_word(gicd + offset, spread_to_bytes(own & 0xf) & fields, access,
				   value);
	return own & fields & 1 ? gic_access_raw(gicd + offset, 1, access, value) : 0;
}

static u32 bytes_not_zero(u32 value)
{
	return ((((value & 0x7f7f7f7f) + 0x7f7f7f7f) | value) >> 7 & 0x01010101) * 0xff;
}

/* An SPI keeps its targets if none of those that are written is the cell's. */
static __noinline u64 access_targets(struct cell *cell, u64 offset, struct mmio_access access,
				     u64 value)
{
	intid_t intid = (intid_t)(offset - GICD_ITARGETSR);

	if (gic_version != 2 || (mmio_is_write(access) && intid < GIC_FIRST_SPI))
		return 0;
	value &= cell->gic.targets * 0x01010101UL;
	return access_bytes(cell, offset, intid, access, value,
			    mmio_is_write(access) ? bytes_not_zero((u32)value) : ~0U);
}

static __noinline u64 access_config(const struct cell *cell, u64 offset, struct mmio_access access,
				    u64 value)
{
	intid_t intid = (intid_t)(offset - GICD_ICFGR) * 4;
	u32 own = own_interrupts(cell, intid, access) >> (intid % 32);

	if (mmio_size(access) != 4)
		return 0;
	return access_word(gicd + offset, spread_to_pairs(own & 0xffff), access, value);
}

/* The last page of a GICv2 distributor: SGIs of the accessing CPU, and identification. */
static __noinline u64 access_sgi(u64 offset, struct mmio_access access, u64 value)
{
	if (gic_version != 2 || !mmio_is_aligned(offset, access))
		return 0;
	if (offset >= GICD_V2_ID && access.kind == MMIO_READ(MMIO_WORD))
		return readl(gicd + offset);
	if (offset < GICD_CPENDSGIR || offset >= GICD_SPENDSGIR + 0x10)
		return 0;
	return gic_access_raw(gicd + offset, 1 | 4, access, value);
}

/* By the number of its GICD_IROUTER. */
static bool is_own_route(const struct cell *cell, u32 n)
{
	return gic_line_in_cell(cell, n) ||
	       (cell == &root_cell && n - GIC_ESPI_ROUTE < gic_nr_espis);
}

/* GICv3: an SPI may be routed to one CPU of its cell; "any CPU" (IRM) is not offered. */
static u64 access_route(struct cell *cell, u64 offset, struct mmio_access access, u64 value)
{
	u64 route, shift = offset % 8 * 8;
	u8 *address = gicd + offset - offset % 8;
	cpuid_t cpu;

	if (mmio_size(access) < 4 || !is_own_route(cell, (u32)(offset - GICD_IROUTER) / 8))
		return 0;
	route = readq(address);
	if (!mmio_is_write(access))
		return mmio_part(route, offset, access);
	if (mmio_size(access) == 8)
		route = value;
	else
		route = (route & ~(0xffffffffUL << shift)) | ((u64)(u32)value << shift);
	cpu = cpu_by_mpidr(route);
	if (cpu < nr_cpus && cell->cpus & BIT(cpu))
		writeq(route, address);
	return 0;
}

/*
 * Extended SPIs are all the root cell's, so that a word is its own or not there: arrays of one bit
 * an interrupt in the first page, of bytes in the second, of triggers in the third.
 */
static __cold u64 access_espis(u64 offset, struct mmio_access access, u64 value)
{
	bool bits = offset < GICD_IPRIORITYR_E, bytes = !bits && offset < GICD_ICFGR_E;
	u64 in_array = offset & (bits ? 0x1ff : 0xfff);

	if (in_array >= gic_nr_espis >> (bits	 ? 3
					 : bytes ? 0
						 : 2) ||
	    offset - GICD_BITS_E_END < 0x200 ||
	    (mmio_is_write(access) && offset < GICD_ISENABLER_E))
		return 0;
	return gic_access_raw(gicd + offset, bytes ? 1 | 4 : 4, access, value);
}

/* What only GICv3 has. */
static __noinline u64 access_v3(struct cell *cell, u64 offset, struct mmio_access access, u64 value)
{
	if (gic_version != 3 || !mmio_is_aligned(offset, access))
		return 0;
	if (offset >= GICD_IROUTER && offset < GICD_IROUTER_END)
		return access_route(cell, offset, access, value);
	if (cell == &root_cell && offset - GICD_IGROUPR_E < 3 * PAGE_SIZE)
		return access_espis(offset, access, value);
	return offset >= GICD_V3_ID && access.kind == MMIO_READ(MMIO_WORD) ? readl(gicd + offset)
									   : 0;
}

/* Constant, and read-only for everybody. */
static u64 read_identity(const struct cell *cell, u64 offset, struct mmio_access access)
{
	if (offset % 4 || offset > GICD_IIDR || access.kind != MMIO_READ(MMIO_WORD))
		return 0;
	if (offset == GICD_TYPER && cell != &root_cell)
		return gicd_typer_of_cells;
	return readl(gicd + offset);
}

/* Under gic_lock. */
static u64 access_shared(struct cell *cell, u64 offset, struct mmio_access access, u64 value)
{
	intid_t intid = (intid_t)(offset % 0x80) * 8;
	enum gicd_kind registers = offset < 0x1000 ? gicd_kinds[offset / 0x80] : GICD_RAZ;

	switch (registers) {
	case GICD_READ_ONLY:
		if (mmio_is_write(access))
			return 0;
		__attribute__((fallthrough));
	case GICD_BITS:
		return access_bits(gicd + offset, own_interrupts(cell, intid, access), access,
				   value);
	case GICD_PRIORITY:
		return access_bytes(cell, offset, (intid_t)(offset - GICD_IPRIORITYR), access,
				    value, ~0U);
	case GICD_TARGETS:
		return access_targets(cell, offset, access, value);
	case GICD_CONFIG:
		return access_config(cell, offset, access, value);
	case GICD_SGI:
		return access_sgi(offset, access, value);
	case GICD_RAZ:
		return access_v3(cell, offset, access, value);
	}
	return 0;
}

/* Without gic_lock: see begin_sgi(). */
static u64 send_sgi(struct cell *cell, u64 sgir)
{
	count_exit(this_cpu(), CB_EXIT_SGI);
	gicv2_send_sgi(cell, (u32)sgir);
	return 0;
}

u64 gic_distributor(struct cell *cell, u64 offset, struct mmio_access access, u64 value)
{
	if (offset == GICD_SGIR && gic_version == 2 && access.kind == MMIO_WRITE(MMIO_WORD))
		return send_sgi(cell, value);
	count_exit(this_cpu(), CB_EXIT_GICD);
	if (offset < GICD_IGROUPR)
		return read_identity(cell, offset, access);
	spin_lock(&gic_lock);
	value = access_shared(cell, offset, access, value);
	spin_unlock(&gic_lock);
	return value;
}
