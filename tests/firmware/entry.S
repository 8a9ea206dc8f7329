/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Reset, exceptions to EL3, and the way to Non-secure EL2. Every CPU starts at `reset`, has a
 * stack of its own and runs with a flat map of what the firmware needs, which never changes: it
 * is in flash.
 */
#include "firmware.h"

#define SCTLR_EL3_ON	0x30c5183d	/* RES1, I, SA, C, M */
#define SCTLR_EL2_OFF	0x30c50830	/* RES1 */
#define SCTLR_EL1_OFF	0x30d00800	/* RES1 */
#define TCR_EL3_MAP	0x80823519	/* 39 bits, 4 KiB, cached walks, PA of 40 bits */
#define MAIR_EL3_MAP	0xff00		/* 0: Device-nGnRnE, 1: Normal WB */
#define SPSR_EL2H	0x3c9		/* DAIF masked */
#define HCR_EL2_RW	0x80000000

#define PTE_TABLE	0x3
#define PTE_CODE	0x7c5		/* block, Normal, Secure, read-only, inner shareable, AF */
#define PTE_DATA	(0x745 | (1 << 54))	/* the same, writable and not executable */
#define PTE_RAM		(PTE_DATA | (1 << 5))	/* Non-secure */
#define PTE_DEVICE	(0x441 | (1 << 54))

	.macro	mov_l, reg, value
	movz	\reg, #((\value) & 0xffff)
	movk	\reg, #(((\value) >> 16) & 0xffff), lsl #16
	.endm

	/* This CPU's stack, empty. */
	.macro	empty_stack, scratch
	adrp	\scratch, stacks + (1 << STACK_SHIFT)
	mov	sp, \scratch
	mrs	\scratch, mpidr_el1
	and	\scratch, \scratch, #0xff	/* Aff0: one cluster */
	lsl	\scratch, \scratch, #STACK_SHIFT
	add	sp, sp, \scratch
	.endm

	.section .reset, "ax"
	.globl	reset
