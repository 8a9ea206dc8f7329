// SPDX-License-Identifier: GPL-2.0-only
/*
 * What of a CPU a cell gets (arch/arm64/traps.c, idregs.c), on CPUs that QEMU does not have: with
 * every extension, and with none. A register that such a CPU lacks, or that firmware may keep, is
 * not touched.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <arch/guest.h>
#include <arch/traps.h>
#include <cellblock/hypercall.h>
#include <cell/cell.h>

#include "harness.h"

#define NAME_(x)    #x
#define NAME(x)	    NAME_(x)
#define COUNTERS    31UL
#define FIELD_MAX   0xfUL
#define LINUX_HCR   (HCR_EL2_IMO | 1UL << 56) /* ATA */
#define LINUX_VALUE 0x5a5a00000000UL	      /* that no choice of ours has */

/* Identification registers by the names that the sources use, and what Linux left elsewhere. */
static struct {
	const char *name;
	u64 value;
} registers[96];

static bool late_allowed, everything;
static struct cb_cell_config config;
static struct cell guest = { .config = &config };
static struct {
	struct regs exit;
	struct cpu cpu;
} slot;
static struct cb_system_config board;

static u64 *reg(const char *name)
{
	size_t i = 0;

	while (registers[i].name && strcmp(registers[i].name, name) != 0)
		i++;
	assert_true(i < ARRAY_SIZE(registers) - 1);
	registers[i].name = name;
	return &registers[i].value;
}

static bool is_among(const char *name, const char *const *names, size_t nr)
{
	while (nr--)
		if (!strcmp(name, names[nr]))
			return true;
	return false;
}

static const char *const of_extensions[] = {
	NAME(HCRX_EL2),	  NAME(HFGRTR_EL2),  NAME(HFGWTR_EL2),
	NAME(HFGITR_EL2), NAME(HDFGRTR_EL2), NAME(HDFGWTR_EL2),
};
static const char *const late[] = {
	NAME(HFGRTR2_EL2),  NAME(HFGWTR2_EL2),	NAME(HFGITR2_EL2),
	NAME(HDFGRTR2_EL2), NAME(HDFGWTR2_EL2), NAME(MPAM2_EL2),
};

static void assert_there(const char *name)
{
	if (is_among(name, of_extensions, ARRAY_SIZE(of_extensions)))
		assert_true(everything);
	if (is_among(name, late, ARRAY_SIZE(late)))
		assert_true(everything && late_allowed);
}

u64 host_sysreg_read(const char *name)
{
	if (!strcmp(name, "tpidr_el2"))
		return (u64)&slot.cpu;
	assert_there(name);
	return *reg(name);
}

void host_sysreg_write(const char *name, u64 value)
{
	assert_there(name);
	*reg(name) = value;
}

/* Identification registers, by the two names that each has in the sources. */
static void set_id(const char *name, const char *encoding, u64 value)
{
	*reg(name) = value;
	*reg(encoding) = value;
}

static void set_ids(u64 value)
{
	set_id("id_aa64pfr0_el1", "S3_0_C0_C4_0", value);
	set_id(NAME(ID_AA64PFR1_EL1_), "S3_0_C0_C4_1", value);
	set_id("id_aa64dfr0_el1", "S3_0_C0_C5_0", value);
	set_id("id_aa64mmfr0_el1", "S3_0_C0_C7_0", value);
	set_id("id_aa64mmfr1_el1", "S3_0_C0_C7_1", value);
	set_id(NAME(ID_AA64ISAR2_EL1_), "S3_0_C0_C6_2", value);
	*reg("S3_0_C0_C4_4") = *reg("S3_0_C0_C6_0") = *reg("S3_0_C0_C6_1") = value;
	*reg("S3_0_C0_C6_3") = *reg("S3_0_C0_C7_2") = value;
}

static const char *const base[] = { "hcr_el2",	"cptr_el2",    "mdcr_el2",
				    "hstr_el2", "cnthctl_el2", "cntvoff_el2" };

/* A CPU of a machine whose Linux left a value of its own in each register of EL2. */
static void start(bool has_everything, bool linux_is_late)
{
	memset(registers, 0, sizeof(registers));
	memset(&slot, 0, sizeof(slot));
	everything = has_everything;
	late_allowed = linux_is_late;
	linux_uses = linux_is_late ? CB_LINUX_MPAM | CB_LINUX_FGT2 : 0;
	system_config = &board;
	board.gic.version = 3;
	config.flags = 0;
	set_ids(everything ? 0x7777777777777777 : 0);
	*reg("pmcr_el0") = COUNTERS << 11;
	for (size_t i = 0; i < ARRAY_SIZE(base); i++)
		*reg(base[i]) = LINUX_VALUE;
	*reg("hcr_el2") = HCR_EL2_RW | HCR_EL2_APK | HCR_EL2_API | LINUX_HCR;
	*reg("cptr_el2") = CPTR_EL2_RES1;
	for (size_t i = 0; everything && i < ARRAY_SIZE(of_extensions); i++)
		*reg(of_extensions[i]) = LINUX_VALUE;
	for (size_t i = 0; late_allowed && i < ARRAY_SIZE(late); i++)
		*reg(late[i]) = LINUX_VALUE;
	traps_save(&slot.cpu);
}

