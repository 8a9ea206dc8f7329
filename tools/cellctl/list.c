// SPDX-License-Identifier: GPL-2.0-only
/*
 * "list": the cells that exist, one line each.
 */
#include <stdio.h>

#include "cells.h"
#include "clearing.h"
#include "names.h"
#include "output.h"

static json_t *cell_json(const struct cellctl *ctl, const struct cb_cell_page *page)
{
	json_t *object = json_pack("{s:i, s:s, s:s, s:o, s:i}", "cell", (int)page->id, "name",
				   page->name, "state", name_cell_state(page->state), "cpus",
				   json_cpus(page->cpus), "pages", (int)page->pages);

	clearing_json(ctl, page, object);
	return object;
}

static void print_cell(const struct cellctl *ctl, const struct cb_cell_page *page)
{
	char buffer[256];
	struct text cpus;

	text_init(&cpus, buffer, sizeof(buffer));
	text_add_cpus(&cpus, page->cpus);
	printf("%4u  %-31.31s  %-10s  %s", page->id, page->name, name_cell_state(page->state),
	       buffer);
	clearing_print(ctl, page, "  ");
	printf("\n");
}

/* Adds a cell to the array, or prints it where there is none. */
static int list_cell(const struct cellctl *ctl, uint32_t cell, json_t *array)
{
	struct cb_cell_page page;
	int ret = cells_page(ctl, cell, &page);

	if (ret)
		return ret;
	if (array)
		json_array_append_new(array, cell_json(ctl, &page));
	else
		print_cell(ctl, &page);
	return EXIT_OK;
}

int cmd_list(struct cellctl *ctl)
{
	json_t *array = NULL;
	struct cb_system_info public;
	int ret = cells_connect(ctl);

	if (!ret)
		ret = cells_public(ctl, &public);
	if (ret)
		return ret;
	if (ctl->json)
		array = json_array();
	else
		printf("CELL  %-31s  %-10s  CPUS\n", "NAME", "STATE");
	for (uint32_t cell = 0; cell < CB_MAX_CELLS && !ret; cell++)
		if (public.cells >> cell & 1)
			ret = list_cell(ctl, cell, array);
	if (array && !ret)
		output_json(json_pack("{s:O}", "cells", array));
	json_decref(array);
	return ret;
}
