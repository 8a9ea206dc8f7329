// SPDX-License-Identifier: GPL-2.0-only
/*
 * A cell's crash record in words. Reads the syndrome as the Arm ARM (D17.2.37,
 * ESR_EL2) lays it out.
 */
#include "crash.h"

#include <inttypes.h>
#include <string.h>

#define ARRAY_SIZE(a)	 (sizeof(a) / sizeof((a)[0]))

#define ESR_EC(esr)	 (((esr) >> 26) & 0x3f)
#define ESR_ISV		 (1u << 24)		/* data abort: SAS is valid */
#define ESR_SAS(esr)	 (((esr) >> 22) & 0x3)	/* log2 of the access size */
#define ESR_IS_PERM(esr) (((esr)&0x3c) == 0x0c) /* fault status: permission */

static const struct exception_class {
	uint64_t ec;
	const char *name;
} exception_classes[] = {
	{ 0x00, "unknown instruction" },
	{ 0x01, "WFI or WFE" },
	{ 0x07, "FP or SIMD" },
	{ 0x09, "pointer authentication" },
	{ 0x0e, "illegal execution state" },
	{ 0x12, "HVC, AArch32" },
	{ 0x13, "SMC, AArch32" },
	{ 0x16, "HVC" },
	{ 0x17, "SMC" },
	{ 0x18, "system register" },
	{ 0x19, "SVE" },
	{ 0x1a, "ERET" },
	{ 0x1d, "SME" },
	{ 0x20, "instruction abort" },
	{ 0x22, "PC alignment" },
	{ 0x24, "data abort" },
	{ 0x26, "SP alignment" },
	{ 0x2f, "SError" },
	{ 0x3c, "BRK" },
};

static const char *exception_class_name(uint64_t ec)
{
	for (size_t i = 0; i < ARRAY_SIZE(exception_classes); i++)
		if (exception_classes[i].ec == ec)
			return exception_classes[i].name;
	return "reserved";
}

/* " 4 bytes", where the syndrome tells. */
static void add_access_size(const struct cb_crash *crash, struct text *text)
{
	unsigned int bytes = 1u << ESR_SAS(crash->esr);

	if (crash->esr & ESR_ISV)
		text_add(text, " %u byte%s", bytes, bytes == 1 ? "" : "s");
}

static void add_access(const struct cb_crash *crash, struct text *text, const char *verb,
		       const char *preposition, const char *denied)
{
	text_add(text, "CPU %u %s", crash->cpu, verb);
	add_access_size(crash, text);
	text_add(text, " %s 0x%" PRIx64 ", which the cell %s, at pc 0x%" PRIx64, preposition,
		 crash->ipa, ESR_IS_PERM(crash->esr) ? denied : "does not have", crash->elr);
}

static void say_none(const struct cb_crash *crash, struct text *text)
{
	text_add(text, "CPU %u failed for no recorded reason, at pc 0x%" PRIx64, crash->cpu,
		 crash->elr);
}

static void say_read(const struct cb_crash *crash, struct text *text)
{
	add_access(crash, text, "read", "from", "may not read");
}

static void say_write(const struct cb_crash *crash, struct text *text)
{
	add_access(crash, text, "wrote", "to", "may only read");
}

static void say_execute(const struct cb_crash *crash, struct text *text)
{
	text_add(text,
		 "CPU %u fetched an instruction from 0x%" PRIx64
		 ", which the cell %s, at pc 0x%" PRIx64,
		 crash->cpu, crash->ipa,
		 ESR_IS_PERM(crash->esr) ? "may not execute" : "does not have", crash->elr);
}

static void say_decode(const struct cb_crash *crash, struct text *text)
{
	text_add(text,
		 "CPU %u accessed the register at 0x%" PRIx64
		 " with an instruction that cannot be emulated (0x%08" PRIx64 "), at pc 0x%" PRIx64,
		 crash->cpu, crash->ipa, crash->insn, crash->elr);
}

