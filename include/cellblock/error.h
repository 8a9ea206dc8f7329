/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What a refusal says. Whoever refuses (configuration check, hypervisor, driver)
 * fills in the same record; cellctl turns it into one sentence and a remedy.
 */
#ifndef CELLBLOCK_ERROR_H
#define CELLBLOCK_ERROR_H

#include <cellblock/types.h>

/*
 * Every reason for a refusal. The comment says what the record's fields hold;
 * fields that are not named are zero. "addr" is address, "oaddr" other_address.
 * The numbers are ABI: append, never renumber.
 */
enum cb_error_code {
	CB_OK = 0,

	/* The configuration file, by itself. */
	CB_ERR_CONFIG_TRUNCATED = 1,	/* size: bytes there, other_size: bytes needed */
	CB_ERR_CONFIG_SIGNATURE,	/* no Cellblock configuration at all */
	CB_ERR_CONFIG_REVISION,		/* addr: found, oaddr: supported */
	CB_ERR_CONFIG_ARCH,		/* addr: found, oaddr: expected (enum cb_arch) */
	CB_ERR_CONFIG_KIND,		/* addr: found, oaddr: expected (enum cb_config_kind) */
	CB_ERR_CONFIG_SIZE,		/* size: in the header, other_size: of the file */
	CB_ERR_CONFIG_CHECKSUM,		/* addr: computed, oaddr: in the header */
	CB_ERR_CONFIG_ARRAY,		/* index: enum cb_config_array; addr: offset, size: count */
	CB_ERR_CONFIG_FLAGS,		/* addr: flags that are unknown or contradict */
	CB_ERR_CONFIG_NAME_EMPTY,
	CB_ERR_CONFIG_NAME_LONG,	/* not terminated, or holds other than [A-Za-z0-9._-] */
	CB_ERR_CONFIG_TOO_LARGE,	/* size: bytes, other_size: limit */

	/* Regions: index: which one, addr/size: the region. */
	CB_ERR_REGION_EMPTY = 32,
	CB_ERR_REGION_UNALIGNED,	/* oaddr: the alignment needed, in bytes */
	CB_ERR_REGION_WRAPS,		/* wraps around or exceeds the address width (oaddr: bits) */
	CB_ERR_REGION_FLAGS,		/* oaddr: the flags */
	CB_ERR_REGION_SELF_OVERLAP,	/* oaddr/other_size: the other region of the same cell */
	CB_ERR_REGION_HYPERVISOR,	/* overlaps the hypervisor: oaddr/other_size */
	CB_ERR_REGION_GIC,		/* overlaps a frame of the GIC: oaddr/other_size */
	CB_ERR_REGION_NOT_ROOTS,	/* oaddr: first byte that the root cell does not have */
	CB_ERR_REGION_OTHER_CELL,	/* other_cell has oaddr/other_size */
	CB_ERR_REGION_PERMISSION,	/* oaddr: flags that the root cell has there */
	CB_ERR_REGION_IN_USE,		/* Linux uses it: name: by whom; oaddr/other_size */
	CB_ERR_REGION_SYSTEM_RAM,	/* Linux uses it as System RAM; oaddr/other_size */
	CB_ERR_REGION_NO_MEMORY,	/* oaddr: first byte where this machine has no memory */
	CB_ERR_REGION_FIRMWARE,		/* overlaps memory of UEFI's runtime services: oaddr/other_size */

	/* Interrupts: index: which range, addr: INTID. */
	CB_ERR_IRQ_RANGE = 64,		/* not an SPI, or beyond the GIC; size: count; oaddr: last SPI */
	CB_ERR_IRQ_NOT_ROOTS,
	CB_ERR_IRQ_OTHER_CELL,		/* other_cell has it */
	CB_ERR_IRQ_IN_USE,		/* Linux uses it: name: by whom */
	CB_ERR_IRQ_DUPLICATE,		/* listed twice in this configuration */

