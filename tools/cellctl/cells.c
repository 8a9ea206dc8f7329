// SPDX-License-Identifier: GPL-2.0-only
/*
 * Asking the driver.
 */
#include "cells.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "device.h"
#include "report.h"

#include <config/check.h>

static int report_open(const struct cellctl *ctl, int status)
{
	switch (-status) {
	case ENOENT:
	case ENODEV:
	case ENXIO:
#ifndef __aarch64__
		return report(ctl, EXIT_NOT_ENABLED, "NO_DRIVER",
			      "do this on the arm64 machine; \"cellctl config\" and \"cellctl "
			      "hardware\" work here, too",
			      "this computer cannot have Cellblock's driver");
#endif
		return report(ctl, EXIT_NOT_ENABLED, "NO_DRIVER",
			      "load the driver: modprobe cellblock", "there is no %s", DEVICE_PATH);
	case EACCES:
	case EPERM:
		return report(ctl, EXIT_NOT_ROOT, "NOT_ROOT", "run cellctl as root",
			      "%s may not be opened by this user", DEVICE_PATH);
	default:
		return report(ctl, EXIT_NOT_ENABLED, "NO_DRIVER", "see dmesg",
			      "%s cannot be opened: %s", DEVICE_PATH, strerror(-status));
	}
}

int cells_connect(struct cellctl *ctl)
{
	int fd;

	if (ctl->fd >= 0)
		return EXIT_OK;
	fd = device_open();
	if (fd < 0)
		return report_open(ctl, fd);
	ctl->fd = fd;
	return EXIT_OK;
}

int cells_call(const struct cellctl *ctl, unsigned long request, uint32_t cell, void *argument,
	       struct cb_error *error)
{
	int status = device_ioctl(ctl->fd, request, argument);

	if (!status)
		return EXIT_OK;
	if (error->cell == CB_NO_CELL)
		error->cell = cell;
	if (status == -ENOTTY)
		error->index = _IOC_NR(request);
	return report_refusal(ctl, error, status);
}

int cells_call_cell(const struct cellctl *ctl, unsigned long request, uint32_t cell)
{
	struct cb_ioc_cell arg = { .argsz = sizeof(arg), .cell = cell };

	return cells_call(ctl, request, cell, &arg, &arg.error);
}

static struct cb_ioc_info info_argument(uint32_t number, void *to, size_t size)
{
	memset(to, 0, size);
	return (struct cb_ioc_info){ .argsz = sizeof(struct cb_ioc_info),
				     .number = number,
				     .size = (uint32_t)size,
				     .data = (uintptr_t)to };
}

int cells_public(const struct cellctl *ctl, struct cb_system_info *info)
{
	struct cb_ioc_info arg = info_argument(0, info, sizeof(*info));

	return cells_call(ctl, CB_IOC_INFO, CB_NO_CELL, &arg, &arg.error);
}

int cells_page(const struct cellctl *ctl, uint32_t cell, struct cb_cell_page *page)
{
	struct cb_ioc_info arg = info_argument(cell, page, sizeof(*page));

	return cells_call(ctl, CB_IOC_CELL_INFO, cell, &arg, &arg.error);
}

int cells_cpu(const struct cellctl *ctl, uint32_t cpu, struct cpu *found)
{
	struct cb_ioc_info arg = info_argument(cpu, &found->info, sizeof(found->info));
	int ret = cells_call(ctl, CB_IOC_CPU_INFO, CB_NO_CELL, &arg, &arg.error);

	found->linux_cpu = arg.linux_cpu;
	return ret;
}

int cells_look(const struct cellctl *ctl, uint32_t cell, struct cb_cell_page *page)
{
	struct cb_ioc_info arg = info_argument(cell, page, sizeof(*page));

	return device_ioctl(ctl->fd, CB_IOC_CELL_INFO, &arg);
}

static int get_name(const struct cellctl *ctl, uint32_t cell, char name[CB_NAME_SIZE])
{
	struct cb_cell_page page;
	struct cb_ioc_info arg = info_argument(cell, &page, sizeof(page));
	int status = device_ioctl(ctl->fd, CB_IOC_CELL_INFO, &arg);

	if (!status)
		memcpy(name, page.name, CB_NAME_SIZE - 1);
	return arg.error.code == CB_ERR_CELL_UNKNOWN ? 0 : status;
}

