// SPDX-License-Identifier: GPL-2.0-only
/* The memory functions that the compiler may call. */
#include <base/types.h>

void *memcpy(void *to, const void *from, size_t size)
{
	u8 *t = to;
	const u8 *f = from;

	while (size--)
		*t++ = *f++;
	return to;
}

struct line {
	u64 words[8];
};

/* Mostly whole pages of zeros. */
void *memset(void *to, int value, size_t size)
{
	u64 w = (u8)value * 0x0101010101010101UL;
	u8 *t = to;

	for (; size >= sizeof(struct line) && !((u64)t % 8);
	     size -= sizeof(struct line), t += sizeof(struct line))
		*(struct line *)t = (struct line){ { w, w, w, w, w, w, w, w } };
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
