/* SPDX-License-Identifier: GPL-2.0-only */
/* Consoles: a ring per cell that the root cell reads, and the hypervisor's own messages. */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <base/lock.h>
#include <base/types.h>

struct cell;

/* Append text to a cell's ring. */
void console_write(struct cell *cell, const char *text, size_t size);

/* The same, under cell->console.lock. */
void console_write_locked(struct cell *cell, const char *text, size_t size);

/*
 * A message of the hypervisor, to the root cell's ring and to the debug console. Format:
 * %s (const char *), %u and %x (u64), %%.
 */
void log_message(const char *format, ...);

/*
 * The same, but from one place no more often than this: for what a guest can bring about over and
 * over. The ring is for more than that.
 */
#define LOG_LIMIT 64
#define log_limited(...)                                \
	do {                                            \
		static u32 logged_;                     \
                                                        \
		if (fetch_add(&logged_, 1) < LOG_LIMIT) \
			log_message(__VA_ARGS__);       \
	} while (0)

#endif
