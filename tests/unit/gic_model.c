// SPDX-License-Identifier: GPL-2.0-only
/*
 * A GIC that is modelled interrupt by interrupt and bit by bit from IHI 0048 and IHI 0069
 * (gic_model.h).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gic_model.h"
#include "harness.h"

paddr_t hv_phys;

struct cell guest;
struct cb_cell_config guest_config;
static struct cb_public public;
static struct cb_cpu_info cpu_infos[NR_CPUS];
cpuid_t current;
static paddr_t window_phys;

/* ---- State of the GIC ---- */

struct gic gic, expected;
struct features features;
u32 hardware_version;
bool no_mappings, lpis_stuck;
static bool for_a_cell; /* the hypervisor passes an access on */
static bool any_value;	/* identification in a width that is not offered: no matter */

/* How hardware may answer what is reserved or not implemented, and EL2 must not ask for it. */
static void abort_unless_cell(struct accessor who, const char *frame, u64 offset, size_t size)
{
	if (!who.cell)
		fail_msg("the GIC aborts: %zu bytes at %#lx of %s", size, offset, frame);
}

static struct irq *irq_of(struct gic *g, cpuid_t cpu, intid_t intid)
{
	if (intid < FIRST_SPI)
		return &g->banked[cpu][intid];
	if (intid >= FIRST_EPPI && intid < FIRST_EPPI + NR_EPPIS)
		return &g->banked[cpu][FIRST_SPI + intid - FIRST_EPPI];
	if (intid >= FIRST_ESPI)
		return &g->espis[(intid - FIRST_ESPI) % ARRAY_SIZE(g->espis)];
	return &g->spis[intid % ARRAY_SIZE(g->spis)];
}

/* GICv2: number of the CPU's interface. Not in the order of the CPUs. */
static u32 interface_of(cpuid_t cpu)
{
	return (cpu * 3 + 1) % NR_CPUS;
}

u8 target_of(cpuid_t cpu)
{
	return (u8)(1U << interface_of(cpu));
}

bool owns_spi(const struct cell *cell, intid_t intid)
{
	return intid >= FIRST_SPI && intid < features.nr_intids &&
	       cell->irqs[intid / 32] >> intid % 32 & 1;
}

bool has_cpu(const struct cell *cell, cpuid_t cpu)
{
	return cell->cpus >> cpu & 1;
}

/* The distributor shows an interrupt to the one who accesses. Extended SPIs are the root cell's. */
static bool is_visible(struct accessor who, intid_t intid)
{
	if (intid >= FIRST_ESPI)
		return intid - FIRST_ESPI < features.nr_espis &&
		       (!who.cell || who.cell == &root_cell);
	if (intid < FIRST_SPI)
		return hardware_version == 2;
	return intid < features.nr_intids && (!who.cell || owns_spi(who.cell, intid));
}

static bool is_changeable(struct accessor who, intid_t intid)
{
	return is_visible(who, intid) && !(who.cell && intid == MANAGEMENT_SGI);
}

/* ---- Registers with something for each interrupt ---- */

enum array {
	GROUP,
	SET_ENABLE,
	CLEAR_ENABLE,
	SET_PENDING,
	CLEAR_PENDING,
	SET_ACTIVE,
	CLEAR_ACTIVE,
	PRIORITY,
	TARGETS,
	CONFIG,
	NO_ARRAY
};

static const struct {
	u32 first, end; /* offsets */
	u8 bits;	/* for each interrupt */
	bool bytes;	/* single bytes can be accessed, too */
} arrays[] = {
	[GROUP] = { 0x080, 0x100, 1, false },	      [SET_ENABLE] = { 0x100, 0x180, 1, false },
	[CLEAR_ENABLE] = { 0x180, 0x200, 1, false },  [SET_PENDING] = { 0x200, 0x280, 1, false },
	[CLEAR_PENDING] = { 0x280, 0x300, 1, false }, [SET_ACTIVE] = { 0x300, 0x380, 1, false },
	[CLEAR_ACTIVE] = { 0x380, 0x400, 1, false },  [PRIORITY] = { 0x400, 0x800, 8, true },
	[TARGETS] = { 0x800, 0xc00, 8, true },	      [CONFIG] = { 0xc00, 0xd00, 2, false },
};

static enum array array_at(u64 offset)
{
	enum array a = GROUP;

	while (a < NO_ARRAY && (offset < arrays[a].first || offset >= arrays[a].end))
		a++;
	return a;
}

/* GICv3.1, 12.9: where the same array for extended SPIs lies; 0 if offset is in none. */
static u64 without_extension(u64 offset)
{
	static const u32 first[] = {
		[GROUP] = 0x1000,	 [SET_ENABLE] = 0x1200,	   [CLEAR_ENABLE] = 0x1400,
		[SET_PENDING] = 0x1600,	 [CLEAR_PENDING] = 0x1800, [SET_ACTIVE] = 0x1a00,
		[CLEAR_ACTIVE] = 0x1c00, [PRIORITY] = 0x2000,	   [CONFIG] = 0x3000,
	};

	for (enum array a = GROUP; a <= CONFIG; a++)
		if (first[a] && offset >= first[a] &&
		    offset - first[a] < features.nr_espis * arrays[a].bits / 8)
			return arrays[a].first + (offset - first[a]);
	return 0;
}

static u8 read_field(const struct irq *irq, enum array a)
{
	switch (a) {
	case GROUP:
		return irq->group1;
	case SET_ENABLE:
	case CLEAR_ENABLE:
		return irq->enabled;
	case SET_PENDING:
	case CLEAR_PENDING:
		return irq->pending;
	case SET_ACTIVE:
	case CLEAR_ACTIVE:
		return irq->active;
	case PRIORITY:
		return irq->priority;
	case TARGETS:
		return irq->targets;
	default:
		return irq->config;
	}
}

static void write_bit(struct irq *irq, enum array a, bool sgi)
{
	switch (a) {
	case SET_ENABLE:
	case CLEAR_ENABLE:
		irq->enabled = a == SET_ENABLE;
		break;
	case SET_PENDING:
	case CLEAR_PENDING:
		if (!sgi || hardware_version == 3) /* GICv2: by GICD_xPENDSGIR */
			irq->pending = a == SET_PENDING;
		break;
	default:
		irq->active = a == SET_ACTIVE;
	}
}

