// SPDX-License-Identifier: GPL-2.0-only
/*
 * cb_config_check(): every refusal with its record, truncation at every byte, random
 * damage behind a correct checksum, and the configurations that are delivered. Each file
 * under test lies at the end of a heap block of its exact size, so that the address
 * sanitizer sees the first byte read beyond it.
 */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <config/check.h>

#define MAX_REGIONS 4
#define MAX_IRQS    2
#define MAX_CPUS    4
#define MAX_SMCS    2

#define RAM	    (CB_REGION_READ | CB_REGION_WRITE | CB_REGION_EXECUTE)
#define MMIO	    (CB_REGION_READ | CB_REGION_WRITE | CB_REGION_IO)
#define NO_FRAME    ((struct cb_frame){ 0, 0 })

/* Configurations under test: the head, then all arrays at fixed places. */
struct arrays {
	struct cb_region regions[MAX_REGIONS];
	struct cb_irq_range irqs[MAX_IRQS];
	uint64_t cpus[MAX_CPUS];
	uint32_t smcs[MAX_SMCS];
};

struct system_file {
	struct cb_system_config head;
	struct arrays arrays;
};

struct cell_file {
	struct cb_cell_config head;
	struct arrays arrays;
};

static struct cb_array array_at(size_t offset, uint32_t count)
{
	return (struct cb_array){ (uint32_t)offset, count };
}

static struct cb_irq_range irqs(uint32_t first, uint32_t count)
{
	return (struct cb_irq_range){ first, count };
}

static struct cb_config_header header_of(enum cb_config_kind kind, size_t size)
{
	struct cb_config_header header = {
		.revision = CB_CONFIG_REVISION,
		.kind = (uint8_t)kind,
		.arch = CB_ARCH_ARM64,
		.size = (uint32_t)size,
		.name = "test",
	};

	memcpy(header.signature, CB_CONFIG_SIGNATURE, sizeof(header.signature));
	return header;
}

/* A GICv3 board with everything that a board can have. */
static struct system_file good_system(void)
{
	return (struct system_file){
		.head = {
			.root = {
				.header = header_of(CB_CONFIG_SYSTEM, sizeof(struct system_file)),
				.cpus = 0xf,
				.flags = CB_CELL_PERMISSIVE,
				.regions = array_at(offsetof(struct system_file, arrays.regions), 3),
				.irqs = array_at(offsetof(struct system_file, arrays.irqs), 2),
			},
			.hypervisor = { 0x70000000, 0x400000 },
			.gic = {
				.version = 3,
				.frames = {
					[CB_GIC_GICD] = { 0x08000000, 0x10000 },
					[CB_GIC_GICR] = { 0x080a0000, 0xf60000 },
					[CB_GIC_ITS] = { 0x08080000, 0x20000 },
				},
			},
			.debug_console = { .type = CB_CONSOLE_PL011, .address = 0x09000000 },
			.cpus = array_at(offsetof(struct system_file, arrays.cpus), 4),
		},
		.arrays = {
			.regions = {
				{ 0x40000000, 0x40000000, 0x30000000, RAM, 0, "ram" },
				{ 0x70400000, 0x70400000, 0x0fc00000, RAM | CB_REGION_SHARED, 0, "" },
				{ 0x09000000, 0x09000000, 0x1000, MMIO, 0, "uart0" },
			},
			.irqs = { { 32, 256 }, { 1019, 1 } },
			.cpus = { 0x0, 0x1, 0x100, 0xff00ffff01 },
		},
	};
}

static void use_gicv2(struct cb_gic_config *gic)
{
	*gic = (struct cb_gic_config){
		.version = 2,
		.frames = {
			[CB_GIC_GICD] = { 0x08000000, 0x1000 },
			[CB_GIC_GICC] = { 0x0800f000, 0x2000 },
			[CB_GIC_GICH] = { 0x08030000, 0x1000 },
			[CB_GIC_GICV] = { 0x08040000, 0x2000 },
		},
	};
}

/* A cell with everything that a cell can have; IPA and PA differ. */
static struct cell_file good_cell(void)
{
	return (struct cell_file){
		.head = {
			.header = header_of(CB_CONFIG_CELL, sizeof(struct cell_file)),
			.cpus = 0x8,
			.flags = CB_CELL_NATIVE_IDLE | CB_CELL_ACCEPT_LPIS,
			.regions = array_at(offsetof(struct cell_file, arrays.regions), 3),
			.irqs = array_at(offsetof(struct cell_file, arrays.irqs), 2),
			.smcs = array_at(offsetof(struct cell_file, arrays.smcs), 2),
			.console = { .type = CB_CONSOLE_PL011, .irq = 40, .address = 0x09000000 },
		},
		.arrays = {
			.regions = {
				{ 0x70400000, 0, 0x1000000, RAM | CB_REGION_LOADABLE, 0, "ram" },
				{ 0x7ff00000, 0x1000000, 0x100000,
				  CB_REGION_READ | CB_REGION_SHARED, 0, "shared" },
				{ 0x09040000, 0x09000000, 0x1000, MMIO, 0, "uart" },
			},
			.irqs = { { 40, 1 }, { 41, 3 } },
			.smcs = { 0x82000001, 0x82000002 },
		},
	};
}

/* ---- Checking ---- */

static struct cb_error last; /* record of the last check */

/* Check a copy of @size bytes, with the checksum as it is. */
static int check_bytes(const void *data, size_t size, uint32_t kind)
{
	void *copy = malloc(size ? size : 1);
	int ret;

	assert_non_null(copy);
	memcpy(copy, data, size);
	memset(&last, 0xa5, sizeof(last));
	ret = cb_config_check(copy, size, kind, &last);
	free(copy);
	return ret;
}

/* The same after the checksum was made right. */
static int check_sealed(void *data, size_t size, uint32_t kind)
{
	struct cb_config_header *header = data;

	header->checksum = cb_config_checksum(data, size);
	return check_bytes(data, size, kind);
}

static int check_system(struct system_file *file)
{
	return check_sealed(file, sizeof(*file), CB_CONFIG_SYSTEM);
}

static int check_cell(struct cell_file *file)
{
	return check_sealed(file, sizeof(*file), CB_CONFIG_CELL);
}

/* Record that a test expects: nothing but what is named. */
#define record(error, ...)   \
	(&(struct cb_error){ \
		.code = (error), .cell = CB_NO_CELL, .other_cell = CB_NO_CELL, __VA_ARGS__ })

