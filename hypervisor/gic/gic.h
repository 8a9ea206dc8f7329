/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The interrupt controller. Interrupts go to the CPU's owner with no exit; what cells share
 * (distributor, SGIs, ITS) traps and is filtered here. GICv2: IHI 0048, GICv3: IHI 0069.
 */
#ifndef GIC_GIC_H
#define GIC_GIC_H

#include <base/mmio.h>
#include <base/model.h>
#include <cellblock/config.h>
#include <cellblock/error.h>

/*
 * SGI that wakes a CPU whose guest cannot run any more. One of the eight that are
 * Non-secure on every system; the guest never sees it.
 */
#define MANAGEMENT_SGI 7

#define GIC_NR_SGIS    16
#define GIC_FIRST_SPI  32
#define GIC_MAX_INTID  1020
#define GIC_NR_SPECIAL 4 /* from there on: 1023 means that there is none */
#define GIC_FIRST_EPPI 1056
#define GIC_NR_EPPIS   64
#define GIC_FIRST_ESPI 4096

/* Chosen by the configuration. */
extern u32 gic_version;

/*
 * Map the GIC's frames and check that they are what the configuration says. Before enable.
 * CB_ERR_GIC_VERSION, CB_ERR_GIC_MISSING, CB_ERR_NO_MEMORY, CB_ERR_IRQ_RANGE.
 */
u32 gic_init(const struct cb_system_config *config, struct cb_error *error);

/* Interrupts that the distributor implements: INTIDs below this. */
intid_t gic_nr_intids(void);

/* What only this CPU can tell about its interface. Before it goes under the hypervisor. */
void gic_cpu_discover(struct cpu *cpu);

/* This CPU goes from Linux under the hypervisor, or back. */
void gic_cpu_enable(struct cpu *cpu);
void gic_cpu_disable(struct cpu *cpu);

/* Once all CPUs are in: nothing that Linux acknowledged before stays active. */
void gic_clear_active_spis(void);

/* Nothing active, pending or enabled on this CPU but the management SGI: it changes hands. */
void gic_cpu_reset(struct cpu *cpu);

/* Prepare this CPU's interface for a guest of its cell. */
void gic_cpu_start(struct cpu *cpu);

/*
 * Wait at EL2 until an interrupt is pending, whatever the guest did to the CPU interface. A guest
 * that waits within a handler is not made to wait: what wakes it might not reach the CPU.
 */
void gic_wait(void);

/* Interrupt a CPU that is parked or cannot run its guest. */
void gic_wake(cpuid_t cpu);

/* Take that interrupt away from this CPU; false if there was none. */
bool gic_acknowledge_wake(struct cpu *cpu);

/* Drop an interrupt that came as FIQ: Group 0 belongs to nobody. */
void gic_drop_fiq(void);

/*
 * Ownership of CPUs and SPIs as the filters see it: they look at it under the GIC lock, so
 * nobody acts on what has just ceased to be true. CPUs whose LPIs cannot be turned off stay, and
 * false is returned, unless the cell accepts LPIs.
 */
bool gic_move_cpus(struct cell *from, struct cell *to, cpuset_t cpus);
void gic_move_spi(struct cell *from, struct cell *to, intid_t intid);

/*
 * What a cell has of a frame of the GIC as memory, at its physical address, to access it with no
 * exit; size is 0 if it has nothing of it. All else traps (gic_traps()) or is refused.
 */
struct cb_frame gic_direct_frame(const struct cell *cell, enum cb_gic_frame which);

/*
 * The SPIs of a cell as after reset: disabled, neither pending nor active, of the highest priority,
 * level-triggered, routed to its first CPU. One that moves to the root cell gets the priority and
 * trigger that it had there, and goes to the CPU that asks for it.
 */
void gic_reset_spis(const struct cell *cell);

/* No SPI of another cell reaches the CPUs of this one any more: they go to the one that calls. */
void gic_evict_spis(const struct cell *cell);

/*
 * Drive the line of an SPI that no device has, for the cell that it belongs to: high makes it
 * pending, low takes that back. A CPU that takes the interrupt clears it, so whoever drives a line
 * that is still high says so again.
 */
void gic_drive_spi(intid_t intid, bool high);

/* Is this SPI the cell's? Extended ones are the root cell's, and not in here. */
static inline bool gic_line_in_cell(const struct cell *cell, intid_t intid)
{
	return intid < GIC_MAX_INTID && cell->irqs[intid / 32] & BIT(intid % 32);
}

/* LPIs of a CPU that leaves the root cell. False if the hardware cannot turn them off. */
__cold bool gic_can_disable_lpis(struct cpu *cpu);
__cold void gic_disable_lpis(struct cpu *cpu);
__cold void gic_restore_lpis(struct cpu *cpu);

/* What of the GIC traps, by the kind of window; of size 0 if there is no such. */
extern struct cb_frame gic_frames[WINDOW_GIC_KINDS];

/* Accesses to these windows (vdev/window.h): what is read, or 0. */
u64 gic_distributor(struct cell *cell, u64 offset, struct mmio_access access, u64 value);
__cold u64 gic_redistributor(struct cell *cell, u64 offset, struct mmio_access access, u64 value);
u64 gic_cpu_interface(struct cell *cell, u64 offset, struct mmio_access access, u64 value);

/*
 * The guest wrote value to ICC_SGI1R_EL1, which only GICv3 has: it is not asked again which one it
 * is. Only CPUs of its cell get the SGI.
 */
void gicv3_send_sgi(const struct cell *cell, u64 value);

/* Any other trapped ICC_* register. True if it was one. iss: ESR_EL2.ISS of the trap. */
bool gicv3_sysreg(struct cell *cell, u32 iss, u64 *value, bool write);

/* The SGI filter's idea of who is in a cell. Also part of gic_move_cpus(). */
void gic_update_cell(struct cell *cell);

#endif
