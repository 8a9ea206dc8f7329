// SPDX-License-Identifier: GPL-2.0-only
/*
 * Device trees: what cellctl makes of a configuration and the machine's own tree
 * (tools/cellctl/devicetree.c, livetree.c), and what an inmate finds in it
 * (inmates/lib/dt.c, cmdline.c). The input is choices for the configuration, then the bytes of
 * the machine's tree. Whatever that says, the cell's tree is sound and offers no register and no
 * interrupt that the cell has not, and the inmate finds all memory and every named region. The
 * same bytes are also a tree that a user gives, and one that an inmate is entered with.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <libfdt.h>

#include <config/check.h>
#include "devicetree.h"
#include "input.h"
#include "livetree.h"

#define RAM	    0x40000000ull
#define IO	    0x09000000ull
#define GICD	    0x08000000ull
#define GICC	    0x08010000ull
#define GICR	    0x080a0000ull
#define MAX_REGIONS 6
#define MAX_TREE    0x4000

/* Of the inmate's library. */
struct range {
	uint64_t base, size;
};
void dt_init(const void *blob);
bool dt_reg(int node, unsigned int index, struct range *range);
bool dt_interrupt(int node, unsigned int index, uint32_t *intid, bool *edge);
bool dt_memory(unsigned int index, struct range *range);
bool dt_named_region(const char *name, struct range *range);
const char *dt_bootargs(void);
bool arg_flag(const char *name);
uint64_t arg_u64(const char *key, uint64_t otherwise);
bool arg_string(const char *key, char *value, size_t size);
void cpu_park(void);

/* input.c */
uint64_t random_bits(void);
uint64_t random_below(uint64_t limit);
bool random_chance(uint32_t one_in);

/* ---- A cell and a board ---- */

static struct {
	struct cb_cell_config head;
	struct cb_region regions[MAX_REGIONS];
	struct cb_irq_range irqs[2];
} cell;

static struct {
	struct cb_system_config head;
	uint64_t cpus[8];
} board;

static uint32_t random_flags(uint32_t i)
{
	static const uint32_t flags[] = {
		CB_REGION_READ | CB_REGION_WRITE | CB_REGION_EXECUTE | CB_REGION_LOADABLE,
		CB_REGION_READ | CB_REGION_WRITE | CB_REGION_EXECUTE,
		CB_REGION_READ | CB_REGION_WRITE,
		CB_REGION_READ | CB_REGION_WRITE | CB_REGION_SHARED,
		CB_REGION_READ | CB_REGION_EXECUTE,
		CB_REGION_READ | CB_REGION_WRITE | CB_REGION_IO,
		CB_REGION_READ | CB_REGION_IO,
	};

	return i ? flags[random_below(sizeof(flags) / sizeof(flags[0]))] : flags[0];
}

/* No two at the same place: apart by their number. */
static void add_region(uint32_t i)
{
	struct cb_region *r = &cell.regions[i];
	bool io;

	r->flags = random_flags(i);
	io = r->flags & CB_REGION_IO;
	r->size = 0x1000 * (1 + random_below(io ? 4 : 64));
	r->phys = io ? IO + i * 0x10000 + 0x1000 * random_below(4) : RAM + i * 0x1000000;
	r->virt = random_chance(2) ? r->phys : i * 0x100000000ull + 0x1000 * random_below(8);
	if (random_chance(2))
		snprintf(r->name, sizeof(r->name), "%c%u%s", (int)('a' + random_below(3)), i,
			 random_chance(2) ? "" : "-x.y_z");
}

static void choose_console(void)
{
	const struct cb_region *r = &cell.regions[random_below(cell.head.regions.count)];

	if (random_chance(8)) {
		cell.head.console.type = CB_CONSOLE_VIRTUAL;
		cell.head.console.address = 0xff0000000ull;
		cell.head.console.irq = random_chance(2) ? cell.irqs[0].first : 0;
		return;
	}
	cell.head.console.type = (uint32_t)random_below(CB_CONSOLE_IMX + 1);
	if (!cb_console_size(cell.head.console.type))
		return;
	if (~r->flags & (CB_REGION_IO | CB_REGION_WRITE)) {
		cell.head.console.type = CB_CONSOLE_RING;
		return;
	}
	cell.head.console.address = r->virt;
	cell.head.console.irq = random_chance(2) ? cell.irqs[0].first : 0;
}

