// SPDX-License-Identifier: GPL-2.0-only
/*
 * Attacks on the interrupt controller: registers of interrupts and CPUs that are not ours, SGIs to
 * others, storms, and interrupts that are left behind.
 *
 * What they are aimed at: arguments of main.c.
 */
#include <gic.h>
#include <inmate.h>
#include <sysreg.h>
#include "hostile.h"

#define GICC_DIR       0x1000
#define GICC_SIZE      0x1000
#define GICD_SETSPI    0x0040
#define GICD_CLRSPI    0x0048
#define GICD_SETSPI_SR 0x0050
#define GICD_CLRSPI_SR 0x0058
#define GICD_IGRPMODR  0x0d00
#define GICD_NSACR     0x0e00
#define GICD_CPENDSGIR 0x0f10
#define GICD_SPENDSGIR 0x0f20
#define GICR_CTLR      0x0000
#define GICR_SETLPIR   0x0040
#define GICR_CLRLPIR   0x0048
#define GICR_PROPBASER 0x0070
#define GICR_PENDBASER 0x0078
#define GICR_INVLPIR   0x00a0
#define GICR_INVALLR   0x00b0
#define GICR_CTLR_LPIS (1u << 0)
#define LAST_SPI       1019
#define STORM	       20000u
#define ROUTER_ANY     (1ull << 31)

static void access(uint64_t address, unsigned int width, bool write, uint64_t value)
{
	uint16_t half = (uint16_t)value;

	if (width == 1)
		write ? write8(address, (uint8_t)value) : (void)read8(address);
	else if (width == 2 && write)
		asm volatile("strh %w0, [%1]" : : "r"(half), "r"(address) : "memory");
	else if (width == 2)
		asm volatile("ldrh %w0, [%1]" : "=r"(half) : "r"(address) : "memory");
	else if (width == 4)
		write ? write32(address, (uint32_t)value) : (void)read32(address);
	else
		write ? write64(address, value) : (void)read64(address);
}

#define WHOLE 0x2000 /* GICD_IROUTER: the longest array */

/*
 * Reads, sets and clears a range of registers at one width. Behind its first part, where there are
 * holes, all words but a sample at other widths.
 */
static void sweep(uint64_t base, uint64_t from, uint64_t to, unsigned int width)
{
	uint64_t offset = from;

	while (offset < to) {
		access(base + offset, width, false, 0);
		access(base + offset, width, true, ~0ull);
		access(base + offset, width, true, 0);
		access(base + offset, width, true, random64());
		offset += offset - from < WHOLE || width == 4 ? width : 16 * width;
	}
}

/* --- distributor ------------------------------------------------------------------------- */

static const struct {
	const char *name;
	uint64_t from, to;
} blocks[] = {
	{ "CTLR to IIDR and behind", 0, 0x40 },
	{ "SETSPI, CLRSPI", GICD_SETSPI, 0x80 },
	{ "IGROUPR", GICD_IGROUPR, GICD_ISENABLER },
	{ "ISENABLER", GICD_ISENABLER, GICD_ICENABLER },
	{ "ICENABLER", GICD_ICENABLER, GICD_ISPENDR },
	{ "ISPENDR", GICD_ISPENDR, GICD_ICPENDR },
	{ "ICPENDR", GICD_ICPENDR, GICD_ISACTIVER },
	{ "ISACTIVER", GICD_ISACTIVER, GICD_ICACTIVER },
	{ "ICACTIVER", GICD_ICACTIVER, GICD_IPRIORITYR },
	{ "IPRIORITYR", GICD_IPRIORITYR, GICD_ITARGETSR },
	{ "ITARGETSR", GICD_ITARGETSR, GICD_ICFGR },
	{ "ICFGR", GICD_ICFGR, GICD_IGRPMODR },
	{ "IGRPMODR", GICD_IGRPMODR, GICD_NSACR },
	{ "NSACR", GICD_NSACR, GICD_SGIR },
	{ "SGIR and pending SGIs", GICD_SGIR, 0x1000 },
	{ "behind the first page", 0x1000, GICD_IROUTER },
	{ "IROUTER", GICD_IROUTER, 0x8000 },
	{ "behind IROUTER", 0x8000, 0x10000 },
};

static const unsigned int widths[] = { 1, 2, 4, 8 };

static void sweep_block(const struct attempt *attempt)
{
	uint64_t from = blocks[attempt->argument].from, to = blocks[attempt->argument].to;

	sweep(gic.gicd.base, from, to < gic.gicd.size ? to : gic.gicd.size,
	      (unsigned int)attempt->more);
}

