// SPDX-License-Identifier: GPL-2.0-only
/* The virtual UART (vdev/uart.c), as a driver of the PL011 sees it, and as the root cell types. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <gic/gic.h>
#include <vdev/uart.h>

#include "harness.h"

#define SPI	  44

#define DR	  0x000
#define FR	  0x018
#define CR	  0x030
#define IMSC	  0x038
#define RIS	  0x03c
#define MIS	  0x040
#define ICR	  0x044
#define PERIPHID0 0xfe0

#define FR_RXFE	  0x10
#define FR_TXFF	  0x20
#define FR_RXFF	  0x40
#define FR_TXFE	  0x80
#define INT_RX	  0x10
#define INT_TX	  0x20
#define INT_RT	  0x40

static union {
	struct cb_cell_page head;
	u8 bytes[PAGE_SIZE];
} page;
static struct cb_cpu_info info;
static struct cpu cpu = { .info = &info };
static struct cb_cell_config config;
static struct cell cell = { .config = &config, .page = &page.head };

/* The SPI: whether it is pending, and how often it was made so. */
static bool pending;
static u32 raised;

u64 host_sysreg_read(const char *name)
{
	assert_string_equal(name, "tpidr_el2");
	return (u64)&cpu;
}

void gic_drive_spi(intid_t intid, bool high)
{
	assert_int_equal(intid, SPI);
	pending = high;
	raised += high;
}

static int start(void **state)
{
	(void)state;
	memset(&page, 0, sizeof(page));
	memset(&info, 0, sizeof(info));
	memset(&cell.console, 0, sizeof(cell.console));
	config.console = (struct cb_console_config){ CB_CONSOLE_VIRTUAL, SPI, 0 };
	cell.console.ring = page.bytes + CB_CONSOLE_OFFSET;
	page.head.log_size = CB_CONSOLE_SIZE;
	pending = false;
	raised = 0;
	uart_reset(&cell);
	return 0;
}

static u64 touch(u64 offset, u64 kind, u64 value)
{
	struct mmio_access one = { kind };

	return uart_access(&cell, offset, one, value);
}

static u64 read(u64 offset)
{
	return touch(offset, MMIO_READ(MMIO_WORD), 0xa5a5a5a5a5a5a5a5);
}

static void write(u64 offset, u64 value)
{
	(void)touch(offset, MMIO_WRITE(MMIO_WORD), value);
}

static u32 type(const char *text)
{
	return uart_input(&cell, (const u8 *)text, (u32)strlen(text));
}

static void test_output_goes_into_the_ring(void **state)
{
	(void)state;
	assert_int_equal(read(FR), FR_TXFE | FR_RXFE);
	for (const char *c = "hello\n"; *c; c++) {
		assert_int_equal(read(FR) & FR_TXFF, 0);
		write(DR, 0xffffff00 | (u8)*c); /* the rest of the register is no part of it */
	}
	assert_int_equal(page.head.console_head, 6);
	assert_memory_equal(cell.console.ring, "hello\n", 6);
	assert_int_equal(info.exits[CB_EXIT_UART], 13);
}

static void test_a_byte_of_the_data_register(void **state)
{
	(void)state;
	(void)touch(DR, MMIO_WRITE(MMIO_BYTE), 0xdeadbe00 | 'x');
	assert_memory_equal(cell.console.ring, "x", 1);
	type("y");
	assert_int_equal(touch(DR, MMIO_READ(MMIO_BYTE), 0), 'y');
}

static void test_input_is_read_in_order(void **state)
{
	(void)state;
	for (int round = 0; round < 100; round++) { /* the circle goes around */
		assert_int_equal(type("abcde"), 5);
		assert_int_equal(page.head.input_room, CB_CELL_INPUT_MAX - 5);
		for (const char *c = "abcde"; *c; c++) {
			assert_int_equal(read(FR) & FR_RXFE, 0);
			assert_int_equal(read(DR), (u8)*c);
		}
		assert_int_equal(read(FR) & FR_RXFE, FR_RXFE);
		assert_int_equal(read(DR), 0);
		assert_int_equal(page.head.input_room, CB_CELL_INPUT_MAX);
	}
	assert_int_equal(page.head.console_head, 0);
}

static void test_no_more_is_taken_than_there_is_room_for(void **state)
{
	char text[CB_CELL_INPUT_MAX + 2] = "";

	(void)state;
	memset(text, 'a', CB_CELL_INPUT_MAX + 1);
	text[3] = 'b';
	assert_int_equal(type("12"), 2);
	assert_int_equal(type(text), CB_CELL_INPUT_MAX - 2);
	assert_int_equal(type("c"), 0);
	assert_int_equal(page.head.input_room, 0);
	assert_int_equal(read(FR) & (FR_RXFF | FR_RXFE), FR_RXFF);
	assert_int_equal(read(DR), '1');
	assert_int_equal(read(FR) & FR_RXFF, 0);
	assert_int_equal(type("cd"), 1);
}

