// SPDX-License-Identifier: GPL-2.0-only
/*
 * The device tree that an inmate gets: made from the delivered configurations, with
 * and without the machine's own tree, and checked with libfdt and dtc.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <libfdt.h>

#include <config/check.h>
#include "devicetree.h"
#include "file.h"
#include "livetree.h"

/* A machine whose timer, clock, CPUs and devices differ from the defaults. */
static const char live_source[] =
	"/dts-v1/;\n"
	"/ { #address-cells = <2>; #size-cells = <2>; interrupt-parent = <&gic>; dma-coherent;\n"
	"cpus { #address-cells = <1>; #size-cells = <0>;\n"
	" cpu@3 { device_type = \"cpu\"; reg = <3>; compatible = \"arm,cortex-a72\"; }; };\n"
	"gic: intc@8000000 { compatible = \"arm,gic-v3\"; interrupt-controller;\n"
	" #interrupt-cells = <4>; reg = <0 0x8000000 0 0x10000 0 0x80a0000 0 0xf60000>; };\n"
	"timer { compatible = \"arm,armv8-timer\"; always-on;\n"
	" interrupts = <1 13 4 0 1 14 4 0 1 11 4 0 1 10 4 0>; };\n"
	"clk: clock { compatible = \"fixed-clock\"; #clock-cells = <0>;\n"
	" clock-frequency = <48000000>; };\n"
	"soc { compatible = \"simple-bus\"; #address-cells = <1>; #size-cells = <1>;\n"
	" ranges = <0x7e000000 0 0x9000000 0x1000000>;\n"
	" uart@7e040000 { compatible = \"arm,pl011\", \"arm,primecell\"; reg = <0x7e040000 "
	"0x1000>;\n"
	"  interrupts = <0 8 4 0>; clocks = <&clk>; };\n"
	" rtc@7e010000 { compatible = \"arm,pl031\", \"arm,primecell\"; reg = <0x7e010000 "
	"0x1000>;\n"
	"  interrupts = <0 2 4 0>; };\n"
	" big@7e011000 { compatible = \"big\"; reg = <0x7e011000 0x100000>; }; }; };\n";

static struct file read_config(const char *name)
{
	char path[512];
	struct file file;

	snprintf(path, sizeof(path), "%s/%s.cell", getenv("CELLBLOCK_CONFIGS"), name);
	assert_int_equal(file_read(path, CB_CONFIG_MAX_SIZE, &file), 0);
	return file;
}

static struct file live_tree(void)
{
	char source[] = "/tmp/cellblock-live-XXXXXX", tree[64], command[256];
	int fd = mkstemp(source);
	struct file file;

	assert_true(fd >= 0);
	assert_int_equal(write(fd, live_source, sizeof(live_source) - 1), sizeof(live_source) - 1);
	close(fd);
	snprintf(tree, sizeof(tree), "%s.dtb", source);
	snprintf(command, sizeof(command), "dtc -q -I dts -O dtb -o %s %s", tree, source);
	assert_int_equal(system(command), 0);
	assert_int_equal(file_read(tree, 1 << 20, &file), 0);
	unlink(source);
	unlink(tree);
	return file;
}

static void *build(const char *cell_name, const char *system_name, const void *live)
{
	struct file cell = read_config(cell_name), board = read_config(system_name);
	const struct devicetree_input input = {
		.cell = cell.data,
		.system = board.data,
		.live = live,
		.bootargs = "period=1000",
		.initrd = true,
		.kaslr_seed = 1,
	};
	void *tree = calloc(1, DEVICETREE_ROOM);
	int size = devicetree_build(&input, tree, DEVICETREE_ROOM);

	assert_true(size > 0);
	assert_int_equal(fdt_check_full(tree, (size_t)size), 0);
	file_free(&cell);
	file_free(&board);
	return tree;
}

static uint32_t cell_of(const void *tree, const char *path, const char *name, int index)
{
	int length, node = fdt_path_offset(tree, path);
	const fdt32_t *value = fdt_getprop(tree, node, name, &length);

	assert_non_null(value);
	assert_true(length / 4 > index);
	return fdt32_to_cpu(value[index]);
}

static void assert_cells(const void *tree, const char *path, const char *name, int count, ...)
{
	int length;
	va_list ap;

	fdt_getprop(tree, fdt_path_offset(tree, path), name, &length);
	assert_int_equal(length, count * 4);
	va_start(ap, count);
	for (int i = 0; i < count; i++)
		assert_int_equal(cell_of(tree, path, name, i), va_arg(ap, uint32_t));
	va_end(ap);
}

