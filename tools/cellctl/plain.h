/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Text of strangers for a terminal: cells, configurations and device trees may hold what it would
 * obey.
 */
#ifndef CELLCTL_PLAIN_H
#define CELLCTL_PLAIN_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/*
 * The bytes of the UTF-8 character that the text begins with; 0 if these are none, or not all of
 * one.
 * @code, if not NULL: out: its number.
 */
size_t plain_character(const char *text, size_t size, uint32_t *code);

/* Bytes at the end of the text that may be the beginning of a character. */
size_t plain_incomplete(const char *text, size_t size);

/* Prints it; control characters, but for those of @keep, and what is no UTF-8 become "\x1b". */
void plain_write(FILE *stream, const char *text, size_t size, const char *keep);

/*
 * The same for a terminal at which somebody works in a cell: of the control sequences (ECMA-48)
 * those that colour, move and erase are passed on; others, which would change the terminal or make
 * it answer, are left out. What is none becomes "\x1b".
 */
void plain_write_screen(FILE *stream, const char *text, size_t size);

/* Bytes at the end of the text that may be the beginning of a character or of such a sequence. */
size_t plain_incomplete_screen(const char *text, size_t size);

/* The same, up to the NUL; no control character is kept. */
void plain_print(FILE *stream, const char *text);

#endif
