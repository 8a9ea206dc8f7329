// SPDX-License-Identifier: GPL-2.0-only
/*
 * "console": what a cell or the hypervisor has written, once or until Ctrl-C.
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

#define POLL_MS 200

/* The hypervisor's own messages are in the root cell's ring. */
int console_select(const struct cellctl *ctl, uint32_t cell)
{
	return cells_call_cell(ctl, CB_IOC_CONSOLE, cell == CB_NO_CELL ? CB_ROOT_CELL : cell);
}

/* A terminal does not get what it would obey, unless that is wanted. */
static void print_text(const struct cellctl *ctl, const char *text, size_t size)
{
	if (ctl->raw || !isatty(STDOUT_FILENO))
		fwrite(text, 1, size, stdout);
	else
		plain_write(stdout, text, size, "\t\n\r\b");
}

static void print(const struct cellctl *ctl, uint32_t cell, const char *text, size_t size)
{
	if (ctl->json)
		output_json_line(json_pack("{s:o, s:o}", "cell",
					   cell == CB_NO_CELL ? json_null() : json_integer(cell),
					   "text", json_text(text, size)));
	else
		print_text(ctl, text, size);
}

static int report_read(const struct cellctl *ctl, int status)
{
	return report(ctl, EXIT_REFUSED, "CONSOLE_FAILED", "see dmesg and \"cellctl list\"",
		      "the console cannot be read: %s", strerror(-status));
}

int console_drain(const struct cellctl *ctl, uint32_t cell, bool *end)
{
	static char buffer[4096];
	static size_t kept; /* the beginning of a character whose rest has not been written yet */
	size_t size;
	long n;

	while ((n = device_read(ctl->fd, buffer + kept, sizeof(buffer) - kept)) > 0) {
		size = kept + (size_t)n;
		kept = plain_incomplete(buffer, size);
		print(ctl, cell, buffer, size - kept);
		memmove(buffer, buffer + size - kept, kept);
	}
	*end = n == 0 || n == -ENODEV;
	if (kept && (*end || !ctl->follow)) {
		print(ctl, cell, buffer, kept);
		kept = 0;
	}
	fflush(stdout);
	return *end || n == -EAGAIN || n == -EINTR ? EXIT_OK : report_read(ctl, (int)n);
}

static int follow(const struct cellctl *ctl, uint32_t cell)
{
	bool end = false;
	int ret = EXIT_OK;

	interrupt_catch();
	while (!ret && !end && !interrupt_seen()) {
		ret = console_drain(ctl, cell, &end);
		if (!ret && !end)
			device_wait(ctl->fd, POLL_MS);
	}
	return ret;
}

int cmd_console(struct cellctl *ctl)
{
	struct cb_cell_page page = { .id = CB_NO_CELL };
	bool end;
	int ret = cells_connect(ctl);

	if (!ret && ctl->nr_operands)
		ret = cells_find(ctl, ctl->operands[0], &page);
	if (!ret)
		ret = console_select(ctl, page.id);
	if (ret)
		return ret;
	return ctl->follow ? follow(ctl, page.id) : console_drain(ctl, page.id, &end);
}
