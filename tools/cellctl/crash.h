/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A cell's crash record in words.
 */
#ifndef CELLCTL_CRASH_H
#define CELLCTL_CRASH_H

#include <cellblock/public.h>

#include "text.h"

/* One sentence, without registers. */
void crash_describe(const struct cb_crash *crash, struct text *text);

/* The registers, several lines. */
void crash_registers(const struct cb_crash *crash, struct text *text);

/* The registers besides x0 to x30, one by one. */
size_t crash_register_count(void);
const char *crash_register_name(size_t i);
uint64_t crash_register_value(const struct cb_crash *crash, size_t i);

#endif
