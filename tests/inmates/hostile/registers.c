// SPDX-License-Identifier: GPL-2.0-only
/*
 * Attacks by system instructions: every encoding that EL1 can name is read and written, from code
 * made for the purpose. What is not there is undefined; nothing may reach another cell.
 */
#include <inmate.h>
#include <sysreg.h>
#include "hostile.h"

#define ENCODINGS 2048 /* CRn, CRm, op2 */
#define MAX_CPUS  2
#define A64_RET	  0xd65f03c0u
#define A64_MSR	  0xd5000000u /* MSR, SYS: op0 in bits 20:19 */
#define A64_MRS	  0xd5200000u
#define RT_X0	  0u
#define RT_XZR	  31u

typedef uint64_t instruction(uint64_t value);

/* A made-up function each, for a CPU, and another that undoes or looks at what it did. */
enum { FIRST, OTHER, NR_SETS };
static uint32_t code[MAX_CPUS][NR_SETS][ENCODINGS][2] __attribute__((aligned(64)));
/* What cache operations and translations are made with. */
static uint8_t scratch[MAX_CPUS][4096] __attribute__((aligned(4096)));

#define ENCODING(op0, op1, crn, crm, op2) \
	((uint32_t)(op0) << 19 | (op1) << 16 | (crn) << 12 | (crm) << 8 | (op2) << 5)

static bool is_among(const uint32_t *encodings, unsigned int nr, uint32_t encoding)
{
	while (nr--)
		if (encodings[nr] == encoding)
			return true;
	return false;
}

/*
 * What would take away the ground we stand on (there are attacks of their own for these): not
 * written at all, whatever the value.
 */
static bool is_ours(uint32_t encoding)
{
	static const uint32_t ours[] = {
		ENCODING(3, 0, 1, 0, 0),  /* SCTLR_EL1 */
		ENCODING(3, 0, 1, 0, 3),  /* SCTLR2_EL1 */
		ENCODING(3, 0, 2, 0, 0),  /* TTBR0_EL1 */
		ENCODING(3, 0, 2, 0, 1),  /* TTBR1_EL1 */
		ENCODING(3, 0, 2, 0, 2),  /* TCR_EL1 */
		ENCODING(3, 0, 2, 0, 3),  /* TCR2_EL1 */
		ENCODING(3, 0, 10, 2, 0), /* MAIR_EL1 */
		ENCODING(3, 0, 10, 2, 3), /* PIR_EL1 */
		ENCODING(3, 0, 10, 2, 4), /* POR_EL1 */
		ENCODING(3, 0, 12, 0, 0), /* VBAR_EL1 */
		ENCODING(3, 0, 13, 0, 4), /* TPIDR_EL1: this CPU's number */
		ENCODING(3, 0, 4, 2, 0),  /* SPSel */
	};

	return is_among(ours, ARRAY_SIZE(ours), encoding);
}

/* Instructions for all CRn, CRm, op2 of an op0, op1, as functions. */
static void make_code(unsigned int set, uint32_t opcode, unsigned int op0, unsigned int op1,
		      uint32_t rt)
{
	uint32_t(*functions)[2] = code[cpu_id()][set];
	unsigned int n;
	uint64_t line;

	for (n = 0; n < ENCODINGS; n++) {
		functions[n][0] = opcode | ENCODING(op0, op1, 0, 0, 0) | n << 5 | rt;
		functions[n][1] = A64_RET;
	}
	for (line = 0; line < sizeof(code[0][0]); line += 16)
		asm volatile("dc cvau, %0" : : "r"((uint64_t)functions + line) : "memory");
	dsb(ish);
	for (line = 0; line < sizeof(code[0][0]); line += 16)
		asm volatile("ic ivau, %0" : : "r"((uint64_t)functions + line) : "memory");
	dsb(ish);
	isb();
}

static uint64_t run_of(unsigned int set, unsigned int n, uint64_t value)
{
	return ((instruction *)code[cpu_id()][set][n])(value);
}

