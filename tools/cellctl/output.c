// SPDX-License-Identifier: GPL-2.0-only
/*
 * JSON for programs.
 */
#include "output.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plain.h"

#define REPLACEMENT "\xef\xbf\xbd" /* U+FFFD */

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
	size_t room = size * sizeof(REPLACEMENT) + 1, used = 0;
	char *copy = malloc(room);
	json_t *string;

	if (!copy)
		return NULL;
	for (size_t i = 0; i < size;) {
		size_t length = plain_character(text + i, size - i, NULL);

		memcpy(copy + used, length ? text + i : REPLACEMENT,
		       length ? length : sizeof(REPLACEMENT) - 1);
		used += length ? length : sizeof(REPLACEMENT) - 1;
		i += length ? length : 1;
	}
	string = json_stringn(copy, used);
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
	json_t *object = json_pack("{s:i}", "version", OUTPUT_VERSION);

	json_object_update(object, value);
	json_dumpf(object, stdout, flags);
	putchar('\n');
	fflush(stdout);
	json_decref(object);
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
