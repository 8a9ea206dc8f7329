// SPDX-License-Identifier: GPL-2.0-only
/*
 * What Linux would not try with the firmware: a program at EL2 in Linux' place, MMU off, that makes
 * its calls, rightly and wrongly, and at last what EL3 traps. Prints a line for each promise.
 */
#include "firmware.h"

#define UART		0x09000000UL
#define GICD		0x08000000UL
#define GICC		0x08010000UL
#define GICR		0x080a0000UL
#define GICR_SGI	0x10000
#define ISENABLER	0x100
#define SGIR		0xf00
#define SGIR_SELF	BIT(25)
#define TIMER_PPI	30
#define WAKE_SGI	1ULL
#define ICC_SGI1R_EL1	S3_0_C12_C11_5
#define CNT_ENABLE	1
#define ICC_SRE_EL2	S3_4_C12_C9_5
#define ICC_PMR_EL1	S3_0_C4_C6_0
#define ICC_IGRPEN0_EL1 S3_0_C12_C12_6
#define ICC_IGRPEN1_EL1 S3_0_C12_C12_7
#define SCXTNUM_EL1	S3_0_C13_C0_7

#define VERSION		0x84000000
#define CPU_OFF		0x84000002
#define SYSTEM_RESET	0x84000009
#define FEATURES	0x8400000a
#define CPU_SUSPEND	0xc4000001
#define CPU_ON		0xc4000003
#define AFFINITY_INFO	0xc4000004
#define SMCCC_VERSION	0x80000000
#define ARCH_FEATURES	0x80000001
#define WORKAROUND_1	0x80008000
#define SIP_HOLD	0xc2000004
#define SIP_COUNT	0xc2000005
#define NOT_A_FUNCTION	0xc2001234

#define STANDBY		0x00000001
#define POWER_DOWN	0x00010002
#define CLUSTER_DOWN	0x01010003

enum { NOT_SUPPORTED = -1, INVALID_PARAMETERS = -2, ALREADY_ON = -4, INVALID_ADDRESS = -9 };
enum { INFO_ON, INFO_OFF };

extern char psci_entry[];
s64 power_down(u64 state, u64 entry, u64 context);
void probe(void);
void started(u64 context, u64 survivors, u64 sctlr, u64 level);

/* What CPU 1 says, and what it is to do. */
static volatile u64 counter, quit;
static volatile bool has_context;
static u32 step;

static void print(const char *text)
{
	for (; *text; text++)
		write32(UART, *text);
}

static void expect(bool kept, const char *promise)
{
	print(kept ? "probe: ok " : "probe: BROKEN ");
	print(promise);
	print("\r\n");
}

static s64 smc(u64 function, u64 a, u64 b, u64 c)
{
	register u64 x0 asm("x0") = function;
	register u64 x1 asm("x1") = a;
	register u64 x2 asm("x2") = b;
	register u64 x3 asm("x3") = c;

	asm volatile("smc #0" : "+r"(x0), "+r"(x1), "+r"(x2), "+r"(x3)::"memory");
	return x1 == a && x2 == b && x3 == c ? (s64)x0 : -99;
}

static bool is_gicv3(void)
{
	return read_sysreg(id_aa64pfr0_el1) >> 24 & 0xf;
}

/* Those that wake this CPU become pending, and are never taken: all are masked. */
static void enable_interrupts(void)
{
	u64 frame = GICD;

	if (is_gicv3()) {
		frame = GICR + GICR_SGI;
		write_sysreg(ICC_SRE_EL2, 0xf);
		isb();
		write32(GICD, 0x12); /* ARE_NS, EnableGrp1A: the Non-secure view */
		write_sysreg(ICC_PMR_EL1, 0xff);
		write_sysreg(ICC_IGRPEN1_EL1, 1);
		isb();
	} else {
		write32(GICD, 1);
		write32(GICC + 4, 0xff);
		write32(GICC, 1);
	}
	write32(frame + ISENABLER, BIT(TIMER_PPI) | BIT(WAKE_SGI));
}

static void send_sgi_to_self(void)
{
	if (is_gicv3()) {
		write_sysreg(ICC_SGI1R_EL1, WAKE_SGI << 24 | 1);
		isb();
	} else {
		write32(GICD + SGIR, SGIR_SELF | WAKE_SGI);
	}
}

static void start_timer(u32 milliseconds)
{
	write_sysreg(cntp_tval_el0, read_sysreg(cntfrq_el0) / 1000 * milliseconds);
	write_sysreg(cntp_ctl_el0, CNT_ENABLE);
	isb();
}

static bool is_timer_due(void)
{
	return read_sysreg(cntp_ctl_el0) & 4;
}

/* The timer would come too late. */
static void power_down_until_sgi(u64 state, u64 context)
{
	start_timer(10000);
	send_sgi_to_self();
	power_down(state, (u64)psci_entry, context);
	expect(false, "a power-down does not return");
}

