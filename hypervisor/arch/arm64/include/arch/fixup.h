/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Instructions of EL2 that may fail: accesses to devices, which a bus may answer with an error, and
 * to system registers that firmware may keep. Each has an entry in a table (trap_own()): an error
 * is skipped and counted, and a load or MRS that fails gives zero. A CPU may report the error of a
 * store later instead, as an SError: whoever stores asks first, by a load. General registers only,
 * and a load or store without write-back.
 */
#ifndef ARCH_FIXUP_H
#define ARCH_FIXUP_H

/* Entries: where the instruction is, from here; a multiple of 4, to which this is added. */
#define FIXUP_STORE	 0
#define FIXUP_LOAD	 1

#define FIXUP_STRING_(x) #x
#define FIXUP_STRING(x)	 FIXUP_STRING_(x)

/* instruction: a string. As part of an asm statement. */
#define FIXUP(instruction, kind)                    \
	"1: " instruction "\n\t"                    \
	".pushsection .fixup, \"a\"\n\t"            \
	".word 1b - . + " FIXUP_STRING(kind) "\n\t" \
					     ".popsection"

#endif
