/* SPDX-License-Identifier: GPL-2.0-only */
/* What the driver under test stands on, besides Linux: a hypervisor, and the rest of the driver. */
#ifndef FUZZ_BELOW_H
#define FUZZ_BELOW_H

#include <cellblock/config.h>

#include "machine.h"

#define RAM		0x40000000ull
#define LINUX_RAM	RAM /* System RAM, in the lower half */
#define RAM_SIZE	0x20000000ull
#define IRQ_OF_A_DRIVER 40

/* The cells that there are, whatever the driver believes (hypervisor.c). */
struct hypervisor {
	bool enabled;
	struct {
		bool exists;
		u64 cpus;
		u64 claims; /* regions that are not shared */
		struct cb_region loadable[3];
		u32 nr_loadable;
		u32 rounds;  /* until it is stopped or cleared */
		bool silent; /* its CPUs take long to answer */
	} cells[CB_MAX_CELLS];
	const struct cb_cell_config *checked; /* what would do, by the last look at one */
	size_t calls;
};

extern struct hypervisor hypervisor;

void hypervisor_add_cell(u64 id, const struct cb_cell_config *config);

static inline struct cb_public *public_page(void)
{
	return machine_page(PUBLIC_PAGE, CB_PAGE_SIZE);
}

static inline struct cb_cell_page *cell_page(u64 id)
{
	return machine_page(CELL_PAGES + PAGE(id), CB_PAGE_SIZE);
}

static inline struct cb_cpu_info *cpu_info(u32 cpu)
{
	return machine_page(CPU_PAGES, CB_PAGE_SIZE) + (size_t)cpu * CB_CPU_STRIDE;
}

#endif
