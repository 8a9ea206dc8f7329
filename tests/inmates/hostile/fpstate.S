/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Vector and predicate registers, which the compiler is not to touch in an inmate.
 */
	.arch	armv8.5-a+sve

	.macro	each_register macro:vararg
	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, \
		16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
	\macro	\n
	.endr
	.endm

	.macro	fill_v n
	dup	v\n\().2d, x0
	.endm

	.macro	fill_z n
	dup	z\n\().d, x0
	.endm

	.macro	store_z n
	str	z\n, [x0, #\n, mul vl]
	.endm

	.text
/* x0 in both halves of each vector register. */
	.globl	fill_vectors
fill_vectors:
	each_register fill_v
	ret

/* x0 in all of each scalable vector, ones in all predicates. Undefined without SVE. */
	.globl	fill_scalable
fill_scalable:
	each_register fill_z
	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
	ptrue	p\n\().b
	.endr
	setffr
	ret

/*
 * Scalable vectors to x0, predicates and FFR to x1; returns the bytes of a vector. Undefined without
 * SVE, and then x0 is what it was.
 */
	.globl	store_scalable
store_scalable:
	rdvl	x2, #1
	each_register store_z
	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
	str	p\n, [x1, #\n, mul vl]
	.endr
	rdffr	p0.b
	addpl	x1, x1, #16
	str	p0, [x1]
	mov	x0, x2
	ret

	.section .note.GNU-stack, "", %progbits
