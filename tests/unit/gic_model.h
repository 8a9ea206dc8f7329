/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The GIC behind the filters (gic/), modelled interrupt by interrupt and bit by bit from IHI
 * 0048 and IHI 0069. The same model, with a cell as the one who accesses it, says what an
 * access of a cell should do. What the specification does not offer, be it a register or the width
 * of an access, is answered with an abort: when EL2 asks for it the test fails.
 */
#ifndef UNIT_GIC_MODEL_H
#define UNIT_GIC_MODEL_H

#include <mm/el2map.h>
#include <cell/cell.h>
#include <gic/internal.h>
#include <vdev/window.h>

#define NR_CPUS	    8
#define NR_INTIDS   1020
#define FIRST_SPI   32
#define NR_SGIS	    16
#define FIRST_EPPI  1056 /* GICv3.1: extended interrupts */
#define NR_EPPIS    64
#define FIRST_ESPI  4096
#define NR_PRIVATE  (FIRST_SPI + NR_EPPIS)

#define GICD_PHYS   0x08000000UL
#define GICC_PHYS   0x08010000UL
#define GICH_PHYS   0x08030000UL
#define GICR_PHYS   0x080a0000UL
#define GICR_STRIDE 0x20000UL
#define WINDOW	    (CPU_SLOTS + CPU_SLOT_WINDOW)

struct irq {
	bool enabled, pending, active, group1;
	u8 priority, targets, config;
	u64 route;
};

struct gic {
	u32 ctlr;
	struct irq spis[1024];			/* from 32 on */
	struct irq espis[1024];			/* from 4096 on */
	struct irq banked[NR_CPUS][NR_PRIVATE]; /* GICv3: in the redistributors */
	u8 senders[NR_CPUS][NR_SGIS];		/* GICv2: of pending SGIs, by CPU interface */
	u32 gicc[4][NR_CPUS];			/* CTLR, PMR, RPR, APR */
	u32 rd_ctlr[NR_CPUS], waker[NR_CPUS];
	u64 propbaser[NR_CPUS], pendbaser[NR_CPUS];
	u64 rd_written[NR_CPUS];		 /* last write of what is about LPIs */
	u64 icc_pmr[NR_CPUS], icc_ctlr[NR_CPUS]; /* GICv3: CPU interface */
};

/* What an implementation may have or not have. */
struct features {
	u32 nr_intids, nr_espis;
	u32 ppi_words;	  /* of 32 private interrupts, 2 of them extended */
	bool lpis;	  /* GICR_PROPBASER, GICR_PENDBASER */
	bool direct_lpis; /* GICR_SETLPIR, GICR_CLRLPIR */
	bool invalidate;  /* GICR_INVLPIR, GICR_INVALLR without them */
	bool vlpis;	  /* GICv4.1 */
	bool sparse;	  /* redistributors that are nobody's */
	bool gaps;	  /* GICv3 with the stride of GICv4 */
};

extern struct gic gic;	    /* the hardware */
extern struct gic expected; /* what it should be after an access */
extern struct features features;
extern const struct features plain_features;
extern u32 hardware_version;
extern bool no_mappings; /* EL2 has no pages for its tables */
extern bool lpis_stuck;	 /* LPIs that are on stay on */
extern const struct cb_system_config config_v2, config_v3;

/* A system register of the current CPU, by the name that the code has for it. */
#define NAME_(x) #x
#define NAME(x)	 NAME_(x)
u64 *sysreg(const char *name);

/* When it was written last: a number that rises with each write of a register. */
u64 written_at(const char *name);

extern struct cell guest;
extern struct cb_cell_config guest_config;
extern cpuid_t current; /* the CPU that runs */

/* Called once, right after the next read: what another CPU does then. */
extern void (*after_read)(void);

/* Who accesses. cell NULL: the hardware, which filters nothing. */
struct accessor {
	const struct cell *cell;
	cpuid_t cpu;
};

/* iss of a trapped ICC_SGI1R_EL1 write; its op2 is 5. */

#define ISS_SGI1R  ISS_SYSREG(3, 0, 12, 11, 5)
#define ISS_ASGI1R ISS_SYSREG(3, 0, 12, 11, 6)
#define ISS_SGI0R  ISS_SYSREG(3, 0, 12, 11, 7)
#define ISS_PMR	   ISS_SYSREG(3, 0, 4, 6, 0)
#define ISS_CTLR   ISS_SYSREG(3, 0, 12, 12, 4)
#define ISS_RPR	   ISS_SYSREG(3, 0, 12, 11, 3)
#define ISS_DIR	   ISS_SYSREG(3, 0, 12, 11, 1)

/* A GIC in a random state, and a guest and a root cell that share it. */
void start_gic(u32 version, struct features chosen);
struct features random_features(u32 version);
void randomize_gic(void);
void share_out(void);

u8 target_of(cpuid_t cpu);
u64 redistributor_of(cpuid_t cpu); /* offset from GICR_PHYS */
u64 redistributor_stride(void);
u64 redistributors_size(void);
bool owns_spi(const struct cell *cell, intid_t intid);
bool has_cpu(const struct cell *cell, cpuid_t cpu);
cpuid_t cpu_with_affinity(u64 affinity);
bool reaches(const struct irq *spi, const struct cell *cell);
bool is_same_irq(const struct irq *a, const struct irq *b);

/* The management SGI, pending, would end this CPU's wait. */
bool wakes(cpuid_t cpu);

/* What an access does, by the specification. */
void access_sgir(struct gic *g, struct accessor who, u32 value);
void send_sgi1r(struct gic *g, struct accessor who, u64 value);
bool access_icc(struct gic *g, struct accessor who, u32 iss, u64 *value, bool write);
void deactivate(struct gic *g, struct accessor who, intid_t intid);
void no_sgi_pending(void);

/* Through the filters. */
u64 access_as_cell(struct cell *cell, ipa_t ipa, size_t size, bool write, u64 value);

/* A trapped system register, as trap.c has it handled: true if it is one of the GIC's. */
bool sysreg_as_cell(struct cell *cell, u32 iss, u64 *value, bool write);
u64 read_as_guest(u64 offset, size_t size);
void write_as_guest(u64 offset, size_t size, u64 value);

/* An access of any width anywhere, and what it must and must not have done. */
void access_at_random(struct cell *cell);
u64 random_sgi1r(void);

void assert_gic_is_as_expected(void);
void assert_quiet(intid_t intid, const struct cell *cell);

#endif
