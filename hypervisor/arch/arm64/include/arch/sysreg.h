/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * System registers: access and fields, named as in the Arm ARM (DDI 0487, D19). Only what is
 * used. Usable from assembly, too.
 */
#ifndef ARCH_SYSREG_H
#define ARCH_SYSREG_H

/* Registers that old assemblers do not know by name. */
#define ICC_PMR_EL1	       S3_0_C4_C6_0
#define ICC_IAR0_EL1	       S3_0_C12_C8_0
#define ICC_EOIR0_EL1	       S3_0_C12_C8_1
#define ICC_AP0R0_EL1	       S3_0_C12_C8_4
#define ICC_AP0R1_EL1	       S3_0_C12_C8_5
#define ICC_AP0R2_EL1	       S3_0_C12_C8_6
#define ICC_AP0R3_EL1	       S3_0_C12_C8_7
#define ICC_AP1R0_EL1	       S3_0_C12_C9_0
#define ICC_AP1R1_EL1	       S3_0_C12_C9_1
#define ICC_AP1R2_EL1	       S3_0_C12_C9_2
#define ICC_AP1R3_EL1	       S3_0_C12_C9_3
#define ICC_DIR_EL1	       S3_0_C12_C11_1
#define ICC_RPR_EL1	       S3_0_C12_C11_3
#define ICC_SGI1R_EL1	       S3_0_C12_C11_5
#define ICC_ASGI1R_EL1	       S3_0_C12_C11_6
#define ICC_SGI0R_EL1	       S3_0_C12_C11_7
#define ICC_EOIR1_EL1	       S3_0_C12_C12_1
#define ICC_BPR1_EL1	       S3_0_C12_C12_3
#define ICC_CTLR_EL1	       S3_0_C12_C12_4
#define ICC_SRE_EL1	       S3_0_C12_C12_5
#define ICC_IGRPEN0_EL1	       S3_0_C12_C12_6
#define ICC_IGRPEN1_EL1	       S3_0_C12_C12_7
#define ICC_BPR0_EL1	       S3_0_C12_C8_3
#define ICC_SRE_EL2	       S3_4_C12_C9_5
#define ICH_HCR_EL2	       S3_4_C12_C11_0
#define ICH_VTR_EL2	       S3_4_C12_C11_1
#define ICH_VMCR_EL2	       S3_4_C12_C11_7
#define ZCR_EL1		       S3_0_C1_C2_0
#define APIAKEYLO_EL1	       S3_0_C2_C1_0
#define APIAKEYHI_EL1	       S3_0_C2_C1_1
#define APIBKEYLO_EL1	       S3_0_C2_C1_2
#define APIBKEYHI_EL1	       S3_0_C2_C1_3
#define APDAKEYLO_EL1	       S3_0_C2_C2_0
#define APDAKEYHI_EL1	       S3_0_C2_C2_1
#define APDBKEYLO_EL1	       S3_0_C2_C2_2
#define APDBKEYHI_EL1	       S3_0_C2_C2_3
#define APGAKEYLO_EL1	       S3_0_C2_C3_0
#define APGAKEYHI_EL1	       S3_0_C2_C3_1
#define PMSCR_EL1	       S3_0_C9_C9_0
#define PMBLIMITR_EL1	       S3_0_C9_C10_0
#define PMBPTR_EL1	       S3_0_C9_C10_1
#define PMBSR_EL1	       S3_0_C9_C10_3
#define PMBIDR_EL1	       S3_0_C9_C10_7
#define TRBLIMITR_EL1	       S3_0_C9_C11_0
#define TRBPTR_EL1	       S3_0_C9_C11_1
#define TRBBASER_EL1	       S3_0_C9_C11_2
#define TRBSR_EL1	       S3_0_C9_C11_3
#define TRBIDR_EL1	       S3_0_C9_C11_7
#define BRBCR_EL1	       S2_1_C9_C0_0
#define DISR_EL1	       S3_0_C12_C1_1
#define MPAM0_EL1	       S3_0_C10_C5_1
#define MPAM1_EL1	       S3_0_C10_C5_0
#define MPAM2_EL2	       S3_4_C10_C5_0
#define HCRX_EL2	       S3_4_C1_C2_2
#define HFGRTR_EL2	       S3_4_C1_C1_4
#define HFGWTR_EL2	       S3_4_C1_C1_5
#define HFGITR_EL2	       S3_4_C1_C1_6
#define HFGRTR2_EL2	       S3_4_C3_C1_2
#define HFGWTR2_EL2	       S3_4_C3_C1_3
#define HFGITR2_EL2	       S3_4_C3_C1_7
#define HDFGRTR_EL2	       S3_4_C3_C1_4
#define HDFGWTR_EL2	       S3_4_C3_C1_5
#define HDFGRTR2_EL2	       S3_4_C3_C1_0
#define HDFGWTR2_EL2	       S3_4_C3_C1_1
#define HAFGRTR_EL2	       S3_4_C3_C1_6
#define ID_AA64PFR1_EL1_       S3_0_C0_C4_1
#define ID_AA64ISAR2_EL1_      S3_0_C0_C6_2

