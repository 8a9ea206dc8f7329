/* SPDX-License-Identifier: GPL-2.0-only */
/* Between the files of gic/: what the distributor filter and the two versions share. */
#ifndef GIC_INTERNAL_H
#define GIC_INTERNAL_H

#include <arch/io.h>
#include <base/model.h>
#include <gic/gic.h>
#include <gic/regs.h>

extern u8 *gicd; /* the distributor, mapped */

/* GICD_TYPER but for what only the root cell has: LPIs, message-based and extended SPIs. */
extern u32 gicd_typer_of_cells;

/*
 * Extended SPIs of GICv3.1; they are the root cell's. The first has the number of its GICD_IROUTER,
 * which follow those of all others.
 */
#define GIC_ESPI_ROUTE ((GICD_IROUTER_E - GICD_IROUTER) / 8)

/* Registers that several cells have bits of, and who has which CPUs and SPIs. */
extern spinlock_t gic_lock;

/*
 * An access without any filter. widths: sizes that the register has, as the sum of 1, 4 and 8;
 * others read as zero, so that a guest cannot provoke what a GIC answers with an abort.
 */
u64 gic_access_raw(void *address, u32 widths, struct mmio_access access, u64 value);

/*
 * Around a look at the CPUs of a cell and an SGI to them, without gic_lock: gic_move_cpus() does
 * not return before an SGI by what was true is sent.
 */
static inline void begin_sgi(void)
{
	WRITE_ONCE(this_cpu()->gic.sending, 1);
	/* Before the look; and what the guest wrote is visible to the receivers. */
	dsb(ish);
}

static inline void end_sgi(void)
{
	store_release(&this_cpu()->gic.sending, 0);
}

/* Find the distributor. */
__cold u32 gicd_init(const struct cb_gic_config *config, struct cb_error *error);

/* What was written to it is done (GICv3). */
__cold void gicd_wait_rwp(void);

/* Write ones to an array of a bit for each of nr interrupts. */
void gic_write_ones(u8 *array, u32 nr);

/*
 * The private interrupts of this CPU, which are disabled: level-triggered, neither
 * pending nor active, of the highest priority. Then the management SGI is enabled.
 */
void gic_reset_private(u8 *frame, u32 nr);

__cold u32 gicv2_init(const struct cb_gic_config *config, struct cb_error *error);
__cold void gicv2_cpu_discover(struct cpu *cpu);
__cold void gicv2_cpu_reset(void);
void gicv2_wait(void);
__cold void gicv2_wake(cpuid_t cpu);
__cold bool gicv2_acknowledge_wake(void);
void gicv2_send_sgi(const struct cell *cell, u32 sgir);

__cold u32 gicv3_init(const struct cb_gic_config *config, struct cb_error *error);
__cold void gicv3_cpu_enable(struct cpu *cpu);
__cold void gicv3_cpu_disable(struct cpu *cpu);
__cold void gicv3_cpu_reset(struct cpu *cpu);
__cold void gicv3_cpu_start(struct cpu *cpu);
void gicv3_wait(void);
__cold void gicv3_wake(cpuid_t cpu);
__cold bool gicv3_acknowledge_wake(struct cpu *cpu);
__cold void gicv3_update_cell(struct cell *cell);
void gicv3_drop_fiq(void);
bool gicv3_can_disable_lpis(struct cpu *cpu);
void gicv3_disable_lpis(struct cpu *cpu);
void gicv3_restore_lpis(struct cpu *cpu);

/* The two frames of a CPU's redistributor, of which EL2 maps the first page each. */
static inline u8 *gicr_frame(const struct cpu *cpu)
{
	return (u8 *)cpu - CPU_SLOT_DATA + CPU_SLOT_GICR;
}

static inline u8 *gicr_sgi_frame(const struct cpu *cpu)
{
	return gicr_frame(cpu) + PAGE_SIZE;
}

/* What was written to the first frame is done. */
static inline void gicr_wait_rwp(u8 *frame)
{
	while (readl(frame + GICR_CTLR) & GICR_CTLR_RWP)
		cpu_relax();
}

__cold u32 gicr_init(const struct cb_gic_config *config, struct cb_error *error);

#endif
extern u32 gic_nr_espis;
