/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Register frames that trap, and accesses to them. The value of a write stands beside its access,
 * in an argument of its own: bits above the size mean nothing. In one struct they would go through
 * memory, which costs an exit up to 11 instructions.
 */
#ifndef BASE_MMIO_H
#define BASE_MMIO_H

#include <base/types.h>

/* MMIO_READ() or MMIO_WRITE() of a size. A type of its own: it is no offset, and no value. */
struct mmio_access {
	u64 kind;
};

/* By log2 of the size in bytes. */
#define MMIO_READ(log2)	 (log2)
#define MMIO_WRITE(log2) (MMIO_IS_WRITE | (log2))
#define MMIO_IS_WRITE	 (1UL << 6)
#define MMIO_BYTE	 0UL
#define MMIO_WORD	 2UL
#define MMIO_DOUBLE	 3UL

static inline bool mmio_is_write(struct mmio_access access)
{
	return access.kind & MMIO_IS_WRITE;
}

/* In bytes: 1, 2, 4 or 8. */
static inline u32 mmio_size(struct mmio_access access)
{
	return 1U << (access.kind & 31);
}

/* Where a cell has registers that are answered at EL2 (vdev/window.h). */
enum window_kind {
	WINDOW_GICD, /* distributor */
	WINDOW_GICR, /* GICv3: redistributors */
	WINDOW_GICC, /* GICv2: second page of the CPU interface */
	WINDOW_GIC_KINDS,
	WINDOW_UART = WINDOW_GIC_KINDS,
};

struct window {
	ipa_t ipa;
	u64 size;
	enum window_kind kind;
};

#define MAX_WINDOWS 16 /* of a cell */

static inline bool mmio_is_aligned(u64 offset, struct mmio_access access)
{
	return !(offset & ~(~0UL << (access.kind & 63)));
}

/* The part of a register of 8 bytes that an access at offset reads. */
static inline u64 mmio_part(u64 value, u64 offset, struct mmio_access access)
{
	return value >> (offset % 8 * 8) & (~0UL >> (64 - 8 * mmio_size(access)));
}

#endif
