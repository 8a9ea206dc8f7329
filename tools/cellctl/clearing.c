// SPDX-License-Identifier: GPL-2.0-only
/*
 * How far the memory of a cell that is being destroyed has been cleared. It may be gone at any
 * moment, which nobody wants to be told about.
 */
#include "clearing.h"

#include <stdio.h>
#include <stdlib.h>

#include <cellblock/config.h>
#include <cellblock/ioctl.h>

#include "cells.h"
#include "device.h"

#include <config/check.h>

/* As the hypervisor does: regions that hold memory and that no other cell has. */
static uint64_t private_memory(const struct cb_cell_config *config)
{
	const struct cb_region *regions = cb_config_regions(config);
	uint64_t total = 0;

	for (uint32_t i = 0; i < config->regions.count; i++)
		if (!(regions[i].flags & (CB_REGION_IO | CB_REGION_SHARED)))
			total += regions[i].size;
	return total;
}

uint64_t clearing_total(const struct cellctl *ctl, uint32_t cell)
{
	struct cb_ioc_get_config arg = { .argsz = sizeof(arg),
					 .cell = cell,
					 .size = CB_CONFIG_MAX_SIZE };
	void *config = calloc(1, CB_CONFIG_MAX_SIZE);
	struct cb_error error;
	uint64_t total = 0;

	arg.data = (uintptr_t)config;
	if (config && !device_ioctl(ctl->fd, CB_IOC_GET_CONFIG, &arg) &&
	    !cb_config_check(config, arg.size, CB_CONFIG_CELL, &error))
		total = private_memory(config);
	free(config);
	return total;
}

uint64_t clearing_done(const struct cellctl *ctl, uint32_t cell, uint64_t total)
{
	struct cb_cell_page page;

	if (cells_look(ctl, cell, &page))
		return total;
	return page.cleared < total ? page.cleared : total;
}

void clearing_text(uint64_t done, uint64_t total, struct text *text)
{
	uint64_t percent = total ? done * 100 / total : 100;

	text_add(text, "%u%% of %llu MiB cleared", (unsigned int)percent,
		 (unsigned long long)(total >> 20));
}

void clearing_print(const struct cellctl *ctl, const struct cb_cell_page *page, const char *prefix)
{
	char buffer[64];
	struct text text;

	if (page->state != CB_CELL_DESTROYING)
		return;
	text_init(&text, buffer, sizeof(buffer));
	clearing_text(page->cleared, clearing_total(ctl, page->id), &text);
	printf("%s%s", prefix, buffer);
}

void clearing_json(const struct cellctl *ctl, const struct cb_cell_page *page, json_t *object)
{
	if (page->state != CB_CELL_DESTROYING)
		return;
	json_object_set_new(object, "cleared", json_integer((json_int_t)page->cleared));
	json_object_set_new(object, "to_clear",
			    json_integer((json_int_t)clearing_total(ctl, page->id)));
}
