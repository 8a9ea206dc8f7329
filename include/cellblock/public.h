/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Pages that the hypervisor writes and the root cell may map read-only: reading state,
 * statistics and consoles costs no exit. They lie in the hypervisor region.
 * Fields change while they are read: single fields are consistent, a page is not.
 */
#ifndef CELLBLOCK_PUBLIC_H
#define CELLBLOCK_PUBLIC_H

#include <cellblock/types.h>

#define CB_PUBLIC_SIGNATURE	"CBPUBLIC"	/* 8 bytes, no NUL */
#define CB_ABI_VERSION		3u		/* of image, driver and these pages together */

/*
 * First bytes of cellblock.bin. The entry vectors are CB_IMAGE_VECTORS behind it; a CPU from a spin
 * table enters at CB_IMAGE_COLD_ENTRY.
 */
#define CB_IMAGE_SIGNATURE	"CBIMAGE\0"
#define CB_IMAGE_COLD_ENTRY	0x80u
#define CB_IMAGE_VECTORS	0x800u
struct cb_image_header {
	char signature[8];	/* CB_IMAGE_SIGNATURE */
	uint32_t abi;		/* CB_ABI_VERSION */
	uint32_t arch;		/* enum cb_arch */
	uint64_t file_size;	/* bytes of cellblock.bin */
	uint64_t memory_size;	/* bytes in memory, zero-filled behind file_size; multiple of 4 KiB */
	char version[32];	/* for people */
};

/* Why a CPU entered EL2. */
enum cb_exit {
	CB_EXIT_HVC = 0,	/* hypercall, PSCI or SMCCC by HVC */
	CB_EXIT_SMC,		/* PSCI or SMCCC by SMC */
	CB_EXIT_WFI,		/* default idle */
	CB_EXIT_SGI,		/* SGI sent (GICD_SGIR, ICC_SGI*R) */
	CB_EXIT_GICD,		/* distributor access, SGIs aside */
	CB_EXIT_GICR,		/* redistributor access */
	CB_EXIT_GICC,		/* CPU interface access (ICC_* that trap, GICC_DIR) */
	CB_EXIT_ITS,		/* ITS access */
	CB_EXIT_SYSREG,		/* other system register: identification, or undefined for the guest */
	CB_EXIT_PERMISSIVE,	/* root cell: page mapped at first touch */
	CB_EXIT_RETRY,		/* stage-2 fault on an entry that was being changed */
	CB_EXIT_ABORT,		/* access answered with an external abort */
	CB_EXIT_MANAGEMENT,	/* stopped by stage-2 shootdown */
	CB_EXIT_VIOLATION,	/* the cell failed here */
	CB_EXIT_OTHER,
	CB_EXIT_UART,		/* register of the virtual UART */
	CB_EXIT_COUNT
};

enum cb_cpu_state {
	CB_CPU_OFF = 0,		/* parked at EL2 */
	CB_CPU_PENDING = 1,	/* about to start */
	CB_CPU_ON = 2,
};

/* One for each CPU, in the order of the system configuration, CB_CPU_STRIDE bytes apart. */
struct cb_cpu_info {
	uint32_t cpu;
	uint32_t cell;		/* owner */
	uint32_t state;		/* enum cb_cpu_state */
	uint32_t errors;	/* accesses of EL2 that failed: of a bus, or to what firmware keeps */
	uint64_t mpidr;
	uint64_t exits[CB_EXIT_COUNT];
};

/* No two CPUs write to one cache line. */
#define CB_CPU_STRIDE		256u

enum cb_cell_state {
	CB_CELL_CREATED = 0,
	CB_CELL_LOADING = 1,	/* the root cell may write loadable regions */
	CB_CELL_RUNNING = 2,
	CB_CELL_STOPPED = 3,	/* by the root cell, or by its own PSCI SYSTEM_OFF */
	CB_CELL_FAILED = 4,	/* see the crash record */
	CB_CELL_DESTROYING = 5,	/* its memory is being cleared */
};

/* Clearing a cell's memory, while it is destroyed. */
enum cb_clearing {
	CB_CLEAR_HALTED = 0,	/* it failed, and the root cell knows: DESTROY begins again */
	CB_CLEAR_RUNS,
	CB_CLEAR_DONE,
	CB_CLEAR_FAILED,	/* memory does not answer */
};

