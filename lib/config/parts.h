/* SPDX-License-Identifier: GPL-2.0-only */
/* What the files of the one check (check.h) have in common; for nobody else. */
#ifndef CB_CONFIG_PARTS_H
#define CB_CONFIG_PARTS_H

#include <config/check.h>
#include <config/refuse.h>

#define refuse cb_refuse

/* A refusal about a region: its place in the file and its address are in the record. */
#define refuse_region(err, why, i, region, ...)                                           \
	refuse(err, why, .index = (i), .address = (region)->phys, .size = (region)->size, \
	       ##__VA_ARGS__)

static inline const char *cb_bytes_at(const void *data, size_t offset)
{
	return (const char *)data + offset;
}

/* Bytes of the structure at the start of the file; arrays lie behind it. */
static inline size_t cb_head_size(uint32_t kind)
{
	return kind == CB_CONFIG_SYSTEM ? sizeof(struct cb_system_config)
					: sizeof(struct cb_cell_config);
}

static inline bool cb_exceeds_address_width(uint64_t address, uint64_t size)
{
	return !cb_range_contains(0, 1ull << CB_ADDRESS_BITS, address, size);
}

/* check_cells.c: a cell that is not the root cell; and what holds for every cell. */
int cb_config_check_cell(const struct cb_cell_config *cell, struct cb_error *err);
int cb_config_check_common(const struct cb_cell_config *cell, struct cb_error *err);
int cb_config_check_flags(const struct cb_cell_config *cell, uint32_t allowed,
			  struct cb_error *err);
int cb_config_check_zero(uint32_t reserved, struct cb_error *err);
int cb_config_check_no_console(const struct cb_console_config *console, struct cb_error *err);

/* check_board.c */
int cb_config_check_system(const struct cb_system_config *system, struct cb_error *err);

#endif
