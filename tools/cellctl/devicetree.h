/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The device tree that an inmate gets. Made from the cell's and the system's
 * configuration, and from what the machine's own tree says about the hardware.
 * Has no effects. Both configurations have passed cb_config_check().
 */
#ifndef CELLCTL_DEVICETREE_H
#define CELLCTL_DEVICETREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cellblock/config.h>

/* More than any cell needs; the boot protocol's limit is 2 MiB. */
#define DEVICETREE_ROOM 0x40000u

struct devicetree_input {
	const struct cb_cell_config *cell;
	const struct cb_system_config *system;
	const void *live;     /* checked flattened tree of the machine, or NULL */
	const char *bootargs; /* or NULL */
	bool initrd;	      /* leave room for devicetree_set_initrd() */
	uint64_t kaslr_seed;
	uint8_t rng_seed[32];
};

/* Returns the size of the tree in @buffer, or a negative libfdt error. */
int devicetree_build(const struct devicetree_input *input, void *buffer, size_t size);

/*
 * Copies a user's tree with bootargs (unless NULL) and room for an initial RAM disk.
 * Returns its size in @buffer, or a negative libfdt error.
 */
int devicetree_adapt(const void *tree, size_t tree_size, const char *bootargs, bool initrd,
		     void *buffer, size_t size);

/* Fills in where the initial RAM disk is. Returns 0 or a negative libfdt error. */
int devicetree_set_initrd(void *tree, uint64_t start, uint64_t end);

#endif
