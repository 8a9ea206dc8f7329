// SPDX-License-Identifier: GPL-2.0-only
/*
 * Does what a cell must not do, or gets into a state that it is hard to stop from.
 *
 * Arguments:
 *	case=NAME	one of the table at the end of this file
 *	addr= irq= mpidr= cpu=	what the case is aimed at
 *
 * Prints "violate: NAME: <what it does>" and then, if it is still alive, what came of
 * it: lines of detail, and "violate: NAME: survived: <result>". Then it idles.
 */
#include <atomic.h>
#include <gic.h>
#include <hypercall.h>
#include <inmate.h>
#include <sysreg.h>

#define PATTERN	   0xcb0bad01u
#define A64_RET	   0xd65f03c0u
#define NOWHERE	   0x3f00000000ull	 /* no cell has memory there */
#define NO_VECTORS 0xffff000000000000ull /* TTBR1's half: never mapped */

struct violation {
	const char *name;
	const char *what;
	const char *needs; /* argument it cannot do without */
	void (*run)(void);
};

static const struct violation *current;
static uint64_t addr, mpidr;
static uint32_t irq;
static unsigned int cpu;

/* The last exception; written by the hook, on the CPU that runs the case. */
static struct {
	uint32_t count;
	uint64_t esr, far;
} exception;

/* Skips the instruction, or leaves the function that cannot be fetched. */
static bool note_exception(struct regs *regs, uint64_t esr)
{
	exception.count++;
	exception.esr = esr;
	exception.far = read_sysreg(far_el1);
	if (ESR_EC(esr) == ESR_EC_INSTR_ABORT)
		regs->elr = regs->x[30];
	else
		regs->elr += 4;
	return true;
}

/* Whether something was thrown since the last call. */
static bool caught(void)
{
	isb();
	return __atomic_exchange_n(&exception.count, 0, __ATOMIC_RELAXED);
}

#define detail(format, ...)   printf("violate: %s: " format "\n", current->name, ##__VA_ARGS__)
#define survived(format, ...) detail("survived: " format, ##__VA_ARGS__)

static bool survived_exception(void)
{
	if (!caught())
		return false;
	survived("%s, esr 0x%lx, far 0x%lx", esr_class(exception.esr), exception.esr,
		 exception.far);
	return true;
}

/* --- memory ------------------------------------------------------------------- */

static void write_memory(void)
{
	mmu_map(addr, sizeof(uint32_t), MEMORY_DEVICE);
	write32(addr, PATTERN);
	dsb(sy);
	if (!survived_exception())
		survived("0x%lx reads 0x%x", addr, read32(addr));
}

static void read_memory(void)
{
	uint32_t value;

	mmu_map(addr, sizeof(uint32_t), MEMORY_DEVICE);
	value = read32(addr);
	if (!survived_exception())
		survived("0x%lx reads 0x%x", addr, value);
}

static void execute_memory(void)
{
	struct range data = { .base = addr };

	if (!addr && !dt_named_region("data", &data)) {
		detail("no region named \"data\", and no addr=");
		return;
	}
	mmu_map(data.base, sizeof(uint32_t), MEMORY_NORMAL);
	write32(data.base, A64_RET);
	asm volatile("dc cvau, %0\n dsb ish\n ic ivau, %0\n dsb ish\n isb"
		     :
		     : "r"(data.base)
		     : "memory");
	if (survived_exception())
		return;
	((void (*)(void))data.base)();
	if (!survived_exception())
		survived("code at 0x%lx ran", data.base);
}

static void crash(void)
{
	if (!addr)
		addr = NOWHERE;
	on_exception = NULL; /* if it comes back to us: the dump, and CPU_OFF */
	read_memory();
}

/* --- interrupts ---------------------------------------------------------------- */

static void sgi_foreign_v2(void)
{
	uint64_t sgir = gic.gicd.base + GICD_SGIR;

	detail("list: interface %u", cpu);
	write32(sgir, 1u << (GICD_SGIR_LIST_SHIFT + cpu % 8) | irq);
	detail("list: all interfaces");
	write32(sgir, 0xffu << GICD_SGIR_LIST_SHIFT | irq);
	detail("all but self");
	write32(sgir, GICD_SGIR_ALL_BUT_SELF | irq);
}