static void say_mmio(const struct cb_crash *crash, struct text *text)
{
	text_add(text, "CPU %u accessed the register at 0x%" PRIx64, crash->cpu, crash->ipa);
	if (crash->esr & ESR_ISV)
		text_add(text, " (%u bytes)", 1u << ESR_SAS(crash->esr));
	text_add(text, " in a way that the hardware does not offer, at pc 0x%" PRIx64, crash->elr);
}

static void say_trap(const struct cb_crash *crash, struct text *text)
{
	text_add(text,
		 "CPU %u raised an exception that a cell may not raise (%s, ESR 0x%" PRIx64
		 "), at pc 0x%" PRIx64,
		 crash->cpu, exception_class_name(ESR_EC(crash->esr)), crash->esr, crash->elr);
}

static void say_hypervisor(const struct cb_crash *crash, struct text *text)
{
	text_add(text,
		 "the hypervisor itself took an exception on CPU %u on behalf of this cell (%s, "
		 "ESR 0x%" PRIx64 ", FAR 0x%" PRIx64 "), at 0x%" PRIx64 ": please report this",
		 crash->cpu, exception_class_name(ESR_EC(crash->esr)), crash->esr, crash->far,
		 crash->elr);
}

static void (*const descriptions[])(const struct cb_crash *crash, struct text *text) = {
	[CB_CRASH_NONE] = say_none,	[CB_CRASH_READ] = say_read,
	[CB_CRASH_WRITE] = say_write,	[CB_CRASH_EXECUTE] = say_execute,
	[CB_CRASH_DECODE] = say_decode, [CB_CRASH_MMIO] = say_mmio,
	[CB_CRASH_TRAP] = say_trap,	[CB_CRASH_HYPERVISOR] = say_hypervisor,
};

void crash_describe(const struct cb_crash *crash, struct text *text)
{
	if (crash->reason < ARRAY_SIZE(descriptions))
		descriptions[crash->reason](crash, text);
	else
		text_add(text,
			 "CPU %u failed for reason %u, which this cellctl does not know, at pc "
			 "0x%" PRIx64,
			 crash->cpu, crash->reason, crash->elr);
}

static const struct named_register {
	const char *name;
	size_t offset;
} registers[] = {
	{ "sp_el0", offsetof(struct cb_crash, sp_el0) },
	{ "sp_el1", offsetof(struct cb_crash, sp_el1) },
	{ "pc", offsetof(struct cb_crash, elr) },
	{ "pstate", offsetof(struct cb_crash, spsr) },
	{ "esr_el2", offsetof(struct cb_crash, esr) },
	{ "far_el2", offsetof(struct cb_crash, far) },
	{ "esr_el1", offsetof(struct cb_crash, esr_el1) },
	{ "far_el1", offsetof(struct cb_crash, far_el1) },
	{ "elr_el1", offsetof(struct cb_crash, elr_el1) },
	{ "sctlr_el1", offsetof(struct cb_crash, sctlr_el1) },
	{ "vbar_el1", offsetof(struct cb_crash, vbar_el1) },
};

size_t crash_register_count(void)
{
	return ARRAY_SIZE(registers);
}

const char *crash_register_name(size_t i)
{
	return registers[i].name;
}

uint64_t crash_register_value(const struct cb_crash *crash, size_t i)
{
	uint64_t value;

	memcpy(&value, (const char *)crash + registers[i].offset, sizeof(value));
	return value;
}

static const char *column_end(size_t i, size_t count, size_t columns)
{
	return i % columns == columns - 1 || i == count - 1 ? "\n" : "  ";
}

void crash_registers(const struct cb_crash *crash, struct text *text)
{
	for (size_t i = 0; i < ARRAY_SIZE(crash->x); i++)
		text_add(text, "%sx%-2zu %016" PRIx64 "%s", i % 4 ? "" : "  ", i, crash->x[i],
			 column_end(i, ARRAY_SIZE(crash->x), 4));
	for (size_t i = 0; i < ARRAY_SIZE(registers); i++)
		text_add(text, "%s%-9s %016" PRIx64 "%s", i % 3 ? "" : "  ", registers[i].name,
			 crash_register_value(crash, i), column_end(i, ARRAY_SIZE(registers), 3));
}