static void write_field(struct accessor who, struct irq *irq, enum array a, intid_t intid, u8 value)
{
	switch (a) {
	case GROUP:
		if (!who.cell)
			irq->group1 = value;
		break;
	case PRIORITY:
		irq->priority = value;
		break;
	case TARGETS:
		if (intid >= FIRST_SPI) /* read-only for the others */
			irq->targets = !who.cell ? value
				       : value & who.cell->gic.targets
					       ? value & who.cell->gic.targets
					       : irq->targets;
		break;
	case CONFIG:
		if (intid < NR_SGIS) /* read-only; bit 0 is reserved for all */
			break;
		/* Unpredictable while it is enabled: EL2 never does that by itself. */
		if (!who.cell && irq->config != (value & 2) && !for_a_cell)
			assert_false(irq->enabled);
		irq->config = value & 2;
		break;
	default:
		if (value)
			write_bit(irq, a, intid < NR_SGIS);
	}
}

/*
 * One access to an array; owner: whose banked interrupts. base: what to add to an INTID. shows:
 * which interrupts are there.
 */
static u64 access_array(struct gic *g, struct accessor who, cpuid_t owner, u64 offset, size_t size,
			bool write, u64 value, intid_t base,
			bool (*shows)(struct accessor, intid_t))
{
	enum array a = array_at(offset);
	u64 mask = (1UL << arrays[a].bits) - 1, result = 0;
	u32 nr = (u32)(size * 8 / arrays[a].bits);
	intid_t first = base + (intid_t)(offset - arrays[a].first) * 8 / arrays[a].bits;

	for (u32 i = 0; i < nr; i++) {
		struct irq *irq = irq_of(g, owner, first + i);

		if (!shows(who, first + i))
			continue;
		if (write)
			write_field(who, irq, a, first + i,
				    (u8)(value >> i * arrays[a].bits & mask));
		else
			result |= (u64)read_field(irq, a) << i * arrays[a].bits;
	}
	return result;
}

/* ---- The distributor ---- */

static u32 distributor_id(u64 offset)
{
	u64 last_word = hardware_version == 2 ? 0xfe8 : 0xffe8;

	return offset == last_word ? (u32)hardware_version << 4 | 0xb : 0x100 + (u32)offset % 0x100;
}

static bool is_distributor_id(u64 offset)
{
	return hardware_version == 2 ? offset >= 0xfd0 && offset < 0x1000
				     : offset >= 0xffd0 && offset < 0x10000;
}

static u64 access_head(struct gic *g, struct accessor who, u64 offset, bool write, u64 value)
{
	u64 typer = (features.nr_intids - 1) / 32 | (NR_CPUS - 1) << 5;

	if (hardware_version == 3) {
		typer = (features.nr_intids - 1) / 32 | BIT(16) | BIT(17);
		if (features.nr_espis && (!who.cell || who.cell == &root_cell))
			typer |= BIT(8) | (u64)(features.nr_espis / 32 - 1) << 27;
	}

	if (write) {
		if (!who.cell && offset == 0)
			g->ctlr = (u32)value;
		return 0;
	}
	switch (offset) {
	case 0:
		return g->ctlr;
	case 4: /* LPIs and message-based SPIs are the root cell's, 1 of N nobody's */
		if (who.cell && who.cell != &root_cell && hardware_version == 3)
			return (typer & ~(BIT(16) | BIT(17))) | BIT(25);
		return typer;
	case 8:
		return 0x43b;
	}
	return 0;
}

static void deliver_sgi(struct gic *g, cpuid_t target, cpuid_t sender, u32 sgi)
{
	g->senders[target][sgi] |= target_of(sender);
	g->banked[target][sgi].pending = true;
}

/* GICD_SGIR, IHI 0048 4.3.15 */
void access_sgir(struct gic *g, struct accessor who, u32 value)
{
	u32 filter = value >> 24 & 3;

	for (cpuid_t cpu = 0; cpu < NR_CPUS; cpu++) {
		bool meant = filter == 0   ? value >> 16 & target_of(cpu)
			     : filter == 1 ? cpu != who.cpu
			     : filter == 2 ? cpu == who.cpu
					   : false;

		if (meant && (!who.cell || has_cpu(who.cell, cpu)))
			deliver_sgi(g, cpu, who.cpu, value & 0xf);
	}
}

/* GICD_CPENDSGIR, GICD_SPENDSGIR */
static u64 access_sgi_pending(struct gic *g, cpuid_t cpu, u64 offset, size_t size, bool write,
			      u64 value)
{
	bool set = offset >= 0xf20;
	u64 result = 0;

	for (size_t i = 0; i < size; i++) {
		u32 sgi = (u32)(offset % 0x10 + i);
		u8 *senders = &g->senders[cpu][sgi], bits = (u8)(value >> 8 * i);

		result |= (u64)*senders << 8 * i;
		if (!write)
			continue;
		*senders = set ? *senders | bits : *senders & ~bits;
		g->banked[cpu][sgi].pending = *senders;
	}
	return write ? 0 : result;
}

cpuid_t cpu_with_affinity(u64 affinity)
{
	for (cpuid_t cpu = 0; cpu < NR_CPUS; cpu++)
		if (boot_mpidrs[cpu] == affinity)
			return cpu;
	return NR_CPUS;
}

static u64 access_router(struct gic *g, struct accessor who, u64 offset, size_t size, bool write,
			 u64 value)
{
	intid_t intid = (intid_t)(offset - 0x6000) / 8;
	u32 shift = (u32)(offset % 8 * 8);
	u64 mask = size == 8 ? ~0UL : 0xffffffffUL << shift, route;
	struct irq *irq;

	if (offset >= 0x8000)
		intid = FIRST_ESPI + (intid_t)(offset - 0x8000) / 8;
	if (!is_visible(who, intid))
		return 0;
	irq = irq_of(g, who.cpu, intid);
	if (!write)
		return (irq->route & mask) >> shift;
	route = (irq->route & ~mask) | (value << shift & mask);
	if (!who.cell)
		irq->route = route;
	else if (cpu_with_affinity(route) < NR_CPUS && has_cpu(who.cell, cpu_with_affinity(route)))
		irq->route = route;
	return 0;
}

