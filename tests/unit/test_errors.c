// SPDX-License-Identifier: GPL-2.0-only
/*
 * cellctl's sentences: there is one for every code, complete, and it names the thing,
 * the value and the remedy.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "cellctl.h"
#include "crash.h"
#include "errors.h"

/* First and last code of each group in error.h. */
static const uint32_t groups[][2] = {
	{ CB_ERR_CONFIG_TRUNCATED, CB_ERR_CONFIG_TOO_LARGE },
	{ CB_ERR_REGION_EMPTY, CB_ERR_REGION_FIRMWARE },
	{ CB_ERR_IRQ_RANGE, CB_ERR_IRQ_DUPLICATE },
	{ CB_ERR_CPU_NONE, CB_ERR_CPU_UNLISTED },
	{ CB_ERR_CELL_UNKNOWN, CB_ERR_CONSOLE_INPUT },
	{ CB_ERR_ALREADY_ENABLED, CB_ERR_MEMORY_RIGHTS },
	{ CB_ERR_REQUEST_UNKNOWN, CB_ERR_REQUEST_FLAGS },
	{ CB_ERR_LOCKED_IMAGE, CB_ERR_LOCKED_CONSOLE },
	{ CB_ERR_GIC_UNKNOWN, CB_ERR_GIC_UNKNOWN },
};

/* A configuration with one region. */
static const struct {
	struct cb_cell_config cell;
	struct cb_region region;
} timer = {
	.cell = {
		.header = { .kind = CB_CONFIG_CELL, .name = "timer" },
		.regions = { sizeof(struct cb_cell_config), 1 },
	},
	.region = { .phys = 0x9040000, .virt = 0x9040000, .size = 0x1000, .name = "uart" },
};

static struct refusal describe(struct cb_error error, struct error_context context)
{
	struct refusal refusal;

	error_describe(&error, &context, &refusal);
	return refusal;
}

static void check_complete(uint32_t code, const struct refusal *refusal)
{
	assert_true(strlen(refusal->message) > 10 && strlen(refusal->remedy) > 5);
	assert_null(strpbrk(refusal->message, "{}"));
	assert_null(strpbrk(refusal->remedy, "{}"));
	assert_non_null(strstr(refusal->code, "CB_ERR_"));
	assert_string_not_equal(refusal->code, "CB_ERR_UNKNOWN");
	assert_true(strlen(refusal->message) < sizeof(refusal->message) - 1);
	assert_in_range(refusal->exit, EXIT_REFUSED, EXIT_NOT_ROOT);
	assert_true(code != 0);
}

static void test_every_code_has_a_sentence_and_a_remedy(void **state)
{
	struct cb_error bare = { .cell = CB_NO_CELL, .other_cell = CB_NO_CELL };
	struct cb_error full = { .cell = 3,
				 .other_cell = 2,
				 .index = 1,
				 .address = UINT64_MAX,
				 .size = UINT64_MAX,
				 .other_address = UINT64_MAX,
				 .other_size = UINT64_MAX };
	const struct error_context file = { .file = "x.cell",
					    .config = &timer.cell,
					    .file_check = true };
	struct refusal refusal;

	(void)state;
	memset(full.name, 'n', sizeof(full.name) - 1);
	for (size_t g = 0; g < sizeof(groups) / sizeof(groups[0]); g++) {
		for (uint32_t code = groups[g][0]; code <= groups[g][1]; code++) {
			bare.code = full.code = code;
			refusal = describe(bare, (struct error_context){ 0 });
			check_complete(code, &refusal);
			refusal = describe(full, (struct error_context){ .file = "x.cell" });
			check_complete(code, &refusal);
			refusal = describe(full, file);
			check_complete(code, &refusal);
			assert_int_equal(refusal.exit, EXIT_FILE);
		}
	}
}

static void test_region_in_use_names_region_driver_and_command(void **state)
{
	const struct cb_error error = {
		.code = CB_ERR_REGION_IN_USE,
		.cell = CB_NO_CELL,
		.other_cell = CB_NO_CELL,
		.address = 0x9040000,
		.size = 0x1000,
		.name = "uart-pl011",
	};
	const char *unbind = "echo 9040000.pl011 > /sys/bus/amba/drivers/uart-pl011/unbind";
	struct refusal refusal =
		describe(error, (struct error_context){ .config = &timer.cell, .unbind = unbind });

	(void)state;
	assert_string_equal(refusal.message,
			    "cell \"timer\": region 0 (\"uart\") 0x9040000-0x9040fff is in use by "
			    "Linux driver \"uart-pl011\"");
	assert_string_equal(refusal.remedy, "unbind it first: echo 9040000.pl011 > "
					    "/sys/bus/amba/drivers/uart-pl011/unbind");
	assert_string_equal(refusal.code, "CB_ERR_REGION_IN_USE");
	assert_int_equal(refusal.exit, EXIT_REFUSED);
}

static void test_cells_are_named_by_name(void **state)
{
	static const char names[CB_MAX_CELLS][CB_NAME_SIZE] = { [2] = "victim" };
	const struct cb_error error = {
		.code = CB_ERR_CPU_NOT_ROOTS, .cell = CB_NO_CELL, .other_cell = 2, .index = 3
	};
	struct refusal refusal =
		describe(error, (struct error_context){ .config = &timer.cell, .cells = names });

	(void)state;
	assert_string_equal(refusal.message, "cell \"timer\": CPU 3 belongs to cell \"victim\"");
}

