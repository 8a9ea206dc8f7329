// SPDX-License-Identifier: GPL-2.0-only
/*
 * "enable", "disable", "create", "stop" and "destroy".
 */
#include "life.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "bootfile.h"
#include "cells.h"
#include "clearing.h"
#include "device.h"
#include "file.h"
#include "interrupt.h"
#include "output.h"
#include "progress.h"
#include "report.h"

#include <config/check.h>

/* Whether the regions of a refused configuration can be read, to name them. */
static bool arrays_are_sound(const struct cb_error *error)
{
	return error->code >= CB_ERR_REGION_EMPTY;
}

/* Checks what ctl->file holds; ctl->config then stands for it in refusals. */
static int check_config(struct cellctl *ctl, const struct file *file, uint32_t kind)
{
	struct cb_error error;

	if (!cb_config_check(file->data, file->size, kind, &error)) {
		ctl->config = file->data;
		return EXIT_OK;
	}
	if (arrays_are_sound(&error))
		ctl->config = file->data;
	return report_config(ctl, &error);
}

/* Gives the cell whose configuration has been checked another name, and checks that. */
static int rename_cell(struct cellctl *ctl, const struct file *file)
{
	struct cb_config_header *header = file->data;
	size_t size = strlen(ctl->name);

	if (size >= CB_NAME_SIZE)
		return report(ctl, EXIT_USAGE, "USAGE", "give a shorter one",
			      "the name \"%s\" has more characters than a cell's can have (%d)",
			      ctl->name, CB_NAME_SIZE - 1);
	memset(header->name, 0, sizeof(header->name));
	memcpy(header->name, ctl->name, size);
	header->checksum = cb_config_checksum(file->data, file->size);
	return check_config(ctl, file, CB_CONFIG_CELL);
}

/* Reads a configuration and passes it on with ENABLE or CREATE; name: what it is called. */
static int send_config(struct cellctl *ctl, const char *path, uint32_t kind, unsigned long request,
		       struct cb_ioc_config *arg, char name[CB_NAME_SIZE])
{
	struct file file;
	int ret = file_read(path, CB_CONFIG_MAX_SIZE, &file);

	if (ret == -EFBIG)
		return report(ctl, EXIT_FILE, "CB_ERR_CONFIG_TOO_LARGE", "give a .cell file",
			      "%s is larger than a configuration can be (%u bytes)", path,
			      CB_CONFIG_MAX_SIZE);
	if (ret)
		return report(ctl, EXIT_FILE, "FILE_UNREADABLE", "check its name and permissions",
			      "the configuration \"%s\" cannot be read: %s", path, strerror(-ret));
	ctl->file = path;
	ret = check_config(ctl, &file, kind);
	if (!ret && ctl->name)
		ret = rename_cell(ctl, &file);
	if (!ret)
		ret = cells_connect(ctl);
	if (!ret) {
		arg->data = (uintptr_t)file.data;
		arg->size = (uint32_t)file.size;
		memcpy(name, ctl->config->header.name, CB_NAME_SIZE);
		ret = cells_call(ctl, request, CB_NO_CELL, arg, &arg->error);
	}
	ctl->config = NULL;
	ctl->file = NULL;
	file_free(&file);
	return ret;
}

int create_cell(struct cellctl *ctl, const char *path, uint32_t *cell)
{
	struct cb_ioc_config arg = { .argsz = sizeof(arg) };
	char name[CB_NAME_SIZE];
	int ret = send_config(ctl, path, CB_CONFIG_CELL, CB_IOC_CREATE, &arg, name);

	if (ret)
		return ret;
	*cell = arg.cell;
	bootfile_remove(name); /* of an earlier cell of this name */
	return EXIT_OK;
}

int cmd_enable(struct cellctl *ctl)
{
	struct cb_ioc_config arg = { .argsz = sizeof(arg) };
	char name[CB_NAME_SIZE];

	int ret = send_config(ctl, ctl->operands[0], CB_CONFIG_SYSTEM, CB_IOC_ENABLE, &arg, name);

	if (!ret && ctl->json)
		output_json(json_pack("{s:s}", "board", name));
	return ret;
}

