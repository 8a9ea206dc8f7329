/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Reading consoles: what "console" and "run" have in common.
 */
#ifndef CELLCTL_CONSOLE_H
#define CELLCTL_CONSOLE_H

#include <stdint.h>

#include "cellctl.h"

/* What read() on the device gives from now on. @cell: CB_NO_CELL for the hypervisor. */
int console_select(const struct cellctl *ctl, uint32_t cell);

/* Prints what is there now. @end: out: the cell was destroyed or the hypervisor disabled. */
int console_drain(const struct cellctl *ctl, uint32_t cell, bool *end);

#endif