static bool make_block(unsigned int n, struct attempt *attempt)
{
	unsigned int block = n / ARRAY_SIZE(widths);

	if (block >= ARRAY_SIZE(blocks) || blocks[block].from >= gic.gicd.size)
		return false;
	attempt->outcome = RETURNS;
	attempt->run = sweep_block;
	attempt->argument = block;
	attempt->more = widths[n % ARRAY_SIZE(widths)];
	describe(attempt, "%s, %lu bits", blocks[block].name, attempt->more * 8);
	return true;
}

/* --- SPIs of others ------------------------------------------------------------------------ */

static uint64_t router(uint32_t spi)
{
	return gic.gicd.base + GICD_IROUTER + 8 * spi;
}

static uint32_t bit_of(uint32_t reg, uint32_t spi)
{
	return read32(gic.gicd.base + reg + spi / 32 * 4) >> spi % 32 & 1;
}

/* Takes the interrupt by every register that has to do with it. */
static void take_spi(const struct attempt *attempt)
{
	uint32_t spi = (uint32_t)attempt->argument, word = spi / 32 * 4, bit = 1u << spi % 32;
	uint64_t gicd = gic.gicd.base, settle;
	unsigned int reg;
	static const uint32_t registers[] = { GICD_IGROUPR,   GICD_ISENABLER, GICD_ISPENDR,
					      GICD_ISACTIVER, GICD_ICACTIVER, GICD_ICPENDR,
					      GICD_ICENABLER };

	for (reg = 0; reg < ARRAY_SIZE(registers); reg++) {
		write32(gicd + registers[reg] + word, bit);
		write32(gicd + registers[reg] + word, ~0u);
		write8(gicd + registers[reg] + spi / 8, (uint8_t)(1u << spi % 8));
		write64(gicd + registers[reg] + word / 8 * 8, ~0ull);
	}
	write8(gicd + GICD_IPRIORITYR + spi, 0);
	write32(gicd + GICD_IPRIORITYR + spi / 4 * 4, 0);
	write32(gicd + GICD_ICFGR + spi / 16 * 4, ~0u);
	write32(gicd + GICD_ICFGR + spi / 16 * 4, 0);
	if (gic.version == 2) {
		write8(gicd + GICD_ITARGETSR + spi, 0xff);
		write32(gicd + GICD_ITARGETSR + spi / 4 * 4, ~0u);
	} else {
		write64(router(spi), cpu_mpidr(cpu_id()));
		write32(router(spi), (uint32_t)cpu_mpidr(cpu_id()));
		write64(router(spi), ROUTER_ANY);
		for (settle = GICD_SETSPI; settle <= GICD_CLRSPI_SR; settle += 8)
			write32(gicd + settle, spi);
	}
	for (reg = 0; reg < ARRAY_SIZE(registers); reg++)
		if (bit_of(registers[reg], spi))
			breach("SPI %u: register 0x%x reads as set", spi, registers[reg]);
	if (read8(gicd + GICD_IPRIORITYR + spi))
		breach("SPI %u: its priority can be read", spi);
}

static bool make_spi(unsigned int n, struct attempt *attempt)
{
	uint32_t others[] = { (uint32_t)arg_u64("foreign-spi", 0), (uint32_t)arg_u64("root-spi", 0),
			      250, LAST_SPI - 1, LAST_SPI };

	if (n >= ARRAY_SIZE(others))
		return false;
	attempt->outcome = RETURNS;
	attempt->run = take_spi;
	attempt->argument = others[n];
	describe(attempt, "SPI %u", others[n]);
	return true;
}

/* --- routes of our own SPI ------------------------------------------------------------------ */

static void raise_own(uint32_t spi)
{
	write32(gic.gicd.base + GICD_ISENABLER + spi / 32 * 4, 1u << spi % 32);
	write32(gic.gicd.base + GICD_ISPENDR + spi / 32 * 4, 1u << spi % 32);
	dsb(sy);
}

static void silence_own(uint32_t spi)
{
	write32(gic.gicd.base + GICD_ICENABLER + spi / 32 * 4, 1u << spi % 32);
	write32(gic.gicd.base + GICD_ICPENDR + spi / 32 * 4, 1u << spi % 32);
	write32(gic.gicd.base + GICD_ICACTIVER + spi / 32 * 4, 1u << spi % 32);
}

