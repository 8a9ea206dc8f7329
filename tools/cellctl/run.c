// SPDX-License-Identifier: GPL-2.0-only
/*
 * "run": create, load, start, and follow the console until the cell stops or fails.
 * If a step fails, the cell is destroyed again. "watch": the last step alone. Ctrl-C
 * stops watching, not the cell.
 */
#include <stdio.h>

#include "cells.h"
#include "console.h"
#include "crash.h"
#include "interrupt.h"
#include "life.h"
#include "load.h"
#include "names.h"
#include "output.h"

#define POLL_MS 100

static void print_crash(const struct cb_cell_page *page)
{
	char buffer[512];
	struct text text;

	text_init(&text, buffer, sizeof(buffer));
	crash_describe(&page->crash, &text);
	fprintf(stderr, "cellctl: cell \"%.31s\" failed: %s: see \"cellctl show %.31s\"\n",
		page->name, buffer, page->name);
}

/* How it ended, and what is left. */
static int print_end(const struct cellctl *ctl, const struct cb_cell_page *page)
{
	if (ctl->json)
		output_json_line(json_pack("{s:i, s:s}", "cell", (int)page->id, "state",
					   name_cell_state(page->state)));
	else if (page->state == CB_CELL_FAILED)
		print_crash(page);
	else if (page->state == CB_CELL_RUNNING)
		fprintf(stderr,
			"cellctl: cell \"%.31s\" goes on: stop it with \"cellctl stop %.31s\"\n",
			page->name, page->name);
	else
		fprintf(stderr, "cellctl: cell \"%.31s\" is %s\n", page->name,
			name_cell_state(page->state));
	return page->state == CB_CELL_FAILED ? EXIT_CELL_FAILED : EXIT_OK;
}

/* State first, console then: what was written before the end is not lost. */
static int follow(const struct cellctl *ctl, uint32_t cell)
{
	struct cb_cell_page page = { .state = CB_CELL_RUNNING };
	struct console console;
	int ret = console_open(ctl, cell, &console);

	while (!ret && !console.end && !console.left && page.state == CB_CELL_RUNNING) {
		ret = cells_page(ctl, cell, &page);
		if (!ret)
			ret = console_turn(ctl, &console);
		if (!ret && !console.left && page.state == CB_CELL_RUNNING)
			console_wait(ctl, &console, POLL_MS);
	}
	console_close(ctl, &console, ret);
	return ret ? ret : print_end(ctl, &page);
}

int cmd_watch(struct cellctl *ctl)
{
	struct cb_cell_page page = { 0 };
	int ret = cells_connect(ctl);

	if (!ret)
		ret = cells_find(ctl, ctl->operands[0], &page);
	if (ret)
		return ret;
	interrupt_catch();
	return follow(ctl, page.id);
}

int cmd_run(struct cellctl *ctl)
{
	uint32_t cell;
	int ret = create_cell(ctl, ctl->operands[0], &cell);

	if (ret)
		return ret;
	interrupt_catch();
	ret = load_cell(ctl, cell, ctl->operands[1]);
	if (!ret)
		ret = start_cell(ctl, cell);
	if (ret) {
		destroy_cell(ctl, cell);
		return ret;
	}
	return follow(ctl, cell);
}
