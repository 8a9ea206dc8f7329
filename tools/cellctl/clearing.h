/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How far the memory of a cell that is being destroyed has been cleared.
 */
#ifndef CELLCTL_CLEARING_H
#define CELLCTL_CLEARING_H

#include <jansson.h>
#include <stdint.h>

#include <cellblock/public.h>

#include "cellctl.h"
#include "text.h"

/* Bytes that are cleared when a cell is destroyed; 0, silently, if it is gone. */
uint64_t clearing_total(const struct cellctl *ctl, uint32_t cell);

/* Bytes of them that are cleared now. A cell that is gone has no more to clear: total. */
uint64_t clearing_done(const struct cellctl *ctl, uint32_t cell, uint64_t total);

/* "35% of 5120 MiB cleared" */
void clearing_text(uint64_t done, uint64_t total, struct text *text);

/* The same of a cell, if it is being destroyed: its text behind a prefix, or the bytes. */
void clearing_print(const struct cellctl *ctl, const struct cb_cell_page *page, const char *prefix);
void clearing_json(const struct cellctl *ctl, const struct cb_cell_page *page, json_t *object);

#endif