	/* CPUs: index: CPU number in the system configuration. */
	CB_ERR_CPU_NONE = 96,		/* the cell has no CPU */
	CB_ERR_CPU_UNKNOWN,		/* no such CPU in the system configuration */
	CB_ERR_CPU_NOT_ROOTS,		/* other_cell has it */
	CB_ERR_CPU_LAST,		/* the root cell would have none left */
	CB_ERR_CPU_ONLINE,		/* Linux still runs on it */
	CB_ERR_CPU_NOT_ONLINE,		/* Linux does not run on it and it must */
	CB_ERR_CPU_OFFLINE_FAILED,	/* Linux could not take it offline; addr: -errno */
	CB_ERR_CPU_COUNT,		/* addr: CPUs that Linux has, oaddr: configured */
	CB_ERR_CPU_MPIDR,		/* addr: MPIDR affinity found that is not configured */
	CB_ERR_CPU_DUPLICATE,		/* two CPUs with one MPIDR: addr */
	CB_ERR_CPU_NO_ANSWER,		/* did not enter the hypervisor in time */
	CB_ERR_CPU_MISMATCH,		/* differs from the first CPU; addr: its ID register, oaddr: the first's */
	CB_ERR_CPU_RELEASE,		/* its release address; addr: that Linux knows (0: none), oaddr: configured */
	CB_ERR_CPU_TAKEN,		/* does not wait in its spin table; addr: release address, oaddr: read there */
	CB_ERR_CPU_UNLISTED,		/* waits in a spin table and is not configured; addr: MPIDR affinity,
					 * oaddr: release address */

	/* Cells and their life. */
	CB_ERR_CELL_UNKNOWN = 128,	/* cell: number, or name: name */
	CB_ERR_CELL_NAME_TAKEN,		/* other_cell has it; name */
	CB_ERR_CELL_STATE,		/* addr: state (enum cb_cell_state), oaddr: mask of states it needs */
	CB_ERR_CELL_ROOT,		/* not for the root cell */
	CB_ERR_CELL_LIMIT,		/* oaddr: CB_MAX_CELLS */
	CB_ERR_CELLS_EXIST,		/* disable: other_cell still exists; name */
	CB_ERR_BUSY,			/* still under way: call again; addr: CPUs that have to answer */
	CB_ERR_NO_MEMORY,		/* page pool: addr: pages needed, oaddr: pages free */
	CB_ERR_ENTRY,			/* addr: entry point or argument outside the cell's executable RAM */
	CB_ERR_NOT_LOADABLE,		/* addr/size lies in no loadable region */
	CB_ERR_NO_LOADABLE,		/* the cell has no loadable region */
	CB_ERR_BUFFER,			/* addr/size is not RAM of the caller */
	CB_ERR_LPI,			/* index: CPU whose LPIs the GIC cannot turn off */
	CB_ERR_ARGUMENT,		/* addr: reserved argument that must be zero, or unknown value */
	CB_ERR_CELL_MEMORY,		/* destroy: addr/size of region index did not answer when it was cleared */

