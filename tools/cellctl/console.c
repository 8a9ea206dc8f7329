// SPDX-License-Identifier: GPL-2.0-only
/*
 * "console": what a cell or the hypervisor has written, once, until Ctrl-C, or as a terminal of the
 * cell until Ctrl-].
 */
#include "console.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cells.h"
#include "device.h"
#include "interrupt.h"
#include "output.h"
#include "plain.h"
#include "report.h"
#include "terminal.h"

#define POLL_MS	    200
#define ECHO_MS	    20	   /* at a terminal: what is typed should be seen at once */
#define LEAVE	    '\x1d' /* Ctrl-] */
#define UART_ROUNDS 8	   /* of what the UART takes at once, before output is looked at again */

/* ---- Output ---- */

/* A terminal does not get what it would obey, unless that is wanted. */
static void print_text(const struct cellctl *ctl, const struct console *console, size_t size)
{
	if (ctl->raw || !isatty(STDOUT_FILENO))
		fwrite(console->text, 1, size, stdout);
	else if (console->types)
		plain_write_screen(stdout, console->text, size);
	else
		plain_write(stdout, console->text, size, "\t\n\r\b");
}

static void print(const struct cellctl *ctl, const struct console *console, size_t size)
{
	if (ctl->json)
		output_json_line(json_pack(
			"{s:o, s:o}", "cell",
			console->cell == CB_NO_CELL ? json_null() : json_integer(console->cell),
			"text", json_text(console->text, size)));
	else
		print_text(ctl, console, size);
}

static int report_read(const struct cellctl *ctl, int status)
{
	return report(ctl, EXIT_REFUSED, "CONSOLE_FAILED", "see dmesg and \"cellctl list\"",
		      "the console cannot be read: %s", strerror(-status));
}

/* Characters, and at a terminal sequences, are printed as a whole. */
static size_t incomplete(const struct console *console, size_t size)
{
	return console->types ? plain_incomplete_screen(console->text, size)
			      : plain_incomplete(console->text, size);
}

/* What is no whole character is all there is of it. */
static void print_rest(const struct cellctl *ctl, struct console *console)
{
	if (console->kept)
		print(ctl, console, console->kept);
	console->kept = 0;
	fflush(stdout);
}

static int drain(const struct cellctl *ctl, struct console *console)
{
	size_t size;
	long n;

	while ((n = device_read(ctl->fd, console->text + console->kept,
				sizeof(console->text) - console->kept)) > 0) {
		size = console->kept + (size_t)n;
		console->kept = incomplete(console, size);
		size -= console->kept;
		print(ctl, console, size);
		memmove(console->text, console->text + size, console->kept);
	}
	console->end = n == 0 || n == -ENODEV;
	fflush(stdout);
	if (console->end || n == -EAGAIN || n == -EINTR)
		return EXIT_OK;
	print_rest(ctl, console); /* the record of a refusal comes last */
	return report_read(ctl, (int)n);
}

/* ---- Input ---- */

static void take_keys(struct console *console)
{
	char *begin = console->typed + console->nr_typed, *leave;
	size_t room = sizeof(console->typed) - console->nr_typed;
	long n = room ? terminal_read(begin, room) : 0;

	leave = n > 0 ? memchr(begin, LEAVE, (size_t)n) : NULL;
	console->left |= n < 0 || leave;
	if (n > 0)
		console->nr_typed += leave ? (size_t)(leave - begin) : (size_t)n;
}

/* A cell that does not run, or has gone, takes nothing: what was typed is lost, as on a cable. */
static void pass_on(const struct cellctl *ctl, struct console *console)
{
	for (int round = 0; round < UART_ROUNDS && console->nr_typed; round++) {
		long n = device_write(ctl->fd, console->typed, console->nr_typed);

		if (n == -EAGAIN || n == -EINTR)
			return;
		if (n < 0 || (size_t)n > console->nr_typed)
			n = (long)console->nr_typed;
		console->nr_typed -= (size_t)n;
		memmove(console->typed, console->typed + n, console->nr_typed);
	}
}

/* ---- Both ---- */

/* The hypervisor's own messages are in the root cell's ring. */
static int select_ring(const struct cellctl *ctl, uint32_t cell)
{
	struct cb_ioc_cell arg = {
		.argsz = sizeof(arg),
		.cell = cell == CB_NO_CELL ? CB_ROOT_CELL : cell,
		.from = ctl->since_start ? CB_CONSOLE_FROM_START : CB_CONSOLE_FROM_OLDEST,
	};

	return cells_call(ctl, CB_IOC_CONSOLE, arg.cell, &arg, &arg.error);
}

static bool has_virtual_uart(const struct cellctl *ctl, uint32_t cell)
{
	const struct cb_cell_config *config;
	struct file file;
	bool found;

	if (cell == CB_NO_CELL || cell == CB_ROOT_CELL || cells_config(ctl, cell, &file))
		return false;
	config = file.data;
	found = config->console.type == CB_CONSOLE_VIRTUAL;
	file_free(&file);
	return found;
}

int console_open(const struct cellctl *ctl, uint32_t cell, struct console *console)
{
	int ret = select_ring(ctl, cell);

	*console = (struct console){ .cell = cell };
	if (ret || ctl->json || ctl->read_only || !terminal_is_there() ||
	    !has_virtual_uart(ctl, cell))
		return ret;
	fprintf(stderr, "cellctl: what is typed goes to the cell; Ctrl-] leaves it\n");
	console->types = terminal_take();
	return EXIT_OK;
}

void console_close(const struct cellctl *ctl, struct console *console, bool failed)
{
	if (!failed)
		print_rest(ctl, console);
	if (console->types)
		terminal_give_back();
	console->types = false;
}

int console_turn(const struct cellctl *ctl, struct console *console)
{
	int ret;

	if (console->types) {
		take_keys(console);
		pass_on(ctl, console);
	}
	ret = drain(ctl, console);
	console->left |= interrupt_seen();
	return ret;
}

void console_wait(const struct cellctl *ctl, const struct console *console, int milliseconds)
{
	if (console->nr_typed)
		device_wait(ctl->fd, 2);
	else if (console->types)
		terminal_wait(ECHO_MS);
	else
		device_wait(ctl->fd, milliseconds);
}

static int follow(const struct cellctl *ctl, struct console *console)
{
	int ret = EXIT_OK;

	interrupt_catch();
	while (!ret && !console->end && !console->left) {
		ret = console_turn(ctl, console);
		if (!ret && !console->end && !console->left)
			console_wait(ctl, console, POLL_MS);
	}
	return ret;
}

int cmd_console(struct cellctl *ctl)
{
	struct cb_cell_page page = { .id = CB_NO_CELL };
	struct console console;
	int ret = cells_connect(ctl);

	if (!ret && ctl->nr_operands)
		ret = cells_find(ctl, ctl->operands[0], &page);
	if (!ret)
		ret = console_open(ctl, page.id, &console);
	if (ret)
		return ret;
	ctl->follow |= console.types;
	ret = ctl->follow ? follow(ctl, &console) : console_turn(ctl, &console);
	console_close(ctl, &console, ret);
	return ret;
}
