/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The steps of a cell's life that "run" has in common with other commands. Each
 * returns an exit code and has reported what went wrong.
 */
#ifndef CELLCTL_LIFE_H
#define CELLCTL_LIFE_H

#include <stdint.h>

#include "cellctl.h"

/* Creates a cell from a file. @cell: out: its number. */
int create_cell(struct cellctl *ctl, const char *path, uint32_t *cell);

/* Destroys a cell and shows how far that is. Ctrl-C leaves it, and the hypervisor goes on. */
int destroy_cell(const struct cellctl *ctl, uint32_t cell);

#endif
