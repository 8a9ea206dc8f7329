// SPDX-License-Identifier: GPL-2.0-only
/*
 * Attacks by what else a CPU has: debug, performance monitors, timers, FP; and what is left in it.
 */
#include <gic.h>
#include <hypercall.h>
#include <inmate.h>
#include <sysreg.h>
#include "hostile.h"

/* --- debug, performance, timers, FP
 * ---------------------------------------------------------------- */

#define MDSCR_SS  (1u << 0)
#define MDSCR_KDE (1u << 13)
#define MDSCR_MDE (1u << 15)
#define BCR_EL1	  (0xfu << 5 | 1u << 1 | 1u) /* BAS, PMC: EL1, E */
#define BCR_EL2	  (0xfu << 5 | 3u << 14 | 1u << 13 | 1u)
#define WCR_EL1	  (0xffu << 5 | 3u << 3 | 1u << 1 | 1u)
#define WCR_EL2	  (0xffu << 5 | 3u << 3 | 3u << 14 | 1u << 13 | 1u)

static void hypercall_often(void)
{
	uint64_t value;
	unsigned int i;

	for (i = 0; i < 200; i++)
		hypercall_info(CB_INFO_CPU, &value);
}

static void __attribute__((noinline)) stand_here(void)
{
	asm volatile("nop\n nop");
}

static uint64_t watched;

static void debug_off(void)
{
	write_sysreg(mdscr_el1, 0);
	write_sysreg(dbgbcr0_el1, 0);
	write_sysreg(dbgwcr0_el1, 0);
	asm volatile("msr daifset, #8");
	isb();
}

/* Break- and watchpoints here, and as if for EL2, which does not take part in EL1's debugging. */
static void breakpoints(const struct attempt *attempt)
{
	uint64_t foreign = attempt->argument;
	unsigned int count;

	write_sysreg(oslar_el1, 0);
	write_sysreg(dbgbvr0_el1, foreign ? foreign : (uint64_t)stand_here);
	write_sysreg(dbgbcr0_el1, foreign ? BCR_EL2 : BCR_EL1);
	write_sysreg(dbgwvr0_el1, foreign ? foreign : (uint64_t)&watched);
	write_sysreg(dbgwcr0_el1, foreign ? WCR_EL2 : WCR_EL1);
	write_sysreg(mdscr_el1, MDSCR_KDE | MDSCR_MDE);
	asm volatile("msr daifclr, #8");
	isb();
	stand_here();
	*(volatile uint64_t *)&watched = 1;
	hypercall_often();
	debug_off();
	count = exceptions(NULL);
	if (foreign && count)
		breach("%u debug exceptions", count);
}

/* Single step across calls into the hypervisor. */
static void single_step(const struct attempt *attempt)
{
	(void)attempt;
	allow_steps(2000);
	write_sysreg(oslar_el1, 0);
	write_sysreg(mdscr_el1, MDSCR_SS | MDSCR_KDE);
	asm volatile("msr daifclr, #8");
	isb();
	hypercall_often();
	debug_off();
	allow_steps(0);
	exceptions(NULL);
}

/* How many steps it takes to read a word eight times. */
static unsigned int steps_to_read(uint64_t address)
{
	allow_steps(100);
	write_sysreg(oslar_el1, 0);
	write_sysreg(mdscr_el1, MDSCR_SS | MDSCR_KDE);
	asm volatile("msr daifclr, #8");
	isb();
	asm volatile(".rept 8\n ldr wzr, [%0]\n .endr" : : "r"(address) : "memory");
	debug_off();
	allow_steps(0);
	return exceptions(NULL);
}

/* What the hypervisor does in place of an instruction is one step like any other. */
static void steps_of_accesses(const struct attempt *attempt)
{
	static uint32_t word;
	unsigned int expected = steps_to_read((uint64_t)&word);
	unsigned int steps = steps_to_read(gic.gicd.base + GICD_TYPER);

	(void)attempt;
	if (expected < 8 || steps != expected)
		breach("%u steps, and %u if nothing traps", steps, expected);
}