static void try_versions(void)
{
	expect(smc(VERSION, 0, 0, 0) == 0x10001, "PSCI is 1.1");
	expect(smc(SMCCC_VERSION, 0, 0, 0) == 0x10002, "SMCCC is 1.2");
	expect(!smc(FEATURES, CPU_SUSPEND, 0, 0), "CPU_SUSPEND has the original format");
	expect(smc(FEATURES, NOT_A_FUNCTION, 0, 0) == NOT_SUPPORTED, "no other feature");
	expect(smc(NOT_A_FUNCTION, 0, 0, 0) == NOT_SUPPORTED, "no other function");
	expect(!smc(ARCH_FEATURES, WORKAROUND_1, 0, 0), "workaround 1 is there");
}

static void try_cpu_on(void)
{
	u64 entry = (u64)psci_entry;

	expect(smc(CPU_ON, 77, entry, 0) == INVALID_PARAMETERS, "no CPU 77");
	expect(smc(CPU_ON, BIT(32), entry, 0) == INVALID_PARAMETERS, "Aff3 counts");
	expect(smc(CPU_ON, 1, 0x0e000000, 0) == INVALID_ADDRESS, "no entry in Secure RAM");
	expect(smc(CPU_ON, 0, entry, 0) == ALREADY_ON, "CPU 0 is on");
	expect(smc(AFFINITY_INFO, 1, 0, 0) == INFO_OFF, "CPU 1 is off");
	expect(smc(SIP_HOLD, BIT(1), 0, 0) == INVALID_PARAMETERS, "what is off is not held");
	expect(!smc(CPU_ON, 1, entry, 0x1234), "CPU 1 starts");
	while (!counter)
		;
	expect(has_context, "with its context, at EL2, MMU off");
	expect(smc(CPU_ON, 1, entry, 0) == ALREADY_ON, "CPU 1 is on");
	expect(smc(AFFINITY_INFO, 1, 0, 0) == INFO_ON, "CPU 1 says so");
}

/* A counter that stands still while it is read this often is that of a CPU that does. */
static bool counts(void)
{
	u64 before = counter;

	for (u32 i = 0; i < 1000000; i++) {
		if (counter != before)
			return true;
	}
	return false;
}

static void try_hold(void)
{
	expect(smc(SIP_HOLD, BIT(0), 0, 0) == INVALID_PARAMETERS, "no CPU holds itself");
	expect(counts(), "CPU 1 works");
	expect(!smc(SIP_HOLD, BIT(1), 0, 0) && !counts(), "CPU 1 is held");
	expect(!smc(SIP_HOLD, 0, 0, 0), "and let go");
	while (!counts())
		;
	quit = 1;
	while (smc(AFFINITY_INFO, 1, 0, 0) != INFO_OFF)
		;
	expect(!counts(), "CPU 1 is off again");
}

static void try_counts(void)
{
	s64 psci = smc(SIP_COUNT, 4, 0, 0);
	s64 workaround = smc(SIP_COUNT, WORKAROUND_1, 0, 0);

	smc(VERSION, 0, 0, 0);
	smc(WORKAROUND_1, 0, 0, 0);
	smc(WORKAROUND_1, 0, 0, 0);
	expect(smc(SIP_COUNT, 4, 0, 0) == psci + 1, "calls are counted by class");
	expect(smc(SIP_COUNT, WORKAROUND_1, 0, 0) == workaround + 2, "workarounds are counted");
	expect(smc(SIP_COUNT, 64, 0, 0) == INVALID_PARAMETERS, "there are 64 classes");
}

static void try_suspend(void)
{
	expect(smc(CPU_SUSPEND, 2, 0, 0) == INVALID_PARAMETERS, "no other power state");
	expect(smc(CPU_SUSPEND, POWER_DOWN, 3, 0) == INVALID_ADDRESS, "no odd entry");
	enable_interrupts();
	start_timer(1);
	expect(!smc(CPU_SUSPEND, STANDBY, 0, 0) && is_timer_due(),
	       "standby ends with an interrupt");
	power_down_until_sgi(POWER_DOWN, 0x5678);
}

static void trap(void)
{
	if (is_gicv3()) {
		print("probe: now ICC_IGRPEN0_EL1\r\n");
		read_sysreg(ICC_IGRPEN0_EL1);
	}
	print("probe: now SCXTNUM_EL1\r\n");
	read_sysreg(SCXTNUM_EL1);
	expect(false, "EL3 traps");
}

/* After psci_entry: on CPU 1 once, and on CPU 0 after each of its power states. */
void started(u64 context, u64 survivors, u64 sctlr, u64 level)
{
	bool at_el2 = level == 8 && !(sctlr & 0x1005); /* M, C, I */

	if (this_cpu()) {
		has_context = context == 0x1234 && at_el2;
		while (!quit)
			counter++;
		smc(CPU_OFF, 0, 0, 0);
	}
	if (!step++) {
		expect(context == 0x5678 && at_el2, "a power-down ends at its entry");
		expect(!survivors, "registers are lost");
		expect(!(read_sysreg(cntp_ctl_el0) & CNT_ENABLE), "so is the timer");
		enable_interrupts();
		power_down_until_sgi(CLUSTER_DOWN, 0x9abc);
	}
	expect(context == 0x9abc && !survivors, "so are those of a cluster");
	trap();
}

void probe(void)
{
	expect(read_sysreg(currentel) == 8, "EL2 at boot");
	try_versions();
	try_cpu_on();
	try_hold();
	try_counts();
	try_suspend();
}