static void choose_cell(void)
{
	struct cb_config_header *header = &cell.head.header;
	struct cb_error error;

	memset(&cell, 0, sizeof(cell));
	memcpy(header->signature, CB_CONFIG_SIGNATURE, 8);
	header->revision = CB_CONFIG_REVISION;
	header->kind = CB_CONFIG_CELL;
	header->arch = CB_ARCH_ARM64;
	header->size = sizeof(cell);
	strcpy(header->name, "fuzz");
	cell.head.cpus = 1 + random_below(255);
	cell.head.regions = (struct cb_array){ (uint32_t)((char *)cell.regions - (char *)&cell),
					       1 + (uint32_t)random_below(MAX_REGIONS) };
	cell.head.irqs = (struct cb_array){ (uint32_t)((char *)cell.irqs - (char *)&cell), 2 };
	cell.irqs[0] = (struct cb_irq_range){ 32 + (uint32_t)random_below(8), 1 };
	cell.irqs[1] = (struct cb_irq_range){ 64, 1 + (uint32_t)random_below(4) };
	for (uint32_t i = 0; i < cell.head.regions.count; i++)
		add_region(i);
	choose_console();
	header->checksum = cb_config_checksum(&cell, sizeof(cell));
	assert_int_equal(cb_config_check(&cell, sizeof(cell), CB_CONFIG_CELL, &error), CB_OK);
}

static void choose_board(void)
{
	memset(&board, 0, sizeof(board));
	board.head.cpus = (struct cb_array){ (uint32_t)((char *)board.cpus - (char *)&board), 8 };
	for (uint32_t i = 0; i < 8; i++)
		board.cpus[i] = i;
	if (random_chance(4))
		board.cpus[7] |= 1ull << 32;
	board.head.gic.version = random_chance(2) ? 2 : 3;
	board.head.gic.frames[CB_GIC_GICD] = (struct cb_frame){ GICD, 0x10000 };
	board.head.gic.frames[CB_GIC_GICC] = (struct cb_frame){ GICC, 0x2000 };
	board.head.gic.frames[CB_GIC_GICR] = (struct cb_frame){ GICR, 0x100000 };
}

/* ---- What must hold of the cell's tree ---- */

static bool is_cells(const struct range *range, bool io)
{
	for (uint32_t i = 0; i < cell.head.regions.count; i++)
		if (!!(cell.regions[i].flags & CB_REGION_IO) == io &&
		    cb_range_contains(cell.regions[i].virt, cell.regions[i].size, range->base,
				      range->size))
			return true;
	return false;
}

static bool is_cells_irq(uint32_t intid)
{
	for (uint32_t i = 0; i < 2; i++)
		if (intid - cell.irqs[i].first < cell.irqs[i].count)
			return true;
	return false;
}

static bool is_gic(const struct range *range)
{
	return range->base == GICD || range->base == GICC || range->base == GICR;
}

static bool is_virtual_uart(const struct range *range)
{
	return cell.head.console.type == CB_CONSOLE_VIRTUAL &&
	       range->base == cell.head.console.address && range->size == CB_PAGE_SIZE;
}

/* Below the root: registers and interrupts, all the cell's. */
static void check_node(const void *tree, int node)
{
	bool memory = fdt_getprop(tree, node, "device_type", NULL) != NULL;
	bool region = !fdt_node_check_compatible(tree, node, "cellblock,region");
	bool gic = fdt_getprop(tree, node, "interrupt-controller", NULL) != NULL;
	bool timer = !fdt_node_check_compatible(tree, node, "arm,armv8-timer") &&
		     !strcmp(fdt_get_name(tree, node, NULL), "timer");
	struct range range;
	uint32_t intid;
	bool edge;

	for (unsigned int i = 0; dt_reg(node, i, &range); i++)
		assert_true(gic ? is_gic(&range)
				: is_virtual_uart(&range) || is_cells(&range, !memory && !region));
	for (unsigned int i = 0; dt_interrupt(node, i, &intid, &edge); i++)
		assert_true(timer || is_cells_irq(intid));
}

static bool is_main_memory(const struct cb_region *r)
{
	uint32_t all = CB_REGION_READ | CB_REGION_WRITE | CB_REGION_EXECUTE;

	return (r->flags & (all | CB_REGION_IO | CB_REGION_SHARED)) == all;
}

/* RAM in the order of the configuration, loadable regions first. */
static void check_memory(void)
{
	unsigned int index = 0;
	struct range range;

	for (int loadable = 1; loadable >= 0; loadable--)
		for (uint32_t i = 0; i < cell.head.regions.count; i++) {
			const struct cb_region *r = &cell.regions[i];

			if (!is_main_memory(r) || !!(r->flags & CB_REGION_LOADABLE) != loadable)
				continue;
			assert_true(dt_memory(index++, &range));
			assert_int_equal(range.base, r->virt);
			assert_int_equal(range.size, r->size);
		}
	assert_false(dt_memory(index, &range));
}

static void check_named_regions(void)
{
	struct range range;

	for (uint32_t i = 0; i < cell.head.regions.count; i++) {
		const struct cb_region *r = &cell.regions[i];

		if (!r->name[0] || is_main_memory(r) || r->flags & CB_REGION_IO)
			continue;
		assert_true(dt_named_region(r->name, &range));
		assert_int_equal(range.base, r->virt);
		assert_int_equal(range.size, r->size);
	}
}

