/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Who owns what: the checks that a new cell takes only what is the root cell's and
 * nobody else's. Nothing here changes anything. The caller holds cells_lock.
 */
#ifndef CELL_OWNERSHIP_H
#define CELL_OWNERSHIP_H

#include <cellblock/config.h>
#include <cellblock/error.h>
#include <cell/cell.h>

/* Check every region, interrupt and CPU of a cell's configuration; online: Linux may run on those.
 */
u32 check_ownership(const struct cb_cell_config *config, bool online, struct cb_error *error);

/* Does phys lie in the hypervisor, in a frame of the GIC, or in memory that a cell has alone? */
bool is_protected(paddr_t phys);

/* A piece of what the root cell has by its configuration. */
struct root_piece {
	paddr_t phys;
	u64 size;
	u32 flags;
};

/* The root cell's region at phys, cut to [phys, phys + size); false if phys is in none. */
bool root_piece_at(paddr_t phys, u64 size, struct root_piece *piece);

#endif