static void test_state_is_in_words(void **state)
{
	const struct cb_error error = { .code = CB_ERR_CELL_STATE,
					.cell = 1,
					.other_cell = CB_NO_CELL,
					.address = CB_CELL_RUNNING,
					.other_address = 1u << CB_CELL_LOADING };
	struct refusal refusal = describe(error, (struct error_context){ 0 });

	(void)state;
	assert_string_equal(refusal.message, "cell 1 is running, and must be loading");
	assert_string_equal(refusal.remedy, "stop it and load it first with \"cellctl load\"");
}

static void test_unknown_code_is_not_hidden(void **state)
{
	struct refusal refusal =
		describe((struct cb_error){ .code = 9999 }, (struct error_context){ 0 });

	(void)state;
	assert_non_null(strstr(refusal.message, "9999"));
	assert_string_equal(refusal.code, "CB_ERR_UNKNOWN");
}

static void check_crash(const struct cb_crash *crash, const char *expected)
{
	char buffer[512];
	struct text text;

	text_init(&text, buffer, sizeof(buffer));
	crash_describe(crash, &text);
	assert_string_equal(buffer, expected);
}

static void test_crash_is_in_words(void **state)
{
	struct cb_crash crash = { .reason = CB_CRASH_WRITE,
				  .cpu = 3,
				  .ipa = 0x40001000,
				  .elr = 0x70400abc,
				  .esr = 0x93800046 };

	(void)state;
	check_crash(&crash, "CPU 3 wrote 4 bytes to 0x40001000, which the cell does not have, "
			    "at pc 0x70400abc");
	crash.esr = 0x9200004f;
	check_crash(&crash, "CPU 3 wrote to 0x40001000, which the cell may only read, "
			    "at pc 0x70400abc");
	crash.reason = CB_CRASH_EXECUTE;
	check_crash(&crash, "CPU 3 fetched an instruction from 0x40001000, which the cell may not "
			    "execute, at pc 0x70400abc");
	crash.reason = CB_CRASH_TRAP;
	crash.esr = 0x5e000000;
	check_crash(&crash, "CPU 3 raised an exception that a cell may not raise (SMC, ESR "
			    "0x5e000000), at pc 0x70400abc");
}

static void test_every_crash_reason_has_a_sentence(void **state)
{
	char buffer[4096];
	struct text text;

	(void)state;
	for (uint32_t reason = CB_CRASH_NONE; reason <= CB_CRASH_HYPERVISOR + 1; reason++) {
		const struct cb_crash crash = { .reason = reason };

		text_init(&text, buffer, sizeof(buffer));
		crash_describe(&crash, &text);
		assert_non_null(strstr(buffer, "CPU 0"));
		crash_registers(&crash, &text);
		assert_true(text.used < sizeof(buffer) - 1);
		assert_non_null(strstr(buffer, "x30"));
	}
}

static void check_cpus(uint64_t cpus, const char *expected)
{
	char buffer[256];
	struct text text;

	text_init(&text, buffer, sizeof(buffer));
	text_add_cpus(&text, cpus);
	assert_string_equal(buffer, expected);
}

static void test_cpu_sets_are_ranges(void **state)
{
	(void)state;
	check_cpus(0, "none");
	check_cpus(0x27, "0-2,5");
	check_cpus(UINT64_MAX, "0-63");
	check_cpus(1ull << 63, "63");
	check_cpus(0x5, "0,2");
}

static void test_text_is_cut_off_not_overrun(void **state)
{
	char buffer[8];
	struct text text;

	(void)state;
	text_init(&text, buffer, sizeof(buffer));
	text_add(&text, "%s", "0123456789");
	text_add(&text, "more");
	assert_string_equal(buffer, "0123456");
}

static void test_machine_without_a_device_tree(void **state)
{
	struct refusal refusal =
		describe((struct cb_error){ .code = CB_ERR_GIC_VERSION, .other_address = 3 },
			 (struct error_context){ 0 });

	(void)state;
	assert_non_null(strstr(refusal.message, "no GICv2 or GICv3 in a device tree (with ACPI"));
	assert_null(strstr(refusal.message, "GICv0"));
	refusal = describe(
		(struct cb_error){ .code = CB_ERR_GIC_VERSION, .address = 2, .other_address = 3 },
		(struct error_context){ 0 });
	assert_non_null(strstr(refusal.message, "has a GICv2, and"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_code_has_a_sentence_and_a_remedy),
		cmocka_unit_test(test_region_in_use_names_region_driver_and_command),
		cmocka_unit_test(test_cells_are_named_by_name),
		cmocka_unit_test(test_state_is_in_words),
		cmocka_unit_test(test_unknown_code_is_not_hidden),
		cmocka_unit_test(test_crash_is_in_words),
		cmocka_unit_test(test_every_crash_reason_has_a_sentence),
		cmocka_unit_test(test_cpu_sets_are_ranges),
		cmocka_unit_test(test_text_is_cut_off_not_overrun),
		cmocka_unit_test(test_machine_without_a_device_tree),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
