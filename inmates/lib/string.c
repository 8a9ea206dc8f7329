// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The C library's string functions, for libfdt, compilers and us. Short rather than
 * fast.
 */
#include <stdint.h>
#include <string.h>

void *memcpy(void *dst, const void *src, size_t size)
{
	uint8_t *d = dst;
	const uint8_t *s = src;

	while (size--)
		*d++ = *s++;
	return dst;
}

void *memmove(void *dst, const void *src, size_t size)
{
	uint8_t *d = dst;
	const uint8_t *s = src;

	if (d <= s)
		return memcpy(dst, src, size);
	while (size--)
		d[size] = s[size];
	return dst;
}

void *memset(void *dst, int byte, size_t size)
{
	uint8_t *d = dst;

	while (size--)
		*d++ = (uint8_t)byte;
	return dst;
}

int memcmp(const void *a, const void *b, size_t size)
{
	const uint8_t *x = a, *y = b;

	for (; size--; x++, y++)
		if (*x != *y)
			return *x - *y;
	return 0;
}

void *memchr(const void *s, int byte, size_t size)
{
	const uint8_t *p = s;

	for (; size--; p++)
		if (*p == (uint8_t)byte)
			return (void *)(uintptr_t)p;
	return NULL;
}

size_t strlen(const char *s)
{
	size_t length = 0;

	while (s[length])
		length++;
	return length;
}

size_t strnlen(const char *s, size_t max)
{
	size_t length = 0;

	while (length < max && s[length])
		length++;
	return length;
}

int strcmp(const char *a, const char *b)
{
	return strncmp(a, b, SIZE_MAX);
}

int strncmp(const char *a, const char *b, size_t max)
{
	for (; max--; a++, b++)
		if (*a != *b || !*a)
			return (uint8_t)*a - (uint8_t)*b;
	return 0;
}

char *strchr(const char *s, int c)
{
	for (;; s++) {
		if (*s == (char)c)
			return (char *)(uintptr_t)s;
		if (!*s)
			return NULL;
	}
}

char *strrchr(const char *s, int c)
{
	const char *found = NULL;

	for (;; s++) {
		if (*s == (char)c)
			found = s;
		if (!*s)
			return (char *)(uintptr_t)found;
	}
}

static unsigned int digit(char c)
{
	if (c >= '0' && c <= '9')
		return (unsigned int)(c - '0');
	if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
		return (unsigned int)((c | 0x20) - 'a' + 10);
	return 16;
}

unsigned long strtoul(const char *s, char **end, int base)
{
	unsigned long value = 0;

	if ((base == 0 || base == 16) && s[0] == '0' && (s[1] | 0x20) == 'x' && digit(s[2]) < 16) {
		s += 2;
		base = 16;
	} else if (base == 0) {
		base = s[0] == '0' ? 8 : 10;
	}
	for (; digit(*s) < (unsigned int)base; s++)
		value = value * (unsigned int)base + digit(*s);
	if (end)
		*end = (char *)(uintptr_t)s;
	return value;
}
