/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Building a line of text in a buffer of fixed size. What does not fit is cut off.
 */
#ifndef CELLCTL_TEXT_H
#define CELLCTL_TEXT_H

#include <stddef.h>
#include <stdint.h>

struct text {
	char *data;  /* always NUL-terminated */
	size_t size; /* of the buffer, not 0 */
	size_t used; /* without the NUL */
};

void text_init(struct text *text, char *buffer, size_t size);
void text_add(struct text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* "0-2,5"; "none" for an empty set. */
void text_add_cpus(struct text *text, uint64_t cpus);

/* "0x9040000-0x9040fff" */
void text_add_range(struct text *text, uint64_t start, uint64_t size);

/* "2 MiB" where it is a whole number of a unit, else "4097 bytes". */
void text_add_size(struct text *text, uint64_t size);

#endif
