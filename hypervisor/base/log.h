/* SPDX-License-Identifier: GPL-2.0-only */
/* Consoles: a ring per cell that the root cell reads, and the hypervisor's own messages. */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <base/types.h>

struct cell;

/* Append text to a cell's ring. */
void console_write(struct cell *cell, const char *text, size_t size);

/*
 * A message of the hypervisor, to the root cell's ring and to the debug console. Format:
 * %s (const char *), %u and %x (u64), %%.
 */
void log_message(const char *format, ...);

#endif
