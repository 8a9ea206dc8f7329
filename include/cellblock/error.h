/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What a refusal says. Whoever refuses (configuration check, hypervisor, driver)
 * fills in the same record; cellctl turns it into one sentence and a remedy.
 */
#ifndef CELLBLOCK_ERROR_H
#define CELLBLOCK_ERROR_H

#include <cellblock/types.h>

/*
 * Every reason for a refusal. The comment names the fields of the record that it has;
 * all others are zero. The numbers are ABI: append, never renumber.
 */
enum cb_error_code {
	CB_OK = 0,

	/* The configuration file, by itself. */
	CB_ERR_CONFIG_TRUNCATED = 1,	/* size: bytes there, other_size: bytes needed */
	CB_ERR_CONFIG_SIGNATURE,	/* no Cellblock configuration at all */
	CB_ERR_CONFIG_REVISION,		/* found, expected: the one that is supported */
	CB_ERR_CONFIG_ARCH,		/* found, expected (enum cb_arch) */
	CB_ERR_CONFIG_KIND,		/* found, expected (enum cb_config_kind) */
	CB_ERR_CONFIG_SIZE,		/* size: in the header, other_size: of the file */
	CB_ERR_CONFIG_CHECKSUM,		/* found: computed, expected: in the header */
	CB_ERR_CONFIG_ARRAY,		/* index: enum cb_config_array; offset, count */
	CB_ERR_CONFIG_FLAGS,		/* flags that are unknown or contradict */
	CB_ERR_CONFIG_NAME_EMPTY,
	CB_ERR_CONFIG_NAME_LONG,	/* not terminated, or holds other than [A-Za-z0-9._-] */
	CB_ERR_CONFIG_TOO_LARGE,	/* size: bytes, other_size: limit */

	/* Regions: index: which one, address/size: the region. */
	CB_ERR_REGION_EMPTY = 32,
	CB_ERR_REGION_UNALIGNED,	/* alignment that it needs, in bytes */
	CB_ERR_REGION_WRAPS,		/* wraps around or exceeds the address width (bits) */
	CB_ERR_REGION_FLAGS,		/* other_flags: its flags */
	CB_ERR_REGION_SELF_OVERLAP,	/* other_address/other_size: the other region of the same cell */
	CB_ERR_REGION_HYPERVISOR,	/* overlaps the hypervisor: other_address/other_size */
	CB_ERR_REGION_GIC,		/* overlaps a frame of the GIC: other_address/other_size */
	CB_ERR_REGION_NOT_ROOTS,	/* other_address: first byte that the root cell does not have */
	CB_ERR_REGION_OTHER_CELL,	/* other_cell has other_address/other_size */
	CB_ERR_REGION_PERMISSION,	/* other_flags: those that the root cell has there */
	CB_ERR_REGION_IN_USE,		/* Linux uses it: name: by whom; other_address/other_size */
	CB_ERR_REGION_SYSTEM_RAM,	/* Linux uses it as System RAM; other_address/other_size */
	CB_ERR_REGION_NO_MEMORY,	/* other_address: first byte where this machine has no memory */
	CB_ERR_REGION_FIRMWARE,		/* overlaps memory of UEFI's runtime services: other_address/other_size */

	/* Interrupts: index: which range; intid. */
	CB_ERR_IRQ_RANGE = 64,		/* not an SPI, or beyond the GIC; count; limit: last SPI */
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
	CB_ERR_CPU_OFFLINE_FAILED,	/* Linux could not take it offline; linux_error: -errno */
	CB_ERR_CPU_COUNT,		/* found: CPUs that Linux has, expected: configured */
	CB_ERR_CPU_MPIDR,		/* mpidr: affinity that is not configured */
	CB_ERR_CPU_DUPLICATE,		/* two CPUs with one mpidr */
	CB_ERR_CPU_NO_ANSWER,		/* did not enter the hypervisor in time */
	CB_ERR_CPU_MISMATCH,		/* differs from the first CPU; found: its ID register, expected: the first's */
	CB_ERR_CPU_RELEASE,		/* its release address; found: that Linux knows (0: none), expected: configured */
	CB_ERR_CPU_TAKEN,		/* does not wait in its spin table; address: release address, found_there: what it holds */
	CB_ERR_CPU_UNLISTED,		/* waits in a spin table and is not configured; mpidr,
					 * other_address: release address */

	/* Cells and their life. */
	CB_ERR_CELL_UNKNOWN = 128,	/* cell: number, or name: name */
	CB_ERR_CELL_NAME_TAKEN,		/* other_cell has it; name */
	CB_ERR_CELL_STATE,		/* state (enum cb_cell_state), states: mask of those it needs */
	CB_ERR_CELL_ROOT,		/* not for the root cell */
	CB_ERR_CELL_LIMIT,		/* limit: CB_MAX_CELLS */
	CB_ERR_CELLS_EXIST,		/* disable: other_cell still exists; name */
	CB_ERR_BUSY,			/* still under way: call again; cpus: those that have to answer */
	CB_ERR_NO_MEMORY,		/* page pool: needed, available: pages */
	CB_ERR_ENTRY,			/* address: entry point or argument outside the cell's executable RAM */
	CB_ERR_NOT_LOADABLE,		/* address/size lies in no loadable region */
	CB_ERR_NO_LOADABLE,		/* the cell has no loadable region */
	CB_ERR_BUFFER,			/* address/size is not RAM of the caller */
	CB_ERR_LPI,			/* index: CPU whose LPIs the GIC cannot turn off */
	CB_ERR_ARGUMENT,		/* value: reserved argument that must be zero, or unknown */
	CB_ERR_CELL_MEMORY,		/* destroy: address/size of region index did not answer when it was cleared */
	CB_ERR_CONSOLE_PLACE,		/* address/size: virtual UART; other_address/other_size: a region of the cell's
					 * or a frame of the GIC, or bits: what the CPUs can address */
	CB_ERR_CONSOLE_INPUT,		/* the cell has no virtual UART that takes input */