/* Words of an array that exist: GICv3 has those for private interrupts elsewhere. */
static bool is_in_array(u64 offset, enum array a)
{
	u64 in_array = offset - arrays[a].first, words = arrays[a].bits * 4;

	return in_array < (features.nr_intids + 31) / 32 * words &&
	       (hardware_version == 2 || in_array >= words);
}

/* The widths that the specification gives a register of the distributor; 0: nothing is there. */
static u32 distributor_widths(u64 offset)
{
	u64 plain = without_extension(offset);

	if (plain)
		return arrays[array_at(plain)].bytes ? 1 | 4 : 4;
	if (array_at(offset) == TARGETS && hardware_version == 3)
		return 0;
	if (array_at(offset) != NO_ARRAY && !is_in_array(offset, array_at(offset)))
		return 0;
	if (array_at(offset) != NO_ARRAY)
		return arrays[array_at(offset)].bytes ? 1 | 4 : 4;
	if (offset < 0xc)
		return 4;
	if (hardware_version == 2 && offset >= 0xf10 && offset < 0xf30)
		return 1 | 4;
	if (hardware_version == 2 && offset >= 0xf00 && offset < 0xf04)
		return 4;
	if (hardware_version == 3 && offset >= 0x6000 + 8 * FIRST_SPI &&
	    offset < 0x6000 + 8 * features.nr_intids)
		return 4 | 8;
	if (offset >= 0x8000 && offset < 0x8000 + 8 * features.nr_espis)
		return 4 | 8;
	return is_distributor_id(offset) ? 4 : 0;
}

static u64 access_distributor(struct gic *g, struct accessor who, u64 offset, size_t size,
			      bool write, u64 value)
{
	u64 plain = without_extension(offset);

	if (offset % size || !(distributor_widths(offset) & size)) {
		/* How a configuration that names the other version is found. */
		if (size == 4 && !write && (offset == 0xfe8 || offset == 0xffe8))
			who.cell = &root_cell;
		abort_unless_cell(who, "the distributor", offset, size);
		any_value = is_distributor_id(offset);
		return 0;
	}
	if (plain || array_at(offset) != NO_ARRAY)
		return access_array(g, who, who.cpu, plain ? plain : offset, size, write, value,
				    plain ? FIRST_ESPI : 0, write ? is_changeable : is_visible);
	if (offset < 0xc)
		return access_head(g, who, offset, write, value);
	if (is_distributor_id(offset))
		return write ? 0 : distributor_id(offset);
	if (hardware_version == 3)
		return access_router(g, who, offset, size, write, value);
	if (offset >= 0xf10)
		return access_sgi_pending(g, who.cpu, offset, size, write, value);
	if (write)
		access_sgir(g, who, (u32)value);
	return 0;
}

/* ---- Redistributors ---- */

/* Frames in their order; some belong to no CPU of the configuration. */
#define NOBODY NR_CPUS
static const cpuid_t plain_frames[] = { 0, 1, 2, 3, 4, 5, 6, 7 };
static const cpuid_t sparse_frames[] = { NOBODY, 0, 1, 2, NOBODY, NOBODY, 5, 4, 3, 6, 7, NOBODY };

static size_t nr_frames(void)
{
	return features.sparse ? ARRAY_SIZE(sparse_frames) : ARRAY_SIZE(plain_frames);
}

static cpuid_t cpu_of_frame(size_t frame)
{
	return features.sparse ? sparse_frames[frame] : plain_frames[frame];
}

/* With virtual LPIs there are two more frames of 64 KiB. */
u64 redistributor_stride(void)
{
	return features.vlpis || features.gaps ? 2 * GICR_STRIDE : GICR_STRIDE;
}

u64 redistributors_size(void)
{
	return nr_frames() * redistributor_stride();
}

u64 redistributor_of(cpuid_t cpu)
{
	size_t frame = 0;

	while (cpu_of_frame(frame) != cpu)
		frame++;
	return frame * redistributor_stride();
}

static bool shows_private(struct accessor who, intid_t intid)
{
	(void)who;
	return intid < FIRST_SPI ||
	       (intid >= FIRST_EPPI && intid < FIRST_EPPI + 32 * (features.ppi_words - 1));
}

static u64 affinity_in_typer(u64 mpidr)
{
	return (mpidr >> 32 & 0xff) << 56 | (mpidr & 0xffffff) << 32;
}

/*
 * LPIs are offered to the root cell. What a cell sees of a redistributor that is nobody's is like
 * its own, so that it may go on to the next, but with an affinity that no CPU has.
 */
static u64 typer_of(struct accessor who, size_t frame)
{
	cpuid_t owner = cpu_of_frame(frame);
	u64 typer = (features.vlpis ? 0x82 : 0) | (features.lpis ? 1 : 0) |
		    (features.direct_lpis ? 8 : 0) | (u64)(features.ppi_words - 1) << 27;

	if (owner != NOBODY)
		typer |= affinity_in_typer(boot_mpidrs[owner]) | (u64)owner << 8;
	else if (who.cell)
		typer |= 0xffffffff00000000 | (u64)who.cpu << 8;
	else
		typer |= 0x0000990000000000 | 0x99 << 8;
	if (frame == nr_frames() - 1)
		typer |= BIT(4);
	return who.cell && who.cell != &root_cell ? typer & ~0x89UL : typer;
}

struct rd_register {
	u32 offset;
	u32 widths;
	enum {
		RD_CTLR,
		RD_IIDR,
		RD_TYPER,
		RD_STATUS,
		RD_WAKER,
		RD_PROP,
		RD_PEND,
		RD_DIRECT,
		RD_INV,
		RD_SYNC,
		RD_ID,
		RD_NONE
	} name;
};

/* What of it exists, IHI 0069 12.11 */
static bool is_implemented(const struct rd_register *reg)
{
	switch (reg->name) {
	case RD_PROP:
	case RD_PEND:
		return features.lpis;
	case RD_DIRECT:
		return features.direct_lpis;
	case RD_INV:
	case RD_SYNC:
		return features.direct_lpis || features.invalidate;
	default:
		return true;
	}
}

