// SPDX-License-Identifier: GPL-2.0-only
/*
 * mkcell: what a board or a cell says arrives in the file, and a refusal is a sentence
 * that names the source file and the field. mkcell is included, so that its steps can be
 * called one by one; refusals end the process and are therefore made in a child.
 */
#define main mkcell_main
#include "mkcell/mkcell.c"
#undef main

#include <setjmp.h>
#include <sys/wait.h>

#include <cmocka.h>

const char cellblock_source[] = "board.c";

static void start_afresh(void)
{
	memset(&file, 0, sizeof(file));
	file_size = 0;
}

/* What build() does with either, for boards that are not the program's only one. */
static void make_cell(const struct board_cell *board)
{
	start_afresh();
	put_cell(board);
	file.header.size = (uint32_t)file_size;
	file.header.checksum = cb_config_checksum(&file, file_size);
}

/* Run mkcell's steps in a child and compare what it says. */
static void assert_says(const struct board_cell *board, const char *expected)
{
	char said[512] = "";
	int pipes[2], status;
	size_t length = 0;
	ssize_t n;
	pid_t child;

	assert_int_equal(pipe(pipes), 0);
	child = fork();
	assert_true(child >= 0);
	if (!child) {
		dup2(pipes[1], STDERR_FILENO);
		make_cell(board);
		check();
		_exit(EXIT_SUCCESS);
	}
	close(pipes[1]);
	while ((n = read(pipes[0], said + length, sizeof(said) - 1 - length)) > 0)
		length += (size_t)n;
	close(pipes[0]);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_string_equal(said, expected);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == EXIT_FAILURE);
}

static void test_cell_arrives_in_the_file(void **state)
{
	const struct board_cell board = {
		.name = "full",
		.cpus = CPU(2) | CPU(63),
		.flags = NATIVE_IDLE,
		.regions = REGIONS({ "ram", .phys = 0x70400000, .virt = AT(0x0), .size = 16 * MiB,
				     .flags = RAM | LOADABLE },
				   { "uart", .phys = 0x09040000, .size = 4 * KiB, .flags = MMIO }),
		.irqs = IRQS({ 40, 1 }, { 50, 2 }, { 60, 3 }),
		.smcs = SMCS(0x82000001, 0x82000002, 0x82000003),
		.console = PL011(0x09040000, 40),
	};
	const struct cb_cell_config *cell = &file.cell;
	const struct cb_region *regions;

	(void)state;
	make_cell(&board);
	check();
	assert_string_equal(cell->header.name, "full");
	assert_int_equal(cell->cpus, 0x8000000000000004);
	assert_int_equal(cell->flags, CB_CELL_NATIVE_IDLE);
	assert_int_equal(cell->regions.count, 2);
	regions = cb_config_regions(cell);
	assert_string_equal(regions[0].name, "ram");
	assert_int_equal(regions[0].phys, 0x70400000);
	assert_int_equal(regions[0].virt, 0);
	assert_int_equal(regions[0].size, 0x1000000);
	assert_int_equal(regions[0].flags, RAM | LOADABLE);
	assert_int_equal(regions[1].virt, 0x09040000);
	assert_int_equal(cell->irqs.count, 3);
	assert_int_equal(cb_config_irqs(cell)[2].first, 60);
	assert_int_equal(cell->smcs.count, 3);
	assert_int_equal(cb_config_smcs(cell)[2], 0x82000003);
	assert_int_equal(cell->console.type, CB_CONSOLE_PL011);
	assert_int_equal(cell->console.irq, 40);
	assert_int_equal(cell->console.address, 0x09040000);
}

