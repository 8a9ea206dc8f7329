/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Words for the numbers of the ABI. A number without a word gives "unknown".
 */
#ifndef CELLCTL_NAMES_H
#define CELLCTL_NAMES_H

#include <stdint.h>

#include "text.h"

const char *name_cell_state(uint64_t state);
const char *name_cpu_state(uint64_t state);
const char *name_exit(uint64_t reason);
const char *name_crash(uint64_t reason);
const char *name_clearing(uint64_t clearing);
const char *name_pool_use(uint64_t use);
const char *name_gic_frame(uint64_t frame);
const char *name_config_kind(uint64_t kind);
const char *name_config_array(uint64_t array);
const char *name_arch(uint64_t arch);
const char *name_console(uint64_t type);
const char *name_root_mode(uint64_t mode);

/* One name for each bit, joined by separators; unknown bits in hexadecimal. */
void text_add_region_flags(struct text *text, uint32_t flags);
void text_add_cell_flags(struct text *text, uint32_t flags);

/* "running or stopped": a set of cell states by bit number. */
void text_add_states(struct text *text, uint64_t states);

#endif
