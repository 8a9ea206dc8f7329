/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Filling a cell's memory and starting it: the steps that "run" has in common with
 * "load" and "start". Each returns an exit code and has reported what went wrong.
 */
#ifndef CELLCTL_LOAD_H
#define CELLCTL_LOAD_H

#include <cellblock/public.h>

#include "cellctl.h"

int load_cell(const struct cellctl *ctl, uint32_t cell, const char *image);
int start_cell(const struct cellctl *ctl, uint32_t cell);

#endif
