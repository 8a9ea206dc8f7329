// SPDX-License-Identifier: GPL-2.0-only
/*
 * A device tree that somebody gives for a cell: what it has and the cell has not is said, and the
 * tree that cellctl makes itself has nothing of that.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <libfdt.h>

#include "devicetree.h"
#include "dtbcheck.h"
#include "file.h"

static struct file cell, board;
static char said[8192];

static struct file read_config(const char *name)
{
	char path[512];
	struct file file;

	snprintf(path, sizeof(path), "%s/%s.cell", getenv("CELLBLOCK_CONFIGS"), name);
	assert_int_equal(file_read(path, CB_CONFIG_MAX_SIZE, &file), 0);
	return file;
}

static void say(void *context, const char *sentence)
{
	const size_t used = strlen(said);

	(void)context;
	snprintf(said + used, sizeof(said) - used, "%s\n", sentence);
}

static unsigned int check(const void *tree)
{
	struct dtbcheck dtb = { .tree = tree, .cell = cell.data, .system = board.data, .say = say };

	said[0] = '\0';
	dtbcheck(&dtb);
	return dtb.count;
}

static unsigned int check_source(const char *source)
{
	char path[] = "/tmp/cellblock-dtb-XXXXXX", tree[64], command[256];
	int fd = mkstemp(path);
	struct file file;
	unsigned int count;

	assert_true(fd >= 0);
	assert_int_equal(write(fd, source, strlen(source)), strlen(source));
	close(fd);
	snprintf(tree, sizeof(tree), "%s.dtb", path);
	snprintf(command, sizeof(command), "dtc -q -I dts -O dtb -o %s %s", tree, path);
	assert_int_equal(system(command), 0);
	assert_int_equal(file_read(tree, 1 << 20, &file), 0);
	unlink(tree);
	unlink(path);
	count = check(file.data);
	file_free(&file);
	return count;
}

/* The cell demo-uart has CPU 3, RAM at 0x70400000 and the PL011 at 0x9040000 with the INTID 40. */
#define HEAD "/dts-v1/; / { #address-cells = <2>; #size-cells = <2>; interrupt-parent = <&gic>;\n"
#define GIC                                                                        \
	"gic: intc@8000000 { compatible = \"arm,gic-v3\"; interrupt-controller;\n" \
	" #interrupt-cells = <3>; reg = <0 0x8000000 0 0x10000 0 0x80a0000 0 0xf60000>; };\n"
#define MEMORY "memory@70400000 { device_type = \"memory\"; reg = <0 0x70400000 0 0x100000>; };\n"
#define CPUS                                                \
	"cpus { #address-cells = <1>; #size-cells = <0>;\n" \
	" cpu@3 { device_type = \"cpu\"; reg = <3>; enable-method = \"psci\"; }; };\n"
#define PSCI "psci { compatible = \"arm,psci-0.2\"; method = \"hvc\"; };\n"
#define UART                                                                         \
	"uart@9040000 { compatible = \"arm,pl011\"; reg = <0 0x9040000 0 0x1000>;\n" \
	" interrupts = <0 8 4>; };\n"

static void assert_said(const char *source, const char *sentence)
{
	assert_int_equal(check_source(source), 1);
	assert_string_equal(said, sentence);
}

static void test_generated_and_right_trees_have_nothing(void **state)
{
	const struct devicetree_input input = { .cell = cell.data, .system = board.data };
	uint8_t *tree = malloc(DEVICETREE_ROOM);

	(void)state;
	assert_true(devicetree_build(&input, tree, DEVICETREE_ROOM) > 0);
	assert_int_equal(check(tree), 0);
	free(tree);
	assert_int_equal(check_source(HEAD GIC MEMORY CPUS PSCI UART "};"), 0);
}