static struct rd_register rd_register(u64 offset)
{
	static const struct rd_register registers[] = {
		{ 0x0, 4, RD_CTLR },	    { 0x4, 4, RD_IIDR },      { 0x8, 4 | 8, RD_TYPER },
		{ 0xc, 4, RD_TYPER },	    { 0x10, 4, RD_STATUS },   { 0x14, 4, RD_WAKER },
		{ 0x40, 4 | 8, RD_DIRECT }, { 0x44, 4, RD_DIRECT },   { 0x48, 4 | 8, RD_DIRECT },
		{ 0x4c, 4, RD_DIRECT },	    { 0x70, 4 | 8, RD_PROP }, { 0x74, 4, RD_PROP },
		{ 0x78, 4 | 8, RD_PEND },   { 0x7c, 4, RD_PEND },     { 0xa0, 4 | 8, RD_INV },
		{ 0xa4, 4, RD_INV },	    { 0xb0, 4 | 8, RD_INV },  { 0xb4, 4, RD_INV },
		{ 0xc0, 4, RD_SYNC },	    { 0xffe8, 4, RD_ID },
	};

	for (size_t i = 0; i < ARRAY_SIZE(registers); i++)
		if (registers[i].offset == offset && is_implemented(&registers[i]))
			return registers[i];
	return (struct rd_register){ .name = RD_NONE };
}

static bool is_in_rd_typer(u64 offset)
{
	return offset >= 0x8 && offset < 0x10;
}

static u64 access_wide(u64 *reg, u64 offset, size_t size, bool write, u64 value)
{
	u32 shift = (u32)(offset % 8 * 8);
	u64 mask = size == 8 ? ~0UL : 0xffffffffUL << shift;

	if (!write)
		return (*reg & mask) >> shift;
	*reg = (*reg & ~mask) | (value << shift & mask);
	return 0;
}

static u64 access_rd_frame(struct gic *g, struct accessor who, size_t frame, u64 offset,
			   size_t size, bool write, u64 value)
{
	cpuid_t owner = cpu_of_frame(frame);
	struct rd_register reg = rd_register(offset);
	u64 wide, typer = typer_of(who, frame);
	bool own = owner != NOBODY && (!who.cell || has_cpu(who.cell, owner));
	bool lpis = own && (!who.cell || who.cell == &root_cell);

	if (!(reg.widths & size)) {
		abort_unless_cell(who, "a redistributor", offset, size);
		any_value = reg.name != RD_NONE || is_in_rd_typer(offset);
		return 0;
	}
	switch (reg.name) {
	case RD_IIDR:
		return write ? 0 : 0x43b;
	case RD_TYPER:
		wide = typer;
		return write ? 0 : access_wide(&wide, offset, size, false, 0);
	case RD_ID:
		return write ? 0 : distributor_id(0xffe8);
	case RD_WAKER:
		if (!write)
			return own ? g->waker[owner] : 0;
		if (!who.cell) /* asleep, it would take the management SGI with it */
			g->waker[owner] = (u32)value;
		return 0;
	default:
		break;
	}
	if (!lpis)
		return 0;
	switch (reg.name) {
	case RD_CTLR:
		if (write && !lpis_stuck)
			g->rd_ctlr[owner] = (g->rd_ctlr[owner] & ~1U) | ((u32)value & 1);
		return write ? 0 : g->rd_ctlr[owner];
	case RD_PROP:
		return access_wide(&g->propbaser[owner], offset, size, write, value);
	case RD_PEND:
		return access_wide(&g->pendbaser[owner], offset, size, write, value);
	case RD_DIRECT:
	case RD_INV:
	case RD_STATUS:
		if (write)
			g->rd_written[owner] = value + offset;
		return 0;
	default:
		return 0;
	}
}

/* SGIs and PPIs: a word of each bit array, three with extended PPIs; the rest is not there. */
static bool is_in_sgi_frame(u64 offset)
{
	enum array a = array_at(offset);

	return a != NO_ARRAY && a != TARGETS &&
	       offset - arrays[a].first < features.ppi_words * 4 * arrays[a].bits;
}

static u64 access_sgi_frame(struct gic *g, struct accessor who, cpuid_t owner, u64 offset,
			    size_t size, bool write, u64 value)
{
	enum array a = array_at(offset);
	bool extended;

	if (owner == NOBODY || (who.cell && !has_cpu(who.cell, owner)))
		return 0;
	if (!is_in_sgi_frame(offset) || !(size == 4 || (size == 1 && arrays[a].bytes))) {
		abort_unless_cell(who, "a frame of SGIs", offset, size);
		return 0;
	}
	extended = offset - arrays[a].first >= 4U * arrays[a].bits;
	return access_array(g, who, owner, offset, size, write, value,
			    extended ? FIRST_EPPI - FIRST_SPI : 0, shows_private);
}

static u64 access_redistributor(struct gic *g, struct accessor who, u64 offset, size_t size,
				bool write, u64 value)
{
	size_t frame = offset / redistributor_stride();

	offset %= redistributor_stride();
	if (features.gaps && !who.cell && offset >= GICR_STRIDE && !write)
		return 0;
	if (frame >= nr_frames() || offset % size || offset >= GICR_STRIDE) {
		abort_unless_cell(who, "no redistributor", offset, size);
		return 0;
	}
	return offset < 0x10000 ? access_rd_frame(g, who, frame, offset, size, write, value)
				: access_sgi_frame(g, who, cpu_of_frame(frame), offset - 0x10000,
						   size, write, value);
}

/* ---- The CPU interface of GICv2 ---- */

void deactivate(struct gic *g, struct accessor who, intid_t intid)
{
	bool eppi = intid >= FIRST_EPPI && intid - FIRST_EPPI < 32 * (features.ppi_words - 1);
	bool espi = intid >= FIRST_ESPI && intid - FIRST_ESPI < features.nr_espis;
	bool own = !who.cell || intid < FIRST_SPI || owns_spi(who.cell, intid);

	if ((intid < features.nr_intids && own) || eppi ||
	    (espi && (!who.cell || who.cell == &root_cell)))
		irq_of(g, who.cpu, intid)->active = false;
}

