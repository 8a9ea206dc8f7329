// SPDX-License-Identifier: GPL-2.0-only
/*
 * JSON for programs.
 */
#include "output.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

json_t *json_hex(uint64_t value)
{
	char text[19];

	snprintf(text, sizeof(text), "0x%" PRIx64, value);
	return json_string(text);
}

json_t *json_count(uint64_t value)
{
	return json_integer((json_int_t)value);
}

json_t *json_text(const char *text, size_t size)
{
	char *copy = malloc(size + 1);
	json_t *string;

	if (!copy)
		return NULL;
	for (size_t i = 0; i < size; i++)
		copy[i] = (char)((signed char)text[i] < 0 ? '?' : text[i]);
	string = json_stringn(copy, size);
	free(copy);
	return string;
}

json_t *json_cpus(uint64_t cpus)
{
	json_t *array = json_array();

	for (unsigned int cpu = 0; cpu < 64; cpu++)
		if ((cpus >> cpu) & 1)
			json_array_append_new(array, json_integer(cpu));
	return array;
}

static void output(json_t *value, size_t flags)
{
	json_dumpf(value, stdout, flags);
	putchar('\n');
	fflush(stdout);
	json_decref(value);
}

void output_json(json_t *value)
{
	output(value, JSON_INDENT(2));
}

void output_json_line(json_t *value)
{
	output(value, JSON_COMPACT);
}