static void test_memory_outside(void **state)
{
	(void)state;
	assert_said(
		HEAD GIC CPUS PSCI
		"memory@40000000 { device_type = \"memory\"; reg = <0 0x40000000 0 0x1000>; };};",
		"memory@40000000 has memory from 0x40000000 to 0x40000fff, which is not all in "
		"regions of the cell\n");
	assert_said(
		HEAD GIC CPUS PSCI "memory@70400000 { device_type = \"memory\";\n"
				   " reg = <0 0x70400000 0 0x1000 0 0x70500000 1 0>; };};",
		"memory@70400000 has memory from 0x70500000 to 0x1704fffff, which is not all in "
		"regions of the cell\n");
	assert_int_equal(check_source(HEAD GIC CPUS PSCI
				      "memory@9040000 { device_type = \"memory\";\n"
				      " reg = <0 0x9040000 0 0x1000>; };};"),
			 1);
}

static void test_psci_without_a_node(void **state)
{
	(void)state;
	assert_said(HEAD GIC MEMORY CPUS "};",
		    "cpu@3 is started by PSCI, and the tree has no node for it (arm,psci-1.0)\n");
}

static void test_foreign_cpu(void **state)
{
	(void)state;
	assert_said(HEAD GIC MEMORY PSCI "cpus { #address-cells = <1>; #size-cells = <0>;\n"
					 "cpu@1 { device_type = \"cpu\"; reg = <1>; }; };};",
		    "cpu@1 (MPIDR 0x1) is no CPU of the cell\n");
	assert_int_equal(
		check_source(HEAD GIC MEMORY PSCI
			     "cpus { #address-cells = <1>; #size-cells = <0>; cpu@1 {\n"
			     "device_type = \"cpu\"; reg = <1>; status = \"disabled\"; }; };};"),
		0);
}

static void test_gic_elsewhere(void **state)
{
	(void)state;
	assert_said(HEAD "gic: intc@2f000000 { compatible = \"arm,gic-v3\"; interrupt-controller;\n"
			 "#interrupt-cells = <3>; reg = <0 0x2f000000 0 1 0 0x80a0000 0 1>; };};",
		    "intc@2f000000: the cell has this frame of the GIC at 0x8000000\n");
	assert_said(HEAD "gic: intc@8000000 { compatible = \"arm,gic-400\"; interrupt-controller;\n"
			 "#interrupt-cells = <3>; reg = <0 0x8000000 0 1>; };};",
		    "intc@8000000 is a GICv2, and the cell has a GICv3\n");
}

static void test_foreign_interrupt_and_device(void **state)
{
	(void)state;
	assert_said(HEAD GIC
		    "uart@9040000 { reg = <0 0x9040000 0 0x1000>; interrupts = <0 1 4>; };};",
		    "uart@9040000 has the SPI 1 (INTID 33), which is not the cell's\n");
	assert_said(
		HEAD GIC "bus { compatible = \"simple-bus\"; #address-cells = <1>; ranges = <0 0 "
			 "0x9000000 0x10000>;\n"
			 "#size-cells = <1>; uart@0 { reg = <0 0x1000>; }; };};",
		"uart@0 has registers at 0x9000000, which are not all in regions of the cell\n");
	assert_int_equal(check_source(HEAD GIC
				      "bus { status = \"disabled\"; #address-cells = <2>;\n"
				      "#size-cells = <2>; ranges; uart@0 { reg = <0 0 0 0x1000>;\n"
				      "}; }; timer { interrupts = <1 13 4>; };};"),
			 0);
}

static void test_many_are_cut_short(void **state)
{
	char source[8192] = HEAD GIC;

	(void)state;
	for (int i = 0; i < 40; i++)
		snprintf(source + strlen(source), sizeof(source) - strlen(source),
			 "d@%x000 { reg = <0 0x%x000 0 0x1000>; };\n", i + 1, i + 1);
	strcat(source, "};");
	assert_int_equal(check_source(source), DTBCHECK_MAX + 1);
	assert_non_null(strstr(said, "\nand 24 more like these\n"));
}

static int set_up(void **state)
{
	(void)state;
	cell = read_config("demo-uart");
	board = read_config("qemu-virt-gicv3");
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	file_free(&cell);
	file_free(&board);
	return 0;
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_generated_and_right_trees_have_nothing),
		cmocka_unit_test(test_memory_outside),
		cmocka_unit_test(test_psci_without_a_node),
		cmocka_unit_test(test_foreign_cpu),
		cmocka_unit_test(test_gic_elsewhere),
		cmocka_unit_test(test_foreign_interrupt_and_device),
		cmocka_unit_test(test_many_are_cut_short),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