int cells_names(const struct cellctl *ctl, char names[CB_MAX_CELLS][CB_NAME_SIZE])
{
	struct cb_system_info info;
	struct cb_ioc_info arg = info_argument(0, &info, sizeof(info));
	int status, first = 0;

	memset(names, 0, (size_t)CB_MAX_CELLS * CB_NAME_SIZE);
	if (ctl->fd < 0)
		return -ENODEV;
	status = device_ioctl(ctl->fd, CB_IOC_INFO, &arg);
	if (status)
		return status;
	for (uint32_t cell = 0; cell < CB_MAX_CELLS; cell++) {
		status = info.cells >> cell & 1 ? get_name(ctl, cell, names[cell]) : 0;
		first = first ? first : status;
	}
	return first;
}

/* Whether an operand is a number: then it is a cell number. */
static bool parse_number(const char *operand, uint32_t *number)
{
	char *end;
	unsigned long value;

	if (operand[0] < '0' || operand[0] > '9')
		return false;
	errno = 0;
	value = strtoul(operand, &end, 10);
	if (*end || errno || value >= CB_NO_CELL)
		return false;
	*number = (uint32_t)value;
	return true;
}

static int find_name(const struct cellctl *ctl, const char *name, uint32_t *cell)
{
	const struct cb_error unanswered = { .cell = CB_NO_CELL, .other_cell = CB_NO_CELL };
	char names[CB_MAX_CELLS][CB_NAME_SIZE];
	int status = cells_names(ctl, names);

	for (uint32_t i = 0; i < CB_MAX_CELLS; i++) {
		if (names[i][0] && !strcmp(names[i], name)) {
			*cell = i;
			return EXIT_OK;
		}
	}
	if (status)
		return report_refusal(ctl, &unanswered, status);
	return report(ctl, EXIT_REFUSED, "CB_ERR_CELL_UNKNOWN",
		      "\"cellctl list\" shows those there are", "there is no cell \"%s\"", name);
}

/* Names come before numbers: a cell may be called "2". */
static int look_up(const struct cellctl *ctl, const char *operand, uint32_t *cell)
{
	const struct cb_error unanswered = { .cell = CB_NO_CELL, .other_cell = CB_NO_CELL };
	char names[CB_MAX_CELLS][CB_NAME_SIZE];
	int status;

	if (!strcmp(operand, "root")) {
		*cell = CB_ROOT_CELL;
		return EXIT_OK;
	}
	if (!parse_number(operand, cell))
		return find_name(ctl, operand, cell);
	status = cells_names(ctl, names);
	for (uint32_t i = 1; i < CB_MAX_CELLS; i++)
		if (!strcmp(names[i], operand))
			*cell = i;
	return status ? report_refusal(ctl, &unanswered, status) : EXIT_OK;
}

int cells_find(const struct cellctl *ctl, const char *operand, struct cb_cell_page *page)
{
	uint32_t cell = CB_NO_CELL;
	struct cb_system_info info;
	int ret = cells_public(ctl, &info); /* says so when nothing is enabled */

	if (!ret)
		ret = look_up(ctl, operand, &cell);
	if (!ret)
		ret = cells_page(ctl, cell, page);
	return ret;
}

int cells_config(const struct cellctl *ctl, uint32_t cell, struct file *config)
{
	uint32_t kind = cell == CB_ROOT_CELL ? CB_CONFIG_SYSTEM : CB_CONFIG_CELL;
	struct cb_ioc_get_config arg = { .argsz = sizeof(arg),
					 .cell = cell,
					 .size = CB_CONFIG_MAX_SIZE };
	struct cb_error error;
	int ret;

	*config = (struct file){ .data = calloc(1, CB_CONFIG_MAX_SIZE) };
	if (!config->data)
		return report(ctl, EXIT_REFUSED, "NO_MEMORY", "free some, and try again",
			      "there is no memory for a configuration");
	arg.data = (uintptr_t)config->data;
	ret = cells_call(ctl, CB_IOC_GET_CONFIG, cell, &arg, &arg.error);
	config->size = arg.size;
	if (!ret && cb_config_check(config->data, config->size, kind, &error))
		ret = report_config(ctl, &error);
	if (ret)
		file_free(config);
	return ret;
}