static u64 access_cpu_interface(struct gic *g, struct accessor who, u64 offset, size_t size,
				bool write, u64 value)
{
	static const u32 registers[] = { GICC_CTLR, GICC_PMR, GICC_RPR, GICC_APR };

	if (size != 4)
		abort_unless_cell(who, "the CPU interface", offset, size);
	if (offset == GICC_DIR && write)
		deactivate(g, who, value & 0x3ff);
	for (size_t i = 0; i < ARRAY_SIZE(registers); i++) {
		if (offset != registers[i])
			continue;
		if (write && offset != GICC_RPR)
			g->gicc[i][who.cpu] = (u32)value;
		return g->gicc[i][who.cpu];
	}
	return 0;
}

/* ---- What the hypervisor finds: the model, at the addresses where it maps things ---- */

static struct {
	uintptr_t virt;
	paddr_t phys;
	size_t size;
} devices[4];
static size_t nr_devices;

void *el2_map_device(paddr_t phys, size_t size)
{
	if (no_mappings)
		return NULL;
	devices[nr_devices].virt = DEVICES + 0x100000 * nr_devices;
	devices[nr_devices].phys = phys;
	devices[nr_devices].size = size;
	return (void *)devices[nr_devices++].virt;
}

bool el2_map(u64 virt, paddr_t phys, enum el2_memory type)
{
	assert_int_equal(type, EL2_DEVICE);
	assert_int_equal(virt % PAGE_SIZE, 0);
	assert_true(phys >= GICR_PHYS && phys < GICR_PHYS + redistributors_size());
	return !no_mappings;
}

void *window_map(paddr_t phys, size_t nr, enum el2_memory type)
{
	assert_int_equal(nr, 1);
	assert_int_equal(type, EL2_DEVICE);
	window_phys = phys;
	return (void *)WINDOW;
}

void window_unmap(void)
{
	window_phys = 0;
}

static paddr_t phys_of(uintptr_t address)
{
	u64 in_slot = (address - CPU_SLOTS) % BIT(CPU_SLOT_SHIFT);
	cpuid_t cpu = (cpuid_t)((address - CPU_SLOTS) >> CPU_SLOT_SHIFT);

	for (size_t i = 0; i < nr_devices; i++)
		if (address - devices[i].virt < devices[i].size)
			return devices[i].phys + (address - devices[i].virt);
	if (window_phys && address - WINDOW < PAGE_SIZE)
		return window_phys + (address - WINDOW);
	assert_true(cpu < NR_CPUS && in_slot - CPU_SLOT_GICR < 2 * PAGE_SIZE);
	in_slot -= CPU_SLOT_GICR;
	return GICR_PHYS + redistributor_of(cpu) +
	       (in_slot < PAGE_SIZE ? in_slot : in_slot - PAGE_SIZE + 0x10000);
}

static u64 access_hardware(paddr_t phys, size_t size, bool write, u64 value)
{
	struct accessor hypervisor = { NULL, current };

	if (phys - GICD_PHYS < 0x10000)
		return access_distributor(&gic, hypervisor, phys - GICD_PHYS, size, write, value);
	if (hardware_version == 3)
		return access_redistributor(&gic, hypervisor, phys - GICR_PHYS, size, write, value);
	if (phys - GICC_PHYS < 0x2000)
		return access_cpu_interface(&gic, hypervisor, phys - GICC_PHYS, size, write, value);
	assert_true(phys - GICH_PHYS < 0x1000);
	return 0;
}

void (*after_read)(void);

u64 host_io_read(uintptr_t address, size_t size)
{
	u64 value = access_hardware(phys_of(address), size, false, 0);
	void (*then)(void) = after_read;

	after_read = NULL;
	if (then)
		then();
	return value;
}

void host_io_write(uintptr_t address, size_t size, u64 value)
{
	access_hardware(phys_of(address), size, true, value);
}

/* ICC_SGI1R_EL1, IHI 0069 12.2.23 */
void send_sgi1r(struct gic *g, struct accessor who, u64 value)
{
	for (cpuid_t cpu = 0; cpu < NR_CPUS; cpu++) {
		u64 mpidr = boot_mpidrs[cpu], range = FIELD(value, 47, 44) * 16;
		u64 aff0 = FIELD(mpidr, 7, 0);
		bool meant = FIELD(mpidr, 39, 32) == FIELD(value, 55, 48) &&
			     FIELD(mpidr, 23, 16) == FIELD(value, 39, 32) &&
			     FIELD(mpidr, 15, 8) == FIELD(value, 23, 16) && aff0 >= range &&
			     aff0 < range + 16 && value >> (aff0 - range) & 1;

		if (FIELD(value, 40, 40))
			meant = cpu != who.cpu;
		if (meant && (!who.cell || has_cpu(who.cell, cpu)))
			g->banked[cpu][FIELD(value, 27, 24)].pending = true;
	}
}

#define NAME_(x)    #x
#define NAME(x)	    NAME_(x)

#define MAX_SYSREGS 64

static struct {
	const char *name;
	u64 values[NR_CPUS], turns[NR_CPUS];
} sysregs[MAX_SYSREGS];

static size_t index_of(const char *name)
{
	size_t i = 0;

	while (i < MAX_SYSREGS - 1 && sysregs[i].name && strcmp(sysregs[i].name, name) != 0)
		i++;
	assert_true(i < MAX_SYSREGS - 1); /* the last one stays empty */
	sysregs[i].name = name;
	return i;
}

u64 *sysreg(const char *name)
{
	return &sysregs[index_of(name)].values[current];
}

u64 written_at(const char *name)
{
	return sysregs[index_of(name)].turns[current];
}

u64 host_sysreg_read(const char *name)
{
	if (!strcmp(name, NAME(tpidr_el2)))
		return (u64)cpu_of(current);
	if (!strcmp(name, NAME(ICC_PMR_EL1)))
		return gic.icc_pmr[current];
	if (!strcmp(name, NAME(ICC_CTLR_EL1)))
		return gic.icc_ctlr[current];
	return *sysreg(name);
}

