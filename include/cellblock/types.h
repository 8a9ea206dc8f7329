/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Fixed-width types for every header of the Cellblock ABI: the same in the
 * hypervisor, the Linux driver, user space and inmates.
 */
#ifndef CELLBLOCK_TYPES_H
#define CELLBLOCK_TYPES_H

#ifdef __KERNEL__
#include <linux/types.h>
#else
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#endif

/* Longest name of a cell or of a board, with the terminating NUL. */
#define CB_NAME_SIZE		32

/* CPU sets are 64-bit masks: bit n is CPU n of the system configuration. */
#define CB_MAX_CPUS		64

/* Cells that can exist at a time, the root cell (number 0) included. */
#define CB_MAX_CELLS		64
#define CB_ROOT_CELL		0u
#define CB_NO_CELL		0xffffffffu

#define CB_PAGE_SIZE		4096u

#endif