static void assert_refused(int ret, const struct cb_error *expected)
{
	assert_int_equal(ret, expected->code);
	assert_int_equal(last.code, expected->code);
	assert_int_equal(last.cell, expected->cell);
	assert_int_equal(last.other_cell, expected->other_cell);
	assert_int_equal(last.index, expected->index);
	assert_int_equal(last.address, expected->address);
	assert_int_equal(last.size, expected->size);
	assert_int_equal(last.other_address, expected->other_address);
	assert_int_equal(last.other_size, expected->other_size);
	assert_memory_equal(last.name, expected->name, sizeof(last.name));
}

/* Refusals of a good configuration in which one thing, @change, was made wrong. */
#define refuse_system(change, ...)                                        \
	do {                                                              \
		struct system_file file = good_system();                  \
		struct arrays *a = &file.arrays;                          \
		struct cb_system_config *s = &file.head;                  \
                                                                          \
		(void)a, (void)s;                                         \
		change;                                                   \
		assert_refused(check_system(&file), record(__VA_ARGS__)); \
	} while (0)

#define refuse_cell(change, ...)                                        \
	do {                                                            \
		struct cell_file file = good_cell();                    \
		struct arrays *a = &file.arrays;                        \
		struct cb_cell_config *c = &file.head;                  \
                                                                        \
		(void)a, (void)c;                                       \
		change;                                                 \
		assert_refused(check_cell(&file), record(__VA_ARGS__)); \
	} while (0)

#define accept_system(change)                                 \
	do {                                                  \
		struct system_file file = good_system();      \
		struct arrays *a = &file.arrays;              \
		struct cb_system_config *s = &file.head;      \
                                                              \
		(void)a, (void)s;                             \
		change;                                       \
		assert_int_equal(check_system(&file), CB_OK); \
	} while (0)

#define accept_cell(change)                                 \
	do {                                                \
		struct cell_file file = good_cell();        \
		struct arrays *a = &file.arrays;            \
		struct cb_cell_config *c = &file.head;      \
                                                            \
		(void)a, (void)c;                           \
		change;                                     \
		assert_int_equal(check_cell(&file), CB_OK); \
	} while (0)

/* ---- Ranges ---- */

static void test_ranges_overlap_without_wrapping(void **state)
{
	(void)state;
	assert_true(cb_ranges_overlap(0, 2, 1, 1));
	assert_true(cb_ranges_overlap(1, 1, 0, 2));
	assert_true(cb_ranges_overlap(5, 1, 5, 1));
	assert_false(cb_ranges_overlap(0, 1, 1, 1));
	assert_false(cb_ranges_overlap(1, 1, 0, 1));
	assert_false(cb_ranges_overlap(5, 0, 5, 1));
	assert_false(cb_ranges_overlap(5, 1, 5, 0));
	assert_false(cb_ranges_overlap(4, 3, 5, 0));
	assert_true(cb_ranges_overlap(0, UINT64_MAX, UINT64_MAX - 1, 1));
	assert_false(cb_ranges_overlap(0, 1, UINT64_MAX, UINT64_MAX));
}

static void test_range_contains_without_wrapping(void **state)
{
	(void)state;
	assert_true(cb_range_contains(10, 5, 10, 5));
	assert_true(cb_range_contains(10, 5, 14, 1));
	assert_true(cb_range_contains(10, 5, 15, 0));
	assert_false(cb_range_contains(10, 5, 9, 1));
	assert_false(cb_range_contains(10, 5, 14, 2));
	assert_false(cb_range_contains(10, 5, 15, 1));
	assert_false(cb_range_contains(10, 5, 11, UINT64_MAX));
	assert_false(cb_range_contains(10, 5, UINT64_MAX, 2));
}

/* ---- The file ---- */

static void test_checksum_is_the_ieee_crc(void **state)
{
	struct cb_config_header header = { .signature = "12345678", .checksum = 0xdeadbeef };
	uint32_t crc = ~0u;

	(void)state;
	/* Bit by bit, over the header with the field zero. */
	for (size_t i = 0; i < sizeof(header); i++) {
		crc ^= i < 8 ? (uint8_t)header.signature[i] : 0;
		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0xedb88320 : 0);
	}
	assert_int_equal(cb_config_checksum(&header, sizeof(header)), ~crc);
}

static void test_good_configurations_pass(void **state)
{
	(void)state;
	accept_system();
	accept_system(use_gicv2(&s->gic));
	accept_system(s->gic.frames[CB_GIC_ITS] = NO_FRAME);
	accept_system(s->debug_console = (struct cb_console_config){ 0 });
	accept_system(s->root.flags = 0);
	accept_system(s->gic.frames[CB_GIC_GICR].size = 4 * 0x20000);
	accept_cell();
	accept_cell(c->console = (struct cb_console_config){ 0 });
	accept_cell(c->console = (struct cb_console_config){ .type = CB_CONSOLE_RING });
	accept_cell(c->console.irq = 0);
	accept_cell(c->regions = array_at(0, 0); c->console = (struct cb_console_config){ 0 });
	accept_cell(a->regions[0].flags = CB_REGION_READ | CB_REGION_EXECUTE | CB_REGION_LOADABLE);
}

static void test_record_is_untouched_when_good(void **state)
{
	struct cell_file file = good_cell();
	struct cb_error untouched;

	(void)state;
	memset(&untouched, 0xa5, sizeof(untouched));
	assert_int_equal(check_cell(&file), CB_OK);
	assert_memory_equal(&last, &untouched, sizeof(last));
}

static void test_truncation_at_every_byte(void **state)
{
	struct system_file system = good_system();
	struct cell_file cell = good_cell();

	(void)state;
	assert_int_equal(check_system(&system), CB_OK);
	for (size_t size = 0; size < sizeof(system); size++) {
		assert_int_equal(check_bytes(&system, size, CB_CONFIG_SYSTEM),
				 CB_ERR_CONFIG_TRUNCATED);
		assert_int_equal(last.size, size);
		assert_true(last.other_size > size);
	}
	assert_int_equal(check_cell(&cell), CB_OK);
	for (size_t size = 0; size < sizeof(cell); size++)
		assert_int_equal(check_bytes(&cell, size, CB_CONFIG_CELL), CB_ERR_CONFIG_TRUNCATED);
}