static void assert_string_at(const void *tree, const char *path, const char *name,
			     const char *expected)
{
	const char *value = fdt_getprop(tree, fdt_path_offset(tree, path), name, NULL);

	assert_non_null(value);
	assert_string_equal(value, expected);
}

static bool has_node(const void *tree, const char *path)
{
	return fdt_path_offset(tree, path) >= 0;
}

static void test_cell_on_gicv3_without_live_tree(void **state)
{
	void *tree = build("demo-uart", "qemu-virt-gicv3", NULL);

	(void)state;
	assert_string_at(tree, "/", "compatible", "cellblock,cell");
	assert_cells(tree, "/memory@70400000", "reg", 4, 0, 0x70400000, 0, 0x1000000);
	assert_string_at(tree, "/interrupt-controller@8000000", "compatible", "arm,gic-v3");
	assert_cells(tree, "/timer", "interrupts", 12, 1, 13, 8, 1, 14, 8, 1, 11, 8, 1, 10, 8);
	assert_cells(tree, "/cpus/cpu@3", "reg", 1, 3);
	assert_false(has_node(tree, "/cpus/cpu@0"));
	assert_string_at(tree, "/cpus/cpu@3", "compatible", "arm,armv8");
	assert_string_at(tree, "/psci", "method", "hvc");
	assert_string_at(tree, "/chosen", "stdout-path", "/serial@9040000");
	assert_string_at(tree, "/chosen", "bootargs", "period=1000");
	assert_cells(tree, "/serial@9040000", "interrupts", 3, 0, 8, 4);
	assert_cells(tree, "/apb-pclk", "clock-frequency", 1, 24000000);
	assert_null(
		fdt_getprop(tree, fdt_path_offset(tree, "/hypervisor"), "cellblock,irqs", NULL));
	free(tree);
}

static void test_cell_on_gicv2(void **state)
{
	void *tree = build("demo-smp", "qemu-virt-gicv2", NULL);

	(void)state;
	assert_string_at(tree, "/interrupt-controller@8000000", "compatible", "arm,cortex-a15-gic");
	assert_int_equal(cell_of(tree, "/interrupt-controller@8000000", "reg", 5), 0x8010000);
	assert_int_equal(cell_of(tree, "/interrupt-controller@8000000", "reg", 7), 0x2000);
	/* The mask holds the cell's CPUs, 2 and 3. */
	assert_int_equal(cell_of(tree, "/timer", "interrupts", 2), 0xc08);
	assert_true(has_node(tree, "/cpus/cpu@2") && has_node(tree, "/cpus/cpu@3"));
	free(tree);
}

static void test_uarts_of_other_kinds(void **state)
{
	void *tree = build("zcu102-timer", "zcu102", NULL);

	(void)state;
	assert_string_at(tree, "/chosen", "stdout-path", "/serial@ff010000");
	assert_string_at(tree, "/serial@ff010000", "compatible", "xlnx,zynqmp-uart");
	assert_string_at(tree, "/serial@ff010000", "clock-names", "uart_clk");
	assert_cells(tree, "/serial@ff010000", "interrupts", 3, 0, 22, 4);
	free(tree);

	/* Its registers are not at the start of a page. */
	tree = build("rpi4-timer", "rpi4", NULL);
	assert_string_at(tree, "/chosen", "stdout-path", "/serial@fe215040");
	assert_string_at(tree, "/serial@fe215040", "compatible", "ns16550a");
	assert_cells(tree, "/serial@fe215040", "reg", 4, 0, 0xfe215040, 0, 0x20);
	assert_cells(tree, "/serial@fe215040", "reg-shift", 1, 2);
	assert_cells(tree, "/serial@fe215040", "interrupts", 3, 0, 93, 4);
	free(tree);
}

static void test_ring_console_and_named_regions(void **state)
{
	void *tree = build("demo-ring", "qemu-virt-gicv3", NULL);

	(void)state;
	assert_string_at(tree, "/chosen", "stdout-path", "/hypervisor/console");
	assert_string_at(tree, "/hypervisor/console", "compatible", "cellblock,console");
	assert_string_at(tree, "/shared@7ff00000", "compatible", "cellblock,region");
	assert_string_at(tree, "/shared@7ff00000", "label", "shared");
	assert_non_null(fdt_getprop(tree, fdt_path_offset(tree, "/shared@7ff00000"),
				    "cellblock,shared", NULL));
	assert_true(has_node(tree, "/data@71400000"));
	assert_false(has_node(tree, "/memory@71400000"));
	free(tree);
}

