// SPDX-License-Identifier: GPL-2.0-only
/*
 * The devices of a cell, from the driver's directories in sysfs (driver/devices.c). They are named
 * by the number of the cell and the path of the node, with ! for /.
 */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "devices.h"
#include "output.h"
#include "plain.h"

#define DIRECTORY "/sys/class/misc/cellblock"
#define MISSING	  "missing"

/* Files of a device, and how people call a line of them. */
static const struct {
	const char *file, *word;
} kinds[] = {
	{ "clocks", "clock" },	  { "power_domains", "power domain" },
	{ "supplies", "supply" }, { "resets", "reset" },
	{ "pins", "pins" },	  { MISSING, NULL },
};

#define NR_KINDS (sizeof(kinds) / sizeof(kinds[0]))

/* Lines of a file; none if it cannot be read, as when the cell has just gone. */
static json_t *read_lines(const char *device, const char *file)
{
	json_t *lines = json_array();
	char *line = NULL, *path;
	size_t size = 0;
	FILE *stream;

	if (asprintf(&path, DIRECTORY "/%s/%s", device, file) < 0)
		return lines;
	stream = fopen(path, "re");
	free(path);
	if (!stream)
		return lines;
	while (getline(&line, &size, stream) > 0) {
		line[strcspn(line, "\n")] = '\0';
		json_array_append_new(lines, json_text(line, strlen(line)));
	}
	free(line);
	fclose(stream);
	return lines;
}

static json_t *read_device(const char *device, const char *node)
{
	json_t *object = json_object();
	char *path = strdup(node);

	for (char *at = path; at && *at; at++)
		if (*at == '!')
			*at = '/';
	json_object_set_new(object, "node", json_text(path ? path : node, strlen(node)));
	free(path);
	for (size_t i = 0; i < NR_KINDS; i++)
		json_object_set_new(object, kinds[i].file, read_lines(device, kinds[i].file));
	return object;
}

json_t *devices_read(uint32_t cell)
{
	json_t *devices = json_array();
	struct dirent **entries;
	char prefix[16];
	int count;

	snprintf(prefix, sizeof(prefix), "%u:", cell);
	count = scandir(DIRECTORY, &entries, NULL, alphasort);
	for (int i = 0; i < count; i++) {
		const char *name = entries[i]->d_name;

		if (!strncmp(name, prefix, strlen(prefix)))
			json_array_append_new(devices, read_device(name, name + strlen(prefix)));
		free(entries[i]);
	}
	if (count >= 0)
		free(entries);
	return devices;
}

/* Names of the device tree. */
static void print_name(const json_t *name)
{
	plain_print(stdout, json_string_value(name));
}

static void print_held(const json_t *device)
{
	const char *separator = ": ";

	printf("  ");
	print_name(json_object_get(device, "node"));
	for (size_t i = 0; i < NR_KINDS; i++) {
		const json_t *lines = json_object_get(device, kinds[i].file);

		for (size_t j = 0; kinds[i].word && j < json_array_size(lines); j++) {
			printf("%s%s ", separator, kinds[i].word);
			print_name(json_array_get(lines, j));
			separator = ", ";
		}
	}
	printf("%s\n", *separator == ':' ? ": nothing" : "");
}

static void print_missing(const json_t *device)
{
	const json_t *lines = json_object_get(device, MISSING);

	for (size_t i = 0; i < json_array_size(lines); i++) {
		printf("  ");
		print_name(json_object_get(device, "node"));
		printf(": MISSING ");
		print_name(json_array_get(lines, i));
		printf("\n");
	}
}

void devices_print(const json_t *devices)
{
	if (json_array_size(devices))
		printf("devices, and what Linux holds for them:\n");
	for (size_t i = 0; i < json_array_size(devices); i++) {
		print_held(json_array_get(devices, i));
		print_missing(json_array_get(devices, i));
	}
}
