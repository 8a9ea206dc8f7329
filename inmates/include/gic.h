/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Registers of GICv2 and GICv3, and where this machine has them. For gic*.c, and for
 * inmates that want to touch them by hand.
 */
#ifndef INMATE_GIC_H
#define INMATE_GIC_H

#include <inmate.h>

/* Distributor; SGI frame of a redistributor for the interrupts below 32 of GICv3. */
#define GICD_CTLR	       0x0000
#define GICD_TYPER	       0x0004
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
#define GICD_IROUTER	       0x6000

#define GICD_CTLR_ENABLE_GRP1A (1u << 1) /* GICv3, Non-secure or DS = 1 */
#define GICD_CTLR_ARE_NS       (1u << 4)
#define GICD_CTLR_RWP	       (1u << 31)
#define GICD_CTLR_ENABLE       (1u << 0) /* GICv2 */

#define GICD_SGIR_LIST_SHIFT   16
#define GICD_SGIR_ALL_BUT_SELF (1u << 24)
#define GICD_SGIR_SELF	       (2u << 24)

/* GICv2 CPU interface. */
#define GICC_CTLR	       0x0000
#define GICC_PMR	       0x0004
#define GICC_BPR	       0x0008
#define GICC_IAR	       0x000c
#define GICC_EOIR	       0x0010
#define GICC_CTLR_ENABLE       (1u << 0)

/* GICv3 redistributor. */
#define GICR_TYPER	       0x0008
#define GICR_WAKER	       0x0014
#define GICR_SGI_FRAME	       0x10000
#define GICR_STRIDE	       0x20000
#define GICR_TYPER_VLPIS       (1ull << 1) /* two more frames */
#define GICR_TYPER_LAST	       (1ull << 4)
#define GICR_WAKER_SLEEP       (1u << 1)
#define GICR_WAKER_ASLEEP      (1u << 2)

#define ICC_SRE_EL1_SRE	       (1u << 0)
#define ICC_IGRPEN1_EL1_ENABLE (1u << 0)
#define ICC_CTLR_EL1_EOIMODE   (1u << 1)
#define ICC_SGIR_IRM	       (1ull << 40) /* all but self */
#define ICC_SGIR_INTID_SHIFT   24

#define GIC_NR_SGIS	       16
#define GIC_FIRST_SPI	       32
#define GIC_NR_INTIDS	       1020
#define GIC_MAX_GICR_RANGES    4

/* What a GIC version does in its own way. */
struct gic_ops {
	void (*init)(void);	/* once, distributor */
	void (*init_cpu)(void); /* on each CPU */
	void (*route)(uint32_t spi, unsigned int cpu);
	void (*sgi)(uint32_t sgi, uint32_t cpus);
	void (*sgi_others)(uint32_t sgi);
};

struct gic {
	unsigned int version; /* 2, 3; 0: none found */
	struct range gicd;
	struct range gicc;			/* GICv2 */
	struct range gicr[GIC_MAX_GICR_RANGES]; /* GICv3 */
	unsigned int nr_gicr;
	uint64_t gicr_stride; /* 0: as GICR_TYPER says */
	const struct gic_ops *ops;
};

extern struct gic gic;
extern const struct gic_ops gicv2_ops, gicv3_ops;

/* Take the pending interrupt: INTID in bits 9:0; and end it, with that value. */
uint32_t gic_acknowledge(void);
void gic_end(uint32_t acknowledged);

/* GICv3: the redistributor with this affinity, 0 when there is none. */
uint64_t gicv3_redistributor(uint64_t mpidr);
/* ICC_SGI*R_EL1 for one CPU, without INTID. */
uint64_t gicv3_sgi_target(uint64_t mpidr);
/* Frame that holds the registers of an INTID: distributor or own redistributor. */
uint64_t gic_frame(uint32_t intid);

#endif
