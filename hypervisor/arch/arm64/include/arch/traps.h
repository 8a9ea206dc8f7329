/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What of a CPU its guest has. The registers of EL2 that decide it are written whole whenever a CPU
 * changes hands: the root cell's are those that Linux chose, and nothing of them is left for a
 * cell.
 */
#ifndef ARCH_TRAPS_H
#define ARCH_TRAPS_H

#include <base/types.h>

struct cpu;
struct traps;

/*
 * CB_LINUX_*: registers of extensions that Linux uses, so firmware lets EL2 have them. Others may
 * trap to EL3, and firmware may not survive that.
 */
extern u64 linux_uses;

/* Keep what Linux chose on this CPU in cpu->linux_traps. */
void traps_save(struct cpu *cpu);

/* Write a set of them, all but ich_hcr. Takes effect with the next ISB. */
void traps_write(const struct traps *traps);

/* Choose cpu->traps for the owner of this CPU, all but what the GIC adds. */
void traps_choose(struct cpu *cpu);

/* This CPU has FEAT_MPAM, and Linux uses it. */
bool traps_have_mpam(void);

/* May EL2 and guests use SVE on this CPU, and EL2 SME? Firmware enables them for a Linux that does.
 */
bool traps_allow_sve(const struct cpu *cpu);
bool traps_allow_sme(const struct cpu *cpu);

/*
 * An identification register as a cell sees it (HCR_EL2.TID3): op0 3, op1 0, CRn 0. What it
 * announces works: what is trapped, or is unknown here, is not there.
 */
u64 cell_id_register(u64 crm, u64 op2);

/*
 * A register that traps and is none of the GIC's, by ESR_EL2.ISS: what is read, if anything. False:
 * it is undefined.
 */
bool answer_register(u64 iss, u64 *value);

#endif