static void give_to(struct cell *cell)
{
	slot.cpu.cell = cell;
	traps_choose(&slot.cpu);
	traps_write(&slot.cpu.traps);
}

static void test_nothing_of_linux_choice_is_left_for_a_cell(void **state)
{
	(void)state;
	start(true, true);
	give_to(&guest);
	assert_int_equal(*reg("hcr_el2") & LINUX_HCR, 0);
	for (size_t i = 1; i < ARRAY_SIZE(base); i++)
		assert_int_equal(*reg(base[i]) & LINUX_VALUE, 0);
	for (size_t i = 0; i < ARRAY_SIZE(of_extensions); i++)
		assert_int_equal(*reg(of_extensions[i]) & LINUX_VALUE, 0);
	for (size_t i = 0; i < ARRAY_SIZE(late); i++)
		assert_int_equal(*reg(late[i]) & LINUX_VALUE, 0);
}

static void test_linux_gets_its_choice_back(void **state)
{
	u64 routing = HCR_EL2_IMO | HCR_EL2_FMO | HCR_EL2_AMO;

	(void)state;
	start(true, true);
	give_to(&guest);
	give_to(&root_cell);
	assert_int_equal(*reg("hcr_el2") & routing, 0);
	assert_int_equal(*reg("hcr_el2") & HCR_EL2_APK, HCR_EL2_APK);
	assert_int_equal(*reg("hcr_el2") & (HCR_EL2_TID3 | HCR_EL2_TIDCP), 0);
	assert_int_equal(*reg("mdcr_el2"), LINUX_VALUE);
	for (size_t i = 0; i < ARRAY_SIZE(of_extensions); i++)
		assert_int_equal(*reg(of_extensions[i]), LINUX_VALUE);
	traps_write(&slot.cpu.linux_traps);
	assert_int_equal(*reg("hcr_el2"), HCR_EL2_RW | HCR_EL2_APK | HCR_EL2_API | LINUX_HCR);
}

static void test_extensions_that_are_not_there_are_not_touched(void **state)
{
	(void)state;
	start(false, true);
	give_to(&guest);
	give_to(&root_cell);
	assert_false(traps_have_mpam());
}

static void test_what_firmware_may_keep_is_not_touched(void **state)
{
	(void)state;
	start(true, false);
	give_to(&guest);
	give_to(&root_cell);
	assert_false(traps_have_mpam());
}

static void test_what_a_cell_does_not_get_traps(void **state)
{
	u64 mdcr;

	(void)state;
	start(true, true);
	give_to(&guest);
	mdcr = *reg("mdcr_el2");
	assert_int_equal(mdcr & 0x1f, COUNTERS);
	assert_int_equal(mdcr & (3UL << 12 | 3UL << 24), 0); /* E2PB, E2TB */
	assert_int_equal(mdcr & MDCR_EL2_TPMS, MDCR_EL2_TPMS);
	assert_int_equal(mdcr & MDCR_EL2_TTRF, MDCR_EL2_TTRF);
	assert_int_equal(mdcr & MDCR_EL2_TDCC, MDCR_EL2_TDCC);
	assert_int_equal(*reg("cptr_el2"),
			 CPTR_EL2_RES1 | CPTR_EL2_TSM | CPTR_EL2_TTA | CPTR_EL2_TAM);
	assert_int_equal(*reg(NAME(HCRX_EL2)), HCRX_EL2_MSCEN | HCRX_EL2_TALLINT);
	assert_int_equal(*reg(NAME(HFGRTR_EL2)) | *reg(NAME(HFGWTR_EL2)), 0);
	assert_int_equal(*reg(NAME(MPAM2_EL2)), 3UL << 48);
	assert_int_equal(*reg("cnthctl_el2"), 3);
	/* Bits of what is not there are RES0. */
	start(false, false);
	give_to(&guest);
	assert_int_equal(*reg("cptr_el2"), CPTR_EL2_RES1 | CPTR_EL2_TSM | CPTR_EL2_TZ);
	assert_int_equal(*reg("mdcr_el2"), MDCR_EL2_TDOSA);
}

static void test_waiting_traps_unless_it_is_native(void **state)
{
	(void)state;
	start(false, false);
	give_to(&guest);
	assert_int_equal(*reg("hcr_el2") & HCR_EL2_TWI, HCR_EL2_TWI);
	config.flags = CB_CELL_NATIVE_IDLE;
	give_to(&guest);
	assert_int_equal(*reg("hcr_el2") & HCR_EL2_TWI, 0);
}

static u64 id_field(u64 crm, u64 op2, unsigned int low)
{
	return FIELD(cell_id_register(crm, op2), low + 3, low);
}