/* Why a cell failed. */
enum cb_crash_reason {
	CB_CRASH_NONE = 0,
	CB_CRASH_READ,		/* read of ipa, which the cell does not have */
	CB_CRASH_WRITE,		/* write to ipa: not there or read-only */
	CB_CRASH_EXECUTE,	/* instruction fetch from ipa: not there or no-execute */
	CB_CRASH_DECODE,	/* instruction at elr cannot be emulated (insn) */
	CB_CRASH_MMIO,		/* access to a register frame in a way the hardware does not offer */
	CB_CRASH_TRAP,		/* exception class that a cell may not raise (esr) */
	CB_CRASH_HYPERVISOR,	/* the hypervisor itself took an exception on behalf of this cell */
};

/* State of the CPU that failed. Registers as the inmate had them. */
struct cb_crash {
	uint32_t reason;	/* enum cb_crash_reason */
	uint32_t cpu;
	uint64_t esr;		/* ESR_EL2 */
	uint64_t far;		/* FAR_EL2 */
	uint64_t ipa;
	uint64_t elr;
	uint64_t spsr;
	uint64_t insn;		/* instruction, where it was read */
	uint64_t x[31];
	uint64_t sp_el0, sp_el1;
	uint64_t esr_el1, far_el1, elr_el1, sctlr_el1, vbar_el1;
};

/* At the start of a page per cell; the rest of the page is the console ring of a cell without log. */
struct cb_cell_page {
	uint32_t id;
	uint32_t state;		/* enum cb_cell_state */
	char name[CB_NAME_SIZE];
	uint64_t cpus;		/* the root cell's: those it has now */
	uint32_t flags;		/* CB_CELL_* */
	uint32_t generation;	/* counts state changes */
	uint64_t console_head;	/* bytes ever written; byte n is at n % log_size */
	uint32_t crash_cpu;	/* valid when state is CB_CELL_FAILED */
	uint32_t pages;		/* of the pool that this cell uses */
	struct cb_crash crash;	/* written before state becomes CB_CELL_FAILED */
	uint64_t cleared;	/* CB_CELL_DESTROYING: bytes, of the regions that are memory and not shared */
	uint32_t clearing;	/* enum cb_clearing: its memory, while CB_CELL_DESTROYING */
	uint32_t clear_region;	/* where it is with that, or where it failed */
	uint64_t clear_address;	/* physical */
	uint64_t log_phys;	/* console ring, physical */
	uint32_t log_size;	/* its bytes: CB_CONSOLE_SIZE if it is in this page */
	uint32_t input_room;	/* bytes that the virtual UART takes now */
	uint64_t start_head;	/* console_head when the cell was started last */
};

#define CB_CONSOLE_OFFSET	512u	/* in the page of a cell */
#define CB_CONSOLE_SIZE		3584u	/* bytes of the ring */

/* What the pool's pages are used for. */
enum cb_pool_use {
	CB_POOL_FREE = 0,
	CB_POOL_HYPERVISOR,	/* EL2 tables, per-CPU stacks and data, public pages */
	CB_POOL_STAGE2,
	CB_POOL_CELL,		/* cell structures and configurations, console rings */
	CB_POOL_USES
};

/* Device pages that a permissive root cell touched. */
#define CB_TOUCHED_MAX		128u

/* The first public page. */
struct cb_public {
	char signature[8];	/* CB_PUBLIC_SIGNATURE */
	uint32_t abi;		/* CB_ABI_VERSION */
	uint32_t nr_cpus;
	uint32_t pool_pages;	/* pages of the whole region, image included */
	uint32_t image_pages;	/* image and system configuration */
	uint32_t pool_used[CB_POOL_USES];	/* pages by enum cb_pool_use */
	uint64_t cpus_phys;	/* struct cb_cpu_info of the first CPU, at the start of a page */
	uint64_t cells_phys[CB_MAX_CELLS];	/* struct cb_cell_page by cell number, 0: no such cell */
	uint32_t root_mode;	/* CB_ROOT_MODE_* */
	uint32_t touched_lost;	/* touched pages that did not fit */
	uint32_t nr_touched;
	uint32_t reserved;
	uint64_t touched[CB_TOUCHED_MAX];
};

#define CB_ROOT_MODE_DIRECT	0u	/* interrupts of the root cell cause no exit */
#define CB_ROOT_MODE_PSEUDO_NMI	1u	/* ICC_PMR_EL1 and friends of the root cell trap */

#endif