	/* Enable and disable. */
	CB_ERR_ALREADY_ENABLED = 160,
	CB_ERR_NOT_ENABLED,
	CB_ERR_KERNEL_AT_EL2,		/* Linux runs at EL2 (VHE) */
	CB_ERR_NO_EL2,			/* Linux was not booted at EL2, or the CPU has none */
	CB_ERR_EL2_IN_USE,		/* stub call refused: a VM runs or EL2 is somebody else's */
	CB_ERR_IMAGE_MISSING,		/* addr: -errno; name: file */
	CB_ERR_IMAGE_TRUNCATED,		/* size: of the file, other_size: needed */
	CB_ERR_IMAGE_SIGNATURE,
	CB_ERR_IMAGE_ABI,		/* addr: image's, oaddr: module's */
	CB_ERR_IMAGE_ARCH,
	CB_ERR_HV_UNALIGNED,		/* addr/size: hypervisor region; oaddr: alignment needed */
	CB_ERR_HV_TOO_SMALL,		/* size: configured, other_size: needed */
	CB_ERR_HV_SYSTEM_RAM,		/* addr/size: not reserved; oaddr/other_size: System RAM it meets */
	CB_ERR_GIC_VERSION,		/* addr: found, oaddr: configured */
	CB_ERR_GIC_ADDRESS,		/* index: enum cb_gic_frame; addr: found by Linux, oaddr: configured */
	CB_ERR_GIC_MISSING,		/* index: CPU without redistributor or frame that does not answer: addr */
	CB_ERR_CPU_FEATURE,		/* index: CPU; addr: ID register: what the CPU lacks */
	CB_ERR_NOT_ROOT_USER,		/* CAP_SYS_ADMIN is needed */
	CB_ERR_HOST_MEMORY,		/* Linux has no memory for it */
	CB_ERR_HOST_FAULT,		/* a pointer of the caller is bad */
	CB_ERR_LINUX_ERRNO,		/* a Linux call failed; addr: -errno; name: which */
	CB_ERR_NOT_PERMITTED,		/* hypercall that only the root cell may make */
	CB_ERR_SHUTTING_DOWN,		/* reboot is under way */
	CB_ERR_MEMORY_UNLISTED,		/* addr/size: memory that Linux uses; oaddr: first byte in no region;
					 * name: what it is */
	CB_ERR_MEMORY_RIGHTS,		/* the same; index: the region, oaddr: its flags, other_size: those needed */

	/* The request itself: its caller and the module are of different versions (ioctl.h). */
	CB_ERR_REQUEST_UNKNOWN = 224,	/* never from the module; index: number; name: module's version */
	CB_ERR_REQUEST_SIZE,		/* size: argsz, other_size: bytes of it that the module knows */
	CB_ERR_REQUEST_FLAGS,		/* addr: flags, oaddr: those that the module knows */

	/* Linux is locked down (kernel_lockdown(7)). */
	CB_ERR_LOCKED_IMAGE = 232,	/* not the image that the module was built with */
	CB_ERR_LOCKED_HYPERVISOR,	/* addr/size: hypervisor region that was not kept at boot */
	CB_ERR_LOCKED_REGION,		/* index: region; addr/size: memory that was not kept at boot */
	CB_ERR_LOCKED_DEVICE,		/* index: region; addr/size; name: device that may write to memory */
	CB_ERR_LOCKED_SMC,		/* addr: function ID that the cell may call */
	CB_ERR_LOCKED_CONSOLE,		/* addr: the hypervisor's, no UART of the device tree; name: what it is */

	/* What Linux runs on. */
	CB_ERR_GIC_UNKNOWN = 240,	/* its device tree has no GIC that is known, or there is none */
};

/* Which cb_config array an CB_ERR_CONFIG_ARRAY speaks of. */
enum cb_config_array {
	CB_ARRAY_REGIONS,
	CB_ARRAY_IRQS,
	CB_ARRAY_SMCS,
	CB_ARRAY_CPUS,
	CB_ARRAY_SPIN_TABLE,
};

/*
 * The record. Over a hypercall it travels in registers (see hypercall.h); over an
 * ioctl as this struct. Fields that a code does not use are zero, cell and
 * other_cell are then CB_NO_CELL.
 */
struct cb_error {
	uint32_t code;		/* enum cb_error_code */
	uint32_t cell;		/* the cell concerned, or CB_NO_CELL */
	uint32_t other_cell;	/* the cell it collides with, or CB_NO_CELL */
	uint32_t index;		/* of the region, interrupt range or CPU */
	uint64_t address;	/* or value found */
	uint64_t size;
	uint64_t other_address;	/* what it collides with, or value expected */
	uint64_t other_size;
	char name[CB_NAME_SIZE];	/* of a driver, file or cell; NUL-terminated */
};

#endif
