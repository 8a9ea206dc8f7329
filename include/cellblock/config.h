/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The binary configuration (.cell): what `cellctl config build` writes and the driver
 * and the hypervisor read. Little endian, offsets from the start of the file, arrays
 * 8-byte aligned. It is checked by cb_config_check() and by nothing else; nobody
 * uses a configuration that did not pass.
 */
#ifndef CELLBLOCK_CONFIG_H
#define CELLBLOCK_CONFIG_H

#include <cellblock/types.h>

#define CB_CONFIG_SIGNATURE	"CBCONFIG"	/* 8 bytes, no NUL */
#define CB_CONFIG_REVISION	1u
#define CB_CONFIG_MAX_SIZE	0x4000u

enum cb_config_kind {
	CB_CONFIG_SYSTEM = 1,	/* struct cb_system_config */
	CB_CONFIG_CELL = 2,	/* struct cb_cell_config */
};

enum cb_arch {
	CB_ARCH_ARM64 = 1,
	CB_ARCH_ARM = 2,
};

/* First bytes of every configuration. */
struct cb_config_header {
	char signature[8];	/* CB_CONFIG_SIGNATURE */
	uint16_t revision;	/* CB_CONFIG_REVISION */
	uint8_t kind;		/* enum cb_config_kind */
	uint8_t arch;		/* enum cb_arch */
	uint32_t size;		/* of the whole file in bytes */
	uint32_t checksum;	/* CRC-32 (IEEE 802.3) of the file with this field zero */
	uint32_t reserved;	/* 0 */
	char name[CB_NAME_SIZE];	/* [A-Za-z0-9._-]+, NUL-padded */
};

/* An array elsewhere in the file. An empty one has count 0 and offset 0. */
struct cb_array {
	uint32_t offset;	/* bytes from the start of the file, multiple of 8 */
	uint32_t count;		/* elements */
};

/* Region flags. READ is needed for each of the others. */
#define CB_REGION_READ		(1u << 0)
#define CB_REGION_WRITE		(1u << 1)
#define CB_REGION_EXECUTE	(1u << 2)
#define CB_REGION_IO		(1u << 3)	/* registers: not cacheable, never executable */
#define CB_REGION_SHARED	(1u << 4)	/* others may have it too, and say so */
#define CB_REGION_LOADABLE	(1u << 5)	/* the root cell fills it before start */
#define CB_REGION_FLAGS		0x3fu

/* A piece of the physical address space and where its owner sees it. */
struct cb_region {
	uint64_t phys;		/* PA, multiple of 4 KiB */
	uint64_t virt;		/* IPA, multiple of 4 KiB; the root cell's is phys */
	uint64_t size;		/* bytes, multiple of 4 KiB, not 0 */
	uint32_t flags;		/* CB_REGION_* */
	uint32_t reserved;	/* 0 */
	char name[16];		/* for people: NUL-padded, may be empty */
};

/* SPIs by INTID: 32 to 1019. */
struct cb_irq_range {
	uint32_t first;
	uint32_t count;
};

enum cb_console_type {
	CB_CONSOLE_NONE = 0,
	CB_CONSOLE_RING = 1,	/* hypercalls into a ring that the root cell reads */
	CB_CONSOLE_PL011 = 2,
	CB_CONSOLE_8250 = 3,	/* registers 4 bytes apart, as the mini UART of a Raspberry Pi */
	CB_CONSOLE_CADENCE = 4,	/* of the ZynqMP, for instance */
	CB_CONSOLE_IMX = 5,	/* of the i.MX 6 and later, but for those with an LPUART */
	CB_CONSOLE_VIRTUAL = 64,	/* cells: a PL011 that the hypervisor plays, in front of the ring */
};

/*
 * System configuration: where the hypervisor's own messages go besides its ring.
 * Cell configuration: what chosen/stdout-path names. A UART must also be in one of
 * the cell's regions; the page of a virtual one in none, and an SPI of the cell's that no
 * device drives may be its interrupt.
 */
struct cb_console_config {
	uint32_t type;		/* enum cb_console_type */
	uint32_t irq;		/* INTID of the UART (cells), or 0 */
	uint64_t address;	/* IPA (cells) or PA (system) of the UART, 0 for others */
};