/* For Linux it is no primecell: it would ask the registers for a clock. */
static void test_virtual_uart(void **state)
{
	void *tree = build("demo-console", "qemu-virt-gicv3", NULL);

	(void)state;
	assert_string_at(tree, "/chosen", "stdout-path", "/serial@b000000");
	assert_string_at(tree, "/aliases", "serial0", "/serial@b000000");
	assert_string_at(tree, "/serial@b000000", "compatible", "arm,sbsa-uart");
	assert_int_not_equal(fdt_node_check_compatible(tree,
						       fdt_path_offset(tree, "/serial@b000000"),
						       "arm,primecell"),
			     0);
	assert_cells(tree, "/serial@b000000", "reg", 4, 0, 0x0b000000, 0, 0x1000);
	assert_cells(tree, "/serial@b000000", "interrupts", 3, 0, 12, 4);
	assert_cells(tree, "/serial@b000000", "current-speed", 1, 115200);
	assert_null(
		fdt_getprop(tree, fdt_path_offset(tree, "/hypervisor"), "cellblock,irqs", NULL));
	free(tree);
}

static void test_live_tree_gives_cpu_timer_and_clock(void **state)
{
	struct file live = live_tree();
	void *tree = build("demo-uart", "qemu-virt-gicv3", live.data);

	(void)state;
	assert_string_at(tree, "/cpus/cpu@3", "compatible", "arm,cortex-a72");
	assert_cells(tree, "/timer", "interrupts", 12, 1, 13, 4, 1, 14, 4, 1, 11, 4, 1, 10, 4);
	assert_non_null(fdt_getprop(tree, fdt_path_offset(tree, "/timer"), "always-on", NULL));
	assert_non_null(fdt_getprop(tree, 0, "dma-coherent", NULL));
	assert_cells(tree, "/apb-pclk", "clock-frequency", 1, 48000000);
	/* The console's UART appears once, as the console. */
	assert_true(has_node(tree, "/serial@9040000"));
	assert_false(has_node(tree, "/uart@9040000"));
	free(tree);
	file_free(&live);
}

/* A boot loader's room behind the tree is none of it. */
static void test_used_part_of_the_live_tree(void **state)
{
	struct file live = live_tree();
	uint64_t used = live_used(live.data, live.size);
	char *roomy = calloc(1, 1 << 20);

	(void)state;
	assert_non_null(roomy);
	assert_in_range(used, sizeof(struct fdt_header), live.size);
	assert_int_equal(fdt_open_into(live.data, roomy, 1 << 20), 0);
	assert_in_range(live_used(roomy, sizeof(struct fdt_header)), used, live.size + 64);

	fdt_set_totalsize(roomy, (uint32_t)live_used(roomy, 1 << 20));
	assert_int_equal(fdt_check_full(roomy, fdt_totalsize(roomy)), 0);
	assert_int_equal(live_used(roomy, sizeof(struct fdt_header) - 1), 0);
	fdt_set_off_dt_strings(roomy, UINT32_MAX);
	assert_true(live_used(roomy, 1 << 20) > UINT32_MAX);
	fdt_set_version(roomy, 16);
	assert_int_equal(live_used(roomy, 1 << 20), fdt_totalsize(roomy));
	fdt_set_totalsize(roomy, 0);
	assert_int_equal(live_used(roomy, 1 << 20), sizeof(struct fdt_header));
	fdt_set_magic(roomy, 0);
	assert_int_equal(live_used(roomy, 1 << 20), 0);
	free(roomy);
	file_free(&live);
}

/* A cell with registers that the live tree knows through a bus with an offset. */
static const struct {
	struct cb_cell_config cell;
	struct cb_region regions[2];
	struct cb_irq_range irqs[1];
} devices = {
	.cell = {
		.header = { .kind = CB_CONFIG_CELL, .name = "devices" },
		.cpus = 1 << 3,
		.regions = { offsetof(__typeof__(devices), regions), 2 },
		.irqs = { offsetof(__typeof__(devices), irqs), 1 },
	},
	.regions = {
		{ .phys = 0x9010000, .virt = 0x1000, .size = 0x2000, .name = "clock",
		  .flags = CB_REGION_READ | CB_REGION_WRITE | CB_REGION_IO },
		{ .phys = 0xb000000, .virt = 0xb000000, .size = 0x1000, .name = "odd",
		  .flags = CB_REGION_READ | CB_REGION_IO },
	},
	.irqs = { { 34, 2 } },
};