static uint64_t run(unsigned int n, uint64_t value)
{
	return run_of(FIRST, n, value);
}

static void read_all(const struct attempt *attempt)
{
	unsigned int n;

	make_code(FIRST, A64_MRS, (unsigned int)attempt->argument, (unsigned int)attempt->more,
		  RT_X0);
	for (n = 0; n < ENCODINGS; n++)
		run(n, 0);
}

/* Each is written with several values, and then as it was. */
static void write_all(const struct attempt *attempt)
{
	unsigned int op0 = (unsigned int)attempt->argument, op1 = (unsigned int)attempt->more;
	unsigned int n;

	make_code(FIRST, A64_MSR, op0, op1, RT_X0);
	make_code(OTHER, A64_MRS, op0, op1, RT_X0);
	for (n = 0; n < ENCODINGS; n++) {
		uint64_t old;

		if (is_ours(ENCODING(op0, op1, 0, 0, 0) | n << 5))
			continue;
		old = run_of(OTHER, n, 0);
		exceptions(NULL);
		run(n, ~0ull);
		if (!exceptions(NULL)) {
			run(n, random64());
			run(n, 0);
		}
		run(n, old);
	}
}

/* What EL1 has: no other op1 names a register of it. */
static const struct {
	unsigned int op0, op1;
} banks[] = { { 2, 0 }, { 2, 1 }, { 2, 3 }, { 3, 0 }, { 3, 1 }, { 3, 2 }, { 3, 3 } };

/* Ones in each register that takes them, and an end that keeps them. */
static void leave_ones(const struct attempt *attempt)
{
	unsigned int i, n;

	for (i = 0; i < ARRAY_SIZE(banks); i++) {
		make_code(FIRST, A64_MSR, banks[i].op0, banks[i].op1, RT_X0);
		for (n = 0; n < ENCODINGS; n++)
			if (!is_ours(ENCODING(banks[i].op0, banks[i].op1, 0, 0, 0) | n << 5))
				run(n, ~0ull);
	}
	spin(attempt);
}

static const struct attempt left_behind[] = {
	{ "ones in every register, then a loop", LOOPS, leave_ones, 0, 0, "" },
};

/* States of the CPU, views of what runs, and what the library has set. */
static bool may_be_ones(uint32_t encoding)
{
	static const uint32_t known[] = {
		ENCODING(3, 3, 4, 2, 1),   /* DAIF */
		ENCODING(3, 3, 14, 2, 0),  /* CNTP_TVAL_EL0: CNTP_CVAL_EL0, less the time */
		ENCODING(3, 3, 14, 3, 0),  /* CNTV_TVAL_EL0 */
		ENCODING(3, 0, 4, 6, 0),   /* ICC_PMR_EL1 */
		ENCODING(3, 0, 12, 12, 7), /* ICC_IGRPEN1_EL1 */
	};

	return is_ours(encoding) || is_among(known, ARRAY_SIZE(known), encoding);
}

/* Does a register have ones in all bits that keep what is written? It is as before afterwards. */
static bool has_ones(unsigned int n)
{
	uint64_t value = run_of(OTHER, n, 0), ones, zeros;

	if (exceptions(NULL) || !value)
		return false;
	run(n, ~0ull);
	ones = run_of(OTHER, n, 0);
	run(n, 0);
	zeros = run_of(OTHER, n, 0);
	run(n, value);
	return !exceptions(NULL) && ones & ~zeros && !(ones & ~zeros & ~value);
}

static void look_for_ones(const struct attempt *attempt)
{
	unsigned int op0 = (unsigned int)attempt->argument, op1 = (unsigned int)attempt->more, n;

	make_code(FIRST, A64_MSR, op0, op1, RT_X0);
	make_code(OTHER, A64_MRS, op0, op1, RT_X0);
	exceptions(NULL);
	for (n = 0; n < ENCODINGS; n++)
		if (!may_be_ones(ENCODING(op0, op1, 0, 0, 0) | n << 5) && has_ones(n))
			breach("S%u_%u_C%u_C%u_%u is 0x%lx", op0, op1, n >> 7, n >> 3 & 0xf, n & 7,
			       run_of(OTHER, n, 0));
}