/* A level: as long as there is input, and it is enabled, whoever acknowledged it gets it again. */
static void test_input_raises_its_interrupt(void **state)
{
	(void)state;
	type("ab");
	assert_false(pending);
	assert_int_equal(read(RIS), INT_TX | INT_RX | INT_RT);
	assert_int_equal(read(MIS), 0);
	write(IMSC, INT_RX | INT_RT);
	assert_true(pending);
	assert_int_equal(read(MIS), INT_RX | INT_RT);

	pending = false; /* the CPU took it */
	write(ICR, 0x7ff);
	assert_true(pending);
	pending = false;
	read(DR);
	assert_true(pending);
	read(DR);
	assert_false(pending);
	assert_int_equal(read(RIS), INT_TX);

	type("c");
	assert_true(pending);
	write(IMSC, 0);
	assert_false(pending);
}

/* There is always room, so the interrupt is there as long as it is wanted. */
static void test_room_raises_its_interrupt(void **state)
{
	u32 before;

	(void)state;
	write(IMSC, INT_TX);
	assert_true(pending);
	pending = false;
	write(DR, 'x');
	assert_true(pending);
	write(IMSC, 0);
	assert_false(pending);
	before = raised;
	write(DR, 'y');
	read(FR);
	assert_int_equal(raised, before);
}

static void test_uart_without_interrupt(void **state)
{
	(void)state;
	config.console.irq = 0;
	write(IMSC, INT_TX | INT_RX);
	type("a");
	assert_int_equal(read(DR), 'a');
	assert_int_equal(raised, 0);
}

static void test_reset(void **state)
{
	(void)state;
	write(IMSC, INT_RX);
	type("abc");
	uart_reset(&cell);
	assert_int_equal(read(IMSC), 0);
	assert_int_equal(read(FR), FR_TXFE | FR_RXFE);
	assert_int_equal(page.head.input_room, CB_CELL_INPUT_MAX);
	type("d");
	assert_int_equal(read(DR), 'd');
}

/* What drivers ask it: which device it is, and whether it is on. */
static void test_identification(void **state)
{
	static const u8 pl011[] = { 0x11, 0x10, 0x34, 0x00, 0x0d, 0xf0, 0x05, 0xb1 };

	(void)state;
	for (u64 i = 0; i < sizeof(pl011); i++)
		assert_int_equal(read(PERIPHID0 + 4 * i), pl011[i]);
	assert_int_equal(read(CR), 0x301);
}

/* Line settings are nobody's business here, and what is no register reads as zero. */
static void test_everything_else_is_ignored(void **state)
{
	static const u64 registers[] = { DR, FR, CR, IMSC, RIS, MIS };

	(void)state;
	for (u64 offset = 0; offset < PAGE_SIZE; offset++)
		for (u64 size = MMIO_BYTE; size <= MMIO_DOUBLE; size++) {
			bool known = offset >= PERIPHID0;

			for (size_t i = 0; i < sizeof(registers) / sizeof(registers[0]); i++)
				known |= offset == registers[i];
			if (!known || offset % 4 || size == MMIO_DOUBLE)
				assert_int_equal(touch(offset, MMIO_READ(size), ~0UL), 0);
			if ((offset != DR && offset != IMSC) || size == MMIO_DOUBLE)
				(void)touch(offset, MMIO_WRITE(size), ~0UL);
		}
	assert_int_equal(page.head.console_head, 0);
	assert_int_equal(read(IMSC), 0);
	assert_int_equal(read(FR), FR_TXFE | FR_RXFE);
	assert_int_equal(raised, 0);
}

int main(void)
{
#define TEST(function) cmocka_unit_test_setup(function, start)
	const struct CMUnitTest tests[] = {
		TEST(test_output_goes_into_the_ring),
		TEST(test_a_byte_of_the_data_register),
		TEST(test_input_is_read_in_order),
		TEST(test_no_more_is_taken_than_there_is_room_for),
		TEST(test_input_raises_its_interrupt),
		TEST(test_room_raises_its_interrupt),
		TEST(test_uart_without_interrupt),
		TEST(test_reset),
		TEST(test_identification),
		TEST(test_everything_else_is_ignored),
	};

	return run_hv_tests(tests);
}
