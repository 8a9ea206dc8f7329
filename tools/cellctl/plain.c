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

void plain_write(FILE *stream, const char *text, size_t size, const char *keep)
{
	for (size_t i = 0; i < size;) {
		uint32_t code;
		size_t length = plain_character(text + i, size - i, &code);
		const bool kept = length == 1 && text[i] && strchr(keep, text[i]);

		if (length && (kept || !is_control(code)))
			fwrite(text + i, 1, length, stream);
		else
			for (size_t n = 0; n < (length ? length : 1); n++)
				fprintf(stream, "\\x%02x", (unsigned char)text[i + n]);
		i += length ? length : 1;
	}
}

void plain_print(FILE *stream, const char *text)
{
	plain_write(stream, text, strlen(text), "");
}