static void test_live_devices_are_copied_if_the_cell_has_all_of_them(void **state)
{
	struct file live = live_tree(), board = read_config("qemu-virt-gicv3");
	const struct devicetree_input input = { .cell = &devices.cell,
						.system = board.data,
						.live = live.data };
	void *tree = calloc(1, DEVICETREE_ROOM);

	(void)state;
	assert_true(devicetree_build(&input, tree, DEVICETREE_ROOM) > 0);
	assert_string_at(tree, "/rtc@1000", "compatible", "arm,pl031");
	assert_cells(tree, "/rtc@1000", "interrupts", 3, 0, 2, 4);
	assert_false(has_node(tree, "/big@2000"));
	assert_string_at(tree, "/odd@b000000", "compatible", "cellblock,device");
	assert_cells(tree, "/hypervisor", "cellblock,irqs", 1, 35);
	free(tree);
	file_free(&live);
	file_free(&board);
}

static void test_room_that_is_too_small_is_an_error(void **state)
{
	struct file cell = read_config("demo-ring"), board = read_config("qemu-virt-gicv3");
	const struct devicetree_input input = { .cell = cell.data, .system = board.data };

	(void)state;
	for (size_t size = 0; size < 1500; size++) {
		void *tree = malloc(size + 1);

		assert_true(devicetree_build(&input, tree, size) < 0);
		free(tree);
	}
	file_free(&cell);
	file_free(&board);
}

static void test_initrd_is_filled_in(void **state)
{
	void *tree = build("demo-ring", "qemu-virt-gicv3", NULL);

	(void)state;
	assert_int_equal(devicetree_set_initrd(tree, 0x171000000, 0x171100000), 0);
	assert_cells(tree, "/chosen", "linux,initrd-start", 2, 1, 0x71000000);
	assert_cells(tree, "/chosen", "linux,initrd-end", 2, 1, 0x71100000);
	free(tree);
}

static void test_users_tree_gets_arguments(void **state)
{
	struct file live = live_tree();
	void *tree = calloc(1, DEVICETREE_ROOM);
	int size = devicetree_adapt(live.data, live.size, "quiet", true, tree, DEVICETREE_ROOM);

	(void)state;
	assert_true(size > 0);
	assert_string_at(tree, "/chosen", "bootargs", "quiet");
	assert_int_equal(devicetree_set_initrd(tree, 1, 2), 0);
	assert_true(devicetree_adapt(live.data, live.size - 1, NULL, false, tree, 4096) < 0);
	free(tree);
	file_free(&live);
}

/* dtc has checks of its own, and says nothing if they pass. */
static void test_dtc_has_no_warning(void **state)
{
	static const char *const cells[] = { "demo-ring", "demo-uart", "demo-smp" };
	char path[] = "/tmp/cellblock-dtb-XXXXXX", command[128], output[256];
	int fd = mkstemp(path);

	(void)state;
	close(fd);
	for (size_t i = 0; i < sizeof(cells) / sizeof(cells[0]); i++) {
		void *tree = build(cells[i], i & 1 ? "qemu-virt-gicv2" : "qemu-virt-gicv3", NULL);
		FILE *pipe;

		assert_int_equal(file_replace(path, tree, fdt_totalsize(tree)), 0);
		snprintf(command, sizeof(command), "dtc -I dtb -O dtb -o /dev/null %s 2>&1", path);
		pipe = popen(command, "r");
		assert_non_null(pipe);
		output[fread(output, 1, sizeof(output) - 1, pipe)] = '\0';
		assert_int_equal(pclose(pipe), 0);
		assert_string_equal(output, "");
		free(tree);
	}
	unlink(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cell_on_gicv3_without_live_tree),
		cmocka_unit_test(test_cell_on_gicv2),
		cmocka_unit_test(test_ring_console_and_named_regions),
		cmocka_unit_test(test_uarts_of_other_kinds),
		cmocka_unit_test(test_virtual_uart),
		cmocka_unit_test(test_live_tree_gives_cpu_timer_and_clock),
		cmocka_unit_test(test_used_part_of_the_live_tree),
		cmocka_unit_test(test_live_devices_are_copied_if_the_cell_has_all_of_them),
		cmocka_unit_test(test_room_that_is_too_small_is_an_error),
		cmocka_unit_test(test_initrd_is_filled_in),
		cmocka_unit_test(test_users_tree_gets_arguments),
		cmocka_unit_test(test_dtc_has_no_warning),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
