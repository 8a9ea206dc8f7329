// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who owns what (cell/regions.c, cpus.c, lines.c, create.c): what a cell may not take is refused
 * with its record and changes nothing; what it takes, nobody else has; what it gives back is as it
 * was.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <base/log.h>
#include <cell/resource.h>
#include <gic/gic.h>
#include <mm/stage2.h>

#include "board.h"
#include "harness.h"

/* ---- What cell/ calls, and does not need here ---- */

void gic_wake(cpuid_t cpu)
{
	(void)cpu;
}

void cpu_request(cpuid_t cpu, u32 requests)
{
	(void)cpu, (void)requests;
}

static u64 missing; /* a page that is not there */

bool memory_clean(paddr_t phys, size_t nr, bool clear)
{
	(void)clear;
	return missing < phys || missing - phys >= nr * PAGE_SIZE;
}

void *window_map(paddr_t phys, size_t nr, enum el2_memory type)
{
	assert_int_equal(phys, ALIGN_DOWN(CONFIG, PAGE_SIZE));
	assert_int_equal(type, EL2_RODATA);
	assert_true(nr <= LINUX_MEMORY / PAGE_SIZE);
	return linux_memory;
}

void window_unmap(void)
{
}

bool window_answers(size_t nr)
{
	return missing < CONFIG || missing - CONFIG >= nr * PAGE_SIZE;
}

void log_message(const char *format, ...)
{
	(void)format;
}

u64 host_sysreg_read(const char *name)
{
	assert_string_equal(name, "tpidr_el2");
	return (u64)cpu_of(0);
}

static int start_v2(void **state)
{
	(void)state;
	random_start();
	describe_board(2);
	start_board();
	return 0;
}

static int start_v3(void **state)
{
	(void)state;
	random_start();
	describe_board(3);
	start_board();
	return 0;
}

static void assert_answer(u32 code, struct cb_error expected)
{
	assert_int_equal(code, expected.code);
	assert_int_equal(last.code, expected.code);
	assert_int_equal(last.other_cell, expected.other_cell);
	assert_int_equal(last.index, expected.index);
	assert_int_equal(last.address, expected.address);
	assert_int_equal(last.size, expected.size);
	assert_int_equal(last.other_address, expected.other_address);
	assert_int_equal(last.other_size, expected.other_size);
}

/* Refused as expected, and nothing happened. A check alone says the same, but of CPUs that run. */
static void assert_refused(struct cell_file *file, struct cb_error expected)
{
	struct snapshot old = take_snapshot();

	if (expected.code != CB_ERR_CPU_ONLINE)
		assert_answer(check(file), expected);
	assert_answer(create(file), expected);
	assert_nothing_changed(&old);
}

#define record(error, ...) \
	((struct cb_error){ .code = (error), .other_cell = CB_NO_CELL, __VA_ARGS__ })

/* A good cell with one change is refused. f: the file, r: its regions. */
#define refuse(change, ...)                                \
	do {                                               \
		struct cell_file f = cell_file("refused"); \
		struct cb_region *r = f.regions;           \
                                                           \
		(void)r;                                   \
		change;                                    \
		assert_refused(&f, record(__VA_ARGS__));   \
	} while (0)

#define accept(change)                                      \
	do {                                                \
		struct snapshot old = take_snapshot();      \
		struct cell_file f = cell_file("accepted"); \
		struct cb_region *r = f.regions;            \
                                                            \
		(void)r;                                    \
		change;                                     \
		cell_release(create_good(&f));              \
		assert_nothing_changed(&old);               \
	} while (0)

/* ---- Regions ---- */

static void test_hypervisor_memory_is_refused(void **state)
{
	(void)state;
	refuse(r[0].phys = HYPERVISOR, CB_ERR_REGION_HYPERVISOR, .address = HYPERVISOR,
	       .size = r[0].size, .other_address = HYPERVISOR, .other_size = HYPERVISOR_SIZE);
	refuse(r[0] = region(HYPERVISOR - PAGE_SIZE, 0, 2 * PAGE_SIZE, RW),
	       CB_ERR_REGION_HYPERVISOR, .address = HYPERVISOR - PAGE_SIZE, .size = 2 * PAGE_SIZE,
	       .other_address = HYPERVISOR, .other_size = HYPERVISOR_SIZE);
	refuse(r[0] = region(HYPERVISOR + HYPERVISOR_SIZE - PAGE_SIZE, 0, PAGE_SIZE, RW),
	       CB_ERR_REGION_HYPERVISOR, .address = HYPERVISOR + HYPERVISOR_SIZE - PAGE_SIZE,
	       .size = PAGE_SIZE, .other_address = HYPERVISOR, .other_size = HYPERVISOR_SIZE);
	accept(r[0] = region(HYPERVISOR - PAGE_SIZE, 0, PAGE_SIZE, RW));
}

