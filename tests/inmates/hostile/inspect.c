// SPDX-License-Identifier: GPL-2.0-only
/*
 * What somebody else has left on this CPU: registers as they were at entry, those that the library
 * has not touched since, and the interrupt controller.
 */
#include <gic.h>
#include <inmate.h>
#include <sysreg.h>
#include "entry.h"
#include "hostile.h"

/* The device tree's address aside, no register has a value. */
static void general_registers(const struct attempt *attempt)
{
	unsigned int i;

	(void)attempt;
	for (i = 0; i < ARRAY_SIZE(entry_state.x); i++)
		if (entry_state.x[i])
			breach("x%u was 0x%lx", i + 1, entry_state.x[i]);
	if (entry_state.sp)
		breach("sp was 0x%lx", entry_state.sp);
}

#define TIMER_ISTATUS (1u << 2) /* a condition, not a state */

static void system_registers(const struct attempt *attempt)
{
#define NAME(name) #name,
	static const char *const names[] = { ENTRY_REGISTERS(NAME) };
	unsigned int i;

	(void)attempt;
	for (i = 0; i < ARRAY_SIZE(names); i++)
		if (entry_state.registers[i] & ~(uint64_t)TIMER_ISTATUS)
			breach("%s was 0x%lx", names[i], entry_state.registers[i]);
}

static void vector_registers(const struct attempt *attempt)
{
	unsigned int i;

	(void)attempt;
	if (entry_state.fpcr || entry_state.fpsr)
		breach("fpcr was 0x%lx, fpsr 0x%lx", entry_state.fpcr, entry_state.fpsr);
	for (i = 0; i < ARRAY_SIZE(entry_state.v); i++)
		if (entry_state.v[i])
			breach("half %u of the vector registers was 0x%lx", i, entry_state.v[i]);
}

#define SVE_MAX_BYTES 256

/* Of all SVE registers: what lies above the 128 bits that are checked already. */
static void scalable_registers(const struct attempt *attempt)
{
	static uint8_t z[INMATE_MAX_CPUS][32 * SVE_MAX_BYTES] __attribute__((aligned(16)));
	static uint8_t p[INMATE_MAX_CPUS][17 * SVE_MAX_BYTES / 8] __attribute__((aligned(16)));
	uint8_t *vectors = z[cpu_id()], *predicates = p[cpu_id()];
	uint64_t bytes;
	unsigned int i;

	(void)attempt;
	write_sysreg(cpacr_el1, read_sysreg(cpacr_el1) | CPACR_EL1_ZEN);
	isb();
	write_sysreg(S3_0_C1_C2_0, 15); /* ZCR_EL1: the longest vectors */
	isb();
	if (exceptions(NULL)) /* there is no SVE */
		return;
	bytes = store_scalable(vectors, predicates);
	/* The library's libfdt has used the low halves of some vectors since. */
	for (i = 0; i < 32 * bytes; i++)
		if (i % bytes >= 16 && vectors[i])
			breach("byte %lu of z%lu is 0x%x", i % bytes, i / bytes, vectors[i]);
	for (i = 0; i < 17 * bytes / 8; i++)
		if (predicates[i])
			breach("byte %u of the predicate registers is 0x%x", i, predicates[i]);
}

static void keys(const struct attempt *attempt)
{
	(void)attempt;
#define KEY(encoding)                                                           \
	do {                                                                    \
		uint64_t value = 0;                                             \
		asm volatile("mrs %0, " SYSREG_STRING(encoding) : "+r"(value)); \
		if (!exceptions(NULL) && value)                                 \
			breach(SYSREG_STRING(encoding) " is 0x%lx", value);     \
	} while (0)
	/* Pointer authentication: APIA, APIB, APDA, APDB, APGA */
	KEY(S3_0_C2_C1_0);
	KEY(S3_0_C2_C1_1);
	KEY(S3_0_C2_C1_2);
	KEY(S3_0_C2_C1_3);
	KEY(S3_0_C2_C2_0);
	KEY(S3_0_C2_C2_1);
	KEY(S3_0_C2_C2_2);
	KEY(S3_0_C2_C2_3);
	KEY(S3_0_C2_C3_0);
	KEY(S3_0_C2_C3_1);
	/* SCXTNUM_EL1, SCXTNUM_EL0, GCR_EL1, RGSR_EL1, TFSR_EL1, TPIDR2_EL0 */
	KEY(S3_0_C13_C0_7);
	KEY(S3_3_C13_C0_7);
	KEY(S3_0_C1_C0_6);
	KEY(S3_0_C1_C0_5);
	KEY(S3_0_C5_C6_0);
	KEY(S3_3_C13_C0_5);
#undef KEY
}

#define MANAGEMENT_SGI 7 /* the hypervisor's: docs/inmates.md */
#define GICC_RPR       0x14
#define RPR_IDLE       0xff

/* SGIs may be enabled for good (GICv2, IHI 0048B 4.3.5). */
static void interrupts(const struct attempt *attempt)
{
	uint64_t frame = gic_frame(0), gicd = gic.gicd.base;
	uint32_t pending = read32(frame + GICD_ISPENDR), active = read32(frame + GICD_ISACTIVER);
	uint32_t enabled = read32(frame + GICD_ISENABLER) & ~0xffffu;
	uint32_t spi = (uint32_t)arg_u64("spi", 0), word = spi / 32 * 4, bit = 1u << spi % 32;
	uint64_t running =
		gic.version == 2 ? read32(gic.gicc.base + GICC_RPR) : read_sysreg(ICC_RPR_EL1);

	(void)attempt;
	if ((pending | active) & ~(1u << MANAGEMENT_SGI) || enabled)
		breach("of this CPU: enabled 0x%x, pending 0x%x, active 0x%x", enabled, pending,
		       active);
	if ((read32(gicd + GICD_ISENABLER + word) | read32(gicd + GICD_ISPENDR + word) |
	     read32(gicd + GICD_ISACTIVER + word)) &
	    bit)
		breach("SPI %u is enabled, pending or active", spi);
	if (running != RPR_IDLE)
		breach("the running priority is 0x%lx", running);
}

static const struct attempt inspections[] = {
	{ "general registers", RETURNS, general_registers, 0, 0, "" },
	{ "system registers", RETURNS, system_registers, 0, 0, "" },
	{ "vector registers", RETURNS, vector_registers, 0, 0, "" },
	{ "scalable vectors and predicates", RETURNS, scalable_registers, 0, 0, "" },
	{ "keys, tags and context numbers", RETURNS, keys, 0, 0, "" },
	{ "interrupts", RETURNS, interrupts, 0, 0, "" },
};

const struct attack inspect_attacks[] = {
	{ .name = "inspect",
	  .what = "what the last owner of the CPU has left",
	  TABLE(inspections) },
};
const unsigned int nr_inspect_attacks = ARRAY_SIZE(inspect_attacks);