/* CPUs may have error records in common: a cell sees none. */
static void error_records(const struct attempt *attempt)
{
	bool ras = read_sysreg(id_aa64pfr0_el1) >> 28 & 0xf;
	uint64_t before = 0, after = 0, records;

	(void)attempt;
	if (!ras)
		return;
	hypercall_info(CB_INFO_EXITS, &before);
	records = read_sysreg(S3_0_C5_C3_0); /* ERRIDR_EL1 */
	hypercall_info(CB_INFO_EXITS, &after);
	if (exceptions(NULL) || records || after != before + 2)
		breach("%lu error records, %lu exits", records, after - before);
	write_sysreg(S3_0_C5_C3_1, 1); /* ERRSELR_EL1 */
	write_sysreg(S3_0_C5_C4_1, 0); /* ERXCTLR_EL1 */
	exceptions(NULL);
}

static void locks(const struct attempt *attempt)
{
	(void)attempt;
	write_sysreg(oslar_el1, 1);
	write_sysreg(osdlr_el1, 1);
	isb();
	hypercall_often();
	write_sysreg(osdlr_el1, 0);
	write_sysreg(oslar_el1, 0);
	exceptions(NULL);
}

#define PMCR_E	       (1u << 0)
#define PMCR_LC	       (1u << 6)
#define PMU_ALL_LEVELS 0x0f000000u /* U, NSK, NSU, NSH: EL2 is counted, if EL2 allows it */

static void performance_monitors(const struct attempt *attempt)
{
	uint64_t counters = read_sysreg(pmcr_el0) >> 11 & 0x1f, i;

	(void)attempt;
	for (i = 0; i < counters; i++) {
		write_sysreg(pmselr_el0, i);
		isb();
		write_sysreg(pmxevtyper_el0, PMU_ALL_LEVELS | 8);
		write_sysreg(pmxevcntr_el0, 0xffffff00);
	}
	write_sysreg(pmccfiltr_el0, PMU_ALL_LEVELS);
	write_sysreg(pmccntr_el0, ~0xfffull);
	write_sysreg(pmintenset_el1, 0xffffffff);
	write_sysreg(pmcntenset_el0, 0xffffffff);
	write_sysreg(pmcr_el0, PMCR_E | PMCR_LC);
	isb();
	hypercall_often();
	write_sysreg(pmcr_el0, 0);
	exceptions(NULL);
}

/* Due again and again, also while the CPU is at EL2. */
static void timers(const struct attempt *attempt)
{
	unsigned int i;

	(void)attempt;
	write_sysreg(cntkctl_el1, 0x3f7); /* events at the highest rate */
	gic_enable(timer_intid(), 0, timer_edge());
	for (i = 0; i < 200; i++) {
		timer_set(timer_now() + i % 50);
		write_sysreg(cntp_cval_el0, timer_now() + i % 70);
		write_sysreg(cntp_ctl_el0, 1);
		hypercall_often();
	}
	timer_stop();
	write_sysreg(cntp_ctl_el0, 0);
	write_sysreg(cntkctl_el1, 0);
	gic_disable(timer_intid());
	/* The hypervisor's own are not there for EL1. */
	exceptions(NULL);
	write_sysreg(S3_4_C14_C2_2, 0);	    /* CNTHP_CVAL_EL2 */
	write_sysreg(S3_4_C14_C2_1, 1);	    /* CNTHP_CTL_EL2 */
	write_sysreg(S3_4_C14_C1_0, ~0ull); /* CNTHCTL_EL2 */
	i = exceptions(NULL);
	if (i != 3)
		breach("%u of 3 registers of EL2's timer are undefined", i);
}