static void test_gic_frames_are_refused_by_physical_address(void **state)
{
	(void)state;
	for (size_t i = 0; i < CB_GIC_FRAMES; i++) {
		struct cb_frame frame = board.head.gic.frames[i];

		if (!frame.size)
			continue;
		refuse(r[2] = region(frame.phys, 0x20000000, PAGE_SIZE, MMIO), CB_ERR_REGION_GIC,
		       .index = 2, .address = frame.phys, .size = PAGE_SIZE,
		       .other_address = frame.phys, .other_size = frame.size);
	}
}

static void test_gic_frames_are_refused_by_ipa(void **state)
{
	(void)state;
	for (size_t i = 0; i < CB_GIC_FRAMES; i++) {
		struct cb_frame frame = board.head.gic.frames[i];

		if (!frame.size)
			continue;
		refuse(r[2].virt = frame.phys + frame.size - PAGE_SIZE, CB_ERR_REGION_GIC,
		       .index = 2, .address = frame.phys + frame.size - PAGE_SIZE,
		       .size = PAGE_SIZE, .other_address = frame.phys, .other_size = frame.size);
		accept(r[2].virt = frame.phys + frame.size);
	}
}

static void test_ipa_beyond_the_tables_is_refused(void **state)
{
	(void)state;
	refuse(r[2].virt = BIT(PA_BITS), CB_ERR_REGION_WRAPS, .index = 2, .address = BIT(PA_BITS),
	       .size = PAGE_SIZE, .other_address = PA_BITS);
	refuse(r[0].virt = BIT(PA_BITS) - PAGE_SIZE, CB_ERR_REGION_WRAPS,
	       .address = BIT(PA_BITS) - PAGE_SIZE, .size = r[0].size, .other_address = PA_BITS);
	accept(r[2].virt = BIT(PA_BITS) - PAGE_SIZE);
}

static void test_what_the_root_cell_has_not_is_refused(void **state)
{
	(void)state;
	refuse(r[2].phys = 0x0a000000, CB_ERR_REGION_NOT_ROOTS, .index = 2, .address = 0x0a000000,
	       .size = PAGE_SIZE, .other_address = 0x0a000000);
	refuse(r[2].size = 2 * PAGE_SIZE, CB_ERR_REGION_NOT_ROOTS, .index = 2, .address = UART,
	       .size = 2 * PAGE_SIZE, .other_address = UART + PAGE_SIZE);
	refuse(r[0] = region(HIGH_RAM + HIGH_RAM_SIZE - PAGE_SIZE, 0, 2 * PAGE_SIZE, RW),
	       CB_ERR_REGION_NOT_ROOTS, .address = HIGH_RAM + HIGH_RAM_SIZE - PAGE_SIZE,
	       .size = 2 * PAGE_SIZE, .other_address = HIGH_RAM + HIGH_RAM_SIZE);
}

static void test_rights_are_never_wider_than_the_roots(void **state)
{
	(void)state;
	refuse(r[0] = region(ROM, 0, PAGE_SIZE, RW), CB_ERR_REGION_PERMISSION, .address = ROM,
	       .size = PAGE_SIZE, .other_address = R_X);
	refuse(r[1].flags |= CB_REGION_EXECUTE, CB_ERR_REGION_PERMISSION, .index = 1,
	       .address = SHARED, .size = r[1].size, .other_address = RW | CB_REGION_SHARED);
	refuse(r[2].flags = RW, CB_ERR_REGION_PERMISSION, .index = 2, .address = UART,
	       .size = PAGE_SIZE, .other_address = MMIO);
	refuse(r[0].flags = RWX | CB_REGION_SHARED, CB_ERR_REGION_PERMISSION, .address = r[0].phys,
	       .size = r[0].size, .other_address = RWX);
	refuse(r[0] = region(RAM, 0, PAGE_SIZE, MMIO), CB_ERR_REGION_PERMISSION, .address = RAM,
	       .size = PAGE_SIZE, .other_address = RWX);
	accept(r[0] = region(ROM, 0, PAGE_SIZE, R_X));
	accept(r[1].flags = CB_REGION_READ | CB_REGION_SHARED);
	accept(r[2].flags = CB_REGION_READ | CB_REGION_IO);
}

static void test_memory_of_another_cell_is_refused(void **state)
{
	struct cell_file other = cell_file("other");
	u64 end = other.regions[0].phys + other.regions[0].size;

	(void)state;
	create_good(&other);
	refuse((f.head.cpus = 2, f.head.irqs = array_of(0, 0),
		r[0] = region(end - PAGE_SIZE, 0, 2 * PAGE_SIZE, RW), r[2].phys = DEVICE),
	       CB_ERR_REGION_OTHER_CELL, .other_cell = 1, .address = end - PAGE_SIZE,
	       .size = 2 * PAGE_SIZE, .other_address = other.regions[0].phys,
	       .other_size = other.regions[0].size);
	refuse((f.head.cpus = 2, f.head.irqs = array_of(0, 0), r[0].phys += 0x4000000),
	       CB_ERR_REGION_OTHER_CELL, .other_cell = 1, .index = 2, .address = UART,
	       .size = PAGE_SIZE, .other_address = UART, .other_size = PAGE_SIZE);
}

static struct cell_file second_file(void)
{
	struct cell_file file = cell_file("second");

