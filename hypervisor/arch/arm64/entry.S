/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How the image is entered and left, with the MMU off: its header, its hyp stub (the ABI of
 * Linux' asm/virt.h), the two boot calls of hypercall.h, and the switch of EL2's MMU.
 * The first page has the stub: VBAR_EL2 points there whenever the hypervisor is not enabled.
 * image.lds.S puts each section where it belongs.
 */
#include <arch/layout.h>
#include <arch/sysreg.h>
#include <offsets.h>

#define HVC_SET_VECTORS		0
#define HVC_SOFT_RESTART	1
#define HVC_RESET_VECTORS	2
#define HVC_GET_ICH_VTR_EL2	4
#define HVC_STUB_ERR		0xbadca11
#define KVM_CALLS		0xc600		/* << 16: KVM_HOST_SMCCC_FUNC(0) to (63) */
#define KVM_HYP_GONE		0xbadca11

/*
 * Attr0: Device-nGnRE, Attr1: Normal, write-back, read- and write-allocate, Attr2: Normal,
 * non-cacheable.
 */
#define MAIR_EL2_VALUE		0x44ff04

	.macro	mov32 reg, value
	movz	\reg, #((\value) & 0xffff)
	movk	\reg, #(((\value) >> 16) & 0xffff), lsl #16
	.endm

	/* Nothing may be speculated past an exception return (Arm ARM C6.2, ERET and SB). */
	.macro	return_from_el2
	eret
	dsb	nsh
	isb
	.endm

	.section .head.header, "ax"
	.ascii	"CBIMAGE\0"
	.word	ABI_VERSION
	.word	ARCH_ARM64
	.quad	image_file_size
	.quad	image_memory_size
	.asciz	CELLBLOCK_VERSION

	.section .head.cold, "ax"
	/*
	 * CB_IMAGE_COLD_ENTRY: a CPU from a spin table, at EL2 with its MMU off. One that the
	 * configuration does not know stays at 1.
	 */
cold_entry:
	msr	daifset, #0xf
	mov32	x17, SCTLR_EL2_RES1
	msr	sctlr_el2, x17
	isb
	adr	x16, stay
	msr	elr_el2, x16
	mov	x16, #SPSR_EL2H_DAIF
	msr	spsr_el2, x16
	movz	x16, #(HCR_EL2_RW >> 16), lsl #16	/* UNKNOWN after reset */
	msr	hcr_el2, x16
	isb
	mov	x1, xzr
	b	boot_cpu_entry
stay:
	wfe
	b	stay

	/*
	 * The spin table that such a CPU goes back to. x0: its release address. Once that is zero,
	 * nothing else of the image is used: this code must be in every image, at the same place.
	 */
	.org	0x80
pen:
	str	xzr, [x0]
	dsb	sy
1:	wfe
	ldr	x4, [x0]
	cbz	x4, 1b
	mov	x0, xzr			/* Documentation/arch/arm64/booting.rst */
	mov	x1, xzr
	mov	x2, xzr
	mov	x3, xzr
	br	x4

	/*
	 * Entry vectors. Only a synchronous exception from a lower EL in AArch64 can happen:
	 * interrupts are routed to EL1 (HCR_EL2.IMO, FMO, AMO = 0).
	 */
	.section .head.stub, "ax"
	msr	tpidr_el2, x16		/* a stub call preserves all but x0 */
	cmp	x0, #HVC_SET_VECTORS
	b.eq	set_vectors
	cmp	x0, #HVC_SOFT_RESTART
	b.eq	soft_restart
	cmp	x0, #HVC_RESET_VECTORS
	b.eq	stub_success
	mov32	x16, BOOT_INIT
	cmp	x0, x16
	b.eq	boot_init_entry
	add	x16, x16, #(BOOT_CPU - BOOT_INIT)
	cmp	x0, x16
	b.eq	boot_cpu_entry
	cmp	x0, #HVC_GET_ICH_VTR_EL2
	b.eq	get_ich_vtr
	movz	x16, #KVM_CALLS, lsl #16
	eor	x16, x16, x0
	cmp	x16, #63
	b.ls	kvm_call
	mov32	x0, HVC_STUB_ERR	/* HVC_FINALISE_EL2, too: Linux stays at EL1 */
	b	stub_return
get_ich_vtr:				/* Linux asks if it uses the GIC's system registers */
	mrs	x1, ICH_VTR_EL2
	b	stub_success
set_vectors:
	msr	vbar_el2, x1
stub_success:
	mov	x0, xzr
stub_return:
	mrs	x16, tpidr_el2
	return_from_el2
kvm_call:				/* of a VM that began while the hypervisor was enabled */
	mov32	x1, KVM_HYP_GONE	/* as hypercall_query() says */
	b	stub_success
soft_restart:				/* x1: where to, x2 to x4: its x0 to x2 */
	mov	x0, x2
	mov	x2, x4
	mov	x4, x1
	mov	x1, x3
	br	x4

	.section .head.idmap, "ax"	/* runs at its physical address, too */
/*
 * EL2's MMU on. Returns to the virtual address of its caller. x17: SCTLR_EL2 as it was.
 * Changes x16 and x17 only.
 */
mmu_on:
	mov32	x16, MAIR_EL2_VALUE
	msr	mair_el2, x16
	mrs	x16, id_aa64mmfr0_el1
	and	x16, x16, #0xf		/* PARange; 52 bits and more need what we do not use */
	cmp	x16, #5
	mov	x17, #5
	csel	x16, x16, x17, lo
	lsl	x16, x16, #TCR_EL2_PS_SHIFT
	mov32	x17, (TCR_EL2_RES1 | TCR_EL2_T0SZ_48 | TCR_EL2_WB_ISH)
	orr	x16, x16, x17
	msr	tcr_el2, x16
	adrp	x16, el2_l0
	msr	ttbr0_el2, x16
	tlbi	alle2			/* of a former enable (D8.13.4) */
	ic	iallu
	dsb	nsh
	isb				/* registers above before the MMU uses them */
	mrs	x17, sctlr_el2
	mov32	x16, SCTLR_EL2_MMU_ON
	msr	sctlr_el2, x16
	isb
	adrp	x16, image_start
	sub	x30, x30, x16
	movz	x16, #((HV_BASE >> 32) & 0xffff), lsl #32
	add	x30, x30, x16
	add	x16, x16, #1, lsl #12		/* vectors: they are in the second page */
	msr	vbar_el2, x16
	isb
	ret

/* Back to the caller of HVC with the MMU off. x17: SCTLR_EL2 to restore; changes x16, x17. */
mmu_off_phys:
	msr	sctlr_el2, x17
	isb
	adr	x16, entry_vectors
	msr	vbar_el2, x16
	isb
	return_from_el2

	.section .head.boot, "ax"
/* void return_to_pen(paddr_t release, u64 sctlr): leave EL2's MMU behind, and wait in the pen. */
	.global return_to_pen
return_to_pen:
	adrp	x16, hv_phys
	ldr	x16, [x16, #:lo12:hv_phys]
	add	x16, x16, #:lo12:pen	/* in the first page */
	msr	elr_el2, x16
	mov	x16, #SPSR_EL2H_DAIF
	msr	spsr_el2, x16
	mov	x17, x1

	.global leave_el2
leave_el2:
	adrp	x16, hv_phys
	ldr	x16, [x16, #:lo12:hv_phys]
	add	x16, x16, #1, lsl #12	/* it is in the second page */
	add	x16, x16, #:lo12:mmu_off_phys
	br	x16

	/* The rest of an error record, x3 aside. */
	.macro	refusal
	mov	x1, #-1
	mov	x2, xzr
	mov	x4, xzr
	mov	x5, xzr
	mov	x6, xzr
	.endm

	.macro	push_callee_saved
	stp	x19, x20, [sp, #-96]!
	stp	x21, x22, [sp, #16]
	stp	x23, x24, [sp, #32]
	stp	x25, x26, [sp, #48]
	stp	x27, x28, [sp, #64]
	stp	x29, x30, [sp, #80]
	.endm

	.macro	pop_callee_saved
	ldp	x21, x22, [sp, #16]
	ldp	x23, x24, [sp, #32]
	ldp	x25, x26, [sp, #48]
	ldp	x27, x28, [sp, #64]
	ldp	x29, x30, [sp, #80]
	ldp	x19, x20, [sp], #96
	.endm

	/*
	 * The result of a boot call: 7 registers at sp, then SCTLR_EL2; and where EL1 goes on, which an
	 * error of EL2's own accesses would change. With scratch registers.
	 */
	.macro	push_result a, b
	mrs	\a, elr_el2
	mrs	\b, spsr_el2
	stp	\a, \b, [sp, #-16]!
	sub	sp, sp, #64
	str	x17, [sp, #56]
	.endm

	.macro	pop_result
	ldp	x0, x1, [sp, #64]
	msr	elr_el2, x0
	msr	spsr_el2, x1
	ldp	x0, x1, [sp]
	ldp	x2, x3, [sp, #16]
	ldp	x4, x5, [sp, #32]
	ldp	x6, x17, [sp, #48]
	add	sp, sp, #80
	.endm

	/*
	 * With HCR_EL2.E2H registers of EL2 have another layout, and TGE leaves EL1 out: such an EL2
	 * is not ours. Linux at EL1 leaves both zero where it can. Changes x16.
	 */
	.macro	refuse_host_mode
	mrs	x16, hcr_el2
	tbnz	x16, #34, host_mode
	tbnz	x16, #27, host_mode
	.endm

/*
 * CB_HVC_BOOT_INIT, x1: offset of the configuration, x2: its size, x3: CB_LINUX_*. The tables are built
 * with the MMU off, so nothing of them may be cached when it goes on: the driver cleaned
 * and invalidated this memory before, speculation may have fetched it since.
 */
boot_init_entry:
	refuse_host_mode
	msr	tpidr_el2, x30
	adrp	x16, boot_stack_end
	mov	sp, x16
	stp	x1, x2, [sp, #-32]!
	str	x3, [sp, #16]
	adrp	x0, image_start
	bl	boot_map
	ldr	x3, [sp, #16]
	ldp	x1, x2, [sp], #32
	mrs	x6, ctr_el0
	ubfx	x6, x6, #16, #4		/* DminLine: log2 of words */
	mov	x4, #4
	lsl	x6, x4, x6
	adrp	x4, boot_memory_start
	adrp	x5, boot_memory_end
	dsb	sy			/* the stores to Device memory before the DC (D7.5.9) */
1:	dc	ivac, x4
	add	x4, x4, x6
	cmp	x4, x5
	b.lo	1b
	dsb	sy
	adrp	x0, image_start
	bl	mmu_on
	adrp	x16, boot_stack_end
	mov	sp, x16
	mrs	x30, tpidr_el2
	push_callee_saved
	push_result x5, x6
	mov	x4, sp
	adrp	x16, boot_stack		/* zeros in place of a struct cpu, until there is one */
	add	x16, x16, #2048		/* a panic has a stack below it */
	msr	tpidr_el2, x16
	bl	boot_init	/* (phys, config offset, config size, what Linux uses, result) */
	pop_result
	pop_callee_saved
	b	leave_el2

/* CB_HVC_BOOT_CPU, x1: CPUs that will make this call; 0: one from a spin table is here. */
boot_cpu_entry:
	refuse_host_mode
	msr	tpidr_el2, x30
	bl	mmu_on
	mrs	x3, mpidr_el1
	movz	x4, #0xff, lsl #32	/* MPIDR_AFFINITY */
	movk	x4, #0xff, lsl #16
	movk	x4, #0xffff
	and	x3, x3, x4
	adrp	x4, boot_mpidrs
	add	x4, x4, #:lo12:boot_mpidrs
	adrp	x5, nr_cpus
	ldr	w5, [x5, #:lo12:nr_cpus]
	mov	x6, xzr
1:	cmp	x6, x5
	b.hs	unknown_cpu
	ldr	x7, [x4, x6, lsl #3]
	cmp	x7, x3
	b.eq	2f
	add	x6, x6, #1
	b	1b
2:	movz	x7, #((CPU_SLOTS >> 32) & 0xffff), lsl #32
	movk	x7, #((CPU_SLOTS >> 16) & 0xffff), lsl #16
	add	x7, x7, x6, lsl #CPU_SLOT_SHIFT
	add	x8, x7, #CPU_SLOT_STACK
	add	x8, x8, #CPU_SLOT_STACK_SIZE	/* CPU_SLOT_DATA */
	mov	sp, x8
	mrs	x30, tpidr_el2
	msr	tpidr_el2, x8
	push_callee_saved
	push_result x4, x5
	mov	x0, x1
	mov	x1, x17
	mov	x2, sp
	bl	takeover_enter		/* (number of CPUs, SCTLR_EL2, result): enabled? */
	mov	w16, w0
	pop_result
	pop_callee_saved
	cbz	w16, leave_el2
	return_from_el2

unknown_cpu:
	mrs	x30, tpidr_el2
	mov	x0, #ERR_CPU_MPIDR
	refusal
	b	leave_el2

	/* Of boot calls, with the MMU as Linux left it. */
host_mode:
	mov	x0, #ERR_KERNEL_AT_EL2
	mov	x3, xzr
	refusal
	return_from_el2

	.section .boot_stack, "aw", %nobits
	.balign	4096
boot_stack:
	.skip	4096
boot_stack_end:
