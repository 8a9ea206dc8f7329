/* SPDX-License-Identifier: GPL-2.0-only */
/* Making cells out of configurations, and giving back what they had. */
#ifndef CELL_CREATE_H
#define CELL_CREATE_H

#include <cell/cell.h>

/*
 * Create a cell; error->cell is its number then. With check, find out whether it can be created
 * once its CPUs are parked, and change nothing. The caller holds cells_lock.
 */
u32 create_locked(paddr_t config, u64 size, bool check, struct cb_error *error);

/* Tables of the root cell for taking away or giving back what the cell has, at most. */
size_t way_back_pages(const struct cell *cell);

/*
 * Give back CPUs, memory and interrupts of a cell whose CPUs are parked and whose memory is
 * cleared. What that takes was set aside when it was created. The caller holds cells_lock.
 */
void cell_release(struct cell *cell);

#endif
