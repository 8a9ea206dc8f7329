/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * An access to a register frame that trapped, in two scalars, which are passed in registers: its
 * kind and the value that is written, of which bits above the size mean nothing.
 */
#ifndef BASE_MMIO_H
#define BASE_MMIO_H

#include <base/types.h>

/* Log2 of the size in bytes, and MMIO_WRITE: fields SAS and WnR of the syndrome. */
typedef u32 mmio_t;

#define MMIO_BYTE	0u
#define MMIO_WORD	2u
#define MMIO_DOUBLE	3u
#define MMIO_WRITE	(1u << 6)
#define MMIO_SIZE(kind) (1u << ((kind)&31)) /* bytes */

static inline bool mmio_is_aligned(u64 offset, mmio_t kind)
{
	return !(offset & ~(~0UL << (kind & 63)));
}

/* The part of a register of 8 bytes that an access at offset reads. */
static inline u64 mmio_part(u64 value, u64 offset, mmio_t kind)
{
	return value >> (offset % 8 * 8) & (~0UL >> (64 - 8 * MMIO_SIZE(kind)));
}

#endif
