/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Stage-2 translation: what of the physical address space a cell has. Always the largest
 * blocks that fit; changes of a live table follow break-before-make, and a CPU that faults
 * in between finds a valid entry under the lock and retries.
 */
#ifndef MM_STAGE2_H
#define MM_STAGE2_H

#include <base/model.h>
#include <base/pool.h>
#include <base/types.h>

/* Geometry of all stage-2 tables, from the CPUs' physical address width (32 to 48 bits). */
void stage2_setup(unsigned int pa_bits);

/* VTCR_EL2 without the PS field. */
u64 stage2_vtcr(void);

/* Addresses from here on do not exist, in bytes. */
u64 stage2_limit(void);

/* Pages of a first level. */
size_t stage2_root_pages(void);

/* An empty address space; false if the pool has no room for its first level. */
bool stage2_init(struct stage2 *s2, u16 vmid, enum stage2_registers registers);

/* Give back all tables, if there are any. No CPU uses them any more. */
void stage2_free(struct stage2 *s2);

/* An upper bound of the pages that mapping or unmapping a range takes. */
size_t stage2_pages_needed(ipa_t ipa, paddr_t phys, u64 size);

/* Map [ipa, ipa + size) to phys with the rights of flags (CB_REGION_*). Replaces what was there. */
void stage2_map(struct stage2 *s2, ipa_t ipa, paddr_t phys, u64 size, u32 flags,
		struct stash *stash);

/* Unmap [ipa, ipa + size). When it returns, no CPU has a translation of it any more. */
void stage2_unmap(struct stage2 *s2, ipa_t ipa, u64 size, struct stash *stash);

/* The rights (CB_REGION_READ, _WRITE, _EXECUTE, _IO) at ipa, 0 if nothing is mapped; sets *phys. */
u32 stage2_lookup(struct stage2 *s2, ipa_t ipa, paddr_t *phys);

/*
 * Make every access of the cell fault, whatever it has masked: from the return of this
 * function on, none of its CPUs completes another instruction fetch without entering EL2.
 */
void stage2_shoot_down(struct stage2 *s2);

/* Undo stage2_shoot_down(). */
void stage2_revive(struct stage2 *s2);

#endif