static void check_cpus(const void *tree)
{
	int cpus = fdt_path_offset(tree, "/cpus"), node, count = 0;

	fdt_for_each_subnode(node, tree, cpus)
	{
		count++;
	}
	assert_int_equal(count, __builtin_popcountll(cell.head.cpus));
}

static void check_tree(const void *tree, size_t size, const char *bootargs)
{
	int node;

	assert_int_equal(fdt_check_full(tree, size), 0);
	dt_init(tree);
	fdt_for_each_subnode(node, tree, 0)
	{
		check_node(tree, node);
	}
	check_memory();
	check_named_regions();
	check_cpus(tree);
	assert_string_equal(dt_bootargs(), bootargs ? bootargs : "");
	if (cell.head.console.type > CB_CONSOLE_RING)
		assert_true(
			fdt_path_offset(tree, fdt_getprop(tree, fdt_path_offset(tree, "/chosen"),
							  "stdout-path", NULL)) >= 0);
}

static void build(const void *live, const char *bootargs)
{
	const struct devicetree_input input = {
		.cell = &cell.head,
		.system = &board.head,
		.live = live,
		.bootargs = bootargs,
		.initrd = random_chance(2),
	};
	size_t room = random_chance(4) ? random_below(0x2000) : DEVICETREE_ROOM;
	void *tree = calloc(1, room + 1);
	int size = devicetree_build(&input, tree, room);

	assert_true(size <= (int)room);
	if (size > 0)
		check_tree(tree, (size_t)size, bootargs);
	else /* the machine's tree has more than fits, or what cannot be copied */
		assert_true(live || room < DEVICETREE_ROOM);
	if (size > 0 && input.initrd)
		assert_int_equal(devicetree_set_initrd(tree, 0x1000, 0x2000), 0);
	free(tree);
}

/* ---- A tree that is not ours ---- */

static void adapt(const void *tree, size_t size, const char *bootargs)
{
	size_t room = size + 1024 + (bootargs ? strlen(bootargs) : 0);
	void *copy = calloc(1, room);
	int adapted = devicetree_adapt(tree, size, bootargs, true, copy, room);

	assert_true(adapted <= (int)room);
	if (adapted > 0) {
		assert_int_equal(fdt_check_full(copy, (size_t)adapted), 0);
		assert_int_equal(devicetree_set_initrd(copy, 0x1000, 0x2000), 0);
	}
	if (adapted > 0 && bootargs) {
		const char *found =
			fdt_getprop(copy, fdt_path_offset(copy, "/chosen"), "bootargs", NULL);

		assert_string_equal(found, bootargs);
	}
	free(copy);
}

/* Any question to any node: the answers are of no matter. */
static void ask(const void *tree)
{
	char value[8];
	struct range range;
	uint32_t intid;
	bool edge;

	dt_init(tree);
	for (int node = 0; node >= 0; node = fdt_next_node(tree, node, NULL)) {
		for (unsigned int i = 0; i < 4; i++) {
			dt_reg(node, i, &range);
			dt_interrupt(node, i, &intid, &edge);
		}
	}
	for (unsigned int i = 0; i < 4; i++)
		dt_memory(i, &range);
	dt_named_region("a0", &range);
	arg_flag("a");
	arg_u64("a", 1);
	arg_string("a", value, sizeof(value));
	assert_non_null(memchr(value, 0, sizeof(value)));
}

static jmp_buf parks;

void cpu_park(void)
{
	longjmp(parks, 1);
}

/* A user's tree that is not sound is refused; the loader gives an inmate only sound ones. */
static void use_foreign_tree(const void *tree, size_t size, const char *bootargs)
{
	adapt(tree, size, bootargs);
	if (!fdt_check_full(tree, size))
		ask(tree);
	if (size < sizeof(struct fdt_header))
		return;
	if (!setjmp(parks)) /* a header alone is looked at, and refused */
		dt_init(tree);
}

#define CHOICES 64 /* bytes of the input */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const arguments[] = { NULL, "", "a", "a=0x10 b", "aa=1 a= a=2 " };
	size_t tree_size = size > CHOICES ? size - CHOICES : 0;
	const char *bootargs;
	uint8_t *tree;

	input_begin(data, size - tree_size);
	choose_cell();
	choose_board();
	bootargs = arguments[random_below(5)];
	build(NULL, bootargs);
	if (!tree_size || tree_size > MAX_TREE)
		return 0;
	tree = malloc(tree_size); /* of its own, so that ASan sees its end */
	assert_non_null(tree);
	memcpy(tree, data + CHOICES, tree_size);
	if (!fdt_check_full(tree, tree_size))
		build(tree, bootargs);
	use_foreign_tree(tree, tree_size, bootargs);
	free(tree);
	return 0;
}
