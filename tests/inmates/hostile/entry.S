/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Comes before the library's entry: saves entry_state (entry.h), with the MMU off.
 */
#include <inmate.h>
#include <sysreg.h>
#include "entry.h"

	.text
	.globl	inmate_entry
inmate_entry:
	msr	elr_el1, x0
	adrp	x0, entry_state
	add	x0, x0, :lo12:entry_state
	stp	x1, x2, [x0], #16
	stp	x3, x4, [x0], #16
	stp	x5, x6, [x0], #16
	stp	x7, x8, [x0], #16
	stp	x9, x10, [x0], #16
	stp	x11, x12, [x0], #16
	stp	x13, x14, [x0], #16
	stp	x15, x16, [x0], #16
	stp	x17, x18, [x0], #16
	stp	x19, x20, [x0], #16
	stp	x21, x22, [x0], #16
	stp	x23, x24, [x0], #16
	stp	x25, x26, [x0], #16
	stp	x27, x28, [x0], #16
	stp	x29, x30, [x0], #16
	mov	x1, sp
	str	x1, [x0], #8
#define SAVE(name) mrs x1, name; str x1, [x0], #8;
	ENTRY_REGISTERS(SAVE)
	mov	x1, #CPACR_EL1_FPEN
	msr	cpacr_el1, x1
	isb
	mrs	x1, fpcr
	mrs	x2, fpsr
	stp	x1, x2, [x0], #16
	add	x0, x0, #15		/* the vectors are aligned */
	bic	x0, x0, #15
	.arch	armv8-a+fp
	.irp	n, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30
	str	q\n, [x0], #16
	.endr
	.irp	n, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31
	str	q\n, [x0], #16
	.endr
	mrs	x0, elr_el1
	b	primary_entry

	/* Not cleared with the bss, which comes later. */
	.section .early, "aw", %nobits
	.balign	4096
	.globl	entry_state
entry_state:
	.skip	4096

	.section .note.GNU-stack, "", %progbits