static void sgi_foreign_v3(void)
{
	uint64_t intid = (uint64_t)irq << ICC_SGIR_INTID_SHIFT;
	uint64_t target = gicv3_sgi_target(mpidr) | intid;
	uint64_t cluster = gicv3_sgi_target(mpidr & ~0xffull) | 0xffff | intid;

	detail("ICC_SGI1R_EL1: MPIDR 0x%lx", mpidr);
	write_sysreg(ICC_SGI1R_EL1, target);
	detail("ICC_SGI1R_EL1: its whole cluster");
	write_sysreg(ICC_SGI1R_EL1, cluster);
	detail("ICC_SGI1R_EL1: all but self");
	write_sysreg(ICC_SGI1R_EL1, ICC_SGIR_IRM | intid);
	detail("ICC_ASGI1R_EL1: MPIDR 0x%lx, all but self", mpidr);
	write_sysreg(ICC_ASGI1R_EL1, target);
	write_sysreg(ICC_ASGI1R_EL1, ICC_SGIR_IRM | intid);
	detail("ICC_SGI0R_EL1: MPIDR 0x%lx, all but self", mpidr);
	write_sysreg(ICC_SGI0R_EL1, target);
	write_sysreg(ICC_SGI0R_EL1, ICC_SGIR_IRM | intid);
}

static uint32_t own_sgis;

static void count_own(uint32_t intid, void *context)
{
	(void)intid;
	(void)context;
	own_sgis++;
}

static void sgi_foreign(void)
{
	irq %= GIC_NR_SGIS;
	irq_register(irq, count_own, NULL);
	gic_enable(irq, GIC_PRIORITY_DEFAULT, true);
	detail("SGI %u", irq);
	if (gic.version == 2)
		sgi_foreign_v2();
	else
		sgi_foreign_v3();
	dsb(sy);
	irq_enable(); /* those of them that are for us, too */
	isb();
	irq_disable();
	if (!survived_exception())
		survived("sent; %u came to this CPU", own_sgis);
}

/* What the distributor says of one interrupt. */
static void print_interrupt(const char *when)
{
	uint64_t gicd = gic.gicd.base;
	uint32_t word = irq / 32 * 4, bit = irq % 32;
	uint64_t route = gic.version == 2 ? read8(gicd + GICD_ITARGETSR + irq)
					  : read64(gicd + GICD_IROUTER + 8 * irq);

	detail("%s: enabled %u, pending %u, active %u, priority 0x%x, trigger %u, route 0x%lx",
	       when, read32(gicd + GICD_ISENABLER + word) >> bit & 1,
	       read32(gicd + GICD_ISPENDR + word) >> bit & 1,
	       read32(gicd + GICD_ISACTIVER + word) >> bit & 1, read8(gicd + GICD_IPRIORITYR + irq),
	       read32(gicd + GICD_ICFGR + irq / 16 * 4) >> irq % 16 * 2 & 3, route);
}

/* Single words, then everything that shares a register with it. */
static void spi_foreign(void)
{
	uint64_t gicd = gic.gicd.base;
	uint32_t word = irq / 32 * 4, bit = 1u << irq % 32;

	if (irq < GIC_FIRST_SPI || irq >= GIC_NR_INTIDS) {
		detail("irq=%u is no SPI", irq);
		return;
	}
	print_interrupt("before");
	gic_route(irq, cpu_id());
	write8(gicd + GICD_IPRIORITYR + irq, 0x10);
	write32(gicd + GICD_ICFGR + irq / 16 * 4, 2u << irq % 16 * 2);
	write32(gicd + GICD_ISENABLER + word, bit);
	write32(gicd + GICD_ISPENDR + word, bit);
	print_interrupt("enabled and pending, ours");
	write32(gicd + GICD_ISACTIVER + word, bit);
	print_interrupt("active");
	write32(gicd + GICD_ICACTIVER + word, ~0u);
	write32(gicd + GICD_ICPENDR + word, ~0u);
	write32(gicd + GICD_ICENABLER + word, ~0u);
	write32(gicd + GICD_IPRIORITYR + irq / 4 * 4, ~0u);
	print_interrupt("all of its word off");
	if (!survived_exception())
		survived("see above");
}