	file.head.cpus = 0x8;
	file.head.irqs = array_of(0, 0);
	file.regions[0].phys += 0x4000000;
	file.regions[2].phys = DEVICE;
	return file;
}

static void test_shared_memory_must_be_shared_by_both(void **state)
{
	struct cell_file first = cell_file("first"), second = second_file(), third = second_file();

	(void)state;
	create_good(&first);
	second.regions[1].flags = RW;
	assert_refused(&second, record(CB_ERR_REGION_OTHER_CELL, .other_cell = 1, .index = 1,
				       .address = SHARED, .size = 0x2000, .other_address = SHARED,
				       .other_size = 0x2000));
	create_good(&third);
}

static void test_what_one_took_alone_cannot_be_shared(void **state)
{
	struct cell_file first = cell_file("first"), second = second_file();
	u64 phys;

	(void)state;
	first.regions[1].flags = RW;
	create_good(&first);
	assert_int_equal(stage2_lookup(&root_cell.stage2, SHARED, &phys), 0);
	assert_refused(&second, record(CB_ERR_REGION_OTHER_CELL, .other_cell = 1, .index = 1,
				       .address = SHARED, .size = 0x2000, .other_address = SHARED,
				       .other_size = 0x2000));
}

/* ---- Interrupts ---- */

static void test_interrupts_must_be_the_roots(void **state)
{
	(void)state;
	refuse(f.irqs[1] = ((struct cb_irq_range){ FIRST_IRQ + NR_IRQS - 1, 2 }),
	       CB_ERR_IRQ_NOT_ROOTS, .index = 1, .address = FIRST_IRQ + NR_IRQS);
	refuse(f.irqs[1] = ((struct cb_irq_range){ NR_INTIDS, 1 }), CB_ERR_IRQ_RANGE, .index = 1,
	       .address = NR_INTIDS, .other_address = NR_INTIDS - 1);
}

static void test_interrupts_of_another_cell_are_refused(void **state)
{
	struct cell_file first = cell_file("first"), second = second_file();

	(void)state;
	create_good(&first);
	second.head.irqs = first.head.irqs;
	second.irqs[0] = (struct cb_irq_range){ 43, 1 };
	second.irqs[1] = (struct cb_irq_range){ 60, 5 };
	assert_refused(&second,
		       record(CB_ERR_IRQ_OTHER_CELL, .other_cell = 1, .index = 1, .address = 63));
}

/* ---- Console ---- */

#define VIRTUAL(where) \
	(f.head.console = ((struct cb_console_config){ CB_CONSOLE_VIRTUAL, 0, (where) }))

static void test_virtual_uart_keeps_clear_of_the_gic(void **state)
{
	(void)state;
	for (size_t i = 0; i < CB_GIC_FRAMES; i++) {
		struct cb_frame frame = board.head.gic.frames[i];

		if (!frame.size)
			continue;
		refuse(VIRTUAL(frame.phys + frame.size - PAGE_SIZE), CB_ERR_CONSOLE_PLACE,
		       .address = frame.phys + frame.size - PAGE_SIZE, .size = PAGE_SIZE,
		       .other_address = frame.phys, .other_size = frame.size);
		accept(VIRTUAL(frame.phys + frame.size));
	}
	refuse(VIRTUAL(BIT(PA_BITS)), CB_ERR_CONSOLE_PLACE, .address = BIT(PA_BITS),
	       .size = PAGE_SIZE, .other_address = BIT(PA_BITS), .other_size = -BIT(PA_BITS));
	accept(VIRTUAL(BIT(PA_BITS) - PAGE_SIZE));
}

/* As large as it was asked for; the root cell may read it, and only until it is gone. */
static void test_console_ring_of_its_own(void **state)
{
	struct snapshot old = take_snapshot();
	struct cell_file file = cell_file("ring");
	struct cell *cell;
	u64 ring, phys;

	(void)state;
	for (u32 size = CB_LOG_MIN; size <= CB_LOG_MAX; size *= 2) {
		file.head.log_size = size;
		cell = create_good(&file);
		ring = cell->page->log_phys;
		assert_int_equal(cell->page->log_size, size);
		assert_int_equal(ring % size, 0);
		for (u64 offset = 0; offset < size; offset += PAGE_SIZE)
			assert_int_equal(stage2_lookup(&root_cell.stage2, ring + offset, &phys),
					 CB_REGION_READ);
		assert_ptr_equal(cell->console.ring, phys_to_virt(ring));
		memset(cell->console.ring, 0xa5, size);
		cell_release(cell);
		assert_int_equal(stage2_lookup(&root_cell.stage2, ring, &phys), 0);
		assert_nothing_changed(&old);
	}
}

