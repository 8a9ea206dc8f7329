// SPDX-License-Identifier: GPL-2.0-only
/* Text of strangers for a terminal (plain.h). */
#include "plain.h"

#include <stdbool.h>
#include <string.h>

/* The length that the first byte announces (Unicode, table 3-6); 0 if it is no first byte. */
static size_t announced(unsigned char first)
{
	if (first < 0x80)
		return 1;
	if (first >= 0xc2 && first < 0xe0)
		return 2;
	if (first >= 0xe0 && first < 0xf0)
		return 3;
	return first >= 0xf0 && first < 0xf5 ? 4 : 0;
}

/* Longer forms of shorter characters, halves of pairs, and what lies behind the last one. */
static bool is_overlong_or_none(uint32_t code, size_t length)
{
	return (length == 3 && code < 0x800) || (length == 4 && code < 0x10000) ||
	       (code >= 0xd800 && code < 0xe000) || code > 0x10ffff;
}

size_t plain_character(const char *text, size_t size, uint32_t *code)
{
	const size_t length = size ? announced((unsigned char)*text) : 0;
	uint32_t value;

	if (!length || length > size)
		return 0;
	value = length == 1 ? (unsigned char)*text : (unsigned char)*text & (0x7fu >> length);
	for (size_t i = 1; i < length; i++) {
		if (((unsigned char)text[i] & 0xc0) != 0x80)
			return 0;
		value = value << 6 | ((unsigned char)text[i] & 0x3fu);
	}
	if (is_overlong_or_none(value, length))
		return 0;
	if (code)
		*code = value;
	return length;
}

size_t plain_incomplete(const char *text, size_t size)
{
	for (size_t back = 1; back < 4 && back <= size; back++) {
		const unsigned char byte = (unsigned char)text[size - back];

		if ((byte & 0xc0) != 0x80)
			return announced(byte) > back ? back : 0;
	}
	return 0;
}

/* C0, DEL, C1, and what turns the direction of text around. */
static bool is_control(uint32_t code)
{
	return code < 0x20 || (code >= 0x7f && code < 0xa0) || code == 0x200e || code == 0x200f ||
	       (code >= 0x2028 && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);
}

/* Writes the character that the text begins with, and returns its length. */
static size_t write_character(FILE *stream, const char *text, size_t size, const char *keep)
{
	uint32_t code;
	const size_t length = plain_character(text, size, &code);
	const bool kept = length == 1 && *text && strchr(keep, *text);

	if (length && (kept || !is_control(code)))
		fwrite(text, 1, length, stream);
	else
		for (size_t n = 0; n < (length ? length : 1); n++)
			fprintf(stream, "\\x%02x", (unsigned char)text[n]);
	return length ? length : 1;
}

void plain_write(FILE *stream, const char *text, size_t size, const char *keep)
{
	for (size_t i = 0; i < size;)
		i += write_character(stream, text + i, size - i, keep);
}

/* ---- Control sequences (ECMA-48, 5.4): ESC [, parameters, intermediate bytes, a final byte ----
 */

#define LONGEST_SEQUENCE 32

/* Of colours and attributes, moving the cursor, erasing, inserting and deleting characters. */
#define HARMLESS	 "mABCDGHdfJKP@X"

/* Bytes of the sequence that the text begins with; 0: none; more than @size: it is not all there.
 */
static size_t sequence(const char *text, size_t size)
{
	size_t i = 2;

	if (*text != '\x1b' || (size > 1 && text[1] != '['))
		return 0;
	while (i < size && text[i] >= ' ' && text[i] <= '?')
		i++;
	if (i >= LONGEST_SEQUENCE)
		return 0;
	if (i >= size)
		return size + 1;
	return text[i] >= '@' && text[i] <= '~' ? i + 1 : 0;
}

/* Numbers alone: with other parameters the same final byte means something else. */
static bool is_harmless(const char *text, size_t length)
{
	return strspn(text + 2, "0123456789;") == length - 3 && strchr(HARMLESS, text[length - 1]);
}

void plain_write_screen(FILE *stream, const char *text, size_t size)
{
	for (size_t i = 0; i < size;) {
		const size_t length = sequence(text + i, size - i);

		if (!length || length > size - i) {
			i += write_character(stream, text + i, size - i, "\t\n\r\b\a");
			continue;
		}
		if (is_harmless(text + i, length))
			fwrite(text + i, 1, length, stream);
		i += length;
	}
}

size_t plain_incomplete_screen(const char *text, size_t size)
{
	for (size_t back = 1; back < LONGEST_SEQUENCE && back <= size; back++)
		if (text[size - back] == '\x1b' && sequence(text + size - back, back) > back)
			return back;
	return plain_incomplete(text, size);
}

void plain_print(FILE *stream, const char *text)
{
	plain_write(stream, text, strlen(text), "");
}
