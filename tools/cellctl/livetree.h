/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Questions to the device tree that Linux was booted with (/sys/firmware/fdt). Each
 * function takes NULL for a tree that is not there and then finds nothing.
 */
#ifndef CELLCTL_LIVETREE_H
#define CELLCTL_LIVETREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LIVETREE_PATH "/sys/firmware/fdt"

/* An interrupt of the GIC as a device tree describes it. */
struct live_irq {
	uint32_t type;	 /* 0: SPI, 1: PPI */
	uint32_t number; /* from 0 for each type */
	uint32_t flags;	 /* trigger, without a mask of CPUs */
};

/*
 * How many bytes of a tree with this header are used (Devicetree specification 0.4, section 5.2),
 * of which @size bytes are there; 0 if it is no such header.
 */
uint64_t live_used(const void *header, size_t size);

/* The node that has this string in "compatible", or a negative number. */
int live_compatible(const void *live, const char *compatible);

/* The node of the CPU with this MPIDR affinity, or a negative number. */
int live_cpu(const void *live, uint64_t mpidr);

/*
 * The next device behind @node (-1: the first) whose registers start within the
 * range of CPU addresses, or a negative number.
 */
int live_next_device(const void *live, int node, uint64_t start, uint64_t size);

/* Entry @index of "reg" as the CPU sees it. Returns whether there is one. */
bool live_reg(const void *live, int node, int index, uint64_t *address, uint64_t *size);

/*
 * Entry @index of "interrupts". Returns whether there is one and it goes to the GIC,
 * whose distributor is at @gicd.
 */
bool live_interrupt(const void *live, int node, int index, uint64_t gicd, struct live_irq *irq);

/* Rate of the fixed clock that "clocks" names first, or 0. */
uint32_t live_clock_rate(const void *live, int node);

#endif