/* What traps or is off does not exist. */
static void test_what_traps_is_not_announced(void **state)
{
	static const struct {
		u64 crm, op2;
		unsigned int low;
	} hidden[] = {
		{ 4, 0, 8 },  { 4, 0, 12 }, { 4, 0, 36 }, { 4, 0, 40 }, { 4, 0, 44 },
		{ 4, 0, 52 }, { 4, 1, 8 },  { 4, 1, 24 }, { 4, 1, 36 }, { 4, 1, 44 },
		{ 4, 1, 48 }, { 5, 0, 4 },  { 5, 0, 32 }, { 5, 0, 40 }, { 5, 0, 44 },
		{ 5, 0, 52 }, { 6, 1, 60 }, { 6, 2, 32 }, { 7, 0, 8 },	{ 7, 0, 16 },
		{ 7, 0, 56 }, { 7, 1, 8 },  { 7, 1, 16 }, { 7, 1, 40 }, { 7, 2, 24 },
	};

	(void)state;
	start(true, true);
	give_to(&guest);
	for (size_t i = 0; i < ARRAY_SIZE(hidden); i++)
		assert_int_equal(id_field(hidden[i].crm, hidden[i].op2, hidden[i].low), 0);
	assert_int_equal(cell_id_register(7, 3), 0); /* MMFR3: TCR2, S1PIE ... */
	assert_int_equal(cell_id_register(4, 2), 0);
	assert_int_equal(cell_id_register(5, 1), 0);
}

static void test_what_works_is_announced(void **state)
{
	(void)state;
	start(true, true);
	give_to(&guest);
	assert_int_equal(id_field(4, 0, 32), 7); /* SVE */
	assert_int_equal(id_field(4, 0, 24), 1); /* GIC */
	assert_int_equal(id_field(4, 0, 56), 1); /* CSV2: without SCXTNUM */
	assert_int_equal(id_field(6, 2, 16), 7); /* MOPS */
	assert_int_equal(id_field(6, 1, 4), 7);	 /* APA */
	assert_int_equal(id_field(5, 0, 8), 7);	 /* PMUVer */
	assert_int_equal(id_field(7, 1, 0), 2);	 /* HAFDBS */
	assert_int_equal(cell_id_register(4, 4), 0x7777777777777777);
}

static void test_sve_is_announced_where_linux_has_it(void **state)
{
	(void)state;
	start(true, false);
	slot.cpu.linux_traps.cptr |= CPTR_EL2_TZ;
	give_to(&guest);
	assert_int_equal(id_field(4, 0, 32), 0);
	assert_int_equal(cell_id_register(4, 4), 0);
	assert_int_equal(*reg("cptr_el2") & CPTR_EL2_TZ, CPTR_EL2_TZ);
}

static void test_fields_that_say_no_by_all_ones(void **state)
{
	(void)state;
	start(true, false);
	set_ids(~0UL);
	give_to(&guest);
	assert_int_equal(id_field(4, 0, 16), FIELD_MAX); /* FP */
	assert_int_equal(id_field(4, 0, 20), FIELD_MAX); /* AdvSIMD */
	assert_int_equal(id_field(5, 0, 36), FIELD_MAX); /* DoubleLock */
	assert_int_equal(id_field(5, 0, 8), 0);		 /* PMUVer: not the architecture's */
	assert_int_equal(*reg("mdcr_el2") & 0x1f, 0);
}

static void test_system_registers_of_the_gic_follow_its_version(void **state)
{
	(void)state;
	start(true, false);
	give_to(&guest);
	board.gic.version = 2;
	assert_int_equal(id_field(4, 0, 24), 0);
}

static void test_registers_for_aarch32_are_as_they_are(void **state)
{
	(void)state;
	start(true, false);
	*reg("S3_0_C0_C2_5") = 0x11223344;
	give_to(&guest);
	assert_int_equal(cell_id_register(2, 5), 0x11223344);
	assert_int_equal(cell_id_register(0, 0), 0);
	assert_int_equal(cell_id_register(8, 0), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nothing_of_linux_choice_is_left_for_a_cell),
		cmocka_unit_test(test_linux_gets_its_choice_back),
		cmocka_unit_test(test_extensions_that_are_not_there_are_not_touched),
		cmocka_unit_test(test_what_firmware_may_keep_is_not_touched),
		cmocka_unit_test(test_what_a_cell_does_not_get_traps),
		cmocka_unit_test(test_waiting_traps_unless_it_is_native),
		cmocka_unit_test(test_what_traps_is_not_announced),
		cmocka_unit_test(test_what_works_is_announced),
		cmocka_unit_test(test_sve_is_announced_where_linux_has_it),
		cmocka_unit_test(test_fields_that_say_no_by_all_ones),
		cmocka_unit_test(test_system_registers_of_the_gic_follow_its_version),
		cmocka_unit_test(test_registers_for_aarch32_are_as_they_are),
	};

	return run_hv_tests(tests);
}