/* Everything on that a CPU may have: rounding, vectors of each length, keys, streaming mode. */
static void fp_state(const struct attempt *attempt)
{
	uint64_t sctlr = read_sysreg(sctlr_el1), length;

	(void)attempt;
	write_sysreg(cpacr_el1, read_sysreg(cpacr_el1) | CPACR_EL1_ZEN | CPACR_EL1_SMEN);
	isb();
	write_sysreg(fpcr, ~0ull);
	write_sysreg(fpsr, ~0ull);
	for (length = 0; length < 16; length++) {
		write_sysreg(S3_0_C1_C2_0, length); /* ZCR_EL1 */
		write_sysreg(S3_0_C1_C2_6, length); /* SMCR_EL1 */
		isb();
		asm volatile(".inst 0xd503477f" : : : "memory"); /* SMSTART */
		hypercall_often();
		asm volatile(".inst 0xd503467f" : : : "memory"); /* SMSTOP */
	}
	write_sysreg(S3_0_C2_C1_0, random64()); /* APIAKEYLO_EL1 */
	write_sysreg(S3_0_C2_C1_1, random64());
	/* EnIA stays off: code here has return addresses without signatures only if nobody asks. */
	write_sysreg(sctlr_el1, sctlr | SCTLR_EL1_ENDB | SCTLR_EL1_ENDA | SCTLR_EL1_ENIB);
	isb();
	hypercall_often();
	write_sysreg(sctlr_el1, sctlr);
	write_sysreg(fpcr, 0);
	write_sysreg(fpsr, 0);
	isb();
	exceptions(NULL);
}

/* Tags: random ones everywhere, checks on (FEAT_MTE2). */
static void tags(const struct attempt *attempt)
{
	static uint8_t own[4096] __attribute__((aligned(4096)));
	uint64_t sctlr = read_sysreg(sctlr_el1), address = (uint64_t)own, i;

	(void)attempt;
	write_sysreg(S3_0_C1_C0_6, 0);		/* GCR_EL1 */
	write_sysreg(S3_0_C1_C0_5, random64()); /* RGSR_EL1 */
	address = window((uint64_t)own, 3, WINDOW_TAGGED, 0);
	for (i = 0; i < 4096; i += 16)
		asm volatile(".arch armv8.5-a+memtag\n irg %0, %0\n stg %0, [%0]"
			     : "+r"(address)
			     :
			     : "memory");
	write_sysreg(sctlr_el1, sctlr | SCTLR_EL1_TCF_SYNC | SCTLR_EL1_ATA);
	isb();
	hypercall_often();
	write_sysreg(sctlr_el1, sctlr);
	isb();
	exceptions(NULL);
}

static void storm_of_calls(const struct attempt *attempt)
{
	unsigned int i;

	(void)attempt;
	for (i = 0; i < 100; i++)
		hypercall_often();
}

static const struct attempt features[] = {
	{ "breakpoints and watchpoints", RETURNS, breakpoints, 0, 0, "" },
	{ "break- and watchpoints for EL2", RETURNS, breakpoints, 0xff8000002000, 0, "" },
	{ "single step through hypercalls", RETURNS, single_step, 0, 0, "" },
	{ "single step through register accesses", RETURNS, steps_of_accesses, 0, 0, "" },
	{ "OS lock and double lock", RETURNS, locks, 0, 0, "" },
	{ "error records", RETURNS, error_records, 0, 0, "" },
	{ "performance monitors", RETURNS, performance_monitors, 0, 0, "" },
	{ "timers", RETURNS, timers, 0, 0, "" },
	{ "FP, SVE, SME, pointer authentication", RETURNS, fp_state, 0, 0, "" },
	{ "memory tags", RETURNS, tags, 0, 0, "" },
	{ "20,000 hypercalls", RETURNS, storm_of_calls, 0, 0, "" },
};

/* --- left behind
 * --------------------------------------------------------------------------------------- */

