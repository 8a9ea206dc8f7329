/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Entry of an inmate by the arm64 Linux boot protocol (EL1, MMU off, x0 = device tree)
 * and of its other CPUs by PSCI CPU_ON. With the MMU off nothing is written but the
 * early tables; relocation, bss and stacks wait until the caches are on.
 */
#include <inmate.h>
#include <sysreg.h>

#define EARLY_BLOCK	(PTE_VALID | (MAIR_NORMAL_WB << PTE_ATTR_SHIFT) | PTE_SH_INNER | \
			 PTE_AF | PTE_nG)
#define SCTLR_MMU_OFF	SCTLR_EL1_RES1
#define SCTLR_MMU_ON	(SCTLR_EL1_RES1 | SCTLR_EL1_M | SCTLR_EL1_C | SCTLR_EL1_SA | SCTLR_EL1_I)
#define IMAGE_FLAGS	0xa		/* little endian, 4 KiB pages, anywhere in memory */
#define DTB_MAX_SIZE	0x200000	/* boot protocol */

	.macro	adr_l, reg, symbol
	adrp	\reg, \symbol
	add	\reg, \reg, :lo12:\symbol
	.endm

	.macro	mov_l, reg, value
	movz	\reg, #((\value) & 0xffff)
	movk	\reg, #(((\value) >> 16) & 0xffff), lsl #16
	.endm

	/* Documentation/arch/arm64/booting.rst: the 64-byte header of an Image. */
	.section .head, "ax"
	.globl	_start
_start:
	b	inmate_entry
	nop
	.quad	0			/* text_offset */
	.quad	_end - _start		/* image_size, bss and stacks included */
	.quad	IMAGE_FLAGS
	.quad	0, 0, 0
	.ascii	"ARM\x64"
	.long	0

	.text
	/* An inmate may have its own, which ends in primary_entry with all of x0. */
	.weak	inmate_entry
	.globl	primary_entry
inmate_entry:
primary_entry:
	msr	daifset, #0xf
	mov	x19, x0
	bl	cpu_setup
	bl	early_tables
	bl	mmu_on

	/* R_AARCH64_RELATIVE only; linked at 0, so that the offset is _start. */
	adr_l	x0, __rela_start
	adr_l	x1, __rela_end
	adr_l	x2, _start
1:	cmp	x0, x1
	b.hs	2f
	ldp	x3, x4, [x0], #16	/* r_offset, r_info */
	ldr	x5, [x0], #8		/* r_addend */
	add	x5, x5, x2
	str	x5, [x3, x2]
	b	1b

2:	adr_l	x0, __bss_start
	adr_l	x1, __bss_end
3:	stp	xzr, xzr, [x0], #16
	cmp	x0, x1
	b.lo	3b

	adr_l	x0, boot_stack_top
	mov	sp, x0
	mov	x29, xzr
	mov	x0, x19
	bl	primary_main
	b	.

	/* x0 = struct secondary */
	.globl	secondary_entry
secondary_entry:
	msr	daifset, #0xf
	mov	x19, x0
	bl	cpu_setup
	bl	mmu_on
	ldr	x1, [x19]		/* stack */
	mov	sp, x1
	mov	x29, xzr
	mov	x0, x19
	bl	secondary_main
	b	.

/* A known SCTLR_EL1; FP on, for libfdt. */
cpu_setup:
	msr	spsel, #1
	mov_l	x0, SCTLR_MMU_OFF
	msr	sctlr_el1, x0
	mov_l	x0, CPACR_EL1_FPEN
	msr	cpacr_el1, x0
	isb
	ret

/*
 * Maps the GiB around image (x1) and device tree (x19) as Normal memory: one level-0
 * table, and one level-1 table each, or one for both. Where such a GiB holds registers
 * too, stage 2 keeps them Device.
 */
early_tables:
	adr_l	x0, early_l0
	mov	x2, x0
	add	x3, x0, #(3 * 4096)
1:	stp	xzr, xzr, [x2], #16
	cmp	x2, x3
	b.lo	1b

	adr_l	x1, _start
	adr_l	x2, early_l1_image
	adr_l	x3, early_l1_dtb
	lsr	x4, x1, #39
	lsr	x5, x19, #39
	cmp	x4, x5
	csel	x3, x2, x3, eq		/* same 512 GiB: same table */

	orr	x6, x2, #(PTE_VALID | PTE_TABLE)
	str	x6, [x0, x4, lsl #3]
	orr	x6, x3, #(PTE_VALID | PTE_TABLE)
	str	x6, [x0, x5, lsl #3]

	.macro	map_gib, table, address
	ubfx	x7, \address, #30, #9
	lsr	x8, \address, #30
	lsl	x8, x8, #30
	mov_l	x9, EARLY_BLOCK
	orr	x8, x8, x9
	str	x8, [\table, x7, lsl #3]
	.endm
	map_gib	x2, x1
	adr_l	x4, _end
	map_gib	x2, x4
	map_gib	x3, x19
	add	x4, x19, #DTB_MAX_SIZE
	map_gib	x3, x4

	/* Lines fetched before the stores must not hide them from the cached walks. */
	dmb	sy
	mrs	x3, ctr_el0
	ubfx	x3, x3, #16, #4		/* DminLine: log2 of words */
	mov	x4, #4
	lsl	x3, x4, x3
	add	x4, x0, #(3 * 4096)
2:	dc	ivac, x0
	add	x0, x0, x3
	cmp	x0, x4
	b.lo	2b
	dsb	sy
	ret

/* MMU and caches on, by the early tables. */
mmu_on:
	mov_l	x0, MAIR_EL1_INMATE
	msr	mair_el1, x0
	mrs	x1, id_aa64mmfr0_el1
	and	x1, x1, #0xf		/* PARange */
	mov	x2, #PARANGE_48
	cmp	x1, x2
	csel	x1, x1, x2, lo
	mov_l	x0, TCR_EL1_INMATE
	orr	x0, x0, x1, lsl #TCR_EL1_IPS_SHIFT
	msr	tcr_el1, x0
	adr_l	x0, early_l0
	msr	ttbr0_el1, x0		/* ASID 0 */
	isb
	tlbi	vmalle1
	ic	iallu
	dsb	nsh
	isb
	mov_l	x0, SCTLR_MMU_ON
	msr	sctlr_el1, x0
	isb
	ret

	.section .early, "aw", %nobits
	.balign	4096
early_l0:
	.skip	4096
early_l1_image:
	.skip	4096
early_l1_dtb:
	.skip	4096

	.section .bss.boot_stack, "aw", %nobits
	.balign	16
	.skip	INMATE_STACK_SIZE
boot_stack_top:

	.section .note.GNU-stack, "", %progbits