static void gicr_foreign(void)
{
	uint64_t gicr = gic.version == 3 ? gicv3_redistributor(mpidr) : 0;
	uint64_t sgis = gicr + GICR_SGI_FRAME;

	if (!gicr) {
		detail("no redistributor for MPIDR 0x%lx", mpidr);
		return;
	}
	detail("redistributor 0x%lx: WAKER 0x%x, ISENABLER0 0x%x", gicr, read32(gicr + GICR_WAKER),
	       read32(sgis + GICD_ISENABLER));
	write32(sgis + GICD_ICENABLER, ~0u);
	write32(sgis + GICD_ISPENDR, 1u << irq % 32);
	write32(gicr + GICR_WAKER, GICR_WAKER_SLEEP);
	if (!survived_exception())
		survived("WAKER 0x%x, ISENABLER0 0x%x, ISPENDR0 0x%x", read32(gicr + GICR_WAKER),
			 read32(sgis + GICD_ISENABLER), read32(sgis + GICD_ISPENDR));
}

static void gicd_off(void)
{
	uint64_t ctlr = gic.gicd.base + GICD_CTLR;
	uint32_t before = read32(ctlr);

	write32(ctlr, 0);
	if (!survived_exception())
		survived("GICD_CTLR was 0x%x, is 0x%x", before, read32(ctlr));
}

/* --- calls ----------------------------------------------------------------------- */

static void cpu_on_foreign(void)
{
	int result = psci_cpu_on(mpidr, cpu_entry_point(), 0);

	if (!survived_exception())
		survived("CPU_ON of MPIDR 0x%lx: %d", mpidr, result);
}

#define STANDBY	     0x00000001
#define POWER_DOWN   0x00010001

/* Time for a CPU to be on its way down. */
#define SUSPENDED_US 10000

static unsigned int unsuspended; /* calls that did not do what they should */

static void expect_refusal(const char *what, uint64_t entry)
{
	int result = psci_cpu_suspend(POWER_DOWN, entry, 0);

	if (result != PSCI_INVALID_ADDRESS)
		unsuspended++;
	detail("entry %s: %d", what, result);
}

/* As after a reset: what the CPU knows, its stack included, it has from the context. */
static void resumed(void)
{
	static bool again;

	detail("resumed%s", again ? " at once" : "");
	if (!again) {
		again = true;
		gic_enable(timer_intid(), GIC_PRIORITY_DEFAULT, timer_edge()); /* still pending */
		survived("CPU_SUSPEND returned %d", cpu_power_down(POWER_DOWN, resumed));
	}
	timer_stop();
	survived("%u wrong", unsuspended);
	cpu_idle();
}

static void suspend(void)
{
	struct smccc regs = { { 0x8400000a, 0xc4000001 } }; /* PSCI_FEATURES of CPU_SUSPEND */

	smccc_hvc(&regs);
	if (regs.x[0]) /* the original format */
		unsuspended++;
	detail("features 0x%lx", regs.x[0]);
	expect_refusal("nowhere", NOWHERE);
	expect_refusal("beyond all addresses", ~3ull);
	expect_refusal("between instructions", cpu_entry_point() + 2);
	gic_enable(timer_intid(), GIC_PRIORITY_DEFAULT, timer_edge());
	timer_set(timer_now() + timer_ticks(SUSPENDED_US));
	if (psci_cpu_suspend(STANDBY, NOWHERE, 0))
		unsuspended++;
	detail("standby");
	timer_set(timer_now() + timer_ticks(SUSPENDED_US));
	survived("CPU_SUSPEND returned %d", cpu_power_down(POWER_DOWN, resumed));
}

struct call {
	const char *name;
	uint32_t function;
	uint64_t x1;
};

static void make_calls(const struct call *calls, size_t count, void (*conduit)(struct smccc *))
{
	struct smccc regs;
	struct cb_error error;
	size_t i, refused = 0;

	for (i = 0; i < count; i++) {
		regs = (struct smccc){ { calls[i].function, calls[i].x1 } };
		conduit(&regs);
		if (caught()) {
			detail("%s: %s, esr 0x%lx", calls[i].name, esr_class(exception.esr),
			       exception.esr);
			refused++;
			continue;
		}
		hypercall_record(&regs, &error);
		if ((int64_t)regs.x[0] > 0)
			detail("%s: error %u, cell %d, index %u, address 0x%lx", calls[i].name,
			       error.code, (int)error.cell, error.index, error.address);
		else
			detail("%s: %ld", calls[i].name, (long)regs.x[0]);
		refused += regs.x[0] != 0;
	}
	survived("%zu of %zu refused", refused, count);
}

static void smc_unknown(void)
{
	static const struct call calls[] = {
		{ "SiP call", 0xc2001234, 0 },	      { "OEM call", 0xc3001234, 0 },
		{ "Trusted OS call", 0xb2000001, 0 }, { "unknown PSCI call", 0x8400001f, 0 },
		{ "no SMCCC call", 0x12345678, 0 },
	};

	make_calls(calls, ARRAY_SIZE(calls), smccc_smc);
}

static void hvc_root(void)
{
	static const struct call calls[] = {
		{ "DISABLE", CB_HVC_DISABLE, 1 },	{ "CELL_CREATE", CB_HVC_CELL_CREATE, 0 },
		{ "CELL_LOAD", CB_HVC_CELL_LOAD, 1 },	{ "CELL_START", CB_HVC_CELL_START, 1 },
		{ "CELL_STOP", CB_HVC_CELL_STOP, 1 },	{ "CELL_DESTROY", CB_HVC_CELL_DESTROY, 1 },
		{ "CELL_INPUT", CB_HVC_CELL_INPUT, 1 }, { "BOOT_INIT", CB_HVC_BOOT_INIT, 0 },
		{ "BOOT_CPU", CB_HVC_BOOT_CPU, 1 },
	};

	make_calls(calls, ARRAY_SIZE(calls), smccc_hvc);
}

static void hvc_unknown(void)
{
	static const struct call calls[] = {
		{ "hypercall 99", CB_HVC(99), 0 },
		{ "hypercall 0xffff", CB_HVC(0xffff), 0 },
		{ "KVM call 0", 0xc6000000, 0 },
		{ "32-bit hypercall 0", CB_HVC(0) & ~(1u << 30), 0 },
		{ "hyp stub SET_VECTORS", 0, 0 },
		{ "hyp stub RESET_VECTORS", 2, 0 },
		{ "INFO of an unknown item", CB_HVC_INFO, 99 },
		{ "CONSOLE_WRITE of 41 bytes", CB_HVC_CONSOLE_WRITE, CB_CONSOLE_WRITE_MAX + 1 },
	};

	make_calls(calls, ARRAY_SIZE(calls), smccc_hvc);
}

/* --- states to be stopped from ------------------------------------------------ */

static void mask_all(void)
{
	asm volatile("msr daifset, #0xf" : : : "memory");
}

static void spin_masked(void)
{
	mask_all();
	asm volatile("1: b 1b");
}

static void idle_unmasked(void)
{
	cpu_idle();
}

static void gic_off(void)
{
	mask_all();
	if (gic.version == 2) {
		write32(gic.gicc.base + GICC_PMR, 0);
		write32(gic.gicc.base + GICC_CTLR, 0);
	} else {
		write_sysreg(ICC_PMR_EL1, 0);
		write_sysreg(ICC_IGRPEN1_EL1, 0);
		isb();
	}
}

static void idle_gic_off(void)
{
	gic_off();
	for (;;)
		wfi();
}

static void power_down(void)
{
	gic_off();
	cpu_power_down(POWER_DOWN, spin_masked);
}

static void idle_wfe(void)
{
	mask_all();
	for (;;)
		wfe();
}

static void broken_vectors(void)
{
	mask_all();
	if (addr)
		mmu_map(addr & ~2047ull, 2048, MEMORY_NORMAL);
	write_sysreg(vbar_el1, addr ? addr & ~2047ull : NO_VECTORS);
	isb();
	asm volatile("brk #0");
}

static void self_off(void)
{
	survived("CPU_OFF: %d", psci_cpu_off());
}

static uint32_t spinning;

static void spin_secondary(void)
{
	atomic_store(&spinning, 1);
	spin_masked();
}

static void half_smp(void)
{
	int result = cpu_start(1, spin_secondary);

	if (result) {
		detail("CPU_ON of CPU 1: %d", result);
		return;
	}
	while (!atomic_load(&spinning))
		;
	detail("CPU 1 spins");
	mask_all();
	for (;;)
		wfi();
}

/* --- register accesses that trap without a syndrome ------------------------------ */

static unsigned int wrong;

