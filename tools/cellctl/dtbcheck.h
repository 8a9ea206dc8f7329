/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What is wrong with a device tree that somebody gave for a cell (--dtb): what its system would
 * take for its own, and is not. Has no effects; such a tree is loaded all the same.
 */
#ifndef CELLCTL_DTBCHECK_H
#define CELLCTL_DTBCHECK_H

#include <cellblock/config.h>

/* Up to so many are said. */
#define DTBCHECK_MAX 16

struct dtbcheck {
	const void *tree; /* that fdt_check_full() accepts */
	const struct cb_cell_config *cell;
	const struct cb_system_config *system;
	void (*say)(void *context, const char *sentence);
	void *context;
	unsigned int count; /* out: of sentences */
};

void dtbcheck(struct dtbcheck *check);

#endif