/* A value in each register that can keep one, in the order of inspect.c. */
static void fill_registers(void)
{
	const uint64_t secret = 0x5ec4e75ec4e7;

	write_sysreg(cpacr_el1, read_sysreg(cpacr_el1) | CPACR_EL1_ZEN | CPACR_EL1_SMEN);
	isb();
	fill_vectors(secret);
	write_sysreg(S3_0_C1_C2_0, 15); /* ZCR_EL1 */
	isb();
	fill_scalable(secret);
	write_sysreg(fpcr, 0x07000000);
	write_sysreg(fpsr, 0x1f);
	write_sysreg(sp_el0, secret);
	write_sysreg(tpidr_el0, secret);
	write_sysreg(tpidrro_el0, secret);
	write_sysreg(contextidr_el1, 0x5ec4e7);
	write_sysreg(ttbr1_el1, secret << 12);
	write_sysreg(amair_el1, secret);
	write_sysreg(esr_el1, 0x5ec4e7);
	write_sysreg(far_el1, secret);
	write_sysreg(afsr0_el1, 0x5ec4e7);
	write_sysreg(afsr1_el1, 0x5ec4e7);
	write_sysreg(par_el1, secret << 12);
	write_sysreg(spsr_el1, 0x3c5);
	write_sysreg(csselr_el1, 2);
	write_sysreg(cntkctl_el1, 0x303);
	write_sysreg(cntv_cval_el0, secret);
	write_sysreg(cntp_cval_el0, secret);
	write_sysreg(cntp_ctl_el0, 1);
	write_sysreg(oslar_el1, 0);
	write_sysreg(osdlr_el1, 1);
	write_sysreg(mdccint_el1, 3u << 29);
	write_sysreg(dbgclaimset_el1, 0xe7);
	write_sysreg(dbgbvr0_el1, secret & ~3ull);
	write_sysreg(dbgbcr0_el1, BCR_EL1);
	write_sysreg(dbgwvr0_el1, secret & ~7ull);
	write_sysreg(dbgwcr0_el1, WCR_EL1);
	write_sysreg(pmuserenr_el0, 0xf);
	write_sysreg(pmccntr_el0, secret);
	write_sysreg(pmintenset_el1, 0xffffffff);
	write_sysreg(pmcntenset_el0, 0xffffffff);
	write_sysreg(pmcr_el0, PMCR_E);
	write_sysreg(S3_0_C2_C1_0, secret); /* APIAKEYLO_EL1 to APGAKEYHI_EL1 */
	write_sysreg(S3_0_C2_C1_1, secret);
	write_sysreg(S3_0_C2_C1_2, secret);
	write_sysreg(S3_0_C2_C1_3, secret);
	write_sysreg(S3_0_C2_C2_0, secret);
	write_sysreg(S3_0_C2_C2_1, secret);
	write_sysreg(S3_0_C2_C2_2, secret);
	write_sysreg(S3_0_C2_C2_3, secret);
	write_sysreg(S3_0_C2_C3_0, secret);
	write_sysreg(S3_0_C2_C3_1, secret);
	write_sysreg(S3_0_C13_C0_7, secret); /* SCXTNUM_EL1, SCXTNUM_EL0 */
	write_sysreg(S3_3_C13_C0_7, secret);
	write_sysreg(S3_0_C1_C0_6, 0x1ffff); /* GCR_EL1, RGSR_EL1 */
	write_sysreg(S3_0_C1_C0_5, 0xabc0f);
	write_sysreg(S3_3_C13_C0_5, secret); /* TPIDR2_EL0 */
	isb();
	exceptions(NULL);
}

static void fill_and_fail(const struct attempt *attempt)
{
	(void)attempt;
	fill_registers();
	end_cell();
}

static void fill_and_spin(const struct attempt *attempt)
{
	fill_registers();
	spin(attempt);
}

static void fill_and_turn_off(const struct attempt *attempt)
{
	fill_registers();
	call_psci(attempt);
}

static const struct attempt left_behind[] = {
	{ "registers full, then a violation", ENDS, fill_and_fail, 0, 0, "" },
	{ "registers full, then a loop", LOOPS, fill_and_spin, 0, 0, "" },
	{ "registers full, then CPU_OFF", LOOPS, fill_and_turn_off, PSCI(PSCI_CPU_OFF), 0, "" },
};

const struct attack cpu_attacks[] = {
	{ .name = "cpu-features", .what = "debug, performance, timers, FP", TABLE(features) },
	{ .name = "cpu-left-behind",
	  .what = "registers full when the cell ends",
	  TABLE(left_behind) },
};
const unsigned int nr_cpu_attacks = ARRAY_SIZE(cpu_attacks);