/* HCR_EL2, D19.2.48 */
#define HCR_EL2_VM	       (1 << 0)
#define HCR_EL2_SWIO	       (1 << 1)
#define HCR_EL2_PTW	       (1 << 2)
#define HCR_EL2_FMO	       (1 << 3)
#define HCR_EL2_IMO	       (1 << 4)
#define HCR_EL2_AMO	       (1 << 5)
#define HCR_EL2_TWI	       (1 << 13)
#define HCR_EL2_TID3	       (1 << 18)
#define HCR_EL2_TSC	       (1 << 19)
#define HCR_EL2_TIDCP	       (1 << 20)
#define HCR_EL2_TACR	       (1 << 21)
#define HCR_EL2_TGE	       (1 << 27)
#define HCR_EL2_RW	       (1UL << 31)
#define HCR_EL2_E2H	       (1UL << 34)
#define HCR_EL2_TLOR	       (1UL << 35)
#define HCR_EL2_TERR	       (1UL << 36)
#define HCR_EL2_APK	       (1UL << 40)
#define HCR_EL2_API	       (1UL << 41)

/* HCRX_EL2, D19.2.49 */
#define HCRX_EL2_TALLINT       (1 << 6)
#define HCRX_EL2_MSCEN	       (1 << 11)

/* CPTR_EL2 without VHE, D19.2.34: bits that are RES1, TSM and TZ where they are not. */
#define CPTR_EL2_RES1	       0x22ff
#define CPTR_EL2_TZ	       (1 << 8)
#define CPTR_EL2_TSM	       (1 << 12)
#define CPTR_EL2_TTA	       (1 << 20)
#define CPTR_EL2_TAM	       (1 << 30)

/* MDCR_EL2, D19.3.17 */
#define MDCR_EL2_TDE	       (1 << 8)
#define MDCR_EL2_TDOSA	       (1 << 10)
#define MDCR_EL2_TPMS	       (1 << 14)
#define MDCR_EL2_TTRF	       (1 << 19)
#define MDCR_EL2_TDCC	       (1 << 27)

/* MDSCR_EL1, D19.3.20 */
#define MDSCR_EL1_SS	       (1 << 0)

/* CNTHCTL_EL2 without VHE, D19.12.2 */
#define CNTHCTL_EL2_EL1PCTEN   (1 << 0)
#define CNTHCTL_EL2_EL1PCEN    (1 << 1)

/* MPAM2_EL2, D19.7.8 */
#define MPAM2_EL2_TRAPMPAM1EL1 (1UL << 48)
#define MPAM2_EL2_TRAPMPAM0EL1 (1UL << 49)