static void test_input_is_for_virtual_uarts(void **state)
{
	struct cell_file file = cell_file("input");
	u32 taken = 77;

	(void)state;
	create_good(&file);
	assert_int_equal(cell_input(1, (const u8 *)"a", 1, &taken, &last), CB_ERR_CELL_STATE);
	cells[1]->page->state = CB_CELL_RUNNING;
	assert_int_equal(cell_input(1, (const u8 *)"a", 1, &taken, &last), CB_ERR_CONSOLE_INPUT);
	assert_int_equal(last.cell, 1);
	assert_int_equal(cell_input(0, (const u8 *)"a", 1, &taken, &last), CB_ERR_CELL_ROOT);
	assert_int_equal(cell_input(2, (const u8 *)"a", 1, &taken, &last), CB_ERR_CELL_UNKNOWN);
	assert_int_equal(taken, 77);
}

/* ---- CPUs ---- */

static void test_cpus_must_exist_and_be_off(void **state)
{
	(void)state;
	refuse(f.head.cpus = 4 | BIT(NR_CPUS), CB_ERR_CPU_UNKNOWN, .index = NR_CPUS);
	refuse(f.head.cpus = BIT(63), CB_ERR_CPU_UNKNOWN, .index = 63);
	refuse(f.head.cpus = 1, CB_ERR_CPU_ONLINE, .index = 0);
	cpu_of(2)->power = CB_CPU_PENDING;
	refuse(f.head.cpus = 6, CB_ERR_CPU_ONLINE, .index = 2);
}

static void test_cpu_that_starts_meanwhile_is_refused(void **state)
{
	(void)state;
	started_meanwhile = cpu_of(2);
	refuse(, CB_ERR_CPU_ONLINE, .index = 2);
}

static void test_cpus_of_another_cell_are_refused(void **state)
{
	struct cell_file first = cell_file("first"), second = second_file();

	(void)state;
	create_good(&first);
	second.head.cpus = 0xc;
	assert_refused(&second, record(CB_ERR_CPU_NOT_ROOTS, .other_cell = 1, .index = 2));
}

static void test_root_cell_keeps_a_cpu(void **state)
{
	(void)state;
	for (cpuid_t id = 0; id < NR_CPUS; id++)
		cpu_of(id)->power = CB_CPU_OFF;
	refuse(f.head.cpus = BIT(NR_CPUS) - 1, CB_ERR_CPU_LAST, .index = 0);
	accept(f.head.cpus = BIT(NR_CPUS) - 2);
}

static void test_lpis_that_stay_on_are_refused_unless_accepted(void **state)
{
	(void)state;
	lpis_stuck = 4;
	refuse(, CB_ERR_LPI, .index = 2);
	accept(f.head.flags = CB_CELL_ACCEPT_LPIS);
}

/* ---- The call ---- */

static void test_names_are_unique(void **state)
{
	struct cell_file first = cell_file("twice"), second = second_file();

	(void)state;
	create_good(&first);
	memcpy(second.head.header.name, first.head.header.name, CB_NAME_SIZE);
	assert_refused(&second, record(CB_ERR_CELL_NAME_TAKEN, .other_cell = 1));
	strcpy(second.head.header.name, "root");
	memset(second.head.header.name + 5, 0, CB_NAME_SIZE - 5);
	assert_refused(&second, record(CB_ERR_CELL_NAME_TAKEN, .other_cell = 0));
}

static void test_cell_limit_has_a_clean_record(void **state)
{
	struct cell_file file = cell_file("limit");
	static struct cb_cell_page page;
	static struct cell others[CB_MAX_CELLS];
	static struct cb_cell_config nothing;

	(void)state;
	for (u32 id = 1; id < CB_MAX_CELLS; id++) {
		others[id] = (struct cell){ .id = id, .page = &page, .config = &nothing };
		cells[id] = &others[id];
	}
	assert_refused(&file, record(CB_ERR_CELL_LIMIT, .other_address = CB_MAX_CELLS));
}

static void assert_buffer_refused(u64 phys, u64 size, u32 code)
{
	struct snapshot old = take_snapshot();

	last = (struct cb_error){ 0 };
	assert_int_equal(cell_create(phys, size, false, &last), code);
	assert_nothing_changed(&old);
}

static void test_configuration_must_be_the_roots_memory(void **state)
{
	(void)state;
	assert_buffer_refused(HYPERVISOR, 4096, CB_ERR_BUFFER);
	assert_buffer_refused(HYPERVISOR - 8, 16, CB_ERR_BUFFER);
	assert_buffer_refused(UART, 256, CB_ERR_BUFFER);
	assert_buffer_refused(ROM, 256, CB_ERR_BUFFER);
	assert_buffer_refused(0x0a000000, 256, CB_ERR_BUFFER);
	assert_buffer_refused(~0UL - 100, 200, CB_ERR_BUFFER);
	assert_buffer_refused(~0UL - 100, 100, CB_ERR_BUFFER);
	assert_buffer_refused(BIT(PA_BITS), 100, CB_ERR_BUFFER);
	assert_buffer_refused(RAM, CB_CONFIG_MAX_SIZE + 1, CB_ERR_CONFIG_TOO_LARGE);
	assert_buffer_refused(RAM, ~0UL, CB_ERR_CONFIG_TOO_LARGE);
	assert_buffer_refused(CONFIG, 0, CB_ERR_CONFIG_TRUNCATED);
}