static void route_own(const struct attempt *attempt)
{
	uint32_t spi = (uint32_t)arg_u64("spi", 0);
	uint64_t now;

	if (gic.version == 2) {
		write8(gic.gicd.base + GICD_ITARGETSR + spi, (uint8_t)attempt->argument);
		now = read8(gic.gicd.base + GICD_ITARGETSR + spi) & arg_u64("cpu-mask", 0);
	} else {
		write64(router(spi), attempt->argument);
		now = read64(router(spi));
		now = now == arg_u64("cpu", 0) || now & ROUTER_ANY;
	}
	if (now)
		breach("SPI %u goes to 0x%lx", spi, now);
	write8(gic.gicd.base + GICD_IPRIORITYR + spi, 0);
	raise_own(spi);
	silence_own(spi);
}

static bool make_route(unsigned int n, struct attempt *attempt)
{
	static const uint64_t v3[] = { ROUTER_ANY,   1,	    0xff,	   0x100,
				       0xff00000000, ~0ull, ROUTER_ANY | 3 };
	static const uint64_t v2[] = { 0xff, 0x01, 0x02, 0x04, 0x08, 0xf0, 0x00 };
	const uint64_t *routes = gic.version == 2 ? v2 : v3;

	_Static_assert(ARRAY_SIZE(v2) == ARRAY_SIZE(v3), "one number of attempts");
	if (n > ARRAY_SIZE(v3))
		return false;
	attempt->outcome = RETURNS;
	attempt->run = route_own;
	attempt->argument =
		n < ARRAY_SIZE(v3) ? routes[n] : arg_u64(gic.version == 2 ? "cpu-mask" : "cpu", 0);
	describe(attempt, "own SPI to 0x%lx", attempt->argument);
	return true;
}

/* --- redistributors ----------------------------------------------------------------------------
 */

static void sweep_own_redistributor(const struct attempt *attempt)
{
	uint64_t gicr = gicv3_redistributor(cpu_mpidr(cpu_id()));

	sweep(gicr, 0, 0x10000, (unsigned int)attempt->argument);
	write32(gicr + GICR_WAKER, 0);
}

static void sweep_own_sgis(const struct attempt *attempt)
{
	uint64_t sgis = gicv3_redistributor(cpu_mpidr(cpu_id())) + GICR_SGI_FRAME;

	sweep(sgis, 0, 0x10000, (unsigned int)attempt->argument);
	write32(sgis + GICD_ICENABLER, ~0u);
	write32(sgis + GICD_ICPENDR, ~0u);
	write32(sgis + GICD_ICACTIVER, ~0u);
}

static void enable_lpis(const struct attempt *attempt)
{
	uint64_t gicr = gicv3_redistributor(cpu_mpidr(cpu_id())), victim = target_named("victim");

	(void)attempt;
	write64(gicr + GICR_PROPBASER, (victim & ~0xfffull) | 15);
	write64(gicr + GICR_PENDBASER, victim & ~0xffffull);
	write32(gicr + GICR_CTLR, GICR_CTLR_LPIS);
	if (read32(gicr + GICR_CTLR) & GICR_CTLR_LPIS)
		breach("LPIs are on");
	write64(gicr + GICR_SETLPIR, 8192);
	write64(gicr + GICR_INVLPIR, 8192);
	write64(gicr + GICR_INVALLR, 0);
	write64(gicr + GICR_CLRLPIR, 8192);
}

/* Of a CPU that is not ours: nothing can be seen or set. */
static void sweep_foreign(const struct attempt *attempt)
{
	uint64_t offset, gicr = gicv3_redistributor(arg_u64("cpu", 0));

	if (!gicr) /* not even listed */
		return;
	sweep(gicr, 0, GICR_SGI_FRAME, (unsigned int)attempt->argument);
	sweep(gicr, GICR_SGI_FRAME, GICR_STRIDE, (unsigned int)attempt->argument);
	for (offset = GICR_SGI_FRAME; offset < GICR_SGI_FRAME + 0x1000; offset += 4)
		if (read32(gicr + offset))
			breach("offset 0x%lx of the redistributor reads 0x%x", offset,
			       read32(gicr + offset));
}

