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

/* A made-up function each, for a CPU. */
static uint32_t code[MAX_CPUS][ENCODINGS][2] __attribute__((aligned(64)));
/* What cache operations and translations are made with. */
static uint8_t scratch[MAX_CPUS][4096] __attribute__((aligned(4096)));

#define ENCODING(op0, op1, crn, crm, op2) \
	((uint32_t)(op0) << 19 | (op1) << 16 | (crn) << 12 | (crm) << 8 | (op2) << 5)

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
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(ours); i++)
		if (ours[i] == encoding)
			return true;
	return false;
}

/* Instructions for all CRn, CRm, op2 of an op0, op1, as functions. */
static void make_code(uint32_t opcode, unsigned int op0, unsigned int op1, uint32_t rt)
{
	uint32_t(*functions)[2] = code[cpu_id()];
	unsigned int n;
	uint64_t line;

	for (n = 0; n < ENCODINGS; n++) {
		functions[n][0] = opcode | ENCODING(op0, op1, 0, 0, 0) | n << 5 | rt;
		functions[n][1] = A64_RET;
	}
	for (line = 0; line < sizeof(code[0]); line += 16)
		asm volatile("dc cvau, %0" : : "r"((uint64_t)functions + line) : "memory");
	dsb(ish);
	for (line = 0; line < sizeof(code[0]); line += 16)
		asm volatile("ic ivau, %0" : : "r"((uint64_t)functions + line) : "memory");
	dsb(ish);
	isb();
}

static uint64_t run(unsigned int n, uint64_t value)
{
	return ((instruction *)code[cpu_id()][n])(value);
}

static void read_all(const struct attempt *attempt)
{
	unsigned int n;

	make_code(A64_MRS, (unsigned int)attempt->argument, (unsigned int)attempt->more, RT_X0);
	for (n = 0; n < ENCODINGS; n++)
		run(n, 0);
}

/* Each is written with several values, and then as it was. */
static void write_all(const struct attempt *attempt)
{
	unsigned int op0 = (unsigned int)attempt->argument, op1 = (unsigned int)attempt->more;
	static uint64_t before[MAX_CPUS][ENCODINGS];
	uint64_t *old = before[cpu_id()];
	unsigned int n;

	make_code(A64_MRS, op0, op1, RT_X0);
	for (n = 0; n < ENCODINGS; n++)
		old[n] = run(n, 0);
	exceptions(NULL);
	make_code(A64_MSR, op0, op1, RT_X0);
	for (n = 0; n < ENCODINGS; n++) {
		if (is_ours(ENCODING(op0, op1, 0, 0, 0) | n << 5))
			continue;
		run(n, ~0ull);
		if (!exceptions(NULL)) {
			run(n, random64());
			run(n, 0);
		}
		run(n, old[n]);
	}
}

/* SYS and SYSL: cache, TLB and address operations, and what is implementation defined. */
static void system_instructions(const struct attempt *attempt)
{
	unsigned int op1 = (unsigned int)attempt->more, n;
	uint64_t address = (uint64_t)scratch[cpu_id()];

	make_code(A64_MSR, 1, op1, RT_X0);
	for (n = 0; n < ENCODINGS; n++)
		run(n, address);
	make_code(A64_MRS, 1, op1, RT_X0);
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

	make_code(A64_MSR, 0, op1, RT_XZR);
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
};
const unsigned int nr_register_attacks = ARRAY_SIZE(register_attacks);