static void test_configuration_must_be_where_memory_answers(void **state)
{
	struct cell_file file = cell_file("missing");

	(void)state;
	missing = ALIGN_DOWN(CONFIG, PAGE_SIZE) + PAGE_SIZE;
	assert_refused(&file, record(CB_ERR_CONFIG_SIGNATURE));
	missing = 0;
	create_good(&file);
}

/* Linux runs on a CPU that it would give, and is told whether the rest will do. */
static void test_check_takes_no_cpu_to_be_off(void **state)
{
	struct cell_file file = cell_file("check");
	struct snapshot old = take_snapshot();

	(void)state;
	cpu_of(2)->power = CB_CPU_ON;
	assert_int_equal(check(&file), CB_OK);
	assert_int_equal(create(&file), CB_ERR_CPU_ONLINE);
	file.regions[0].phys = HYPERVISOR;
	assert_int_equal(check(&file), CB_ERR_REGION_HYPERVISOR);
	assert_nothing_changed(&old);
}

/* ---- Memory that is promised, and is not there ---- */

static u32 destroy(const struct cell *cell)
{
	last = (struct cb_error){ .cell = CB_NO_CELL, .other_cell = CB_NO_CELL };
	return cell_destroy(cell->id, &last);
}

static void test_cell_whose_memory_does_not_answer_can_be_destroyed_later(void **state)
{
	struct cell_file file = cell_file("cell");
	struct snapshot old = take_snapshot();
	struct cell *cell = create_good(&file);

	(void)state;
	missing = file.regions[0].phys + 0x100000;
	assert_int_equal(destroy(cell), CB_ERR_BUSY);
	for (u32 i = 0; i < 3; i++) {
		cell_clear_memory(cell);
		assert_int_equal(destroy(cell), CB_ERR_CELL_MEMORY);
		assert_int_equal(last.cell, cell->id);
		assert_int_equal(last.index, 0);
		assert_true(missing >= last.address &&
			    missing - last.address < CPU_WINDOW_PAGES * PAGE_SIZE);
		assert_int_equal(cell->page->clearing, CB_CLEAR_HALTED);
		assert_int_equal(cell->page->state, CB_CELL_DESTROYING);
		assert_int_equal(destroy(cell), CB_ERR_BUSY);
		assert_int_equal(cell->page->clearing, CB_CLEAR_RUNS);
	}
	missing = 0;
	cell_clear_memory(cell);
	assert_int_equal(destroy(cell), CB_OK);
	assert_nothing_changed(&old);
}

/* An exception while it clears parks the CPU again: that is not waited for. */
static void test_cpu_that_fails_while_it_clears(void **state)
{
	struct cell_file file = cell_file("cell");
	struct cell *cell = create_good(&file);

	(void)state;
	assert_int_equal(destroy(cell), CB_ERR_BUSY);
	cell_cpu_parked(cpu_of(first_cpu(cell->cpus)));
	assert_int_equal(destroy(cell), CB_ERR_CELL_MEMORY);
	assert_int_equal(destroy(cell), CB_ERR_BUSY);
	cell_clear_memory(cell);
	assert_int_equal(destroy(cell), CB_OK);
}

/* The record says what is free, and how much would do. */
static void test_every_shortage_of_memory_changes_nothing(void **state)
{
	u64 needed = 0, left = 0;

	(void)state;
	for (;; left++) {
		struct cell_file file = cell_file("short");
		struct stash taken;
		struct snapshot old;
		u32 code;

		old = take_snapshot();
		assert_true(stash_fill(&taken, pool_available() - left, CB_POOL_HYPERVISOR));
		code = create(&file);
		stash_drain(&taken);
		if (code == CB_OK)
			break;
		assert_int_equal(code, CB_ERR_NO_MEMORY);
		assert_nothing_changed(&old);
		assert_int_equal(last.other_address, left);
		assert_true(last.address > left);
		needed = last.address;
	}
	assert_true(left > 3);
	assert_int_equal(left, needed);
}

/* What it gives back to the root cell needs tables, which nobody else may have used up. */
static void test_cell_can_be_destroyed_when_the_pool_is_empty(void **state)
{
	struct cell_file file = cell_file("cell");
	struct snapshot old = take_snapshot();
	struct cell *cell = create_good(&file);
	struct stash taken;

	(void)state;
	assert_true(stash_fill(&taken, pool_available(), CB_POOL_HYPERVISOR));
	cell_release(cell);
	stash_drain(&taken);
	assert_nothing_changed(&old);
}

static struct cell_file neighbour(const char *name, u64 phys, u64 size, cpuset_t cpus)
{
	struct cell_file file = cell_file(name);

	file.head.cpus = cpus;
	file.head.regions.count = 1;
	file.head.irqs = array_of(0, 0);
	file.regions[0] = region(phys, 0, size, RWX | CB_REGION_LOADABLE);
	return file;
}

static void start_and_stop(struct cell *cell)
{
	assert_int_equal(cell_start(cell->id, 0, 0, &last), CB_OK);
	cpu_of(first_cpu(cell->cpus))->power = CB_CPU_OFF;
	assert_int_equal(cell_stop(cell->id, &last), CB_OK);
}

