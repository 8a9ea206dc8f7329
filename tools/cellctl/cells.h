/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Asking the driver: the connection, which cells there are, their pages and their
 * configurations. Functions that return an exit code have reported what went wrong.
 */
#ifndef CELLCTL_CELLS_H
#define CELLCTL_CELLS_H

#include <cellblock/ioctl.h>

#include "cellctl.h"
#include "file.h"

struct cpu {
	int linux_cpu; /* -1: Linux does not have it */
	struct cb_cpu_info info;
};

/* Opens /dev/cellblock if it is not open yet. */
int cells_connect(struct cellctl *ctl);

/*
 * An ioctl whose refusal is reported. @cell: what it is about, or CB_NO_CELL;
 * @error: the record in its argument.
 */
int cells_call(const struct cellctl *ctl, unsigned long request, uint32_t cell, void *argument,
	       struct cb_error *error);

/* An ioctl with struct cb_ioc_cell, or with the struct cb_ioc in it. */
int cells_call_cell(const struct cellctl *ctl, unsigned long request, uint32_t cell);

int cells_public(const struct cellctl *ctl, struct cb_system_info *info);
int cells_page(const struct cellctl *ctl, uint32_t cell, struct cb_cell_page *page);

/* The same in silence: 0 or -errno. A cell may have gone. */
int cells_look(const struct cellctl *ctl, uint32_t cell, struct cb_cell_page *page);
int cells_cpu(const struct cellctl *ctl, uint32_t cpu, struct cpu *found);

/* The cell that an operand names: by number, by name, or "root". */
int cells_find(const struct cellctl *ctl, const char *operand, struct cb_cell_page *page);

/* The checked configuration of a cell, which file_free() releases. */
int cells_config(const struct cellctl *ctl, uint32_t cell, struct file *config);

/*
 * The names of all cells that exist, silently: "" where there is none or no answer. Returns 0, or
 * -errno if a cell is missing for another reason than that it is gone.
 */
int cells_names(const struct cellctl *ctl, char names[CB_MAX_CELLS][CB_NAME_SIZE]);

#endif
