/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The part of <string.h> and <stdlib.h> that inmates and libfdt need.
 */
#ifndef INMATE_STRING_H
#define INMATE_STRING_H

#include <stddef.h>

void *memcpy(void *dst, const void *src, size_t size);
void *memmove(void *dst, const void *src, size_t size);
void *memset(void *dst, int byte, size_t size);
int memcmp(const void *a, const void *b, size_t size);
void *memchr(const void *s, int byte, size_t size);
size_t strlen(const char *s);
size_t strnlen(const char *s, size_t max);
int strcmp(const char *a, const char *b);
int strncmp(const char *a, const char *b, size_t max);
char *strchr(const char *s, int c);
char *strrchr(const char *s, int c);

/* Base 0 (decimal, 0x, leading 0), 10 or 16. Stops at the first other character. */
unsigned long strtoul(const char *s, char **end, int base);

#endif