static void check(const char *what, uint64_t value, uint64_t expected, uint64_t base,
		  uint64_t expected_base)
{
	bool ok = value == expected && base == expected_base && !caught();

	if (!ok)
		wrong++;
	detail("%s: %s: value 0x%lx (0x%lx), address 0x%lx (0x%lx)", what, ok ? "right" : "WRONG",
	       value, expected, base, expected_base);
}

/* One load or store with register write-back. */
#define LOAD(instruction, address, value, base)                                    \
	do {                                                                       \
		(base) = (address);                                                \
		asm volatile(instruction : "=&r"(value), "+r"(base) : : "memory"); \
	} while (0)
#define STORE(instruction, address, value, base)                                \
	do {                                                                    \
		(base) = (address);                                             \
		asm volatile(instruction : "+r"(base) : "r"(value) : "memory"); \
	} while (0)

static void mmio_writeback(void)
{
	uint64_t gicd = gic.gicd.base, prio = gicd + GICD_IPRIORITYR + GIC_FIRST_SPI;
	uint64_t enable = gicd + GICD_ISENABLER + 4;
	uint64_t value, base;

	LOAD("ldr %w0, [%1], #4", gicd + GICD_TYPER, value, base);
	check("ldr post-index", value, read32(gicd + GICD_TYPER), base, gicd + 8);
	LOAD("ldr %w0, [%1, #4]!", gicd, value, base);
	check("ldr pre-index", value, read32(gicd + GICD_TYPER), base, gicd + 4);
	LOAD("ldr %w0, [%1, #-4]!", gicd + 8, value, base);
	check("ldr pre-index, down", value, read32(gicd + GICD_TYPER), base, gicd + 4);
	LOAD("ldrsw %0, [%1], #4", gicd + GICD_TYPER, value, base);
	check("ldrsw post-index", value, (uint64_t)(int32_t)read32(gicd + GICD_TYPER), base,
	      gicd + 8);
	LOAD("ldrb %w0, [%1], #1", prio, value, base);
	check("ldrb post-index", value, read8(prio), base, prio + 1);
	LOAD("ldrsb %w0, [%1, #1]!", prio, value, base);
	check("ldrsb pre-index", value, (uint32_t)(int8_t)read8(prio + 1), base, prio + 1);
	STORE("str %w1, [%0], #4", enable, 0, base);
	check("str post-index", 0, 0, base, enable + 4);
	STORE("str %w1, [%0, #-4]!", enable + 4, 0, base);
	check("str pre-index", 0, 0, base, enable);
	STORE("strb %w1, [%0], #1", prio, read8(prio), base);
	check("strb post-index", 0, 0, base, prio + 1);
	survived("%u wrong", wrong);
}

#define LOAD_PAIR(instruction, address, first, second, base)                                      \
	do {                                                                                      \
		(base) = (address);                                                               \
		asm volatile(instruction : "=&r"(first), "=&r"(second), "+r"(base) : : "memory"); \
	} while (0)

/*
 * On bare QEMU with GICv3 those of the words are "wrong": TCG merges the two, and its
 * distributor has no 64-bit access there. In a cell they trap.
 */
static void mmio_pair(void)
{
	uint64_t gicd = gic.gicd.base, enable = gicd + GICD_ISENABLER + 4;
	uint64_t router = gicd + GICD_IROUTER + 8 * GIC_FIRST_SPI;
	uint32_t ctlr = read32(gicd + GICD_CTLR), typer = read32(gicd + GICD_TYPER);
	uint64_t first, second, base;

	LOAD_PAIR("ldp %w0, %w1, [%2]", gicd, first, second, base);
	check("ldp, first", first, ctlr, base, gicd);
	check("ldp, second", second, typer, base, gicd);
	LOAD_PAIR("ldp %w0, %w1, [%2], #8", gicd, first, second, base);
	check("ldp post-index", first << 32 | second, (uint64_t)ctlr << 32 | typer, base, gicd + 8);
	LOAD_PAIR("ldp %w0, %w1, [%2, #-8]!", gicd + 8, first, second, base);
	check("ldp pre-index", first << 32 | second, (uint64_t)ctlr << 32 | typer, base, gicd);
	LOAD_PAIR("ldpsw %0, %1, [%2]", gicd, first, second, base);
	check("ldpsw", second, (uint64_t)(int32_t)typer, base, gicd);
	base = enable;
	asm volatile("stp wzr, wzr, [%0], #8" : "+r"(base) : : "memory");
	check("stp post-index", 0, 0, base, enable + 8);
	if (gic.version == 3) {
		LOAD_PAIR("ldp %0, %1, [%2]", router, first, second, base);
		check("64-bit ldp, first", first, read64(router), base, router);
		check("64-bit ldp, second", second, read64(router + 8), base, router);
	}
	survived("%u wrong", wrong);
}