/*
 * Two cells that share a block of 2 MiB: while both are loaded the root cell has all of it, in
 * one entry. Each must find what its way back takes, again and again.
 */
static void test_neighbours_are_loaded_again_and_again(void **state)
{
	struct cell_file left_file = neighbour("left", RAM + 0x8000000, 0x500000, BIT(2));
	struct cell_file right_file = neighbour("right", RAM + 0x8500000, 0x500000, BIT(3));
	struct snapshot old = take_snapshot(), loaded;
	struct cell *left = create_good(&left_file), *right = create_good(&right_file);

	(void)state;
	loaded = take_snapshot();
	for (u32 n = 0; n < 100; n++) {
		assert_int_equal(cell_load(left->id, &last), CB_OK);
		assert_int_equal(cell_load(right->id, &last), CB_OK);
		start_and_stop(left);
		start_and_stop(right);
		assert_nothing_changed(&loaded);
	}
	cell_release(left);
	cell_release(right);
	assert_nothing_changed(&old);
}

/* To load a cell takes pages, and that it is refused changes nothing either. */
static void test_cell_cannot_be_loaded_when_the_pool_is_empty(void **state)
{
	struct cell_file file = neighbour("cell", RAM + 0x8001000, 0x500000, BIT(2));
	struct cell *cell = create_good(&file);
	struct snapshot old = take_snapshot();
	struct stash taken;

	(void)state;
	assert_true(stash_fill(&taken, pool_available() - 1, CB_POOL_HYPERVISOR));
	assert_int_equal(cell_load(cell->id, &last), CB_ERR_NO_MEMORY);
	assert_true(last.address > 1);
	assert_int_equal(last.other_address, 1);
	assert_int_equal(cell->page->state, CB_CELL_CREATED);
	stash_drain(&taken);
	assert_nothing_changed(&old);
	assert_int_equal(cell_load(cell->id, &last), CB_OK);
	start_and_stop(cell);
	assert_nothing_changed(&old);
	cell_release(cell);
}

static void test_no_memory_has_a_clean_record(void **state)
{
	struct cell_file file = cell_file("short");
	struct stash taken;

	(void)state;
	assert_true(stash_fill(&taken, pool_available() - 4, CB_POOL_HYPERVISOR));
	assert_int_equal(create(&file), CB_ERR_NO_MEMORY);
	assert_int_equal(last.index, 0);
	assert_int_equal(last.size, 0);
	assert_int_equal(last.other_size, 0);
	assert_true(last.address > last.other_address);
	stash_drain(&taken);
}

/* ---- What a cell has, and gives back ---- */

static void assert_has(struct stage2 *s2, u64 ipa, u64 phys, u32 flags)
{
	u64 found = 0;

	assert_int_equal(stage2_lookup(s2, ipa, &found), flags & ~(u32)CB_REGION_SHARED);
	if (flags)
		assert_int_equal(found, phys);
}

static void test_cell_has_what_it_asked_for_and_root_lost_it(void **state)
{
	struct cell_file file = cell_file("cell");
	struct cell *cell = create_good(&file);
	const struct cb_region *ram = &file.regions[0];

	(void)state;
	assert_has(&cell->stage2, ram->virt, ram->phys, RWX);
	assert_has(&cell->stage2, ram->virt + ram->size - 1, ram->phys + ram->size - 1, RWX);
	assert_has(&cell->stage2, ram->virt + ram->size, 0, 0);
	assert_has(&cell->stage2, 0x20000000, UART, MMIO);
	assert_has(&cell->stage2, 0x10000000, SHARED, RW);
	assert_has(&root_cell.stage2, ram->phys, 0, 0);
	assert_has(&root_cell.stage2, ram->phys + ram->size - 1, 0, 0);
	assert_has(&root_cell.stage2, ram->phys - 1, ram->phys - 1, RWX);
	assert_has(&root_cell.stage2, ram->phys + ram->size, ram->phys + ram->size, RWX);
	assert_has(&root_cell.stage2, UART, 0, 0);
	assert_has(&root_cell.stage2, SHARED, SHARED, RW);
	assert_has(&cell->stage2, GICD, 0, 0);
	assert_has(&cell->stage2, GICC, GICC, gic_version == 2 ? MMIO : 0);
	assert_has(&cell->stage2, GICC + PAGE_SIZE, 0, 0);
	assert_has(&root_cell.stage2, virt_to_phys(cell->page), virt_to_phys(cell->page),
		   CB_REGION_READ);
}

static void test_cpus_and_interrupts_move(void **state)
{
	struct cell_file file = cell_file("cell");
	struct cell *cell = create_good(&file);

	(void)state;
	assert_int_equal(cell->cpus, 4);
	assert_int_equal(root_cell.cpus, 0x3b);
	assert_int_equal(root_cell.page->cpus, 0x3b);
	assert_ptr_equal(cpu_of(2)->cell, cell);
	assert_int_equal(cpu_of(2)->info->cell, cell->id);
	assert_int_equal(lpis_on, 0x3b);
	for (intid_t intid = 0; intid < NR_INTIDS; intid++) {
		bool its = (intid >= 40 && intid < 43) || intid == 63 || intid == 64;
		bool roots = intid >= FIRST_IRQ && intid < FIRST_IRQ + NR_IRQS && !its;

		assert_int_equal(cell->irqs[intid / 32] >> intid % 32 & 1, its);
		assert_int_equal(root_cell.irqs[intid / 32] >> intid % 32 & 1, roots);
		assert_ptr_equal(spi_owner[intid], its ? cell : &root_cell);
	}
}