/* A file cut short that says so itself, checksum and all: its arrays leave it. */
static void test_truncation_with_matching_header(void **state)
{
	struct cell_file file = good_cell();

	(void)state;
	for (size_t size = sizeof(struct cb_config_header); size < sizeof(file); size++) {
		file.head.header.size = (uint32_t)size;
		assert_int_not_equal(check_sealed(&file, size, CB_CONFIG_CELL), CB_OK);
	}
}

static void test_a_changed_byte_is_noticed(void **state)
{
	struct cell_file file = good_cell();

	(void)state;
	assert_int_equal(check_cell(&file), CB_OK);
	for (size_t i = 0; i < sizeof(file); i++) {
		((uint8_t *)&file)[i] ^= 0x10;
		assert_int_not_equal(check_bytes(&file, sizeof(file), CB_CONFIG_CELL), CB_OK);
		((uint8_t *)&file)[i] ^= 0x10;
	}
}

static void test_file_is_refused(void **state)
{
	const size_t size = sizeof(struct cell_file);

	(void)state;
	refuse_cell(c->header.signature[7]++, CB_ERR_CONFIG_SIGNATURE);
	refuse_cell(c->header.revision = 2, CB_ERR_CONFIG_REVISION, .address = 2,
		    .other_address = CB_CONFIG_REVISION);
	refuse_cell(c->header.arch = CB_ARCH_ARM, CB_ERR_CONFIG_ARCH, .address = CB_ARCH_ARM,
		    .other_address = CB_ARCH_ARM64);
	refuse_cell(c->header.kind = CB_CONFIG_SYSTEM, CB_ERR_CONFIG_KIND,
		    .address = CB_CONFIG_SYSTEM, .other_address = CB_CONFIG_CELL);
	refuse_system(s->root.header.kind = CB_CONFIG_CELL, CB_ERR_CONFIG_KIND,
		      .address = CB_CONFIG_CELL, .other_address = CB_CONFIG_SYSTEM);
	refuse_cell(c->header.size -= 8, CB_ERR_CONFIG_SIZE, .size = size - 8, .other_size = size);
	refuse_cell(c->header.size = ~0u, CB_ERR_CONFIG_TRUNCATED, .size = size, .other_size = ~0u);
	refuse_cell(c->header.reserved = 7, CB_ERR_ARGUMENT, .address = 7);
	refuse_cell(c->log_size = 7, CB_ERR_ARGUMENT, .address = 7);
}

static void test_wrong_checksum_is_refused(void **state)
{
	struct cell_file file = good_cell();
	const uint32_t right = cb_config_checksum(&file, sizeof(file));

	(void)state;
	file.head.header.checksum = right ^ 1;
	assert_refused(check_bytes(&file, sizeof(file), CB_CONFIG_CELL),
		       record(CB_ERR_CONFIG_CHECKSUM, .address = right,
			      .other_address = right ^ 1));
}

static void test_large_file_is_refused(void **state)
{
	static uint8_t large[CB_CONFIG_MAX_SIZE + 8];
	struct cell_file file = good_cell();

	(void)state;
	file.head.header.size = sizeof(large);
	memcpy(large, &file, sizeof(file));
	assert_refused(check_sealed(large, sizeof(large), CB_CONFIG_CELL),
		       record(CB_ERR_CONFIG_TOO_LARGE, .size = sizeof(large),
			      .other_size = CB_CONFIG_MAX_SIZE));
}

static void test_largest_file_passes(void **state)
{
	static union {
		uint8_t bytes[CB_CONFIG_MAX_SIZE];
		struct cell_file file;
	} large;

	(void)state;
	large.file = good_cell();
	large.file.head.header.size = sizeof(large);
	assert_int_equal(check_sealed(&large, sizeof(large), CB_CONFIG_CELL), CB_OK);
}

static void test_names_are_refused(void **state)
{
	(void)state;
	refuse_cell(c->header.name[0] = 0, CB_ERR_CONFIG_NAME_EMPTY);
	refuse_cell(memset(c->header.name, 'a', CB_NAME_SIZE), CB_ERR_CONFIG_NAME_LONG);
	accept_cell(memset(c->header.name, 'a', CB_NAME_SIZE - 1));
	refuse_cell(c->header.name[CB_NAME_SIZE - 1] = 'x', CB_ERR_CONFIG_NAME_LONG);
	refuse_cell(a->regions[1].name[15] = 'x', CB_ERR_CONFIG_NAME_LONG, .index = 1,
		    .address = 0x7ff00000, .size = 0x100000);
	for (int ch = 1; ch < 256; ch++) {
		const bool good =
			ch < 128 && (strchr("._-", ch) || (ch >= '0' && ch <= '9') ||
				     (ch >= 'A' && ch <= 'Z') || (ch >= 'a' && ch <= 'z'));

		if (good)
			accept_cell(c->header.name[1] = (char)ch);
		else
			refuse_cell(c->header.name[1] = (char)ch, CB_ERR_CONFIG_NAME_LONG);
	}
}

static void test_arrays_stay_inside_the_file(void **state)
{
	const uint32_t size = sizeof(struct cell_file);

	(void)state;
#define refuse_irqs(offset_, count_)                                          \
	refuse_cell(c->irqs = array_at(offset_, count_), CB_ERR_CONFIG_ARRAY, \
		    .index = CB_ARRAY_IRQS, .address = (offset_), .size = (count_))
	refuse_irqs(0, 1);
	refuse_irqs(8, 1);
	refuse_irqs(sizeof(struct cb_cell_config) - 8, 1);
	refuse_irqs(sizeof(struct cb_cell_config) + 4, 1);
	refuse_irqs(sizeof(struct cb_cell_config), 0);
	refuse_irqs(size, 1);
	refuse_irqs(size - 8, 2);
	refuse_irqs(size + 8, 1);
	refuse_irqs(0xfffffff8, 1);
	refuse_irqs(sizeof(struct cb_cell_config), 0xffffffff);
	refuse_irqs(sizeof(struct cb_cell_config), 0x20000001); /* 8 * count is 8 in 32 bits */
	refuse_irqs(0xfffffff8, 0xffffffff);
	refuse_cell(c->regions.count = 0x10000001, CB_ERR_CONFIG_ARRAY, .index = CB_ARRAY_REGIONS,
		    .address = offsetof(struct cell_file, arrays.regions), .size = 0x10000001);
	refuse_cell(c->smcs.offset |= 4, CB_ERR_CONFIG_ARRAY, .index = CB_ARRAY_SMCS,
		    .address = offsetof(struct cell_file, arrays.smcs) | 4, .size = 2);
	/* Behind a cell's head, but still in the head of a system. */
	refuse_system(s->root.irqs.offset = sizeof(struct cb_cell_config), CB_ERR_CONFIG_ARRAY,
		      .index = CB_ARRAY_IRQS, .address = sizeof(struct cb_cell_config), .size = 2);
	refuse_system(s->cpus.offset = ~7u, CB_ERR_CONFIG_ARRAY, .index = CB_ARRAY_CPUS,
		      .address = ~7u, .size = 4);
	/* The last bytes of the file can be used. */
	accept_cell(c->irqs = array_at(0, 0); c->console = (struct cb_console_config){ 0 };
		    c->smcs = array_at(size - 8, 2));
}