/* Not a form that a hypervisor should emulate. */
static void mmio_exclusive(void)
{
	uint32_t value;

	asm volatile("ldxr %w0, [%1]" : "=r"(value) : "r"(gic.gicd.base) : "memory");
	if (!survived_exception())
		survived("GICD_CTLR reads 0x%x", value);
}

static const struct violation violations[] = {
	{ "write-root", "write to RAM of the root cell", "addr", write_memory },
	{ "read-root", "read RAM of the root cell", "addr", read_memory },
	{ "write-hypervisor", "write to the hypervisor", "addr", write_memory },
	{ "write-cell", "write to RAM of another cell", "addr", write_memory },
	{ "device", "write to a device of somebody else", "addr", write_memory },
	{ "exec-nx", "jump into the region \"data\" (or addr=), which is no-execute", NULL,
	  execute_memory },
	{ "crash", "read where there is nothing", NULL, crash },

	{ "sgi-foreign", "SGI irq= to CPU cpu= (GICv2) or mpidr= (GICv3)", NULL, sgi_foreign },
	{ "spi-foreign", "take, raise and disable SPI irq=", "irq", spi_foreign },
	{ "gicr-foreign", "disable interrupts in the redistributor of mpidr=", "mpidr",
	  gicr_foreign },
	{ "gicd-off", "turn the distributor off", NULL, gicd_off },

	{ "cpu-on-foreign", "PSCI CPU_ON of mpidr=", "mpidr", cpu_on_foreign },
	{ "suspend", "PSCI CPU_SUSPEND, right and wrong", NULL, suspend },
	{ "smc-unknown", "SMCs that are none of a cell's business", NULL, smc_unknown },
	{ "hvc-root", "hypercalls of the root cell", NULL, hvc_root },
	{ "hvc-unknown", "hypercalls that do not exist", NULL, hvc_unknown },

	{ "spin-masked", "loop with all interrupts masked", NULL, spin_masked },
	{ "wfi", "WFI for ever", NULL, idle_unmasked },
	{ "wfi-gic-off", "WFI for ever, CPU interface disabled", NULL, idle_gic_off },
	{ "power-down", "PSCI CPU_SUSPEND for ever, CPU interface disabled", NULL, power_down },
	{ "wfe", "WFE for ever, all interrupts masked", NULL, idle_wfe },
	{ "broken-vectors", "exception loop: VBAR points nowhere (or to addr=)", NULL,
	  broken_vectors },
	{ "cpu-off", "PSCI CPU_OFF of this CPU", NULL, self_off },
	{ "half-smp", "CPU 1 loops with interrupts masked, CPU 0 waits in WFI", NULL, half_smp },

	{ "mmio-writeback", "distributor accesses with write-back", NULL, mmio_writeback },
	{ "mmio-pair", "distributor accesses in pairs", NULL, mmio_pair },
	{ "mmio-exclusive", "load-exclusive from the distributor", NULL, mmio_exclusive },
};

static const struct violation *find(const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(violations); i++)
		if (!strcmp(violations[i].name, name))
			return &violations[i];
	return NULL;
}

static void print_names(void)
{
	size_t i;

	printf("violate: no such case; case= one of\n");
	for (i = 0; i < ARRAY_SIZE(violations); i++)
		printf("violate:   %-16s %s\n", violations[i].name, violations[i].what);
}

static void run_case(const char *name)
{
	char text[24];

	current = find(name);
	if (!current) {
		print_names();
		return;
	}
	if (current->needs && !arg_string(current->needs, text, sizeof(text))) {
		detail("needs %s=", current->needs);
		return;
	}
	detail("%s", current->what);
	current->run();
}

void inmate_main(void)
{
	char name[24];

	arg_string("case", name, sizeof(name));
	addr = arg_u64("addr", 0);
	irq = (uint32_t)arg_u64("irq", 0);
	cpu = (unsigned int)arg_u64("cpu", 0);
	mpidr = arg_u64("mpidr", cpu);
	on_exception = note_exception;
	run_case(name);
	cpu_idle();
}
