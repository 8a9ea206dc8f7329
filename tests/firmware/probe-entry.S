/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The probe's first instructions at EL2, on the CPU that boots and on those that CPU_ON or
 * CPU_SUSPEND start; and the calls whose registers matter.
 */
#include "firmware.h"

#define MARK	0x600d600d	/* what a CPU leaves where a reset must not find it */

	.section .header, "ax"
	.globl	header
header:
	b	boot
	nop
	.quad	0			/* text_offset */
	.quad	end - 0x40200000	/* image_size */
	.quad	0xa
	.quad	0, 0, 0
	.ascii	"ARM\x64"
	.long	0

	.text
boot:
	adrp	x1, stacks + (1 << STACK_SHIFT)
	mov	sp, x1
	bl	probe
	b	.

	/*
	 * Where PSCI starts a CPU: x0 is its context. Says what survived: bit n is the n-th of x19,
	 * TTBR0_EL1, VTTBR_EL2, SP_EL1, TPIDR_EL2, q8.
	 */
	.globl	psci_entry
psci_entry:
	.set	.Lcount, 0
	mov	x10, #MARK & 0xffff
	movk	x10, #MARK >> 16, lsl #16
	mov	x1, xzr
	.macro	note, bit, value
	cmp	\value, x10
	cset	x11, eq
	orr	x1, x1, x11, lsl #\bit
	.endm
	note	0, x19
	.irp	reg, ttbr0_el1, vttbr_el2, sp_el1, tpidr_el2
	mrs	x12, \reg
	note	(1 + .Lcount), x12
	.set	.Lcount, .Lcount + 1
	.endr
	mov	x12, v8.d[0]
	note	5, x12
	mrs	x2, sctlr_el2
	mrs	x3, currentel
	adrp	x4, stacks + (1 << STACK_SHIFT)
	mrs	x5, mpidr_el1
	and	x5, x5, #0xff
	lsl	x5, x5, #STACK_SHIFT
	add	x4, x4, x5
	mov	sp, x4
	bl	started
	b	.

	/* power_down(state, entry, context): CPU_SUSPEND with marks; returns if it is refused. */
	.globl	power_down
power_down:
	stp	x19, x30, [sp, #-16]!
	mov	x3, x2
	mov	x2, x1
	mov	x1, x0
	mov	x0, #0x0001
	movk	x0, #0xc400, lsl #16
	mov	x19, #MARK & 0xffff
	movk	x19, #MARK >> 16, lsl #16
	.irp	reg, ttbr0_el1, vttbr_el2, sp_el1, tpidr_el2
	msr	\reg, x19
	.endr
	fmov	d8, x19
	smc	#0
	ldp	x19, x30, [sp], #16
	ret

	.section .bss.stacks, "aw", %nobits
	.balign	4096
stacks:
	.skip	MAX_CPUS << STACK_SHIFT
	.section .note.GNU-stack, "", %progbits
