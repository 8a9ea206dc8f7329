/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Exception vectors: save struct regs on the stack, call exception_entry(regs, vector),
 * restore. The offsets are checked in exceptions.c. An interrupt, for which time counts, saves
 * only what C may change, and what a nested exception would.
 */
#define REGS_SP		(31 * 8)
#define REGS_ELR	(32 * 8)
#define REGS_SIZE	(34 * 8)
#define IRQ_SIZE	(22 * 8)

	.macro	vector number
	.balign	128
	sub	sp, sp, #REGS_SIZE
	stp	x0, x1, [sp, #0]
	mov	x1, #\number
	b	exception
	.endm

	.macro	x2_to_x17 op
	\op	x2, x3, [sp, #16]
	\op	x4, x5, [sp, #32]
	\op	x6, x7, [sp, #48]
	\op	x8, x9, [sp, #64]
	\op	x10, x11, [sp, #80]
	\op	x12, x13, [sp, #96]
	\op	x14, x15, [sp, #112]
	\op	x16, x17, [sp, #128]
	.endm

	.macro	caller_saved op
	x2_to_x17 \op
	\op	x18, x30, [sp, #144]
	.endm

	.text
	.balign	2048
	.globl	vectors
vectors:
	.irp	n, 0, 1, 2, 3, 4
	vector	\n
	.endr
	.balign	128			/* 5: IRQ on the own stack */
	sub	sp, sp, #IRQ_SIZE
	stp	x0, x1, [sp, #0]
	caller_saved stp
	mrs	x0, elr_el1
	mrs	x1, spsr_el1
	stp	x0, x1, [sp, #160]
	bl	irq_dispatch
	ldp	x0, x1, [sp, #160]
	msr	elr_el1, x0
	msr	spsr_el1, x1
	b	irq_return
	.irp	n, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
	vector	\n
	.endr

irq_return:
	caller_saved ldp
	ldp	x0, x1, [sp, #0]
	add	sp, sp, #IRQ_SIZE
	eret

	.macro	each_pair op
	x2_to_x17 \op
	\op	x18, x19, [sp, #144]
	\op	x20, x21, [sp, #160]
	\op	x22, x23, [sp, #176]
	\op	x24, x25, [sp, #192]
	\op	x26, x27, [sp, #208]
	\op	x28, x29, [sp, #224]
	.endm

exception:
	each_pair stp
	add	x2, sp, #REGS_SIZE
	stp	x30, x2, [sp, #(30 * 8)]
	mrs	x2, elr_el1
	mrs	x3, spsr_el1
	stp	x2, x3, [sp, #REGS_ELR]
	mov	x0, sp
	bl	exception_entry
	ldp	x2, x3, [sp, #REGS_ELR]
	msr	elr_el1, x2
	msr	spsr_el1, x3
	each_pair ldp
	ldr	x30, [sp, #(30 * 8)]
	ldp	x0, x1, [sp, #0]
	add	sp, sp, #REGS_SIZE
	eret

	.section .note.GNU-stack, "", %progbits
