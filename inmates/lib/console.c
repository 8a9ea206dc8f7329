// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Where printf() goes: the node that chosen/stdout-path names. Without one, text is
 * dropped.
 */
#include <atomic.h>
#include <hypercall.h>
#include <libfdt.h>
#include "internal.h"

#define LINE_SIZE 256

static void (*output)(const char *text, size_t size); /* set once, by console_init() */
static struct spinlock lock;

static void ring_write(const char *text, size_t size)
{
	size_t now;

	for (; size; text += now, size -= now) {
		now = size < CB_CONSOLE_WRITE_MAX ? size : CB_CONSOLE_WRITE_MAX;
		hypercall_console_write(text, now);
	}
}

void console_write(const char *text, size_t size)
{
	uint64_t flags;

	if (!output)
		return;
	flags = spin_lock(&lock);
	output(text, size);
	spin_unlock(&lock, flags);
}

void console_break_lock(void)
{
	/* Another CPU's line gets the time to end. */
	uint64_t limit = timer_now() + timer_ticks(10000);

	while (atomic_load(&lock.taken) && timer_now() < limit)
		;
	atomic_store(&lock.taken, 0);
}

int printf(const char *format, ...)
{
	char line[LINE_SIZE];
	va_list args;
	int length;

	va_start(args, format);
	length = vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	console_write(line, (size_t)length < sizeof(line) ? (size_t)length : sizeof(line) - 1);
	return length;
}

/* stdout-path is a path or an alias, and options behind a colon. */
static int stdout_node(void)
{
	int chosen = fdt_path_offset(dt_blob(), "/chosen");
	const char *path = NULL, *options;

	if (chosen >= 0)
		path = fdt_getprop(dt_blob(), chosen, "stdout-path", NULL);
	if (!path)
		return -1;
	options = strchr(path, ':');
	return fdt_path_offset_namelen(dt_blob(), path,
				       options ? (int)(options - path) : (int)strlen(path));
}

void console_init(void)
{
	int node = stdout_node();

	if (node < 0)
		return;
	if (!fdt_node_check_compatible(dt_blob(), node, "cellblock,console")) {
		if (hypervisor_present())
			output = ring_write;
	} else if (uart_init(node)) {
		output = uart_write;
	}
}
