// SPDX-License-Identifier: GPL-2.0-only
/* Messages: the console rings (base/log.c), and the debug console (base/uart.c). */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <cell/cell.h>
#include <base/log.h>
#include <base/uart.h>

#include "harness.h"

#define UART_VIRT DEVICES
#define SHIFT	  0x40 /* where in its page the 8250 begins */

static union {
	struct cb_cell_page head;
	u8 bytes[PAGE_SIZE];
} page;
static u8 *const ring = page.bytes + CB_CONSOLE_OFFSET;

static char sent[256];
static size_t nr_sent;
static u32 full; /* so many reads of the status find no room */
static u32 nr_reads;

/* The UART that is there: offsets in its page, and its status with and without room. */
static struct uart_model {
	u32 type, base, data, status, room, no_room;
} model;

static const struct uart_model models[] = {
	{ CB_CONSOLE_PL011, 0, 0x00, 0x18, 0x90, 0x20 },
	{ CB_CONSOLE_8250, SHIFT, SHIFT + 0x00, SHIFT + 0x14, 0x60, 0x01 },
	{ CB_CONSOLE_CADENCE, 0, 0x30, 0x2c, 0x0a, 0x10 },
	{ CB_CONSOLE_IMX, 0, 0x40, 0xb4, 0x60, 0x30 },
};

/* The CPU that prints. The bus answers with an error where broken. */
static bool broken;
static struct cb_cpu_info info;
static struct cpu cpu = { .info = &info };

u64 host_sysreg_read(const char *name)
{
	assert_string_equal(name, "tpidr_el2");
	return (u64)&cpu;
}

u64 host_io_read(uintptr_t address, size_t size)
{
	if (broken) {
		info.errors++;
		return 0;
	}
	assert_int_equal(address, UART_VIRT + model.status);
	assert_int_equal(size, 4);
	nr_reads++;
	if (!full)
		return model.room;
	full--;
	return model.no_room;
}

void host_io_write(uintptr_t address, size_t size, u64 value)
{
	assert_int_equal(address, UART_VIRT + model.data);
	assert_int_equal(size, 4);
	assert_int_equal(full, 0);
	assert_false(broken);
	assert_true(nr_sent < sizeof(sent) - 1);
	sent[nr_sent++] = (char)value;
}

static int start(void **state)
{
	(void)state;
	memset(&page, 0, sizeof(page));
	memset(ring, '#', CB_CONSOLE_SIZE);
	memset(sent, 0, sizeof(sent));
	nr_sent = full = nr_reads = 0;
	broken = false;
	root_cell.page = &page.head;
	root_cell.console.ring = ring;
	page.head.log_size = CB_CONSOLE_SIZE;
	uart_init(CB_CONSOLE_NONE, NULL);
	return 0;
}

static void start_uart(const struct uart_model *m)
{
	model = *m;
	uart_init(m->type, (void *)(UART_VIRT + m->base));
}

static void assert_ring(const char *text)
{
	assert_int_equal(page.head.console_head, strlen(text));
	assert_memory_equal(ring, text, strlen(text));
	assert_int_equal(ring[strlen(text)], '#');
}

static void test_message_has_its_arguments(void **state)
{
	(void)state;
	log_message("%s: %u of %u at %x, %x%% %q %", "cell", 0UL, ~0UL, 0UL, 0xabcdef0123456789UL);
	assert_ring("cell: 0 of 18446744073709551615 at 0x0, 0xabcdef0123456789% q %");
}

static void test_long_message_is_cut(void **state)
{
	char text[300];

	(void)state;
	memset(text, 'a', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	log_message("%s", text);
	assert_int_equal(page.head.console_head, 160);
	assert_int_equal(ring[160], '#');
}

static void test_ring_goes_on_at_its_start(void **state)
{
	(void)state;
	page.head.console_head = 3 * CB_CONSOLE_SIZE - 2;
	console_write(&root_cell, "abcde", 5);
	assert_int_equal(page.head.console_head, 3 * CB_CONSOLE_SIZE + 3);
	assert_memory_equal(ring + CB_CONSOLE_SIZE - 2, "ab", 2);
	assert_memory_equal(ring, "cde#", 4);
}

/* Its owner has turned it off: EL2 must not wait for ever, and each message gets its chance. */
static void test_uart_that_is_never_ready(void **state)
{
	for (size_t i = 0; i < sizeof(models) / sizeof(models[0]); i++) {
		start(state);
		start_uart(&models[i]);
		full = ~0U;
		log_message("one\ntwo");
		assert_in_range(~0U - full, 10000, 1000000);
		assert_string_equal(sent, "");
		assert_ring("one\ntwo");
		full = 0;
		log_message("\nthree");
		assert_string_equal(sent, "\r\nthree");
	}
}

/* Each message would cost all CPUs that have something to say as much. */
static void test_uart_that_stays_stopped_is_waited_for_once(void **state)
{
	for (size_t i = 0; i < sizeof(models) / sizeof(models[0]); i++) {
		start(state);
		start_uart(&models[i]);
		full = ~0U;
		log_message("one");
		nr_reads = 0;
		log_message("two");
		assert_int_equal(nr_reads, 1);
		full = 0;
		log_message("three");
		full = 3;
		log_message("four");
		assert_string_equal(sent, "threefour");
		assert_ring("onetwothreefour");
	}
}

/* Its clock is off: what the bus says instead of a status never holds up more than one message. */
static void test_uart_that_does_not_answer(void **state)
{
	static const u32 answers[] = { 0, ~0U };

	for (size_t i = 0; i < 2 * sizeof(models) / sizeof(models[0]); i++) {
		start(state);
		start_uart(&models[i / 2]);
		model.room = answers[i % 2];
		for (u32 n = 0; n < 10; n++)
			log_message("text");
		assert_in_range(nr_reads, 10, 1000000);
		assert_int_equal(page.head.console_head, 10 * strlen("text"));
		model.room = models[i / 2].room;
		log_message("text");
	}
}

static void test_message_goes_to_the_uart_too(void **state)
{
	for (size_t i = 0; i < sizeof(models) / sizeof(models[0]); i++) {
		start(state);
		start_uart(&models[i]);
		full = 3;
		log_message("one\ntwo");
		assert_string_equal(sent, "one\r\ntwo");
		assert_ring("one\ntwo");
	}
}

static void test_without_uart_nothing_is_sent(void **state)
{
	(void)state;
	log_message("text");
	assert_int_equal(nr_sent, 0);
}

#define TEST(function) cmocka_unit_test_setup(function, start)

/* The error of a store may come late, to somebody else: there must be none. */
static void test_uart_whose_bus_reports_errors_is_not_written(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(models); i++) {
		start(state);
		start_uart(&models[i]);
		broken = true;
		log_message("lost\n");
		assert_int_equal(nr_sent, 0);
		assert_ring("lost\n");
		broken = false;
		log_message("seen\n");
		assert_string_equal(sent, "seen\r\n");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_message_has_its_arguments),
		TEST(test_long_message_is_cut),
		TEST(test_ring_goes_on_at_its_start),
		TEST(test_without_uart_nothing_is_sent),
		TEST(test_uart_that_is_never_ready),
		TEST(test_uart_that_stays_stopped_is_waited_for_once),
		TEST(test_uart_that_does_not_answer),
		TEST(test_uart_whose_bus_reports_errors_is_not_written),
		TEST(test_message_goes_to_the_uart_too),
	};

	return run_hv_tests(tests);
}