static void test_public_page_counts_the_cells_pages(void **state)
{
	struct cell_file file = cell_file("cell");
	size_t available = pool_available();
	struct cell *cell = create_good(&file);

	(void)state;
	assert_int_equal(cell->page->pages, available - pool_available());
	assert_int_equal(public_page->cells_phys[cell->id], virt_to_phys(cell->page));
	assert_string_equal(cell->page->name, "cell");
	assert_int_equal(cell->page->state, CB_CELL_CREATED);
}

static void test_protected_pages(void **state)
{
	struct cell_file file = cell_file("cell");

	(void)state;
	create_good(&file);
	assert_true(regions_protect(HYPERVISOR));
	assert_true(regions_protect(GICD));
	assert_true(regions_protect(UART));
	assert_true(regions_protect(SHARED));
	assert_true(regions_protect(file.regions[0].phys));
	assert_true(regions_protect(BIT(PA_BITS)));
	assert_false(regions_protect(DEVICE));
	assert_false(regions_protect(0x0a000000));
}

/* Each page of the region was another region of the root cell's. */
static void test_release_over_many_root_regions(void **state)
{
	struct cell_file file = cell_file("pieces");
	u64 first = HIGH_RAM + HIGH_RAM_SIZE, at = first;
	struct snapshot old;

	(void)state;
	describe_board(3);
	for (u32 i = 0; i < 30; i++, at += 0x40001000)
		add_root_region(at, 0x40001000, i % 2 ? RW : RWX);
	start_board();
	old = take_snapshot();
	file.regions[0] = region(first + 0x1000, first + 0x1000, at - first - 0x2000, RW);
	file.head.regions.count = 1;
	cell_release(create_good(&file));
	assert_nothing_changed(&old);
}

/* ---- The root cell ---- */

static u32 restart_board(void)
{
	memset(&root_cell, 0, sizeof(root_cell));
	memset(cells, 0, sizeof(cells));
	last = (struct cb_error){ 0 };
	return root_cell_init(&last);
}

static void test_root_region_beyond_the_tables_is_refused(void **state)
{
	u32 index = board.head.root.regions.count;

	(void)state;
	add_root_region(BIT(PA_BITS) - PAGE_SIZE, 2 * PAGE_SIZE, RW);
	assert_int_equal(restart_board(), CB_ERR_REGION_WRAPS);
	assert_int_equal(last.index, index);
	assert_int_equal(last.address, BIT(PA_BITS) - PAGE_SIZE);
	assert_int_equal(last.other_address, PA_BITS);
	board.regions[index].size = PAGE_SIZE;
	assert_int_equal(restart_board(), CB_OK);
}

static void test_root_interrupts_beyond_the_gic_are_refused(void **state)
{
	(void)state;
	board.irqs[0] = (struct cb_irq_range){ 200, NR_INTIDS - 200 + 1 };
	assert_int_equal(restart_board(), CB_ERR_IRQ_RANGE);
	assert_int_equal(last.address, 200);
	assert_int_equal(last.other_address, NR_INTIDS - 1);
	board.irqs[0].count--;
	assert_int_equal(restart_board(), CB_OK);
}

static void test_root_cell_that_needs_too_much_is_refused(void **state)
{
	struct stash taken;

	(void)state;
	assert_true(stash_fill(&taken, pool_available() - 8, CB_POOL_HYPERVISOR));
	assert_int_equal(restart_board(), CB_ERR_NO_MEMORY);
	stash_drain(&taken);
}

/* Of a permissive root cell: what it may touch, and what is kept of it. */
static void test_root_touches_what_nobody_has(void **state)
{
	const u64 hole = 0x0a000000;
	u64 phys = 0;

	(void)state;
	assert_true(root_touches_page(hole));
	assert_int_equal(stage2_lookup(&root_cell.stage2, hole, &phys), MMIO);
	assert_int_equal(phys, hole);
	assert_true(root_touches_page(hole)); /* by another CPU at the same time */
	assert_int_equal(public_page->nr_touched, 1);
	assert_int_equal(public_page->touched[0], hole);
	for (u64 n = 1; n <= CB_TOUCHED_MAX; n++)
		assert_true(root_touches_page(hole + n * PAGE_SIZE));
	assert_int_equal(public_page->nr_touched, CB_TOUCHED_MAX);
	assert_int_equal(public_page->touched_lost, 1);
}