/* Cell flags. */
#define CB_CELL_NATIVE_IDLE	(1u << 0)	/* WFI does not exit; see docs/ for the trade */
#define CB_CELL_PERMISSIVE	(1u << 1)	/* root cell only: map unlisted device pages at first touch */
#define CB_CELL_ACCEPT_LPIS	(1u << 2)	/* take CPUs whose LPIs cannot be turned off */
#define CB_CELL_FLAGS		0x7u

#define CB_LOG_MIN		0x1000u
#define CB_LOG_MAX		0x100000u

/* One cell; also the root cell's part of a system configuration. */
struct cb_cell_config {
	struct cb_config_header header;
	uint64_t cpus;			/* set of CPU numbers; the root cell's: all */
	uint32_t flags;			/* CB_CELL_* */
	uint32_t log_size;		/* bytes of the console ring: a power of two, CB_LOG_MIN to
					 * CB_LOG_MAX; 0: the rest of the cell's page; root cell: 0 */
	struct cb_array regions;	/* struct cb_region */
	struct cb_array irqs;		/* struct cb_irq_range */
	struct cb_array smcs;		/* uint32_t function IDs: a cell's may be called, all others not;
					 * the root cell's may not while there is another cell */
	struct cb_console_config console;
};

enum cb_gic_frame {
	CB_GIC_GICD = 0,	/* both */
	CB_GIC_GICC = 1,	/* GICv2: two 4 KiB pages */
	CB_GIC_GICH = 2,	/* GICv2 */
	CB_GIC_GICV = 3,	/* GICv2 */
	CB_GIC_GICR = 4,	/* GICv3: redistributors of all CPUs, one range */
	CB_GIC_ITS = 5,		/* GICv3, may be absent: control and translation frame */
	CB_GIC_FRAMES = 6,
};

struct cb_frame {
	uint64_t phys;
	uint64_t size;		/* 0: not there */
};

struct cb_gic_config {
	uint32_t version;	/* 2 or 3 */
	uint32_t reserved;
	struct cb_frame frames[CB_GIC_FRAMES];	/* by enum cb_gic_frame */
};

/* The hardware and the root cell. */
struct cb_system_config {
	struct cb_cell_config root;
	struct cb_frame hypervisor;	/* reserved RAM, 2 MiB aligned, at least 1 MiB, at most 256 MiB */
	struct cb_gic_config gic;
	struct cb_console_config debug_console;
	struct cb_array cpus;		/* uint64_t MPIDR affinity (Aff3.Aff2.Aff1.Aff0), CPU 0 first */
	struct cb_array spin_table;	/* uint64_t by CPU: PA of the release address of one that Linux
					 * never took, 0: Linux has it; empty: Linux has all */
};

/* The arrays of a configuration that passed cb_config_check(). */
static inline const void *cb_config_array(const void *config, struct cb_array array)
{
	return (const uint8_t *)config + array.offset;
}

static inline const struct cb_region *cb_config_regions(const struct cb_cell_config *cell)
{
	return cb_config_array(cell, cell->regions);
}

static inline const struct cb_irq_range *cb_config_irqs(const struct cb_cell_config *cell)
{
	return cb_config_array(cell, cell->irqs);
}

static inline const uint32_t *cb_config_smcs(const struct cb_cell_config *cell)
{
	return cb_config_array(cell, cell->smcs);
}

static inline const uint64_t *cb_config_cpus(const struct cb_system_config *system)
{
	return cb_config_array(system, system->cpus);
}

/* Where a CPU waits that Linux never took; 0: it has this one. */
static inline uint64_t cb_config_release(const struct cb_system_config *system, uint32_t cpu)
{
	const uint64_t *release = cb_config_array(system, system->spin_table);

	return system->spin_table.count ? release[cpu] : 0;
}

static inline uint32_t cb_config_linux_cpus(const struct cb_system_config *system)
{
	uint32_t count = 0;

	for (uint32_t cpu = 0; cpu < system->cpus.count; cpu++)
		count += !cb_config_release(system, cpu);
	return count;
}

#endif