static void test_system_arrives_in_the_file(void **state)
{
	const struct board_system board = {
		.name = "board",
		.hypervisor = { 0x70000000, 4 * MiB },
		.cpus = CPUS(0x0, 0x1, 0x100),
		.gic = {
			.version = 2,
			.gicd = { 0x1000, 4 * KiB },
			.gicc = { 0x2000, 8 * KiB },
			.gich = { 0x4000, 4 * KiB },
			.gicv = { 0x5000, 8 * KiB },
		},
		.spin_table = SPIN_TABLE(0, 0, 0x88),
		.debug_console = PL011(0x9000),
		.flags = PERMISSIVE,
		.regions = REGIONS({ .phys = 0x40000000, .size = 1 * MiB, .flags = RAM }),
		.irqs = IRQS({ 32, 988 }),
		.smcs = SMCS(0x82000008, 0xc2000004),
	};
	const struct cb_system_config *system = &file.system;

	(void)state;
	start_afresh();
	put_system(&board);
	file.header.size = (uint32_t)file_size;
	file.header.checksum = cb_config_checksum(&file, file_size);
	check();
	assert_int_equal(system->root.header.kind, CB_CONFIG_SYSTEM);
	assert_int_equal(system->root.cpus, 0x7);
	assert_int_equal(system->root.flags, CB_CELL_PERMISSIVE);
	assert_int_equal(system->root.smcs.count, 2);
	assert_int_equal(cb_config_smcs(&system->root)[1], 0xc2000004);
	assert_int_equal(system->spin_table.count, 3);
	assert_int_equal(cb_config_release(system, 1), 0);
	assert_int_equal(cb_config_release(system, 2), 0x88);
	assert_int_equal(cb_config_linux_cpus(system), 2);
	assert_int_equal(system->hypervisor.phys, 0x70000000);
	assert_int_equal(system->gic.frames[CB_GIC_GICV].phys, 0x5000);
	assert_int_equal(system->gic.frames[CB_GIC_GICR].size, 0);
	assert_int_equal(system->cpus.count, 3);
	assert_int_equal(cb_config_cpus(system)[2], 0x100);
	assert_int_equal(system->debug_console.address, 0x9000);
	assert_int_equal(cb_config_regions(&system->root)[0].virt, 0x40000000);
}

static void test_refusals_name_file_and_field(void **state)
{
	const struct board_cell no_name = { .cpus = CPU(1) };
	const struct board_cell long_name = { .name = "a-name-of-thirty-two-characters-",
					      .cpus = CPU(1) };
	const struct board_cell long_region_name = {
		.name = "x",
		.cpus = CPU(1),
		.regions = REGIONS({ "sixteen-letters-", 0x1000, .size = 4 * KiB, .flags = DATA }),
	};
	const struct board_cell overlap = {
		.name = "x",
		.cpus = CPU(1),
		.regions = REGIONS({ "ram", 0x70400000, .size = 16 * MiB, .flags = RAM },
				   { "other", 0x80000000, AT(0x70500000), .size = 4 * KiB,
				     .flags = DATA }),
	};
	const struct board_cell no_spi = {
		.name = "x",
		.cpus = CPU(1),
		.irqs = IRQS({ 40, 1 }, { 27, 1 }),
	};

	(void)state;
	assert_says(&no_name, "board.c: .name is missing\n");
	assert_says(&long_name, "board.c: .name: the name \"a-name-of-thirty-two-characters-\" "
				"is longer than 31 characters\n");
	assert_says(&long_region_name, "board.c: .regions[0]: the name \"sixteen-letters-\" "
				       "is longer than 15 characters\n");
	assert_says(&overlap, "board.c: .regions[1] (other, 0x80000000 to 0x80000fff) overlaps "
			      ".regions[0] (ram, 0x70400000 to 0x713fffff) at .virt 0x70500000\n");
	assert_says(&no_spi, "board.c: .irqs[1]: 1 from 27 on are not SPIs (INTIDs 32 to 1019)\n");
}

static void test_what_does_not_fit_is_refused(void **state)
{
	static const struct cb_irq_range many[CB_CONFIG_MAX_SIZE / sizeof(struct cb_irq_range)];
	const struct board_cell board = {
		.name = "x",
		.cpus = CPU(1),
		.irqs = { many, sizeof(many) / sizeof(many[0]) },
	};

	(void)state;
	assert_says(&board, "board.c: does not fit into 16384 bytes\n");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cell_arrives_in_the_file),
		cmocka_unit_test(test_system_arrives_in_the_file),
		cmocka_unit_test(test_refusals_name_file_and_field),
		cmocka_unit_test(test_what_does_not_fit_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