static void test_root_touches_nothing_of_others(void **state)
{
	struct cell_file file = cell_file("cell");
	struct cell *cell = create_good(&file);
	struct snapshot old = take_snapshot();

	(void)state;
	assert_false(root_touches_page(file.regions[0].phys));
	assert_false(root_touches_page(UART));
	assert_false(root_touches_page(HYPERVISOR + HYPERVISOR_SIZE - PAGE_SIZE));
	assert_false(root_touches_page(GICD));
	assert_false(root_touches_page(BIT(PA_BITS)));
	assert_nothing_changed(&old);
	cell_release(cell);
}

static void test_root_touches_nothing_when_the_pool_is_empty(void **state)
{
	struct stash taken;

	(void)state;
	assert_true(stash_fill(&taken, pool_available(), CB_POOL_HYPERVISOR));
	assert_false(root_touches_page(0x6000000000));
	assert_int_equal(public_page->nr_touched, 0);
	stash_drain(&taken);
}

/* ---- Random cells ---- */

static void release_random_cell(void)
{
	u32 id = 1 + (u32)random_below(NR_CPUS);

	if (cells[id])
		cell_release(cells[id]);
}

static void test_random_cells_come_and_go(void **state)
{
	struct snapshot first = take_snapshot();
	u32 created = 0, refused = 0;

	(void)state;
	for (u32 n = 0; n < 1500; n++) {
		struct cell_file file = random_file(n);
		struct snapshot old = take_snapshot();

		if (create(&file) == CB_OK) {
			created++;
		} else {
			refused++;
			assert_nothing_changed(&old);
		}
		assert_one_owner_everywhere();
		if (random_chance(3))
			release_random_cell();
	}
	for (u32 id = 1; id < CB_MAX_CELLS; id++)
		if (cells[id])
			cell_release(cells[id]);
	assert_nothing_changed(&first);
	assert_true(created > 50 && refused > 50);
}

#define V2(function)                                                 \
	{                                                            \
#function " (GICv2)", function, start_v2, NULL, NULL \
	}
#define V3(function)                                                 \
	{                                                            \
#function " (GICv3)", function, start_v3, NULL, NULL \
	}

int main(void)
{
	const struct CMUnitTest tests[] = {
		V3(test_hypervisor_memory_is_refused),
		V2(test_gic_frames_are_refused_by_physical_address),
		V3(test_gic_frames_are_refused_by_physical_address),
		V2(test_gic_frames_are_refused_by_ipa),
		V3(test_gic_frames_are_refused_by_ipa),
		V3(test_ipa_beyond_the_tables_is_refused),
		V3(test_what_the_root_cell_has_not_is_refused),
		V3(test_rights_are_never_wider_than_the_roots),
		V3(test_memory_of_another_cell_is_refused),
		V3(test_shared_memory_must_be_shared_by_both),
		V3(test_what_one_took_alone_cannot_be_shared),
		V3(test_interrupts_must_be_the_roots),
		V3(test_interrupts_of_another_cell_are_refused),
		V2(test_virtual_uart_keeps_clear_of_the_gic),
		V3(test_virtual_uart_keeps_clear_of_the_gic),
		V3(test_console_ring_of_its_own),
		V3(test_input_is_for_virtual_uarts),
		V3(test_cpus_must_exist_and_be_off),
		V3(test_cpu_that_starts_meanwhile_is_refused),
		V3(test_cpus_of_another_cell_are_refused),
		V3(test_root_cell_keeps_a_cpu),
		V3(test_lpis_that_stay_on_are_refused_unless_accepted),
		V3(test_names_are_unique),
		V3(test_cell_limit_has_a_clean_record),
		V3(test_configuration_must_be_the_roots_memory),
		V3(test_configuration_must_be_where_memory_answers),
		V3(test_check_takes_no_cpu_to_be_off),
		V3(test_cell_whose_memory_does_not_answer_can_be_destroyed_later),
		V3(test_cpu_that_fails_while_it_clears),
		V2(test_every_shortage_of_memory_changes_nothing),
		V3(test_every_shortage_of_memory_changes_nothing),
		V3(test_no_memory_has_a_clean_record),
		V3(test_neighbours_are_loaded_again_and_again),
		V3(test_cell_cannot_be_loaded_when_the_pool_is_empty),
		V2(test_cell_can_be_destroyed_when_the_pool_is_empty),
		V3(test_cell_can_be_destroyed_when_the_pool_is_empty),
		V2(test_cell_has_what_it_asked_for_and_root_lost_it),
		V3(test_cell_has_what_it_asked_for_and_root_lost_it),
		V3(test_cpus_and_interrupts_move),
		V3(test_public_page_counts_the_cells_pages),
		V3(test_protected_pages),
		V3(test_release_over_many_root_regions),
		V3(test_root_region_beyond_the_tables_is_refused),
		V3(test_root_interrupts_beyond_the_gic_are_refused),
		V3(test_root_cell_that_needs_too_much_is_refused),
		V3(test_root_touches_what_nobody_has),
		V3(test_root_touches_nothing_of_others),
		V3(test_root_touches_nothing_when_the_pool_is_empty),
		V2(test_random_cells_come_and_go),
		V3(test_random_cells_come_and_go),
	};

	return run_hv_tests(tests);
}
