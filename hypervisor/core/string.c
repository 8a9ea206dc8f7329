// SPDX-License-Identifier: GPL-2.0-only
/* The memory functions that the compiler may call. */
#include <core/types.h>

void *memcpy(void *to, const void *from, size_t size)
{
	u8 *t = to;
	const u8 *f = from;

	while (size--)
		*t++ = *f++;
	return to;
}

void *memset(void *to, int value, size_t size)
{
	u8 *t = to;

	while (size--)
		*t++ = (u8)value;
	return to;
}

int memcmp(const void *a, const void *b, size_t size)
{
	const u8 *p = a, *q = b;

	for (; size--; p++, q++)
		if (*p != *q)
			return *p - *q;
	return 0;
}
