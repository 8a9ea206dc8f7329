// SPDX-License-Identifier: GPL-2.0-only
/*
 * Building a line of text in a buffer of fixed size.
 */
#include "text.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

void text_init(struct text *text, char *buffer, size_t size)
{
	*text = (struct text){ .data = buffer, .size = size };
	buffer[0] = '\0';
}

void text_add(struct text *text, const char *format, ...)
{
	size_t room = text->size - text->used;
	va_list ap;
	int n;

	va_start(ap, format);
	n = vsnprintf(text->data + text->used, room, format, ap);
	va_end(ap);
	if (n > 0)
		text->used += (size_t)n < room ? (size_t)n : room - 1;
}

/* The number of CPUs in a row that starts with CPU first. */
static unsigned int run_length(uint64_t cpus, unsigned int first)
{
	unsigned int n = 0;

	while (first + n < 64 && (cpus >> (first + n)) & 1)
		n++;
	return n;
}

void text_add_cpus(struct text *text, uint64_t cpus)
{
	const char *separator = "";
	unsigned int cpu = 0;

	if (!cpus)
		text_add(text, "none");
	while (cpu < 64) {
		unsigned int n = run_length(cpus, cpu);

		if (n == 1)
			text_add(text, "%s%u", separator, cpu);
		else if (n > 1)
			text_add(text, "%s%u-%u", separator, cpu, cpu + n - 1);
		if (n)
			separator = ",";
		cpu += n + 1;
	}
}

void text_add_range(struct text *text, uint64_t start, uint64_t size)
{
	text_add(text, "0x%" PRIx64, start);
	if (size)
		text_add(text, "-0x%" PRIx64, start + size - 1);
}

void text_add_size(struct text *text, uint64_t size)
{
	static const char *const units[] = { "KiB", "MiB", "GiB", "TiB" };
	uint64_t n = size;
	int unit = -1;

	while (n && n % 1024 == 0 && unit < 3) {
		n /= 1024;
		unit++;
	}
	if (unit < 0)
		text_add(text, "%" PRIu64 " byte%s", n, n == 1 ? "" : "s");
	else
		text_add(text, "%" PRIu64 " %s", n, units[unit]);
}