static bool make_look(unsigned int n, struct attempt *attempt)
{
	if (n >= ARRAY_SIZE(banks))
		return false;
	attempt->outcome = RETURNS;
	attempt->run = look_for_ones;
	attempt->argument = banks[n].op0;
	attempt->more = banks[n].op1;
	describe(attempt, "registers of op0 %u, op1 %u", banks[n].op0, banks[n].op1);
	return true;
}

/* SYS and SYSL: cache, TLB and address operations, and what is implementation defined. */
static void system_instructions(const struct attempt *attempt)
{
	unsigned int op1 = (unsigned int)attempt->more, n;
	uint64_t address = (uint64_t)scratch[cpu_id()];

	make_code(FIRST, A64_MSR, 1, op1, RT_X0);
	for (n = 0; n < ENCODINGS; n++)
		run(n, address);
	make_code(FIRST, A64_MRS, 1, op1, RT_X0);
	for (n = 0; n < ENCODINGS; n++)
		run(n, address);
}

/* WFI and WFE are attacks of their own; MSR SPSel would exchange the stack. */
static bool is_skipped(unsigned int op1, unsigned int n)
{
	unsigned int crn = n >> 7, crm = n >> 3 & 0xf, op2 = n & 7;

	if (crn == 2 && op1 == 3 && crm == 0 && (op2 == 2 || op2 == 3))
		return true;
	return crn == 4 && op1 == 0 && op2 == 5;
}

/* Hints, barriers, MSR (immediate), and the WFET and WFIT of a time that has passed. */
static void immediates(const struct attempt *attempt)
{
	unsigned int op1 = (unsigned int)attempt->more, n;
	uint64_t daif = irq_save();

	make_code(FIRST, A64_MSR, 0, op1, RT_XZR);
	for (n = 0; n < ENCODINGS; n++)
		if (!is_skipped(op1, n))
			run(n, 0);
	irq_restore(daif);
	asm volatile(".inst 0xd503467f"); /* SMSTOP */
	exceptions(NULL);
}

/* Attempts for each op1 of an op0. */
static bool make_for(unsigned int op0, const char *what, void (*function)(const struct attempt *),
		     unsigned int n, struct attempt *attempt)
{
	if (n >= 8)
		return false;
	attempt->outcome = RETURNS;
	attempt->run = function;
	attempt->argument = op0;
	attempt->more = n;
	describe(attempt, "%s, op0 %u, op1 %u", what, op0, n);
	return true;
}

static bool make_read(unsigned int n, struct attempt *attempt)
{
	return make_for(2 + n / 8, "MRS", read_all, n < 16 ? n % 8 : 8, attempt);
}

static bool make_write(unsigned int n, struct attempt *attempt)
{
	return make_for(2 + n / 8, "MSR", write_all, n < 16 ? n % 8 : 8, attempt);
}

static bool make_system(unsigned int n, struct attempt *attempt)
{
	return make_for(1, "SYS, SYSL", system_instructions, n, attempt);
}

static bool make_immediate(unsigned int n, struct attempt *attempt)
{
	return make_for(0, "MSR (immediate), hints", immediates, n, attempt);
}

const struct attack register_attacks[] = {
	{ .name = "register-reads", .what = "MRS of every encoding", .make = make_read },
	{ .name = "register-writes", .what = "MSR of every encoding", .make = make_write },
	{ .name = "register-system",
	  .what = "SYS and SYSL of every encoding",
	  .make = make_system },
	{ .name = "register-immediates",
	  .what = "hints and MSR (immediate) of every encoding",
	  .make = make_immediate },
	{ .name = "register-left-behind", .what = "ones in every register", TABLE(left_behind) },
	{ .name = "register-inspect",
	  .what = "registers that the last owner of the CPU has filled",
	  .make = make_look },
};
const unsigned int nr_register_attacks = ARRAY_SIZE(register_attacks);