reset:
	msr	daifset, #0xf
	adrp	x0, vectors
	msr	vbar_el3, x0
	mov_l	x0, MAIR_EL3_MAP
	msr	mair_el3, x0
	mov_l	x0, TCR_EL3_MAP
	msr	tcr_el3, x0
	adrp	x0, level1
	msr	ttbr0_el3, x0
	isb
	tlbi	alle3
	ic	iallu
	dsb	nsh
	isb
	mov_l	x0, SCTLR_EL3_ON
	msr	sctlr_el3, x0
	isb
	empty_stack x1
	mrs	x0, mpidr_el1
	and	x0, x0, #0xff
	bl	firmware_main
	b	.

	.text
	/* All of struct frame, then C, then back. */
	.macro	vector, handler
	.balign	0x80
	sub	sp, sp, #FRAME_SIZE
	stp	x0, x1, [sp]
	stp	x2, x3, [sp, #16]
	stp	x4, x5, [sp, #32]
	stp	x6, x7, [sp, #48]
	stp	x8, x9, [sp, #64]
	stp	x10, x11, [sp, #80]
	stp	x12, x13, [sp, #96]
	stp	x14, x15, [sp, #112]
	stp	x16, x17, [sp, #128]
	stp	x18, x19, [sp, #144]
	stp	x20, x21, [sp, #160]
	stp	x22, x23, [sp, #176]
	stp	x24, x25, [sp, #192]
	stp	x26, x27, [sp, #208]
	stp	x28, x29, [sp, #224]
	mrs	x0, elr_el3
	stp	x30, x0, [sp, #240]
	mrs	x0, spsr_el3
	str	x0, [sp, #256]
	mov	x0, sp
	bl	\handler
	b	restore
	.endm

	.balign	4096
vectors:
	.rept	8			/* EL3's own */
	vector	stop_at_trap
	.endr
	.rept	2			/* AArch64, AArch32 */
	vector	handle_sync
	vector	stop_at_trap		/* IRQ */
	vector	handle_fiq
	vector	stop_at_trap		/* SError */
	.endr

restore:
	ldr	x0, [sp, #256]
	msr	spsr_el3, x0
	ldp	x30, x0, [sp, #240]
	msr	elr_el3, x0
	ldp	x28, x29, [sp, #224]
	ldp	x26, x27, [sp, #208]
	ldp	x24, x25, [sp, #192]
	ldp	x22, x23, [sp, #176]
	ldp	x20, x21, [sp, #160]
	ldp	x18, x19, [sp, #144]
	ldp	x16, x17, [sp, #128]
	ldp	x14, x15, [sp, #112]
	ldp	x12, x13, [sp, #96]
	ldp	x10, x11, [sp, #80]
	ldp	x8, x9, [sp, #64]
	ldp	x6, x7, [sp, #48]
	ldp	x4, x5, [sp, #32]
	ldp	x2, x3, [sp, #16]
	ldp	x0, x1, [sp]
	add	sp, sp, #FRAME_SIZE
	eret
	dsb	nsh
	isb

	/*
	 * Enters Non-secure EL2 as after a reset: x0 = address, x1 = its x0, x2 = its other
	 * registers. Timers are off; system registers that have no value then have rubbish.
	 */
	.globl	enter_el2
enter_el2:
	empty_stack x3
	msr	elr_el3, x0
	mov	x3, #SPSR_EL2H
	msr	spsr_el3, x3
	mov_l	x3, SCTLR_EL2_OFF
	msr	sctlr_el2, x3
	mov_l	x3, SCTLR_EL1_OFF
	msr	sctlr_el1, x3
	mov_l	x3, HCR_EL2_RW
	msr	hcr_el2, x3
	msr	cntvoff_el2, xzr
	msr	cntp_ctl_el0, xzr
	msr	cntv_ctl_el0, xzr
	msr	cnthp_ctl_el2, xzr
	mov	x3, #1
	msr	oslar_el1, x3

	mov_l	x3, RUBBISH
	orr	x3, x3, x3, lsl #32
	.irp	reg, actlr_el1, afsr0_el1, afsr1_el1, amair_el1, contextidr_el1, cpacr_el1, \
		csselr_el1, elr_el1, esr_el1, far_el1, mair_el1, par_el1, sp_el0, sp_el1, spsr_el1, tcr_el1, \
		tpidr_el0, tpidr_el1, tpidrro_el0, ttbr0_el1, ttbr1_el1, vbar_el1, cntkctl_el1, \
		cntp_cval_el0, cntv_cval_el0, cnthp_cval_el2, \
		afsr0_el2, afsr1_el2, amair_el2, cnthctl_el2, cptr_el2, elr_el2, esr_el2, far_el2, \
		hpfar_el2, hstr_el2, mair_el2, sp_el2, spsr_el2, tcr_el2, tpidr_el2, ttbr0_el2, \
		vbar_el2, vmpidr_el2, vpidr_el2, vtcr_el2, vttbr_el2
	msr	\reg, x3
	.endr
	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, \
		16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
	dup	v\n\().2d, x3
	.endr

	mov	x0, x1
	mov	x1, x2
	.irp	n, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, \
		16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30
	mov	x\n, x2
	.endr
	eret
	dsb	nsh
	isb

	/* The first GiB, in 2 MiB: flash, registers, Secure RAM. */
	.section .rodata
	.balign	4096
level1:
	.quad	level2 + PTE_TABLE
	.quad	RAM_BASE | PTE_RAM
	.fill	510, 8, 0
level2:
	.quad	PTE_CODE
	.fill	63, 8, 0
	.set	address, 0x08000000
	.rept	10
	.quad	address | PTE_DEVICE
	.set	address, address + 0x200000
	.endr
	.fill	38, 8, 0
	.quad	0x0e000000 | PTE_DATA
	.fill	399, 8, 0

	.section .stacks, "aw", %nobits
	.balign	4096
stacks:
	.skip	MAX_CPUS << STACK_SHIFT

	.section .note.GNU-stack, "", %progbits
