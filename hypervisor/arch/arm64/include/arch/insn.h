/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Loads and stores whose trap does not describe them (ESR_EL2.ISV = 0): forms with write-back
 * and pairs. A64 encodings: Arm ARM C4.1.
 */
#ifndef ARCH_INSN_H
#define ARCH_INSN_H

#include <base/types.h>

struct load_store {
	bool write;
	bool sign_extend;
	bool wide;     /* the target register is X, not W */
	u8 size;       /* bytes of one element */
	u8 nr;	       /* elements: 1 or 2 */
	u8 rt[2];      /* registers, 31 is zero */
	u8 rn;	       /* base for write-back, 31 is SP */
	s64 writeback; /* added to rn afterwards */
};

/* False if the instruction is none of the forms that are emulated. */
bool decode_load_store(u32 insn, struct load_store *decoded);

/* Value of a load as the register gets it. */
u64 extend_load(const struct load_store *access, u64 value);

#endif
