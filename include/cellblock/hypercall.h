/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Calls to the hypervisor: HVC #0, SMC Calling Convention 1.2 (Arm DEN 0028), vendor
 * specific hypervisor service range, 64-bit convention. A guest discovers them by
 * SMCCC_VERSION and the UID call.
 *
 * Arguments in x1 to x6, result in x0: CB_OK, an enum cb_error_code, or
 * SMCCC_NOT_SUPPORTED (-1) for an unknown function. With an error code the record
 * follows: x1 = cell | other_cell << 32, x2 = index, x3 = address, x4 = size,
 * x5 = other_address, x6 = other_size. x7 to x17 are preserved.
 */
#ifndef CELLBLOCK_HYPERCALL_H
#define CELLBLOCK_HYPERCALL_H

#include <cellblock/types.h>

#define CB_HVC_UID		0x8600ff01	/* w0..w3: CB_UID_* */
#define CB_HVC_REVISION		0x8600ff03	/* w0: major, w1: minor */
#define CB_UID_0		0x1b8c6c2eu
#define CB_UID_1		0x4f9e4a57u
#define CB_UID_2		0x92d1a3b8u
#define CB_UID_3		0x6c0e57f4u
#define CB_REVISION_MAJOR	0u
#define CB_REVISION_MINOR	1u

/* Clear of the function numbers 0 to 63 that KVM's own calls to EL2 use in this range. */
#define CB_HVC(n)		(0xc600cb00 | (n))
#define CB_HVC_NUMBER(function)	((function) - CB_HVC(0))

/* For every cell. */
#define CB_HVC_INFO		CB_HVC(0)	/* x1: enum cb_info; returns x1: value */
#define CB_HVC_CONSOLE_WRITE	CB_HVC(1)	/* x1: bytes, 0 to 40; x2..x6: text, little endian */

/* For the root cell. */
#define CB_HVC_DISABLE		CB_HVC(32)	/* on every online CPU; x1: how many they are */
#define CB_HVC_CELL_CREATE	CB_HVC(33)	/* x1: PA of configuration, x2: size; returns x1: cell.
						 * x3: 0; 1: only check, as if its CPUs were parked */
#define CB_HVC_CELL_LOAD	CB_HVC(34)	/* x1: cell; loadable regions appear in the root cell */
#define CB_HVC_CELL_START	CB_HVC(35)	/* x1: cell, x2: entry IPA, x3: x0 of the inmate */
#define CB_HVC_CELL_STOP	CB_HVC(36)	/* x1: cell; CB_ERR_BUSY: call again */
#define CB_HVC_CELL_DESTROY	CB_HVC(37)	/* x1: cell; CB_ERR_BUSY: memory is being cleared, call again */
#define CB_HVC_CELL_INPUT	CB_HVC(38)	/* x1: cell, x2: bytes, 0 to 32; x3..x6: text, little endian;
						 * returns x1: how many the virtual UART took */

enum cb_info {
	CB_INFO_CELL = 0,	/* number of the calling cell */
	CB_INFO_CPU = 1,	/* number of the calling CPU in the system configuration */
	CB_INFO_CPUS = 2,	/* CPU set of the calling cell */
	CB_INFO_EXITS = 3,	/* exits of the calling CPU so far, this one included */
};

#define CB_CONSOLE_WRITE_MAX	40u
#define CB_CELL_INPUT_MAX	32u

/*
 * Before the hypervisor runs: calls into the image's entry vectors, made by the driver
 * at EL1 after HVC_SET_VECTORS. Same registers for the result.
 */
#define CB_HVC_BOOT_INIT	CB_HVC(64)	/* one CPU. x1: offset of the configuration in the region,
						 * x2: size of the configuration, x3: CB_LINUX_*; returns
						 * x1: offset of struct cb_public in the region */
/* What Linux uses where the CPU has it, and so firmware lets EL2 have. */
#define CB_LINUX_MPAM		(1u << 0)	/* MPAM2_EL2 */
#define CB_LINUX_FGT2		(1u << 1)	/* registers of FEAT_FGT2 */
#define CB_HVC_BOOT_CPU		CB_HVC(65)	/* every online CPU. x1: how many they are */

#endif