int cmd_disable(struct cellctl *ctl)
{
	int ret = cells_connect(ctl);

	if (!ret)
		ret = cells_call_cell(ctl, CB_IOC_DISABLE, CB_ROOT_CELL);
	if (!ret && ctl->json)
		output_json(json_object());
	return ret;
}

int cmd_create(struct cellctl *ctl)
{
	uint32_t cell;
	int ret = create_cell(ctl, ctl->operands[0], &cell);

	if (!ret && ctl->json)
		output_json(json_pack("{s:I}", "cell", (json_int_t)cell));
	return ret;
}

/* After a cell was stopped or destroyed. */
static void cell_done(const struct cellctl *ctl, const struct cb_cell_page *page)
{
	bootfile_remove(page->name);
	if (ctl->json)
		output_json(json_pack("{s:I}", "cell", (json_int_t)page->id));
}

static int find_any(struct cellctl *ctl, struct cb_cell_page *page)
{
	int ret = cells_connect(ctl);

	return ret ? ret : cells_find(ctl, ctl->operands[0], page);
}

int cmd_stop(struct cellctl *ctl)
{
	struct cb_cell_page page = { 0 };
	int ret = find_any(ctl, &page);

	if (!ret)
		ret = cells_call_cell(ctl, CB_IOC_STOP, page.id);
	if (!ret)
		cell_done(ctl, &page);
	return ret;
}

/* ---- Destroy ---- */

#define LOOK_MS 100

/* Unless it has come to its end meanwhile. */
static int report_left(const struct cellctl *ctl, uint32_t cell, uint64_t total)
{
	struct cb_cell_page page;
	char buffer[64], remedy[2 * CB_NAME_SIZE];
	struct text text;

	if (cells_look(ctl, cell, &page))
		return EXIT_OK;
	text_init(&text, buffer, sizeof(buffer));
	clearing_text(page.cleared, total, &text);
	snprintf(remedy, sizeof(remedy), "\"cellctl destroy %.31s\" waits for it", page.name);
	return report(ctl, EXIT_REFUSED, "INTERRUPTED", remedy,
		      "cell \"%.31s\" is still being destroyed, %s", page.name, buffer);
}

/* The request ends each time somebody wants to look, and goes on when it is made again. */
static int destroy_and_look(const struct cellctl *ctl, struct cb_ioc_cell *arg,
			    struct progress *progress)
{
	uint32_t cell = arg->cell;
	int status;

	do {
		*arg = (struct cb_ioc_cell){ .argsz = sizeof(*arg), .cell = cell };
		status = device_ioctl(ctl->fd, CB_IOC_DESTROY, arg);
		if (status == -EINTR)
			progress_set(progress, clearing_done(ctl, cell, progress->total));
	} while (status == -EINTR && !interrupt_seen());
	return status;
}

int destroy_cell(const struct cellctl *ctl, uint32_t cell)
{
	struct cb_ioc_cell arg = { .argsz = sizeof(arg), .cell = cell };
	struct progress progress;
	int status;

	progress_start(&progress, "destroying", clearing_total(ctl, cell));
	interrupt_catch();
	interrupt_every(LOOK_MS);
	status = destroy_and_look(ctl, &arg, &progress);
	interrupt_every(0);
	progress_end(&progress);
	if (!status)
		return EXIT_OK;
	if (status == -EINTR)
		return report_left(ctl, cell, progress.total);
	if (arg.error.cell == CB_NO_CELL)
		arg.error.cell = cell;
	return report_refusal(ctl, &arg.error, status);
}

int cmd_destroy(struct cellctl *ctl)
{
	struct cb_cell_page page = { 0 };
	int ret = find_any(ctl, &page);

	if (!ret)
		ret = destroy_cell(ctl, page.id);
	if (!ret)
		cell_done(ctl, &page);
	return ret;
}