static const struct attempt redistributors[] = {
	{ "own, control frame, 8 bits", RETURNS, sweep_own_redistributor, 1, 0, "" },
	{ "own, control frame, 16 bits", RETURNS, sweep_own_redistributor, 2, 0, "" },
	{ "own, control frame, 32 bits", RETURNS, sweep_own_redistributor, 4, 0, "" },
	{ "own, control frame, 64 bits", RETURNS, sweep_own_redistributor, 8, 0, "" },
	{ "own, SGI frame, 8 bits", RETURNS, sweep_own_sgis, 1, 0, "" },
	{ "own, SGI frame, 16 bits", RETURNS, sweep_own_sgis, 2, 0, "" },
	{ "own, SGI frame, 32 bits", RETURNS, sweep_own_sgis, 4, 0, "" },
	{ "own, SGI frame, 64 bits", RETURNS, sweep_own_sgis, 8, 0, "" },
	{ "LPIs on, tables in the victim", RETURNS, enable_lpis, 0, 0, "" },
	{ "foreign, 32 bits", RETURNS, sweep_foreign, 4, 0, "" },
	{ "foreign, 64 bits", RETURNS, sweep_foreign, 8, 0, "" },
	{ "foreign, 8 bits", RETURNS, sweep_foreign, 1, 0, "" },
};

static bool make_redistributor(unsigned int n, struct attempt *attempt)
{
	if (gic.version != 3 || n >= ARRAY_SIZE(redistributors))
		return false;
	*attempt = redistributors[n];
	return true;
}

/* --- GICv2 CPU interface ------------------------------------------------------------------------
 */

static void sweep_interface(const struct attempt *attempt)
{
	/* IAR, EOIR and AIAR are among them: what is acknowledged is our own. */
	sweep(gic.gicc.base, 0, GICC_SIZE, (unsigned int)attempt->argument);
	write32(gic.gicc.base + GICC_CTLR, GICC_CTLR_ENABLE);
	write32(gic.gicc.base + GICC_PMR, 0xf0);
}

/* The second page of the interface: the root cell's alone. */
static void deactivate(const struct attempt *attempt)
{
	write32(window(gic.gicc.base + GICC_DIR, 3, WINDOW_DEVICE_nGnRE, 0),
		(uint32_t)attempt->argument);
}

static const struct attempt interface[] = {
	{ "all registers, 8 bits", EITHER, sweep_interface, 1, 0, "" },
	{ "all registers, 16 bits", EITHER, sweep_interface, 2, 0, "" },
	{ "all registers, 32 bits", EITHER, sweep_interface, 4, 0, "" },
	{ "all registers, 64 bits", EITHER, sweep_interface, 8, 0, "" },
	{ "GICC_DIR", EITHER, deactivate, 100, 0, "" },
};

static bool make_interface(unsigned int n, struct attempt *attempt)
{
	if (gic.version != 2 || n >= ARRAY_SIZE(interface))
		return false;
	*attempt = interface[n];
	return true;
}

/* --- SGIs
 * ------------------------------------------------------------------------------------------ */

static void sgir_all_forms(const struct attempt *attempt)
{
	uint32_t intid, list, filter;

	(void)attempt;
	for (filter = 0; filter < 4; filter++)
		for (intid = 0; intid < GIC_NR_SGIS; intid++)
			for (list = 0; list < 256; list += list < 16 ? 1 : 15)
				write32(gic.gicd.base + GICD_SGIR,
					filter << 24 | list << GICD_SGIR_LIST_SHIFT | 1u << 15 |
						intid);
}

static void sgir_widths(const struct attempt *attempt)
{
	uint64_t sgir = gic.gicd.base + GICD_SGIR;

	(void)attempt;
	write8(sgir, 2);
	write8(sgir + 2, 0xff);
	write64(sgir, 0x00ff0002);
	write64(sgir - 4, 0x00ff000200000000);
	access(sgir, 2, true, 2);
	sweep(gic.gicd.base, GICD_CPENDSGIR, GICD_SPENDSGIR + 16, 4);
	write32(gic.gicd.base + GICD_CPENDSGIR, ~0u);
	write32(gic.gicd.base + GICD_CPENDSGIR + 4, ~0u);
	write32(gic.gicd.base + GICD_CPENDSGIR + 8, ~0u);
	write32(gic.gicd.base + GICD_CPENDSGIR + 12, ~0u);
}

static void send(uint64_t form, uint64_t value)
{
	if (form == 0)
		write_sysreg(ICC_SGI1R_EL1, value);
	else if (form == 1)
		write_sysreg(ICC_ASGI1R_EL1, value);
	else
		write_sysreg(ICC_SGI0R_EL1, value);
}

