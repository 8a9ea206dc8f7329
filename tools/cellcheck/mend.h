/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Taking out of a configuration what was refused, so that the check can go on and find what else
 * there is. What a record speaks of keeps the number that it has in the file.
 */
#ifndef CELLCHECK_MEND_H
#define CELLCHECK_MEND_H

#include <cellblock/config.h>
#include <cellblock/error.h>

#define MAX_ELEMENTS (CB_CONFIG_MAX_SIZE / sizeof(struct cb_irq_range))

/* A configuration, and what is left of it. */
struct draft {
	size_t size;
	union {
		uint8_t bytes[CB_CONFIG_MAX_SIZE + 1]; /* one more, to be seen as too large */
		struct cb_config_header header;
		struct cb_cell_config cell;
		struct cb_system_config system;
	} file, rest;
	uint16_t regions[MAX_ELEMENTS], irqs[MAX_ELEMENTS]; /* number in file, by that in rest */
	bool cpus_replaced; /* the rest has CPUs that the file does not name */
};

/* Begin with the file as it is. */
void draft_init(struct draft *draft);

/* In the words of the file. */
struct cb_error draft_original(const struct draft *draft, const struct cb_error *error);

/*
 * Take out what was refused; false if the record does not say what that is. spare: a CPU for a cell
 * that has none left otherwise, or none.
 */
bool draft_mend(struct draft *draft, const struct cb_error *error, uint64_t spare);

#endif
