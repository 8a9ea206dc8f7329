/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A machine that was never there: the hypervisor's own code creates cells on it, with its page
 * pool and its tables, and nothing else. So what it refuses here, it refuses on the real one.
 */
#ifndef CELLCHECK_BOARD_H
#define CELLCHECK_BOARD_H

#include <cell/cell.h>

/* What a system configuration does not say of its machine. */
struct machine {
	unsigned int pa_bits; /* physical addresses that the CPUs have */
	intid_t nr_intids;    /* INTIDs that the distributor has */
	u64 image_size;	      /* of the hypervisor in memory, 0 if it is not known */
};

/*
 * As the hypervisor does on "enable", with a configuration that cb_config_check() accepts and that
 * stays where it is. Once in a process.
 */
u32 board_start(const struct cb_system_config *config, const struct machine *machine,
		struct cb_error *error);

/* As the hypervisor does on "create"; all CPUs of the root cell are there to be taken. */
u32 board_create(const struct cb_cell_config *config, struct cb_error *error);

/* As it does at the end of "destroy". */
void board_destroy(u32 id);

/* The CPUs that the root cell still has. */
cpuset_t board_free_cpus(void);

#endif