static void sgi_register(const struct attempt *attempt)
{
	static const uint64_t affinities[] = { 0,	   1ull << 16,	  1ull << 32,
					       1ull << 48, 0xffull << 16, 0xff00ff00ff0000 };
	uint64_t intid, value;
	unsigned int i;

	for (intid = 0; intid < GIC_NR_SGIS; intid++) {
		for (i = 0; i < ARRAY_SIZE(affinities); i++)
			for (value = 0; value < 16; value++) /* range selector */
				send(attempt->argument,
				     affinities[i] | value << 44 | intid << 24 | 0xffff);
		for (i = 0; i < 16; i++)
			send(attempt->argument, intid << 24 | 1u << i);
		send(attempt->argument, ICC_SGIR_IRM | intid << 24);
		send(attempt->argument, ICC_SGIR_IRM | intid << 24 | 0xffff);
	}
	for (i = 0; i < 1000; i++)
		send(attempt->argument, random64());
}

static bool make_sgi(unsigned int n, struct attempt *attempt)
{
	static const struct attempt v2[] = {
		{ "GICD_SGIR, every filter, list and SGI", RETURNS, sgir_all_forms, 0, 0, "" },
		{ "GICD_SGIR at other widths, pending SGIs", RETURNS, sgir_widths, 0, 0, "" },
	};
	static const struct attempt v3[] = {
		{ "ICC_SGI1R_EL1, every form", RETURNS, sgi_register, 0, 0, "" },
		{ "ICC_ASGI1R_EL1, every form", RETURNS, sgi_register, 1, 0, "" },
		{ "ICC_SGI0R_EL1, every form", RETURNS, sgi_register, 2, 0, "" },
		{ "GICD_SGIR at all widths", RETURNS, sgir_widths, 0, 0, "" },
	};

	if (n >= (gic.version == 2 ? ARRAY_SIZE(v2) : ARRAY_SIZE(v3)))
		return false;
	*attempt = gic.version == 2 ? v2[n] : v3[n];
	return true;
}

/* --- end of interrupt
 * ------------------------------------------------------------------------------ */

static void end_foreign(const struct attempt *attempt)
{
	uint32_t intid;

	for (intid = 0; intid < GIC_NR_INTIDS; intid++) {
		if (gic.version == 2) {
			write32(gic.gicc.base + GICC_EOIR, intid);
			continue;
		}
		write_sysreg(ICC_CTLR_EL1, attempt->argument ? ICC_CTLR_EL1_EOIMODE : 0);
		isb();
		write_sysreg(ICC_EOIR1_EL1, intid);
		write_sysreg(ICC_EOIR0_EL1, intid);
		write_sysreg(ICC_DIR_EL1, intid);
	}
	if (gic.version == 3) {
		write_sysreg(ICC_CTLR_EL1, 0);
		isb();
	}
}

static const struct attempt ends[] = {
	{ "end of every interrupt, EOI mode 0", RETURNS, end_foreign, 0, 0, "" },
	{ "end of every interrupt, EOI mode 1", RETURNS, end_foreign, 1, 0, "" },
};

/* --- storms
 * ------------------------------------------------------------------------------------------ */

static uint32_t storm_count[INMATE_MAX_CPUS];

static void count_interrupt(uint32_t intid, void *context)
{
	(void)intid;
	(void)context;
	storm_count[cpu_id()]++;
}

static void count_timer(uint32_t intid, void *context)
{
	count_interrupt(intid, context);
	if (storm_count[cpu_id()] >= STORM)
		timer_stop();
}

static void take_interrupts(void)
{
	irq_enable();
	isb();
	irq_disable();
}

/* The line stays asserted: the next interrupt follows at once. */
static void timer_storm(const struct attempt *attempt)
{
	(void)attempt;
	storm_count[cpu_id()] = 0;
	irq_register(timer_intid(), count_timer, NULL);
	gic_enable(timer_intid(), GIC_PRIORITY_DEFAULT, timer_edge());
	timer_set(0);
	while (storm_count[cpu_id()] < STORM)
		take_interrupts();
	gic_disable(timer_intid());
}

static void sgi_storm(const struct attempt *attempt)
{
	unsigned int i;

	(void)attempt;
	storm_count[cpu_id()] = 0;
	irq_register(5, count_interrupt, NULL);
	gic_enable(5, 0, true);
	for (i = 0; i < STORM / 4; i++) {
		gic_send_sgi(5, 1u << cpu_id());
		take_interrupts();
	}
	gic_disable(5);
}