/* HDFGWTR_EL2, D19.2.61 */
#define HDFGWTR_EL2_NBRBCTL    (1UL << 60)

/* SCTLR_EL2, D19.2.120: RES1 bits of a CPU without VHE, and what EL2 itself runs with. */
#define SCTLR_EL2_RES1	       0x30c50830
#define SCTLR_EL2_M	       (1 << 0)
#define SCTLR_EL2_C	       (1 << 2)
#define SCTLR_EL2_SA	       (1 << 3)
#define SCTLR_EL2_I	       (1 << 12)
#define SCTLR_EL2_WXN	       (1 << 19)
#define SCTLR_EL2_MMU_ON \
	(SCTLR_EL2_RES1 | SCTLR_EL2_M | SCTLR_EL2_C | SCTLR_EL2_SA | SCTLR_EL2_I | SCTLR_EL2_WXN)

/*
 * SCTLR_EL1 for a CPU that enters a guest: the bits that are RES1 without later extensions
 * (EOS, TSCXT, EIS, SPAN, nTLSMD, LSMAOE), MMU and caches off.
 */
#define SCTLR_EL1_RESET	     0x30d00800
#define SCTLR_EL1_SPAN	     (1 << 23)
#define SCTLR_EL1_DSSBS	     (1UL << 44)
#define SCTLR_EL1_SPINTMASK  (1UL << 62)

/* TCR_EL2, D19.2.139: 48-bit VA, 4 KiB granule, inner shareable write-back walks; PS is added. */
#define TCR_EL2_RES1	     ((1UL << 31) | (1UL << 23))
#define TCR_EL2_T0SZ_48	     16
#define TCR_EL2_WB_ISH	     ((1 << 8) | (1 << 10) | (3 << 12))
#define TCR_EL2_PS_SHIFT     16

/* VTCR_EL2, D19.2.155 */
#define VTCR_EL2_RES1	     (1UL << 31)
#define VTCR_EL2_WB_ISH	     ((1UL << 8) | (1UL << 10) | (3UL << 12))
#define VTCR_EL2_SL0_SHIFT   6
#define VTCR_EL2_PS_SHIFT    16
#define VTTBR_EL2_VMID_SHIFT 48

/* ESR_ELx, D19.2.37 */
#define ESR_EC_SHIFT	     26
#define ESR_IL		     (1UL << 25)
#define ESR_EC_UNKNOWN	     0x00
#define ESR_EC_WFX	     0x01
#define ESR_EC_HVC64	     0x16
#define ESR_EC_SMC64	     0x17
#define ESR_EC_SYS64	     0x18
#define ESR_EC_IABT_LOW	     0x20
#define ESR_EC_IABT_CUR	     0x21
#define ESR_EC_DABT_LOW	     0x24
#define ESR_EC_DABT_CUR	     0x25
#define ESR_EC_STEP_LOW	     0x32
#define ESR_EC_BRK	     0x3c
#define ESR_BRK_NUMBER	     0xffff
/* ISS of a trapped MSR or MRS (D19.2.37): register, direction, Rt. */
#define ISS_SYSREG(op0, op1, crn, crm, op2) \
	((op0) << 20 | (op2) << 17 | (op1) << 14 | (crn) << 10 | (crm) << 1)
#define ISS_SYSREG_MASK	      ISS_SYSREG(3, 7, 15, 15, 7)
#define ISS_SYSREG_READ	      1
#define ISS_SYSREG_RT(iss)    FIELD(iss, 9, 5)
#define ESR_WFX_TIMEOUT	      (1UL << 1)
#define ESR_DABT_ISV	      (1UL << 24)
#define ESR_DABT_SSE	      (1UL << 21)
#define ESR_DABT_SRT_SHIFT    16
#define ESR_DABT_SF	      (1UL << 15)
#define ESR_DABT_CM	      (1UL << 8)
#define ESR_DABT_S1PTW	      (1UL << 7)
#define ESR_DABT_WNR	      (1UL << 6)
#define ESR_FSC		      0x3f
#define ESR_FSC_TYPE	      0x3c
#define ESR_FSC_ADDRESS_SIZE  0x00
#define ESR_FSC_TRANSLATION   0x04
#define ESR_FSC_ACCESS	      0x08
#define ESR_FSC_PERMISSION    0x0c
#define ESR_FSC_EXTERNAL      0x10
#define ESR_FSC_EXTERNAL_WALK 0x14 /* plus level */