void host_sysreg_write(const char *name, u64 value)
{
	static u64 turn;
	struct accessor hypervisor = { NULL, current };

	if (!strcmp(name, NAME(ICC_SGI1R_EL1)))
		send_sgi1r(&gic, hypervisor, value);
	if (!strcmp(name, NAME(ICC_DIR_EL1)))
		deactivate(&gic, hypervisor, (intid_t)value);
	if (!strcmp(name, NAME(ICC_PMR_EL1)))
		gic.icc_pmr[current] = value;
	if (!strcmp(name, NAME(ICC_CTLR_EL1)))
		gic.icc_ctlr[current] = value;
	*sysreg(name) = value;
	sysregs[index_of(name)].turns[current] = ++turn;
}

static void reset_sysregs(void)
{
	cpuid_t saved = current;

	memset(sysregs, 0, sizeof(sysregs));
	for (current = 0; current < NR_CPUS; current++)
		*sysreg(NAME(ICC_RPR_EL1)) = GIC_PRIORITY_IDLE;
	current = saved;
}

/*
 * The registers that trap, IHI 0069 12.2: of ICC_CTLR_EL1 CBPR and EOImode can be written, of
 * the rest the fields that are not reserved. False: the access is undefined.
 */
bool access_icc(struct gic *g, struct accessor who, u32 iss, u64 *value, bool write)
{
	switch (iss) {
	case ISS_SGI1R:
		if (write)
			send_sgi1r(g, who, *value);
		return write;
	case ISS_ASGI1R:
	case ISS_SGI0R:
		return write; /* other groups are nobody's */
	case ISS_DIR:
		if (write)
			deactivate(g, who, (intid_t)*value & 0xffffff);
		return write;
	case ISS_PMR:
		if (write)
			g->icc_pmr[who.cpu] = *value & 0xff;
		*value = g->icc_pmr[who.cpu];
		return true;
	case ISS_CTLR:
		if (write)
			g->icc_ctlr[who.cpu] = *value & 3;
		*value = g->icc_ctlr[who.cpu];
		return true;
	case ISS_RPR:
		*value = *sysreg(NAME(ICC_RPR_EL1));
		return !write;
	default:
		return false;
	}
}

/* ---- Setting up ---- */

/* Clusters, a second range of Aff0 and every affinity level. */
static void choose_affinities(void)
{
	static const u64 affinities[NR_CPUS] = { 0x0,	0x1,	 0xf,	      0x10,
						 0x100, 0x10001, 0x100000000, 0xff00ff00ff };

	memcpy(boot_mpidrs, affinities, sizeof(affinities));
}

static void start_cpus(void)
{
	host_map_cpus(NR_CPUS);
	nr_cpus = NR_CPUS;
	choose_affinities();
	for (cpuid_t cpu = 0; cpu < NR_CPUS; cpu++) {
		cpu_of(cpu)->id = cpu;
		cpu_of(cpu)->info = &cpu_infos[cpu];
		cpu_of(cpu)->power = CB_CPU_ON;
		cpu_of(cpu)->gic.target = target_of(cpu);
		cpu_infos[cpu].mpidr = boot_mpidrs[cpu];
	}
}

static void randomize_irq(struct irq *irq, intid_t intid)
{
	u64 bits = random_bits();

	*irq = (struct irq){ .enabled = bits & 1,
			     .pending = bits >> 1 & 1,
			     .active = bits >> 2 & 1,
			     .group1 = bits >> 3 & 1,
			     .config = bits >> 4 & 2,
			     .priority = (u8)(bits >> 8),
			     .targets = (u8)(bits >> 16),
			     .route = boot_mpidrs[bits >> 24 & 7] };
	if (intid < NR_SGIS)
		irq->config = 2;
}

void randomize_gic(void)
{
	memset(&gic, 0, sizeof(gic));
	gic.ctlr = hardware_version == 2 ? 1 : 0x12;
	for (intid_t i = 0; i < features.nr_espis; i++)
		randomize_irq(&gic.espis[i], FIRST_ESPI + i);
	for (intid_t intid = FIRST_SPI; intid < features.nr_intids; intid++)
		randomize_irq(&gic.spis[intid], intid);
	for (cpuid_t cpu = 0; cpu < NR_CPUS; cpu++) {
		for (intid_t intid = 0; intid < 32 * features.ppi_words; intid++) {
			randomize_irq(&gic.banked[cpu][intid], intid);
			gic.banked[cpu][intid].targets = target_of(cpu);
		}
		for (u32 sgi = 0; sgi < NR_SGIS && hardware_version == 2; sgi++) {
			gic.senders[cpu][sgi] = (u8)random_bits();
			gic.banked[cpu][sgi].pending = gic.senders[cpu][sgi];
		}
		gic.banked[cpu][MANAGEMENT_SGI] = (struct irq){
			.enabled = true,
			.group1 = true,
			.config = 2,
			.targets = target_of(cpu),
			.pending = hardware_version == 2 && gic.senders[cpu][MANAGEMENT_SGI],
		};
		gic.gicc[2][cpu] = 0xff;
		gic.waker[cpu] = cpu;
		gic.propbaser[cpu] = random_bits();
		gic.rd_ctlr[cpu] = features.invalidate ? GICR_CTLR_IR : 0;
	}
}

/* Every interrupt and CPU is the root cell's or the guest's. */
void share_out(void)
{
	guest.cpus = 1 + random_below(0xfe);
	root_cell.cpus = ~guest.cpus & 0xff;
	for (size_t word = 1; word < (features.nr_intids + 31) / 32; word++) {
		guest.irqs[word] = random_chance(4)   ? ~0U
				   : random_chance(4) ? 0
						      : (u32)random_bits();
		root_cell.irqs[word] = (u32)random_bits() & ~guest.irqs[word];
	}
	guest.irqs[31] &= 0x0fffffff;
	root_cell.irqs[31] &= 0x0fffffff;
	for (cpuid_t cpu = 0; cpu < NR_CPUS; cpu++)
		cpu_of(cpu)->cell = has_cpu(&guest, cpu) ? &guest : &root_cell;
	gic_update_cell(&guest);
	gic_update_cell(&root_cell);
}

const struct cb_system_config config_v2 = {
	.gic = { .version = 2,
		 .frames = { [CB_GIC_GICD] = { GICD_PHYS, 0x1000 },
			     [CB_GIC_GICC] = { GICC_PHYS, 0x2000 },
			     [CB_GIC_GICH] = { GICH_PHYS, 0x1000 } } },
};
const struct cb_system_config config_v3 = {
	.gic = { .version = 3,
		 .frames = { [CB_GIC_GICD] = { GICD_PHYS, 0x10000 },
			     [CB_GIC_GICR] = { GICR_PHYS, NR_CPUS *GICR_STRIDE } } },
};

const struct features plain_features = {
	.nr_intids = NR_INTIDS, .ppi_words = 1, .lpis = true, .direct_lpis = true
};

struct features random_features(u32 version)
{
	static const u32 intids[] = { 64, 96, 288, 992, NR_INTIDS };
	struct features some = { .nr_intids = intids[random_below(ARRAY_SIZE(intids))],
				 .ppi_words = 1 };

	if (version == 2)
		return some;
	some.ppi_words = (u32)(1 + random_below(3));
	some.nr_espis = random_chance(2) ? 0 : (u32)(32 * (1 + random_below(32)));
	some.sparse = random_chance(2);
	some.lpis = !random_chance(4);
	some.vlpis = some.lpis && random_chance(2);
	some.direct_lpis = some.lpis && random_chance(2);
	some.invalidate = some.lpis && random_chance(2);
	return some;
}

void start_gic(u32 version, struct features chosen)
{
	struct cb_system_config config = version == 2 ? config_v2 : config_v3;
	struct cb_error error = { 0 };

	features = chosen;
	if (version == 3)
		config.gic.frames[CB_GIC_GICR].size = redistributors_size();
	nr_devices = 0;
	no_mappings = lpis_stuck = for_a_cell = false;
	reset_sysregs();
	memset(&public, 0, sizeof(public));
	memset(&guest, 0, sizeof(guest));
	memset(&root_cell, 0, sizeof(root_cell));
	public_page = &public;
	guest.id = 1;
	root_cell.config = guest.config = &guest_config;
	memset(&guest_config, 0, sizeof(guest_config));
	start_cpus();
	hardware_version = version;
	memset(gic_frames, 0, sizeof(gic_frames));
	assert_int_equal(gic_init(&config, &error), CB_OK);
	windows_init(&root_cell);
	windows_init(&guest);
	randomize_gic();
	share_out();
	current = first_cpu(guest.cpus);
}

/* ---- Accesses of a cell ---- */

static u64 mask_of(size_t size)
{
	return size == 8 ? ~0UL : (1UL << 8 * size) - 1;
}

u64 access_as_cell(struct cell *cell, ipa_t ipa, size_t size, bool write, u64 value)
{
	u64 log2 = (u64)__builtin_ctzl(size), result = write ? value : 0xdead;
	struct mmio_access access = { write ? MMIO_WRITE(log2) : MMIO_READ(log2) };

	for_a_cell = true;
	assert_true(window_access(cell, ipa, access, &result));
	for_a_cell = false;
	/* A register that is written keeps its value, so that result means nothing. */
	assert_true(write || result == (result & mask_of(size)));
	return write ? 0 : result;
}

bool sysreg_as_cell(struct cell *cell, u32 iss, u64 *value, bool write)
{
	if (!write || (iss & 0x3ffc1e) != ISS_SGI1R) /* without direction and Rt */
		return gicv3_sysreg(cell, iss, value, write);
	gicv3_send_sgi(cell, *value);
	return true;
}

u64 read_as_guest(u64 offset, size_t size)
{
	return access_as_cell(&guest, GICD_PHYS + offset, size, false, 0);
}

void write_as_guest(u64 offset, size_t size, u64 value)
{
	access_as_cell(&guest, GICD_PHYS + offset, size, true, value);
}

static u64 expected_access(struct cell *cell, ipa_t ipa, size_t size, bool write, u64 value)
{
	struct accessor who = { cell, current };

	value &= mask_of(size);
	if (ipa % size)
		return 0;
	if (ipa - GICD_PHYS < 0x10000)
		return access_distributor(&expected, who, ipa - GICD_PHYS, size, write, value);
	if (hardware_version == 3)
		return access_redistributor(&expected, who, ipa - GICR_PHYS, size, write, value);
	if (ipa == GICC_PHYS + GICC_DIR && size == 4 && write)
		deactivate(&expected, who, value & 0x3ff);
	return 0;
}

bool is_same_irq(const struct irq *a, const struct irq *b)
{
	return a->enabled == b->enabled && a->pending == b->pending && a->active == b->active &&
	       a->group1 == b->group1 && a->priority == b->priority && a->targets == b->targets &&
	       a->config == b->config && a->route == b->route;
}

static void assert_same_irqs(const struct irq *a, const struct irq *b, size_t nr)
{
	for (size_t i = 0; memcmp(a, b, nr * sizeof(*a)) && i < nr; i++)
		assert_true(is_same_irq(&a[i], &b[i]));
}

void assert_gic_is_as_expected(void)
{
	assert_int_equal(gic.ctlr, expected.ctlr);
	assert_same_irqs(gic.spis, expected.spis, ARRAY_SIZE(gic.spis));
	assert_same_irqs(gic.espis, expected.espis, ARRAY_SIZE(gic.espis));
	for (cpuid_t cpu = 0; cpu < NR_CPUS; cpu++)
		assert_same_irqs(gic.banked[cpu], expected.banked[cpu], NR_PRIVATE);
	assert_memory_equal(gic.senders, expected.senders, sizeof(gic.senders));
	assert_memory_equal(gic.rd_ctlr, expected.rd_ctlr, sizeof(gic.rd_ctlr));
	assert_memory_equal(gic.waker, expected.waker, sizeof(gic.waker));
	assert_memory_equal(gic.propbaser, expected.propbaser, sizeof(gic.propbaser));
	assert_memory_equal(gic.pendbaser, expected.pendbaser, sizeof(gic.pendbaser));
	assert_memory_equal(gic.rd_written, expected.rd_written, sizeof(gic.rd_written));
	assert_memory_equal(gic.icc_pmr, expected.icc_pmr, sizeof(gic.icc_pmr));
	assert_memory_equal(gic.icc_ctlr, expected.icc_ctlr, sizeof(gic.icc_ctlr));
}