static void spi_storm(const struct attempt *attempt)
{
	uint32_t spi = (uint32_t)arg_u64("spi", 0);
	unsigned int i;

	(void)attempt;
	irq_register(spi, count_interrupt, NULL);
	gic_enable(spi, 0, true);
	for (i = 0; i < STORM / 4; i++) {
		raise_own(spi);
		take_interrupts();
	}
	silence_own(spi);
}

static const struct attempt storms[] = {
	{ "timer that never stops", RETURNS, timer_storm, 0, 0, "" },
	{ "SGIs to ourselves", RETURNS, sgi_storm, 0, 0, "" },
	{ "own SPI, at the highest priority", RETURNS, spi_storm, 0, 0, "" },
};

/* --- left behind
 * --------------------------------------------------------------------------------------- */

/* Everything of ours enabled and pending, first in priority. */
static void raise_everything(const struct attempt *attempt)
{
	uint32_t spi = (uint32_t)arg_u64("spi", 0), intid;
	uint64_t frame = gic_frame(0);

	(void)attempt;
	for (intid = 0; intid < GIC_FIRST_SPI; intid++)
		write8(frame + GICD_IPRIORITYR + intid, 0);
	write32(frame + GICD_ISENABLER, ~0u);
	if (gic.version == 2) {
		for (intid = 0; intid < GIC_NR_SGIS; intid += 4)
			write32(frame + GICD_SPENDSGIR + intid, ~0u);
	}
	write32(frame + GICD_ISPENDR, ~0u);
	gic_route(spi, cpu_id());
	raise_own(spi);
	timer_set(0);
	write_sysreg(cntp_cval_el0, 0);
	write_sysreg(cntp_ctl_el0, 1);
	isb();
}

/* Acknowledged and never ended. */
static void leave_active(const struct attempt *attempt)
{
	unsigned int i;

	raise_everything(attempt);
	for (i = 0; i < 2 * GIC_FIRST_SPI; i++)
		gic_acknowledge();
}

static void leave_active_bits(const struct attempt *attempt)
{
	uint32_t spi = (uint32_t)arg_u64("spi", 0);

	raise_everything(attempt);
	write32(gic_frame(0) + GICD_ISACTIVER, ~0u);
	write32(gic.gicd.base + GICD_ISACTIVER + spi / 32 * 4, ~0u);
}

static void end_with(void (*leave)(const struct attempt *attempt), const struct attempt *attempt)
{
	leave(attempt);
	end_cell();
}

static void leave_pending_and_fail(const struct attempt *attempt)
{
	end_with(raise_everything, attempt);
}

static void leave_active_and_fail(const struct attempt *attempt)
{
	end_with(leave_active, attempt);
}

static void leave_active_bits_and_fail(const struct attempt *attempt)
{
	end_with(leave_active_bits, attempt);
}

static void leave_pending_and_spin(const struct attempt *attempt)
{
	raise_everything(attempt);
	asm volatile("msr daifset, #0xf\n1: b 1b");
}

static const struct attempt left_behind[] = {
	{ "all pending and enabled, then a violation", ENDS, leave_pending_and_fail, 0, 0, "" },
	{ "all active, then a violation", ENDS, leave_active_and_fail, 0, 0, "" },
	{ "all active by ISACTIVER, then a violation", ENDS, leave_active_bits_and_fail, 0, 0, "" },
	{ "all pending and enabled, then a loop", LOOPS, leave_pending_and_spin, 0, 0, "" },
};

const struct attack gic_attacks[] = {
	{ .name = "gic-distributor", .what = "every register at every width", .make = make_block },
	{ .name = "gic-spis", .what = "interrupts of others", .make = make_spi },
	{ .name = "gic-routes", .what = "our interrupt to CPUs of others", .make = make_route },
	{ .name = "gic-redistributors",
	  .what = "GICv3: own and foreign, LPIs",
	  .make = make_redistributor },
	{ .name = "gic-interface",
	  .what = "GICv2: registers of the CPU interface",
	  .make = make_interface },
	{ .name = "gic-sgis", .what = "SGIs to everybody in every form", .make = make_sgi },
	{ .name = "gic-ends", .what = "end of interrupts that are not ours", TABLE(ends) },
	{ .name = "gic-storms", .what = "as many interrupts as can be", TABLE(storms) },
	{ .name = "gic-left-behind",
	  .what = "pending and active when the cell ends",
	  TABLE(left_behind) },
};
const unsigned int nr_gic_attacks = ARRAY_SIZE(gic_attacks);