/* SPSR_ELx for AArch64, D19.2.131 */
#define SPSR_EL1H_DAIF	      0x3c5
#define SPSR_EL2H_DAIF	      0x3c9
#define SPSR_MODE_MASK	      0x1f
#define SPSR_MODE_EL1T	      0x04
#define SPSR_MODE_EL1H	      0x05
#define SPSR_M_AARCH32	      (1 << 4)
#define SPSR_SSBS	      (1 << 12)
#define SPSR_ALLINT	      (1 << 13)
#define SPSR_SS_BIT	      21
#define SPSR_SS		      (1 << SPSR_SS_BIT)
#define SPSR_PAN	      (1 << 22)
#define SPSR_DIT	      (1 << 24)
#define SPSR_TCO	      (1 << 25)
#define SPSR_NZCV	      (0xfUL << 28)

/* ICC_*, ICH_*: GIC architecture specification (IHI 0069), 12.2 and 12.4 */
#define ICC_CTLR_EOIMODE      (1 << 1)
#define ICC_CTLR_CBPR	      (1 << 0)
#define ICC_SRE_EL1_ALL	      0x7 /* SRE, DFB, DIB */
#define ICC_SRE_EL2_ALL	      0xf /* the same, and Enable for EL1 */
#define ICH_HCR_TC	      (1 << 10)
#define ICH_HCR_TALL0	      (1 << 11)
#define ICH_VMCR_VENG1	      (1 << 1)
#define ICH_VMCR_VEOIM	      (1 << 9)
#define ICH_VMCR_VPMR_SHIFT   24

#define PAGE_ADDRESS	      0x000ffffffffff000UL /* in PAR_EL1, and HPFAR_EL2 << 8 */
#define PAR_EL1_F	      1

#ifndef __ASSEMBLER__
#include <arch/fixup.h>
#include <base/types.h>

#define read_sysreg_(name)                                         \
	({                                                         \
		u64 value_;                                        \
		__asm__ volatile("mrs %0, " #name : "=r"(value_)); \
		value_;                                            \
	})
#define write_sysreg_(value, name) \
	__asm__ volatile("msr " #name ", %x0" : : "rZ"((u64)(value)) : "memory")

#define read_sysreg(name) read_sysreg_(name)
/* The same of registers that firmware may keep: they read as zero then, and are not written
 * (fixup.h). */
#define try_read_sysreg_(name)                                                        \
	({                                                                            \
		u64 value_;                                                           \
		__asm__ volatile(FIXUP("mrs %0, " #name, FIXUP_LOAD) : "=r"(value_)); \
		value_;                                                               \
	})
#define try_write_sysreg_(value, name)                            \
	__asm__ volatile(FIXUP("msr " #name ", %x0", FIXUP_STORE) \
			 :                                        \
			 : "rZ"((u64)(value))                     \
			 : "memor"                                \
			   "y")
#define try_read_sysreg(name)	      try_read_sysreg_(name)
#define try_write_sysreg(value, name) try_write_sysreg_(value, name)
/* For a register that does not change: the compiler may read it once. */
#define read_constant_sysreg(name)                        \
	({                                                \
		u64 value_;                               \
		__asm__("mrs %0, " #name : "=r"(value_)); \
		value_;                                   \
	})
#define write_sysreg(value, name) write_sysreg_(value, name)
#endif

#endif
