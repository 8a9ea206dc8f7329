/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the hypervisor knows: CPUs (base/cpu.h), cells, and the system that they are parts of. Data
 * only; who changes it, and under which lock, stands beside it.
 */
#ifndef BASE_MODEL_H
#define BASE_MODEL_H

#include <base/cpu.h>
#include <base/lock.h>
#include <base/mmio.h>
#include <base/pool.h>
#include <base/types.h>
#include <cellblock/config.h>
#include <cellblock/error.h>
#include <cellblock/hypercall.h>
#include <cellblock/public.h>

/*
 * What registers are if the guest's tables say nothing stricter (D8.5.5). Linux takes some for
 * Normal memory, frame buffers for instance, to combine writes and to access them unaligned.
 */
enum stage2_registers { STAGE2_DEVICE, STAGE2_NON_CACHEABLE };

struct stage2 {
	spinlock_t lock; /* protects the tables */
	u64 *root;	 /* first level, up to 16 concatenated tables */
	u64 vttbr;	 /* VTTBR_EL2: root and VMID */
	enum stage2_registers registers;
};

/* What happens once the last CPU of a cell has parked. */
enum stop_reason {
	STOP_NONE = 0, /* the cell runs, CPUs may come and go by PSCI */
	STOP_ORDERLY,  /* by the root cell or by PSCI SYSTEM_OFF */
	STOP_FAILED,
	STOP_RESTART, /* PSCI SYSTEM_RESET */
};

/* The CPUs of a cell in the form that SGIs are addressed in. Read without a lock (gic/internal.h).
 */
struct gic_cell {
	u8 targets;		      /* GICv2: ITARGETSR bits */
	u16 sgi_targets[CB_MAX_CPUS]; /* GICv3: by cluster */
};

/* What a cell writes, and the virtual UART, if that is how (vdev/uart.h). */
struct cell_console {
	spinlock_t lock; /* protects ring and UART */
	u8 *ring;	 /* page->log_size bytes */
	u32 enabled;	 /* interrupts, as bits of UARTIMSC */
	bool raised;	 /* the last that the interrupt's line was set to */
	u32 first, nr;	 /* bytes of input, in a circle */
	u8 input[CB_CELL_INPUT_MAX];
};

struct cell {
	struct window windows[MAX_WINDOWS + 1]; /* up to the first of size 0 */

	u32 id;
	struct cb_cell_page *page;
	const struct cb_cell_config *config;
	size_t config_pages; /* this struct and config together */

	struct stage2 stage2;
	struct stash way_back; /* tables of the root cell for its access; under cells_lock */

	/* Change under cells_lock and the GIC lock. */
	cpuset_t cpus; /* and only while those CPUs are parked, under lock */
	u32 irqs[32];  /* SPIs by INTID */
	struct gic_cell gic;

	spinlock_t lock; /* protects power of the CPUs and all below */
	enum stop_reason stopping;
	u64 entry, argument; /* of the boot CPU */

	struct cell_console console;
};

extern struct cell root_cell;

/* Which cells there are, and who owns what. Held by each operation of the root cell's. */
extern spinlock_t cells_lock;
extern struct cell *cells[CB_MAX_CELLS]; /* changes under cells_lock */
extern const struct cb_system_config *system_config;
extern struct cb_public *public_page;

/* False where CPUs wait in a spin table: an SMC is undefined there. Also for vectors.S. */
extern bool has_firmware;

/* A cell by number; NULL if there is none. */
struct cell *cell_by_id(u64 id);

#endif