static void test_flags_are_refused(void **state)
{
	(void)state;
	refuse_cell(c->flags |= 1u << 31, CB_ERR_CONFIG_FLAGS, .address = 1u << 31);
	refuse_cell(c->flags = CB_CELL_FLAGS + 1, CB_ERR_CONFIG_FLAGS,
		    .address = CB_CELL_FLAGS + 1);
	refuse_cell(c->flags = CB_CELL_FLAGS, CB_ERR_CONFIG_FLAGS, .address = CB_CELL_PERMISSIVE);
	refuse_system(s->root.flags = CB_CELL_FLAGS, CB_ERR_CONFIG_FLAGS,
		      .address = CB_CELL_NATIVE_IDLE | CB_CELL_ACCEPT_LPIS);
}

/* ---- Regions ---- */

#define REGION_1 .index = 1, .address = 0x7ff00000, .size = 0x100000

static void test_regions_are_refused(void **state)
{
	const uint64_t top = 1ull << CB_ADDRESS_BITS;

	(void)state;
	refuse_cell(a->regions[1].size = 0, CB_ERR_REGION_EMPTY, .index = 1, .address = 0x7ff00000);
	refuse_cell(a->regions[1].size = 0x800, CB_ERR_REGION_UNALIGNED, .index = 1,
		    .address = 0x7ff00000, .size = 0x800, .other_address = 0x1000);
	refuse_cell(a->regions[1].phys |= 8, CB_ERR_REGION_UNALIGNED, .index = 1,
		    .address = 0x7ff00008, .size = 0x100000, .other_address = 0x1000);
	refuse_cell(a->regions[1].virt |= 0x800, CB_ERR_REGION_UNALIGNED, REGION_1,
		    .other_address = 0x1000);
	refuse_cell(a->regions[1].reserved = 9, CB_ERR_ARGUMENT, .index = 1, .address = 9);

	refuse_cell(a->regions[1].phys = -0x1000ull, CB_ERR_REGION_WRAPS, .index = 1,
		    .address = -0x1000ull, .size = 0x100000, .other_address = CB_ADDRESS_BITS);
	refuse_cell(a->regions[1].phys = top - 0x1000, CB_ERR_REGION_WRAPS, .index = 1,
		    .address = top - 0x1000, .size = 0x100000, .other_address = CB_ADDRESS_BITS);
	refuse_cell(a->regions[1].virt = top - 0x1000, CB_ERR_REGION_WRAPS, .index = 1,
		    .address = top - 0x1000, .size = 0x100000, .other_address = CB_ADDRESS_BITS);
	refuse_cell(a->regions[1].size = -0x1000ull, CB_ERR_REGION_WRAPS, .index = 1,
		    .address = 0x7ff00000, .size = -0x1000ull, .other_address = CB_ADDRESS_BITS);
	accept_cell(a->regions[1].phys = top - 0x100000; a->regions[1].virt = top - 0x100000);
}

