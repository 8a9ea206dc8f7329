/* SPDX-License-Identifier: GPL-2.0-only */
/* Registers of the GIC: IHI 0048 (GICv2) chapter 4, IHI 0069 (GICv3) chapter 12. */
#ifndef GIC_REGS_H
#define GIC_REGS_H

/* Distributor */
#define GICD_CTLR	       0x0000
#define GICD_CTLR_RWP	       BIT(31)
#define GICD_TYPER	       0x0004
#define GICD_TYPER_ESPI	       BIT(8)
#define GICD_TYPER_ESPI_RANGE  (0x1fUL << 27)
#define GICD_TYPER_MBIS	       BIT(16)
#define GICD_TYPER_LPIS	       BIT(17)
#define GICD_TYPER_NO1N	       BIT(25)
#define GICD_IIDR	       0x0008
#define GICD_IGROUPR	       0x0080
#define GICD_ISENABLER	       0x0100
#define GICD_ICENABLER	       0x0180
#define GICD_ISPENDR	       0x0200
#define GICD_ICPENDR	       0x0280
#define GICD_ISACTIVER	       0x0300
#define GICD_ICACTIVER	       0x0380
#define GICD_IPRIORITYR	       0x0400
#define GICD_ITARGETSR	       0x0800
#define GICD_ICFGR	       0x0c00
#define GICD_SGIR	       0x0f00
#define GICD_CPENDSGIR	       0x0f10
#define GICD_SPENDSGIR	       0x0f20
#define GICD_V2_ID	       0x0fd0
#define GICD_V2_PIDR2	       0x0fe8
/* Extended SPIs (GICv3.1): from IGROUPR to ICACTIVER, each 0x200 apart */
#define GICD_IGROUPR_E	       0x1000
#define GICD_ISENABLER_E       0x1200
#define GICD_ICACTIVER_E       0x1c00
#define GICD_BITS_E_END	       0x1e00 /* none up to 0x2000 */
#define GICD_IPRIORITYR_E      0x2000
#define GICD_ICFGR_E	       0x3000
#define GICD_IROUTER	       0x6000
#define GICD_IROUTER_E	       0x8000
#define GICD_IROUTER_END       0xa000
#define GICD_IROUTER_IRM       BIT(31)
#define GICD_V3_ID	       0xffd0
#define GIC_PIDR2	       0xffe8

#define GICD_SGIR_LIST_SHIFT   16
#define GICD_SGIR_FILTER_SHIFT 24

/* Redistributor, RD_base and SGI_base */
#define GICR_FRAMES_SIZE       0x20000
#define GICR_CTLR	       0x0000
#define GICR_CTLR_ENABLE_LPIS  BIT(0)
#define GICR_CTLR_CES	       BIT(1)
#define GICR_CTLR_IR	       BIT(2)
#define GICR_CTLR_RWP	       BIT(3)
#define GICR_IIDR	       0x0004
#define GICR_TYPER	       0x0008
#define GICR_TYPER_PLPIS       BIT(0)
#define GICR_TYPER_VLPIS       BIT(1)
#define GICR_TYPER_DIRECT_LPI  BIT(3)
#define GICR_TYPER_LAST	       BIT(4)
#define GICR_TYPER_RVPEID      BIT(7)
#define GICR_TYPER_AFFINITY    (0xffffffffUL << 32)
#define GICR_STATUSR	       0x0010
#define GICR_WAKER	       0x0014
#define GICR_SETLPIR	       0x0040
#define GICR_CLRLPIR	       0x0048
#define GICR_PROPBASER	       0x0070
#define GICR_PENDBASER	       0x0078
#define GICR_INVLPIR	       0x00a0
#define GICR_INVALLR	       0x00b0
#define GICR_SYNCR	       0x00c0
#define GICR_SGI	       0x10000

/* Running priority when no interrupt is active, both versions */
#define GIC_PRIORITY_IDLE      0xff

/* CPU interface of GICv2 */
#define GICC_CTLR	       0x0000
#define GICC_CTLR_BYPASS       (3 << 5) /* FIQBypDisGrp1, IRQBypDisGrp1 */
#define GICC_PMR	       0x0004
#define GICC_BPR	       0x0008
#define GICC_IAR	       0x000c
#define GICC_EOIR	       0x0010
#define GICC_RPR	       0x0014
#define GICC_APR	       0x00d0
#define GICC_NSAPR	       0x00e0
#define GICC_DIR	       0x1000

/* Virtual interface control of GICv2 */
#define GICH_HCR	       0x0000

#endif
