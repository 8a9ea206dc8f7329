/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * JSON for programs. Addresses and other 64-bit values are strings ("0x9040000"):
 * not every reader of JSON has 64-bit integers.
 */
#ifndef CELLCTL_OUTPUT_H
#define CELLCTL_OUTPUT_H

#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

json_t *json_hex(uint64_t value);
json_t *json_count(uint64_t value);

/*
 * "version" of each object. docs/json/cellctl.schema.json describes them: another number where a
 * key goes or means something else, not where one is added.
 */
#define OUTPUT_VERSION 1

/* Text that need not be UTF-8: bytes that are not become U+FFFD. */
json_t *json_text(const char *text, size_t size);

/* The CPUs of a set as an array of numbers. */
json_t *json_cpus(uint64_t cpus);

/* Print to standard output and release: over several lines, or on one. */
void output_json(json_t *value);
void output_json_line(json_t *value);

#endif