	/* Enable and disable. */
	CB_ERR_ALREADY_ENABLED = 160,
	CB_ERR_NOT_ENABLED,
	CB_ERR_KERNEL_AT_EL2,		/* Linux runs at EL2 (VHE) */
	CB_ERR_NO_EL2,			/* Linux was not booted at EL2, or the CPU has none */
	CB_ERR_EL2_IN_USE,		/* stub call refused: a VM runs or EL2 is somebody else's */
	CB_ERR_IMAGE_MISSING,		/* linux_error: -errno; name: file */
	CB_ERR_IMAGE_TRUNCATED,		/* size: of the file, other_size: needed */
	CB_ERR_IMAGE_SIGNATURE,
	CB_ERR_IMAGE_ABI,		/* found: the image's, expected: the module's */
	CB_ERR_IMAGE_ARCH,
	CB_ERR_HV_UNALIGNED,		/* address/size: hypervisor region; alignment that it needs */
	CB_ERR_HV_TOO_SMALL,		/* size: configured, other_size: needed */
	CB_ERR_HV_SYSTEM_RAM,		/* address/size: not reserved; other_address/other_size: System RAM it meets */
	CB_ERR_GIC_VERSION,		/* found, expected: configured */
	CB_ERR_GIC_ADDRESS,		/* index: enum cb_gic_frame; address: found by Linux, other_address: configured */
	CB_ERR_GIC_MISSING,		/* index: CPU without redistributor or frame that does not answer: address */
	CB_ERR_CPU_FEATURE,		/* index: CPU; found: its ID register: what the CPU lacks */
	CB_ERR_NOT_ROOT_USER,		/* CAP_SYS_ADMIN is needed */
	CB_ERR_HOST_MEMORY,		/* Linux has no memory for it */
	CB_ERR_HOST_FAULT,		/* a pointer of the caller is bad */
	CB_ERR_LINUX_ERRNO,		/* a Linux call failed; linux_error: -errno; name: which */
	CB_ERR_NOT_PERMITTED,		/* hypercall that only the root cell may make */
	CB_ERR_SHUTTING_DOWN,		/* reboot is under way */
	CB_ERR_MEMORY_UNLISTED,		/* address/size: memory that Linux uses; other_address: first byte in no region;
					 * name: what it is */
	CB_ERR_MEMORY_RIGHTS,		/* the same; index: the region, other_flags: its flags, needed_flags */

	/* The request itself: its caller and the module are of different versions (ioctl.h). */
	CB_ERR_REQUEST_UNKNOWN = 224,	/* never from the module; index: number; name: module's version */
	CB_ERR_REQUEST_SIZE,		/* size: argsz, other_size: bytes of it that the module knows */
	CB_ERR_REQUEST_FLAGS,		/* flags, other_flags: those that the module knows */

	/* Linux is locked down (kernel_lockdown(7)). */
	CB_ERR_LOCKED_IMAGE = 232,	/* not the image that the module was built with */
	CB_ERR_LOCKED_HYPERVISOR,	/* address/size: hypervisor region that was not kept at boot */
	CB_ERR_LOCKED_REGION,		/* index: region; address/size: memory that was not kept at boot */
	CB_ERR_LOCKED_DEVICE,		/* index: region; address/size; name: device that may write to memory */
	CB_ERR_LOCKED_SMC,		/* function: ID of one that the cell may call */
	CB_ERR_LOCKED_CONSOLE,		/* address: the hypervisor's, no UART of the device tree; name: what it is */

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
 * other_cell are then CB_NO_CELL. What shares a place has the name that fits the code.
 */
struct cb_error {
	uint32_t code;		/* enum cb_error_code */
	uint32_t cell;		/* the cell concerned, or CB_NO_CELL */
	uint32_t other_cell;	/* the cell it collides with, or CB_NO_CELL */
	uint32_t index;		/* of the region, interrupt range or CPU */
	union {
		uint64_t address;	/* of a region, a frame, memory or an entry point */
		uint64_t offset;	/* in the file */
		uint64_t found;		/* version, count, register or sum that there is */
		uint64_t value;		/* of an argument */
		uint64_t flags;
		uint64_t intid;
		uint64_t mpidr;		/* affinity fields of MPIDR_EL1 */
		uint64_t function;	/* SMC function ID */
		uint64_t state;		/* enum cb_cell_state */
		uint64_t cpus;		/* bit n: CPU n */
		uint64_t needed;	/* pages */
		uint64_t linux_error;	/* -errno */
	};
	union {
		uint64_t size;		/* in bytes */
		uint64_t count;
	};
	union {
		uint64_t other_address;	/* of what it collides with */
		uint64_t expected;	/* instead of what was found */
		uint64_t found_there;	/* what the memory at address holds */
		uint64_t alignment;	/* in bytes */
		uint64_t bits;		/* width of addresses */
		uint64_t limit;		/* the last, or the most, that there can be */
		uint64_t states;	/* bit n: enum cb_cell_state n */
		uint64_t available;	/* pages */
		uint64_t other_flags;
	};
	union {
		uint64_t other_size;	/* in bytes */
		uint64_t needed_flags;
	};
	char name[CB_NAME_SIZE];	/* of a driver, file or cell; NUL-terminated */
};

#endif
