/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How "load" tells "start" where a cell is entered: a small file for each cell below
 * /run/cellblock. It belongs to one state of one cell: a stale one is not used.
 */
#ifndef CELLCTL_BOOTFILE_H
#define CELLCTL_BOOTFILE_H

#include <stdbool.h>

#include <cellblock/public.h>

struct boot {
	uint64_t entry;
	uint64_t argument; /* x0: the device tree */
};

/* Returns 0 or -errno. @page: the cell as it is now. */
int bootfile_write(const struct cb_cell_page *page, const struct boot *boot);

/* Whether the cell as it is now was loaded. */
bool bootfile_read(const struct cb_cell_page *page, struct boot *boot);

void bootfile_remove(const char *cell_name);

#endif
