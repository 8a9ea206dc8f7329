/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Exceptions to EL2 while the hypervisor is enabled, and the way into a guest. An exit that
 * C answers with arguments and results only (HVC, SMC, WFI, most accesses to emulated frames)
 * saves what C may change; all others save every general register. Nothing of EL1 is saved: the
 * CPU has one owner.
 */
#include <arch/layout.h>
#include <arch/smc.h>
#include <arch/sysreg.h>
#include <offsets.h>

/* In the number of a call, and 0 for those of the architecture (DEN 0028, 2.5). */
#define SMCCC_OWNER	0x3f000000

	.macro	return_to_guest
	eret
	dsb	nsh		/* nothing is speculated past it (Arm ARM C6.2, ERET and SB) */
	isb
	.endm

	/* All but x0, x1 and x30. */
	.macro	caller_saved pair
	\pair	x2, x3, [sp, #16]
	\pair	x4, x5, [sp, #32]
	\pair	x6, x7, [sp, #48]
	\pair	x8, x9, [sp, #64]
	\pair	x10, x11, [sp, #80]
	\pair	x12, x13, [sp, #96]
	\pair	x14, x15, [sp, #112]
	\pair	x16, x17, [sp, #128]
	.endm

	.macro	callee_saved pair
	\pair	x18, x19, [sp, #144]
	\pair	x20, x21, [sp, #160]
	\pair	x22, x23, [sp, #176]
	\pair	x24, x25, [sp, #192]
	\pair	x26, x27, [sp, #208]
	\pair	x28, x29, [sp, #224]
	.endm

	.macro	save_caller_saved
	stp	x0, x1, [sp, #-REGS_SIZE]!
	caller_saved stp
	stp	x30, xzr, [sp, #240]
	mrs	x2, elr_el2
	mrs	x3, spsr_el2
	stp	x2, x3, [sp, #REGS_ELR]
	.endm

	.macro	restore_caller_saved
	ldp	x2, x3, [sp, #REGS_ELR]
	msr	elr_el2, x2
	msr	spsr_el2, x3
	caller_saved ldp
	ldr	x30, [sp, #240]
	ldp	x0, x1, [sp], #REGS_SIZE
	.endm

	/* The stack may be what failed: start again at its top, the guest is not resumed. */
	.macro	vector_panic kind
	.balign	0x80
	mrs	x0, tpidr_el2	/* the stack ends where struct cpu begins */
	mov	sp, x0
	mov	x0, #\kind
	b	trap_panic
	.endm

	.section .head.vectors, "ax"
	.global vectors
vectors:
	vector_panic 0		/* current EL, SP_EL0 */
	vector_panic 1
	vector_panic 2
	vector_panic 3

	/*
	 * Current EL, SP_EL2: synchronous. An access may fail that is in the table of fixups. The stack
	 * is good if SP lies in its page, which bit 12 tells from the one below: that is looked at
	 * with no register to spare.
	 */
	.balign	0x80
	sub	sp, sp, #REGS_SIZE
	add	sp, sp, x0
	sub	x0, sp, x0
	tbnz	x0, #12, 1f
	b	own_panic
1:	sub	x0, sp, x0
	sub	sp, sp, x0
	b	own_exception

	vector_panic 5
	vector_panic 6

	.balign	0x80		/* SError: EL2 masks it but in take_serror() */
	mrs	x0, esr_el2
	return_to_guest

	.balign	0x80		/* lower EL, AArch64: synchronous */
	save_caller_saved
	mrs	x1, esr_el2
	lsr	x2, x1, #ESR_EC_SHIFT
	cmp	x2, #ESR_EC_DABT_LOW
	b.eq	exit_data_abort
	cmp	x2, #ESR_EC_HVC64
	b.eq	exit_hvc
	cmp	x2, #ESR_EC_SMC64
	b.eq	exit_smc
	cmp	x2, #ESR_EC_WFX
	b.eq	exit_wfx
	mov	x0, sp
	b	exit_other

	vector_panic 9		/* IRQ: HCR_EL2.IMO is 0 while a guest runs */

	.balign	0x80		/* FIQ: an interrupt of Group 0 in the root cell */
	save_caller_saved
	bl	trap_fiq
	restore_caller_saved
	return_to_guest

	vector_panic 11		/* SError: HCR_EL2.AMO is 0 while a guest runs */
	vector_panic 12		/* lower EL, AArch32: HCR_EL2.RW is 1 */
	vector_panic 13
	vector_panic 14
	vector_panic 15

	.text
own_exception:
	stp	x0, x1, [sp]
	caller_saved stp
	stp	x30, xzr, [sp, #240]
	callee_saved stp
	mov	x0, sp
	mrs	x1, esr_el2
	bl	trap_own
	cbz	w0, own_panic
	callee_saved ldp
	caller_saved ldp
	ldr	x30, [sp, #240]
	ldp	x0, x1, [sp], #REGS_SIZE
	return_to_guest			/* to where EL2 was */

own_panic:
	mrs	x0, tpidr_el2
	mov	sp, x0
	mov	x0, #4
	b	trap_panic

exit_hvc:
	tst	w0, #SMCCC_OWNER
	b.eq	workaround
call_hvc:
	mov	x0, sp
	bl	trap_hvc
	cbnz	w0, 1f
	restore_caller_saved
	return_to_guest
1:	restore_caller_saved
	mrs	x17, tpidr_el2
	ldr	x17, [x17, #CPU_SCTLR]
	b	leave_el2

exit_smc:
	tst	w0, #SMCCC_OWNER
	b.ne	call_smc

/*
 * By HVC or SMC, which is bit 0 of the class in x2. If a guest asks the firmware to mitigate an
 * erratum, which some do at each switch of address spaces, it gets what the firmware leaves (DEN
 * 0028, 2.6): that keeps x4 and above, all still the guest's.
 */
workaround:
	mrs	x3, spsr_el2
	tbnz	x3, #SPSR_SS_BIT, 1f
	mov	w3, #SMCCC_ARCH_WORKAROUND_1
	cmp	w0, w3
	sub	w3, w3, #(SMCCC_ARCH_WORKAROUND_1 - SMCCC_ARCH_WORKAROUND_2)
	orr	w4, w0, #(SMCCC_ARCH_WORKAROUND_2 - SMCCC_ARCH_WORKAROUND_3)
	ccmp	w3, w4, #4, ne		/* SMCCC_ARCH_WORKAROUND_2 or _3 */
	b.ne	1f
	adrp	x3, has_firmware
	ldrb	w3, [x3, #:lo12:has_firmware]
	cbz	w3, 1f

	and	x2, x2, #1		/* count it */
	mrs	x3, tpidr_el2
	ldr	x3, [x3, #CPU_INFO]
	add	x3, x3, x2, lsl #3
	ldr	x4, [x3, #CPU_INFO_CALLS]
	add	x4, x4, #1
	str	x4, [x3, #CPU_INFO_CALLS]

	mrs	x3, elr_el2		/* an SMC is trapped before it is executed (D1.3.1.4) */
	add	x3, x3, x2, lsl #2
	msr	elr_el2, x3
	ldp	x1, x2, [sp, #8]
	ldp	x3, x4, [sp, #24]
	smc	#0
	add	sp, sp, #REGS_SIZE
	return_to_guest

1:	tbz	x2, #0, call_hvc
call_smc:
	mov	x0, sp
	bl	trap_smc
	restore_caller_saved
	return_to_guest

exit_wfx:
	mov	x0, sp
	bl	trap_wfx
	restore_caller_saved
	return_to_guest

exit_data_abort:
	mov	x0, sp
	ubfx	x2, x1, #ESR_DABT_SRT_SHIFT, #5
	sub	x3, x2, #18
	add	x2, x0, x2, lsl #3
	cmp	x3, #(29 - 18)
	b.ls	2f			/* it accesses a register that is not saved yet */
	bl	trap_mmio
	cbz	w0, 1f
	restore_caller_saved
	return_to_guest
1:	mov	x0, sp
	mrs	x1, esr_el2
	b	exit_other
2:	callee_saved stp
	bl	trap_mmio
	cbnz	w0, exit_all
	mov	x0, sp
	mrs	x1, esr_el2
	bl	trap_other
	b	exit_all

exit_other:
	callee_saved stp
	bl	trap_other
exit_all:
	callee_saved ldp
	restore_caller_saved
	return_to_guest

/* void guest_enter(u64 x0): start a guest at ELR_EL2 with all other registers zero. */
	.global guest_enter
guest_enter:
	mrs	x1, tpidr_el2
	mov	sp, x1
	.irp	n, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30
	mov	x\n, xzr
	.endr
	return_to_guest

/* void cpu_park(void): wait for requests, on an empty stack. */
	.global cpu_park
cpu_park:
	mrs	x0, tpidr_el2
	mov	sp, x0
	b	cpu_parked

/*
 * u64 take_serror(void): the syndrome of an SError that is pending, which it is no more, or 0. Accesses
 * that may still raise one have ended before. ELR_EL2 and SPSR_EL2 are lost.
 */
	.global take_serror
take_serror:
	mov	x0, xzr
	mrs	x1, hcr_el2
	orr	x2, x1, #HCR_EL2_AMO	/* to EL2 (D1.3.6) */
	msr	hcr_el2, x2
	dsb	sy
	isb
	msr	daifclr, #4
	hint	#16			/* ESB, where there is RAS */
	isb				/* taken here at the latest */
	msr	daifset, #4
	msr	hcr_el2, x1
	isb
	ret

/* void fp_reset(void): FP and SIMD registers zero. Writing V zeroes the rest of Z, too. */
	.global fp_reset
	.arch_extension fp
	.arch_extension simd
fp_reset:
	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
	movi	v\n\().2d, #0
	.endr
	msr	fpcr, xzr
	msr	fpsr, xzr
	ret

/* void sve_reset(void): predicates and FFR false. The CPU has SVE and EL2 may use it. */
	.global sve_reset
	.arch_extension sve
sve_reset:
	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
	pfalse	p\n\().b
	.endr
	wrffr	p0.b
	ret

/* void smc_forward(u64 *x): call the firmware with x0 to x17 and put the results there. */
	.global smc_forward
smc_forward:
	stp	x0, x30, [sp, #-16]!
	mov	x30, x0
	ldp	x0, x1, [x30, #0]
	ldp	x2, x3, [x30, #16]
	ldp	x4, x5, [x30, #32]
	ldp	x6, x7, [x30, #48]
	ldp	x8, x9, [x30, #64]
	ldp	x10, x11, [x30, #80]
	ldp	x12, x13, [x30, #96]
	ldp	x14, x15, [x30, #112]
	ldp	x16, x17, [x30, #128]
	smc	#0
	ldr	x30, [sp]
	stp	x0, x1, [x30, #0]
	stp	x2, x3, [x30, #16]
	stp	x4, x5, [x30, #32]
	stp	x6, x7, [x30, #48]
	stp	x8, x9, [x30, #64]
	stp	x10, x11, [x30, #80]
	stp	x12, x13, [x30, #96]
	stp	x14, x15, [x30, #112]
	stp	x16, x17, [x30, #128]
	ldp	x0, x30, [sp], #16
	ret
