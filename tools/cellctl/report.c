// SPDX-License-Identifier: GPL-2.0-only
/*
 * Telling the user that something was refused or failed.
 */
#include "report.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cellblock/ioctl.h>

#include "cells.h"
#include "device.h"
#include "errors.h"
#include "linuxcpu.h"
#include "output.h"
#include "owner.h"
#include "plain.h"

static json_t *cell_number(uint32_t cell)
{
	return cell == CB_NO_CELL ? json_null() : json_integer(cell);
}

static void add_record(json_t *object, const struct cb_error *error)
{
	json_object_set_new(object, "cell", cell_number(error->cell));
	json_object_set_new(object, "other_cell", cell_number(error->other_cell));
	json_object_set_new(object, "index", json_integer(error->index));
	json_object_set_new(object, "address", json_hex(error->address));
	json_object_set_new(object, "size", json_hex(error->size));
	json_object_set_new(object, "other_address", json_hex(error->other_address));
	json_object_set_new(object, "other_size", json_hex(error->other_size));
	json_object_set_new(object, "name",
			    json_text(error->name, strnlen(error->name, CB_NAME_SIZE)));
}

static void print(const struct cellctl *ctl, const struct refusal *refusal,
		  const struct cb_error *error)
{
	json_t *object;

	if (!ctl->json) {
		fflush(stdout);
		fputs("cellctl: ", stderr);
		plain_print(stderr, refusal->message);
		fputs(": ", stderr);
		plain_print(stderr, refusal->remedy);
		fputc('\n', stderr);
		return;
	}
	object = json_object();
	json_object_set_new(object, "code", json_string(refusal->code));
	json_object_set_new(object, "message",
			    json_text(refusal->message, strlen(refusal->message)));
	json_object_set_new(object, "remedy", json_text(refusal->remedy, strlen(refusal->remedy)));
	if (error)
		add_record(object, error);
	output_json(json_pack("{s:o}", "error", object));
}

/* The module does not know the request at all. Its version, if it tells that. */
static void name_module(const struct cellctl *ctl, char name[CB_NAME_SIZE])
{
	struct cb_ioc_version version = { .argsz = sizeof(version) };

	if (!device_ioctl(ctl->fd, CB_IOC_VERSION, &version))
		memcpy(name, version.module, CB_NAME_SIZE - 1);
}

/* The record, or one that stands for the errno when the driver could not fill it in. */
static struct cb_error complete(const struct cellctl *ctl, const struct cb_error *error, int status)
{
	struct cb_error completed = *error;

	if (status == -ENOTTY) {
		completed = (struct cb_error){
			.code = CB_ERR_REQUEST_UNKNOWN,
			.cell = CB_NO_CELL,
			.other_cell = CB_NO_CELL,
			.index = error->index,
		};
		name_module(ctl, completed.name);
	} else if (error->code == CB_OK)
		completed = (struct cb_error){
			.code = CB_ERR_LINUX_ERRNO,
			.cell = CB_NO_CELL,
			.other_cell = CB_NO_CELL,
			.linux_error = (uint64_t)(int64_t)status,
			.name = "ioctl",
		};
	return completed;
}

/* Of a board that is refused: the driver has no table of its CPUs then. */
static int linux_cpu_of(const struct cb_cell_config *config, uint32_t cpu)
{
	const struct cb_system_config *system = (const void *)config;

	if (!config || config->header.kind != CB_CONFIG_SYSTEM || cpu >= system->cpus.count)
		return -1;
	return linuxcpu_find(cb_config_cpus(system)[cpu]);
}

static void find_linux_cpu(const struct cellctl *ctl, const struct cb_error *error,
			   struct error_context *context)
{
	struct cb_cpu_info page;
	struct cb_ioc_info info = { .argsz = sizeof(info),
				    .number = error->index,
				    .size = sizeof(page),
				    .data = (uintptr_t)&page };

	if (error->code != CB_ERR_CPU_ONLINE && error->code != CB_ERR_CPU_NOT_ONLINE)
		return;
	if (ctl->fd < 0 || device_ioctl(ctl->fd, CB_IOC_CPU_INFO, &info))
		info.linux_cpu = linux_cpu_of(ctl->config, error->index);
	context->has_linux_cpu = info.linux_cpu >= 0;
	context->linux_cpu = info.linux_cpu;
}

int report_refusal(const struct cellctl *ctl, const struct cb_error *error, int status)
{
	char cells[CB_MAX_CELLS][CB_NAME_SIZE] = { 0 };
	struct cb_error completed = complete(ctl, error, status);
	struct error_context context = {
		.file = ctl->file,
		.config = ctl->config,
		.cells = (const char(*)[CB_NAME_SIZE])cells,
	};
	struct refusal refusal;
	char unbind[256];

	cells_names(ctl, cells);
	if (completed.code == CB_ERR_REGION_IN_USE &&
	    owner_unbind(completed.address, completed.size, unbind, sizeof(unbind)))
		context.unbind = unbind;
	find_linux_cpu(ctl, &completed, &context);
	error_describe(&completed, &context, &refusal);
	print(ctl, &refusal, &completed);
	return refusal.exit;
}

int report_config(const struct cellctl *ctl, const struct cb_error *error)
{
	struct error_context context = {
		.file = ctl->file,
		.config = ctl->config,
		.file_check = true,
	};
	struct refusal refusal;

	error_describe(error, &context, &refusal);
	print(ctl, &refusal, error);
	return refusal.exit;
}

int report(const struct cellctl *ctl, int exit, const char *code, const char *remedy,
	   const char *format, ...)
{
	struct refusal refusal = { .code = code, .exit = exit };
	va_list ap;

	va_start(ap, format);
	vsnprintf(refusal.message, sizeof(refusal.message), format, ap);
	va_end(ap);
	snprintf(refusal.remedy, sizeof(refusal.remedy), "%s", remedy);
	print(ctl, &refusal, NULL);
	return exit;
}