/* Independent of the model of an access: what no access of a cell may ever change. */
static void assert_foreign_is_untouched(const struct cell *cell, const struct gic *old)
{
	assert_int_equal(gic.ctlr, old->ctlr);
	for (intid_t intid = FIRST_SPI; intid < features.nr_intids; intid++) {
		const struct irq *now = &gic.spis[intid], *before = &old->spis[intid];

		assert_int_equal(now->group1, before->group1);
		if (!owns_spi(cell, intid))
			assert_true(is_same_irq(now, before));
		assert_true(now->targets == before->targets ||
			    !(now->targets & ~cell->gic.targets));
		assert_true(now->route == before->route ||
			    has_cpu(cell, cpu_with_affinity(now->route)));
	}
	for (size_t i = 0; i < features.nr_espis; i++) {
		const struct irq *now = &gic.espis[i], *before = &old->espis[i];

		assert_int_equal(now->group1, before->group1);
		if (cell != &root_cell)
			assert_true(is_same_irq(now, before));
		assert_true(now->route == before->route ||
			    has_cpu(cell, cpu_with_affinity(now->route)));
	}
	for (cpuid_t cpu = 0; cpu < NR_CPUS; cpu++) {
		for (intid_t intid = 0; intid < NR_PRIVATE; intid++) {
			assert_int_equal(gic.banked[cpu][intid].group1,
					 old->banked[cpu][intid].group1);
			if (!has_cpu(cell, cpu))
				assert_true(is_same_irq(&gic.banked[cpu][intid],
							&old->banked[cpu][intid]));
		}
	}
}

static u64 random_distributor_offset(void)
{
	u64 offset = random_below(hardware_version == 2 ? 0x1000 : 0x10000);

	if (random_chance(2))
		offset = random_below(0xe00);
	if (hardware_version == 3 && random_chance(6))
		offset = 0x1000 + random_below(0x2100);
	if (hardware_version == 2 && random_chance(8))
		offset = 0xf00 + random_below(0x30);
	if (random_chance(8))
		offset = random_below(0x10) + (hardware_version == 2 ? 0xfe0 : 0xffe0);
	return offset;
}

static u64 random_redistributor_offset(void)
{
	u64 frame = random_below(nr_frames()) * redistributor_stride();

	switch (random_below(4)) {
	case 0:
		return frame + random_below(0x100);
	case 1:
		return frame + random_below(redistributor_stride());
	case 2:
		return frame + 0xffd0 + random_below(0x30);
	default:
		return frame + 0x10000 + random_below(0xe00);
	}
}

/* In a frame that traps. */
static ipa_t random_ipa(const struct cell *cell, size_t size)
{
	u64 offset = random_distributor_offset();

	if (random_chance(4) && hardware_version == 2 && cell != &root_cell)
		return GICC_PHYS + 0x1000 + (random_chance(2) ? 0 : random_below(0x1000));
	if (random_chance(2) && hardware_version == 3)
		return GICR_PHYS + (random_chance(32)
					    ? random_redistributor_offset()
					    : ALIGN_DOWN(random_redistributor_offset(), size));
	return GICD_PHYS + (random_chance(32) ? offset : ALIGN_DOWN(offset, size));
}

static u64 random_value(void)
{
	u64 value = random_bits();

	if (random_chance(3))
		value = boot_mpidrs[random_below(NR_CPUS)];
	if (random_chance(8))
		value = ~0UL;
	return value;
}

void access_at_random(struct cell *cell)
{
	size_t size = random_chance(3) ? 1UL << random_below(4) : 4;
	ipa_t ipa = random_ipa(cell, size);
	u64 value = random_value(), result, expected_result;
	bool write = random_chance(2), compare;
	static struct gic old;

	old = gic;
	expected = gic;
	any_value = false;
	expected_result = expected_access(cell, ipa, size, write, value);
	compare = !write && !any_value;
	result = access_as_cell(cell, ipa, size, write, value);
	if (compare && result != expected_result)
		fail_msg("%zu bytes at %#lx: %#lx instead of %#lx", size, ipa, result,
			 expected_result);
	assert_gic_is_as_expected();
	if (write)
		assert_foreign_is_untouched(cell, &old);
}

/* Aimed at a CPU that exists, more often than not. */
u64 random_sgi1r(void)
{
	u64 mpidr = boot_mpidrs[random_below(NR_CPUS)];
	u64 value = FIELD(mpidr, 39, 32) << 48 | FIELD(mpidr, 23, 16) << 32 |
		    FIELD(mpidr, 15, 8) << 16 | FIELD(mpidr, 7, 4) << 44;

	value |= random_below(0x10000) | random_below(16) << 24 | (random_chance(4) ? BIT(40) : 0);
	return random_chance(4) ? random_bits() : value;
}

void no_sgi_pending(void)
{
	memset(gic.senders, 0, sizeof(gic.senders));
	for (cpuid_t cpu = 0; cpu < NR_CPUS; cpu++)
		for (u32 sgi = 0; sgi < NR_SGIS; sgi++)
			gic.banked[cpu][sgi].pending = false;
}

void assert_quiet(intid_t intid, const struct cell *cell)
{
	cpuid_t target = cell == &root_cell ? current : first_cpu(cell->cpus);

	assert_false(gic.spis[intid].enabled || gic.spis[intid].pending || gic.spis[intid].active);
	if (cell != &root_cell)
		assert_int_equal(gic.spis[intid].priority | gic.spis[intid].config, 0);
	if (hardware_version == 2)
		assert_int_equal(gic.spis[intid].targets, target_of(target));
	else
		assert_int_equal(gic.spis[intid].route, boot_mpidrs[target]);
}

bool reaches(const struct irq *spi, const struct cell *cell)
{
	if (hardware_version == 2)
		return spi->targets & cell->gic.targets;
	return has_cpu(cell, cpu_with_affinity(spi->route));
}

/* Five bits of priority are implemented, so a mask of 0xff is 0xf8. */
bool wakes(cpuid_t cpu)
{
	const struct irq *sgi = &gic.banked[cpu][MANAGEMENT_SGI];
	u32 mask = hardware_version == 2 ? gic.gicc[1][cpu] & 0xf8 : 0xf8;

	if (hardware_version == 2 && !(gic.gicc[0][cpu] & 1))
		return false;
	return sgi->enabled && sgi->pending && !sgi->active && (sgi->priority & 0xf8) < mask &&
	       sgi->group1;
}
