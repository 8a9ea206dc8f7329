/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Loads and stores of general registers, as the encoding diagrams of Arm ARM C6.2 show them: a
 * row for each instruction, bit by bit.
 */
#ifndef UNIT_INSN_MODEL_H
#define UNIT_INSN_MODEL_H

#include <arch/insn.h>

enum verdict {
	REFUSE, /* another instruction, or none */
	ACCEPT,
	EITHER, /* UNPREDICTABLE: may be refused; if not, it is what the diagram says */
};

/* What insn is; the fields of expected are filled in unless it is REFUSE. */
enum verdict insn_model(u32 insn, struct load_store *expected);

bool is_same_load_store(const struct load_store *a, const struct load_store *b);

/* Value of a load as the register gets it, byte by byte. */
u64 loaded_value(const struct load_store *access, u64 value);

#endif