static void test_region_flags_are_refused(void **state)
{
	static const uint32_t bad[] = {
		0,
		CB_REGION_WRITE,
		CB_REGION_EXECUTE,
		CB_REGION_IO,
		CB_REGION_READ | 0x40,
		CB_REGION_READ | 0x80000000,
		CB_REGION_READ | CB_REGION_IO | CB_REGION_EXECUTE,
		CB_REGION_READ | CB_REGION_IO | CB_REGION_LOADABLE,
		CB_REGION_READ | CB_REGION_SHARED | CB_REGION_LOADABLE,
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		refuse_cell(a->regions[1].flags = bad[i], CB_ERR_REGION_FLAGS, REGION_1,
			    .other_address = bad[i]);
	accept_cell(a->regions[1].flags = MMIO | CB_REGION_SHARED);
	accept_cell(a->regions[1].flags = RAM | CB_REGION_SHARED);
	accept_cell(a->regions[1].flags = CB_REGION_READ);
}

static void test_regions_of_a_cell_may_not_overlap(void **state)
{
	(void)state;
	refuse_cell(a->regions[1].phys = 0x713ff000, CB_ERR_REGION_SELF_OVERLAP, .index = 1,
		    .address = 0x713ff000, .size = 0x100000, .other_address = 0x70400000,
		    .other_size = 0x1000000);
	refuse_cell(a->regions[1].virt = 0xfff000, CB_ERR_REGION_SELF_OVERLAP, .index = 1,
		    .address = 0xfff000, .size = 0x100000, .other_address = 0,
		    .other_size = 0x1000000);
	/* Not even when both are shared. */
	refuse_cell(a->regions[2].phys = 0x7ff00000;
		    a->regions[2].flags = a->regions[1].flags, CB_ERR_REGION_SELF_OVERLAP,
		    .index = 2, .address = 0x7ff00000, .size = 0x1000, .other_address = 0x7ff00000,
		    .other_size = 0x100000);
	accept_cell(a->regions[1].phys = 0x71400000);
}

static void test_root_regions_are_refused(void **state)
{
	(void)state;
	refuse_system(a->regions[2].virt = 0, CB_ERR_ARGUMENT, .index = 2);
	refuse_system(a->regions[1].flags |= CB_REGION_LOADABLE, CB_ERR_REGION_FLAGS, .index = 1,
		      .address = 0x70400000, .size = 0x0fc00000,
		      .other_address = RAM | CB_REGION_SHARED | CB_REGION_LOADABLE);
	refuse_system(a->regions[0].flags |= CB_REGION_LOADABLE, CB_ERR_REGION_FLAGS, .index = 0,
		      .address = 0x40000000, .size = 0x30000000,
		      .other_address = RAM | CB_REGION_LOADABLE);
	refuse_system(a->regions[0].size += 0x1000, CB_ERR_REGION_HYPERVISOR, .index = 0,
		      .address = 0x40000000, .size = 0x30001000, .other_address = 0x70000000,
		      .other_size = 0x400000);
}

static void refuse_root_region_at(uint64_t phys, enum cb_gic_frame frame, bool gicv2)
{
	struct system_file file = good_system();
	struct cb_region *region = &file.arrays.regions[2];

	if (gicv2)
		use_gicv2(&file.head.gic);
	region->phys = region->virt = phys;
	assert_refused(check_system(&file),
		       record(CB_ERR_REGION_GIC, .index = 2, .address = phys, .size = 0x1000,
			      .other_address = file.head.gic.frames[frame].phys,
			      .other_size = file.head.gic.frames[frame].size));
}

static void test_root_cell_has_no_gic_frame(void **state)
{
	(void)state;
	refuse_root_region_at(0x0800f000, CB_GIC_GICD, false);
	refuse_root_region_at(0x08fff000, CB_GIC_GICR, false);
	refuse_root_region_at(0x08080000, CB_GIC_ITS, false);
	refuse_root_region_at(0x08000000, CB_GIC_GICD, true);
	refuse_root_region_at(0x0800f000, CB_GIC_GICC, true);
	refuse_root_region_at(0x08010000, CB_GIC_GICC, true);
	refuse_root_region_at(0x08030000, CB_GIC_GICH, true);
	refuse_root_region_at(0x08041000, CB_GIC_GICV, true);
}

/* ---- Interrupts ---- */

static void test_irqs_are_refused(void **state)
{
	static const struct cb_irq_range bad[] = {
		{ 0, 1 },	    { 31, 1 },
		{ 31, 2 },	    { 1020, 1 },
		{ 1019, 2 },	    { 32, 989 },
		{ 100, 0 },	    { 100, 0xffffffff },
		{ 0xffffffff, 1 },  { 0xffffffff, 0xffffffff },
		{ 33, 0xffffffff },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		refuse_cell(a->irqs[1] = bad[i], CB_ERR_IRQ_RANGE, .index = 1,
			    .address = bad[i].first, .size = bad[i].count, .other_address = 1019);
	accept_cell(c->irqs.count = 1; a->irqs[0] = irqs(32, 988));
	refuse_cell(a->irqs[1] = irqs(38, 3), CB_ERR_IRQ_DUPLICATE, .index = 1, .address = 40);
	refuse_cell(a->irqs[0].count = 5, CB_ERR_IRQ_DUPLICATE, .index = 1, .address = 41);
}

/* ---- CPUs ---- */

static void test_cpus_are_refused(void **state)
{
	(void)state;
	refuse_cell(c->cpus = 0, CB_ERR_CPU_NONE);
	refuse_system(s->root.cpus = 0, CB_ERR_CPU_NONE);
	refuse_system(s->cpus = array_at(0, 0), CB_ERR_CPU_NONE);
	refuse_system(s->root.cpus = 0x1f, CB_ERR_CPU_UNKNOWN, .index = 4);
	refuse_system(s->root.cpus |= 1ull << 63, CB_ERR_CPU_UNKNOWN, .index = 63);
	refuse_system(s->root.cpus = 0xd, CB_ERR_CPU_UNKNOWN, .index = 1);
	refuse_system(a->cpus[3] = 0x100, CB_ERR_CPU_DUPLICATE, .index = 3, .address = 0x100);
	refuse_system(a->cpus[0] = 0x80000000, CB_ERR_CPU_MPIDR, .address = 0x80000000);
	refuse_system(a->cpus[3] = 1ull << 40, CB_ERR_CPU_MPIDR, .index = 3, .address = 1ull << 40);
}

/* A board with @count CPUs and room for all of them in the redistributors. */
static int check_cpu_count(uint32_t count, uint32_t gic_version)
{
	struct system_file *file;
	const size_t size = sizeof(*file) + count * sizeof(uint64_t);
	uint64_t *mpidr;
	int ret;

	file = malloc(size);
	assert_non_null(file);
	*file = good_system();
	mpidr = (uint64_t *)(file + 1);
	for (uint32_t i = 0; i < count; i++)
		mpidr[i] = i;
	file->head.cpus = array_at(sizeof(*file), count);
	file->head.root.cpus = count < 64 ? (1ull << count) - 1 : ~0ull;
	file->head.root.header.size = (uint32_t)size;
	if (gic_version == 2)
		use_gicv2(&file->head.gic);
	ret = check_sealed(file, size, CB_CONFIG_SYSTEM);
	free(file);
	return ret;
}

/* A spin table for all of the CPUs, with room for it behind the file. */
static int check_spin_table_of(const uint64_t *release, uint32_t count, uint32_t gic)
{
	const size_t size = sizeof(struct system_file) + count * sizeof(*release);
	struct system_file *file = malloc(size);
	int ret;

	assert_non_null(file);
	*file = good_system();
	file->head.root.header.size = (uint32_t)size;
	file->head.spin_table = array_at(sizeof(*file), count);
	memcpy(file + 1, release, count * sizeof(*release));
	if (gic == 2)
		use_gicv2(&file->head.gic);
	ret = check_sealed(file, size, CB_CONFIG_SYSTEM);
	free(file);
	return ret;
}

static void test_spin_table(void **state)
{
	const uint64_t good[] = { 0, 0, 0xe8, 0xf0 }, none[] = { 0, 0, 0, 0 };
	const uint64_t all[] = { 0xd8, 0xe0, 0xe8, 0xf0 }, odd[] = { 0, 0, 0, 0xf4 };
	const uint64_t far[] = { 0, 1ull << 48, 0, 0 };

	(void)state;
	assert_int_equal(check_spin_table_of(good, 4, 2), CB_OK);
	assert_int_equal(check_spin_table_of(none, 4, 2), CB_OK);
	assert_refused(check_spin_table_of(good, 4, 3),
		       record(CB_ERR_CONFIG_ARRAY, .index = CB_ARRAY_SPIN_TABLE,
			      .address = sizeof(struct system_file), .size = 4));
	assert_refused(check_spin_table_of(good, 3, 2),
		       record(CB_ERR_CONFIG_ARRAY, .index = CB_ARRAY_SPIN_TABLE,
			      .address = sizeof(struct system_file), .size = 3));
	assert_refused(check_spin_table_of(all, 4, 2), record(CB_ERR_CPU_LAST, 0));
	assert_refused(check_spin_table_of(odd, 4, 2),
		       record(CB_ERR_CPU_RELEASE, .index = 3, .other_address = 0xf4));
	assert_refused(check_spin_table_of(far, 4, 2),
		       record(CB_ERR_CPU_RELEASE, .index = 1, .other_address = 1ull << 48));
}

static void test_number_of_cpus_is_limited(void **state)
{
	(void)state;
	assert_int_equal(check_cpu_count(1, 3), CB_OK);
	assert_int_equal(check_cpu_count(64, 3), CB_OK);
	assert_refused(check_cpu_count(65, 3),
		       record(CB_ERR_CONFIG_ARRAY, .index = CB_ARRAY_CPUS,
			      .address = sizeof(struct system_file), .size = 65));
	assert_int_equal(check_cpu_count(8, 2), CB_OK);
	assert_refused(check_cpu_count(9, 2),
		       record(CB_ERR_CONFIG_ARRAY, .index = CB_ARRAY_CPUS,
			      .address = sizeof(struct system_file), .size = 9));
}

/* ---- Hypervisor, GIC, consoles ---- */

static void test_hypervisor_region_is_refused(void **state)
{
	(void)state;
	refuse_system(s->hypervisor.size = 0, CB_ERR_HV_TOO_SMALL, .other_size = 0x100000);
	refuse_system(s->hypervisor.size = 0xff000, CB_ERR_HV_TOO_SMALL, .size = 0xff000,
		      .other_size = 0x100000);
	accept_system(s->hypervisor.size = 0x100000);
	accept_system(s->hypervisor = ((struct cb_frame){ 0x100000000, 0x10000000 }));
	refuse_system(s->hypervisor.size = 0x10001000, CB_ERR_CONFIG_TOO_LARGE,
		      .address = 0x70000000, .size = 0x10001000, .other_size = 0x10000000);
	refuse_system(s->hypervisor.phys = 0x70100000, CB_ERR_HV_UNALIGNED, .address = 0x70100000,
		      .size = 0x400000, .other_address = 0x200000);
	refuse_system(s->hypervisor.size = 0x100800, CB_ERR_HV_UNALIGNED, .address = 0x70000000,
		      .size = 0x100800, .other_address = 0x1000);
	refuse_system(s->hypervisor.phys = -0x200000ull, CB_ERR_REGION_WRAPS,
		      .address = -0x200000ull, .size = 0x400000, .other_address = CB_ADDRESS_BITS);
	/* The redistributors reach from 0x080a0000 to 0x08ffffff. */
	refuse_system(s->hypervisor.phys = 0x08e00000, CB_ERR_GIC_ADDRESS, .index = CB_GIC_GICR,
		      .size = 0xf60000, .other_address = 0x080a0000);
}

static void refuse_frame(bool gicv2, enum cb_gic_frame frame, struct cb_frame bad)
{
	struct system_file file = good_system();

	if (gicv2)
		use_gicv2(&file.head.gic);
	file.head.gic.frames[frame] = bad;
	if (bad.size)
		assert_refused(check_system(&file),
			       record(CB_ERR_GIC_ADDRESS, .index = frame, .size = bad.size,
				      .other_address = bad.phys));
	else
		assert_refused(check_system(&file),
			       record(CB_ERR_GIC_MISSING, .index = frame, .address = bad.phys));
}

static void test_gic_is_refused(void **state)
{
	static const struct cb_frame far = { 0x20000000, 0x20000 };

	(void)state;
	refuse_system(s->gic.version = 0, CB_ERR_GIC_VERSION);
	refuse_system(s->gic.version = 1, CB_ERR_GIC_VERSION, .other_address = 1);
	refuse_system(s->gic.version = 4, CB_ERR_GIC_VERSION, .other_address = 4);
	refuse_system(s->gic.reserved = 1, CB_ERR_ARGUMENT, .address = 1);

	refuse_frame(false, CB_GIC_GICD, NO_FRAME);
	refuse_frame(false, CB_GIC_GICR, NO_FRAME);
	refuse_frame(false, CB_GIC_GICC, far);
	refuse_frame(false, CB_GIC_GICH, far);
	refuse_frame(false, CB_GIC_GICV, far);
	refuse_frame(true, CB_GIC_GICD, NO_FRAME);
	refuse_frame(true, CB_GIC_GICC, NO_FRAME);
	refuse_frame(true, CB_GIC_GICH, NO_FRAME);
	refuse_frame(true, CB_GIC_GICV, NO_FRAME);
	refuse_frame(true, CB_GIC_GICR, far);
	refuse_frame(true, CB_GIC_ITS, far);
	/* An address without a size is a slip of the pen. */
	refuse_frame(false, CB_GIC_ITS, (struct cb_frame){ 0x08080000, 0 });

	refuse_frame(false, CB_GIC_GICD, (struct cb_frame){ 0x08000000, 0xf000 });
	refuse_frame(false, CB_GIC_GICD, (struct cb_frame){ 0x08001000, 0x10000 });
	refuse_frame(false, CB_GIC_GICD, (struct cb_frame){ 0x08000000, 0x10800 });
	refuse_frame(false, CB_GIC_GICD, (struct cb_frame){ -0x10000ull, 0x20000 });
	refuse_frame(false, CB_GIC_ITS, (struct cb_frame){ 0x20000000, 0x10000 });
	refuse_frame(false, CB_GIC_ITS, (struct cb_frame){ 0x080f0000, 0x20000 });
	refuse_frame(false, CB_GIC_GICR, (struct cb_frame){ 0x080a0000, 4 * 0x20000 - 0x1000 });
	refuse_frame(true, CB_GIC_GICC, (struct cb_frame){ 0x08010000, 0x1000 });
	refuse_frame(true, CB_GIC_GICC, (struct cb_frame){ 0x08010800, 0x2000 });
	refuse_frame(true, CB_GIC_GICC, (struct cb_frame){ 0x07fff000, 0x2000 });
}

static void test_debug_console_is_refused(void **state)
{
	(void)state;
	refuse_system(s->debug_console.type = CB_CONSOLE_RING, CB_ERR_ARGUMENT,
		      .address = CB_CONSOLE_RING);
	refuse_system(s->debug_console.type = 6, CB_ERR_ARGUMENT, .address = 6);
	refuse_system(s->debug_console.type = CB_CONSOLE_NONE, CB_ERR_ARGUMENT,
		      .address = 0x09000000);
	refuse_system(s->debug_console.irq = 33, CB_ERR_ARGUMENT, .address = 33);
	refuse_system(s->debug_console.address |= 0x800, CB_ERR_ARGUMENT, .address = 0x09000800);
	refuse_system(s->debug_console.address = 1ull << 48, CB_ERR_ARGUMENT,
		      .address = 1ull << 48);
	refuse_system(s->debug_console.address = 0x70000000, CB_ERR_REGION_HYPERVISOR,
		      .address = 0x70000000, .size = 0x1000, .other_address = 0x70000000,
		      .other_size = 0x400000);
	refuse_system(s->debug_console.address = 0x08000000, CB_ERR_REGION_GIC,
		      .address = 0x08000000, .size = 0x1000, .other_address = 0x08000000,
		      .other_size = 0x10000);
	/* The registers of an 8250 begin at any 32 bytes. */
	accept_system(s->debug_console.type = CB_CONSOLE_CADENCE);
	accept_system(s->debug_console.type = CB_CONSOLE_IMX);
	accept_system(s->debug_console.type = CB_CONSOLE_8250; s->debug_console.address |= 0x40);
	refuse_system(s->debug_console.type = CB_CONSOLE_8250;
		      s->debug_console.address |= 0x10, CB_ERR_ARGUMENT, .address = 0x09000010);
}

static void test_root_has_no_console(void **state)
{
	(void)state;
	refuse_system(s->root.console.type = CB_CONSOLE_RING, CB_ERR_ARGUMENT,
		      .address = CB_CONSOLE_RING);
	refuse_system(s->root.console.irq = 5, CB_ERR_ARGUMENT, .address = 5);
}

static void test_root_may_list_calls_that_it_shall_not_make(void **state)
{
	const uint32_t smcs = offsetof(struct system_file, arrays.smcs);

	(void)state;
	accept_system(s->root.smcs = array_at(smcs, 2));
	refuse_system(s->root.smcs = array_at(smcs, 100), CB_ERR_CONFIG_ARRAY,
		      .index = CB_ARRAY_SMCS, .address = smcs, .size = 100);
}

static void test_cell_console_is_refused(void **state)
{
	(void)state;
	refuse_cell(c->console.type = 6, CB_ERR_ARGUMENT, .address = 6);
	refuse_cell(c->console.type = CB_CONSOLE_RING, CB_ERR_ARGUMENT, .address = 0x09000000);
	refuse_cell(c->console = ((struct cb_console_config){ .irq = 40 }), CB_ERR_ARGUMENT,
		    .address = 40);
	refuse_cell(c->console.irq = 39, CB_ERR_ARGUMENT, .address = 39);
	accept_cell(c->console.irq = 43);
	refuse_cell(c->console.irq = 44, CB_ERR_ARGUMENT, .address = 44);
	refuse_cell(a->regions[2].size = 0x2000;
		    c->console.address = 0x09000800, CB_ERR_ARGUMENT, .address = 0x09000800);
	/* Its PA is not its IPA; RAM is no UART; and one that is read-only prints nothing. */
	refuse_cell(c->console.address = 0x09040000, CB_ERR_ARGUMENT, .address = 0x09040000);
	refuse_cell(c->console.address = 0x1000, CB_ERR_ARGUMENT, .address = 0x1000);
	refuse_cell(a->regions[2].flags &= ~CB_REGION_WRITE, CB_ERR_ARGUMENT,
		    .address = 0x09000000);
	accept_cell(c->console.type = CB_CONSOLE_CADENCE);
	accept_cell(c->console.type = CB_CONSOLE_IMX);
	accept_cell(c->console.type = CB_CONSOLE_8250; c->console.address |= 0x40);
	refuse_cell(c->console.type = CB_CONSOLE_8250;
		    c->console.address |= 0x44, CB_ERR_ARGUMENT, .address = 0x09000044);
	refuse_cell(c->console.type = CB_CONSOLE_8250;
		    c->console.address += 0x1000, CB_ERR_ARGUMENT, .address = 0x09001000);
}

static void test_virtual_uart_has_a_page_that_nothing_else_has(void **state)
{
#define VIRTUAL(where, intid) \
	(c->console = ((struct cb_console_config){ CB_CONSOLE_VIRTUAL, (intid), (where) }))
	(void)state;
	accept_cell(VIRTUAL(0x0b000000, 40));
	accept_cell(VIRTUAL(0x0b000000, 0));
	accept_cell(VIRTUAL(0x01100000, 0)); /* just behind the shared memory */
	refuse_cell(VIRTUAL(0x0b000000, 44), CB_ERR_ARGUMENT, .address = 44);
	refuse_cell(VIRTUAL(0x0b000800, 40), CB_ERR_ARGUMENT, .address = 0x0b000800);
	refuse_cell(VIRTUAL(1ull << CB_ADDRESS_BITS, 40), CB_ERR_ARGUMENT,
		    .address = 1ull << CB_ADDRESS_BITS);
	refuse_cell(VIRTUAL(0xfff000, 40), CB_ERR_CONSOLE_PLACE, .address = 0xfff000,
		    .size = 0x1000, .other_address = 0, .other_size = 0x1000000);
	refuse_cell(VIRTUAL(0x09000000, 40), CB_ERR_CONSOLE_PLACE, .address = 0x09000000,
		    .size = 0x1000, .other_address = 0x09000000, .other_size = 0x1000);
	refuse_system(s->debug_console.type = CB_CONSOLE_VIRTUAL, CB_ERR_ARGUMENT,
		      .address = CB_CONSOLE_VIRTUAL);
}

static void test_log_is_a_power_of_two_within_limits(void **state)
{
	(void)state;
	accept_cell(c->log_size = 0x1000);
	accept_cell(c->log_size = 0x100000);
	refuse_cell(c->log_size = 0x800, CB_ERR_ARGUMENT, .address = 0x800);
	refuse_cell(c->log_size = 0x3000, CB_ERR_ARGUMENT, .address = 0x3000);
	refuse_cell(c->log_size = 0x200000, CB_ERR_ARGUMENT, .address = 0x200000);
	refuse_system(s->root.log_size = 0x1000, CB_ERR_ARGUMENT, .address = 0x1000);
}

/* ---- Damage ---- */

static uint64_t random_state = 0x9e3779b97f4a7c15;

static uint64_t random_number(void)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return random_state;
}

/* One to four bytes or whole words changed, to anything or to values at some edge. */
static void damage(uint8_t *data, size_t size)
{
	static const uint64_t edges[] = {
		0,	    1,		7,   8,		 0xfff, 0x1000,
		0x7fffffff, 0x80000000, ~0u, 1ull << 48, ~0ull, -0x1000ull
	};

	for (uint64_t n = random_number() % 4 + 1; n; n--) {
		const uint64_t edge = edges[random_number() % (sizeof(edges) / sizeof(edges[0]))];
		const size_t width = 1u << random_number() % 4;
		const size_t place = (size_t)(random_number() % (size / width)) * width;
		const uint64_t value = random_number() % 2 ? edge : random_number();

		memcpy(data + place, &value, width);
	}
}

/* What passes must be safe to walk: that is what a pass means to those who use it. */
static uint64_t walk(const void *data, uint32_t kind)
{
	const struct cb_cell_config *cell = data;
	uint64_t sum = 0;

	for (uint32_t i = 0; i < cell->regions.count; i++)
		sum += cb_config_regions(cell)[i].size;
	for (uint32_t i = 0; i < cell->irqs.count; i++)
		sum += cb_config_irqs(cell)[i].count;
	for (uint32_t i = 0; i < cell->smcs.count; i++)
		sum += cb_config_smcs(cell)[i];
	if (kind == CB_CONFIG_SYSTEM)
		for (uint32_t i = 0; i < ((const struct cb_system_config *)data)->cpus.count; i++)
			sum += cb_config_cpus(data)[i];
	return sum;
}

static void damage_often(const void *good, size_t size, uint32_t kind)
{
	struct cb_config_header *header = malloc(size);
	unsigned int passed = 0;
	volatile uint64_t sum = 0;

	assert_non_null(header);
	for (int i = 0; i < 100000; i++) {
		int ret;

		memcpy(header, good, size);
		damage((uint8_t *)header, size);
		header->checksum = cb_config_checksum(header, size);
		ret = cb_config_check(header, size, kind, &last);
		assert_true(ret == CB_OK || ret == (int)last.code);
		if (ret == CB_OK) {
			sum = sum + walk(header, kind);
			passed++;
		}
	}
	assert_true(passed > 0); /* or the damage never gets behind the first check */
	free(header);
}

static void test_random_damage_is_survived(void **state)
{
	const struct system_file system = good_system();
	struct system_file gicv2 = good_system();
	const struct cell_file cell = good_cell();

	(void)state;
	use_gicv2(&gicv2.head.gic);
	damage_often(&system, sizeof(system), CB_CONFIG_SYSTEM);
	damage_often(&gicv2, sizeof(gicv2), CB_CONFIG_SYSTEM);
	damage_often(&cell, sizeof(cell), CB_CONFIG_CELL);
}

/* ---- What is delivered ---- */

static size_t read_config(const char *directory, const char *name, void *data, size_t room)
{
	char path[4096];
	FILE *file;
	size_t size;

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	file = fopen(path, "rb");
	assert_non_null(file);
	size = fread(data, 1, room, file);
	fclose(file);
	return size;
}

static void test_delivered_configurations_pass(void **state)
{
	static union {
		uint8_t bytes[CB_CONFIG_MAX_SIZE + 1];
		struct cb_config_header header;
	} config;
	const char *directory = getenv("CELLBLOCK_CONFIGS");
	unsigned int kinds[3] = { 0 };
	struct dirent *entry;
	DIR *dir;

	(void)state;
	assert_non_null(directory);
	dir = opendir(directory);
	assert_non_null(dir);
	while ((entry = readdir(dir))) {
		size_t size;

		if (!strstr(entry->d_name, ".cell"))
			continue;
		size = read_config(directory, entry->d_name, config.bytes, sizeof(config));
		assert_int_equal(check_bytes(&config, size, config.header.kind), CB_OK);
		assert_in_range(config.header.kind, CB_CONFIG_SYSTEM, CB_CONFIG_CELL);
		kinds[config.header.kind]++;
	}
	closedir(dir);
	assert_true(kinds[CB_CONFIG_SYSTEM] >= 6);
	assert_true(kinds[CB_CONFIG_CELL] >= 12);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ranges_overlap_without_wrapping),
		cmocka_unit_test(test_range_contains_without_wrapping),
		cmocka_unit_test(test_checksum_is_the_ieee_crc),
		cmocka_unit_test(test_good_configurations_pass),
		cmocka_unit_test(test_record_is_untouched_when_good),
		cmocka_unit_test(test_truncation_at_every_byte),
		cmocka_unit_test(test_truncation_with_matching_header),
		cmocka_unit_test(test_a_changed_byte_is_noticed),
		cmocka_unit_test(test_file_is_refused),
		cmocka_unit_test(test_wrong_checksum_is_refused),
		cmocka_unit_test(test_large_file_is_refused),
		cmocka_unit_test(test_largest_file_passes),
		cmocka_unit_test(test_names_are_refused),
		cmocka_unit_test(test_arrays_stay_inside_the_file),
		cmocka_unit_test(test_flags_are_refused),
		cmocka_unit_test(test_regions_are_refused),
		cmocka_unit_test(test_region_flags_are_refused),
		cmocka_unit_test(test_regions_of_a_cell_may_not_overlap),
		cmocka_unit_test(test_root_regions_are_refused),
		cmocka_unit_test(test_root_cell_has_no_gic_frame),
		cmocka_unit_test(test_irqs_are_refused),
		cmocka_unit_test(test_cpus_are_refused),
		cmocka_unit_test(test_number_of_cpus_is_limited),
		cmocka_unit_test(test_spin_table),
		cmocka_unit_test(test_hypervisor_region_is_refused),
		cmocka_unit_test(test_gic_is_refused),
		cmocka_unit_test(test_debug_console_is_refused),
		cmocka_unit_test(test_root_has_no_console),
		cmocka_unit_test(test_root_may_list_calls_that_it_shall_not_make),
		cmocka_unit_test(test_cell_console_is_refused),
		cmocka_unit_test(test_virtual_uart_has_a_page_that_nothing_else_has),
		cmocka_unit_test(test_log_is_a_power_of_two_within_limits),
		cmocka_unit_test(test_random_damage_is_survived),
		cmocka_unit_test(test_delivered_configurations_pass),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
