/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * /dev/cellblock. read() gives the hypervisor's own messages, or a cell's console after
 * CB_IOC_CONSOLE; write() is then input for its virtual UART.
 *
 * Every argument begins with struct cb_ioc. A caller says in argsz how much of the argument it
 * knows. Arguments grow at their end: of a shorter one the module takes the rest as zero; of a
 * longer one it does not know the rest, which therefore must be zero. So any caller and any module
 * understand each other as long as nobody asks for what the other has not. Inputs that are not
 * used, and flags, are zero. When a request fails, error says why, provided that argsz has
 * room for it.
 *
 * What is read through a pointer (struct cb_ioc_info) grows at its end, too. Numbers of requests,
 * of flags and of features are never used again for something else, and CB_IOC_DISABLE,
 * CB_IOC_STOP, CB_IOC_DESTROY and CB_IOC_VERSION mean the same for ever.
 */
#ifndef CELLBLOCK_IOCTL_H
#define CELLBLOCK_IOCTL_H

#ifdef __KERNEL__
#include <linux/ioctl.h>
#else
#include <sys/ioctl.h>
#endif
#include <cellblock/config.h>
#include <cellblock/error.h>
#include <cellblock/public.h>

/* DISABLE; and the beginning of every other argument. */
struct cb_ioc {
	uint32_t argsz;		/* in: bytes of the argument, these included */
	uint32_t flags;		/* in: 0, none is defined yet */
	struct cb_error error;	/* out */
};

/* VERSION: needs no privilege, and nothing enabled. */
struct cb_ioc_version {
	uint32_t argsz;
	uint32_t flags;
	struct cb_error error;
	uint32_t abi;		/* out: CB_IOC_ABI of the module */
	uint32_t reserved;
	uint64_t features;	/* out: CB_FEATURE_* */
	char module[32];	/* out: its version, for people; NUL-terminated */
};

/* Rises when requests, flags, or members of an argument are added. */
#define CB_IOC_ABI		2u

/* The module knows the image that it was built with, and no other runs under lockdown. */
#define CB_FEATURE_IMAGE_PINNED	(1ull << 0)

/* ENABLE and CREATE: a configuration in the caller's memory. */
struct cb_ioc_config {
	uint32_t argsz;
	uint32_t flags;
	struct cb_error error;
	uint64_t data;		/* in: pointer */
	uint32_t size;		/* in: bytes */
	uint32_t cell;		/* in: 0, out (CREATE): number of the new cell */
};

/* STOP, DESTROY, LOAD_BEGIN, CONSOLE: the cell concerned. */
struct cb_ioc_cell {
	uint32_t argsz;
	uint32_t flags;
	struct cb_error error;
	uint32_t cell;		/* in */
	union {
		uint32_t reserved;	/* in: 0 */
		uint32_t from;		/* in (CONSOLE): enum cb_console_from */
	};
};

/* Where read() begins. */
enum cb_console_from {
	CB_CONSOLE_FROM_OLDEST = 0,	/* with all that is kept */
	CB_CONSOLE_FROM_START = 1,	/* with what was written since the cell was started last */
};

/* LOAD: copy into a loadable region of a cell that is in state LOADING. */
struct cb_ioc_load {
	uint32_t argsz;
	uint32_t flags;
	struct cb_error error;
	uint32_t cell;		/* in */
	uint32_t reserved;	/* in: 0 */
	uint64_t virt;		/* in: IPA in the cell */
	uint64_t data;		/* in: pointer */
	uint64_t size;		/* in: bytes */
};

/* START: boot CPU enters at entry with x0 = argument (both IPAs). */
struct cb_ioc_start {
	uint32_t argsz;
	uint32_t flags;
	struct cb_error error;
	uint32_t cell;		/* in */
	uint32_t reserved;	/* in: 0 */
	uint64_t entry;		/* in */
	uint64_t argument;	/* in */
};

/*
 * INFO: struct cb_system_info. CELL_INFO: the cell's struct cb_cell_page. CPU_INFO: the CPU's struct
 * cb_cpu_info. As much is written as there is and as has room; room that is left becomes zero.
 */
struct cb_ioc_info {
	uint32_t argsz;
	uint32_t flags;
	struct cb_error error;
	uint32_t number;	/* in: of the cell or CPU; INFO: 0 */
	uint32_t size;		/* in: room at data, at most CB_PAGE_SIZE; out: bytes there are */
	uint64_t data;		/* in: pointer */
	int32_t linux_cpu;	/* in: 0, out (CPU_INFO): number that Linux uses for it, -1: none */
	uint32_t reserved;	/* in: 0 */
};

/* CONFIG: the configuration a cell was created with (cell 0: the system's). */
struct cb_ioc_get_config {
	uint32_t argsz;
	uint32_t flags;
	struct cb_error error;
	uint32_t cell;		/* in */
	uint32_t size;		/* in: room at data, out: size of the configuration */
	uint64_t data;		/* in: pointer */
};

#define CB_INFO_POOL_USES	8u	/* more than there are */

/* The hypervisor as a whole. */
struct cb_system_info {
	uint32_t nr_cpus;
	uint32_t root_mode;	/* CB_ROOT_MODE_* */
	uint32_t pool_pages;	/* pages of the whole region, image included */
	uint32_t image_pages;	/* image and system configuration */
	uint32_t pool_used[CB_INFO_POOL_USES];	/* pages by enum cb_pool_use */
	uint64_t cells;		/* bit n: there is a cell n */
	uint32_t touched_lost;	/* touched pages that did not fit */
	uint32_t nr_touched;
	uint64_t touched[CB_TOUCHED_MAX];
};

/* Nobody has registered this one in Documentation/userspace-api/ioctl/ioctl-number.rst. */
#define CB_IOC_MAGIC		0xd7
#define CB_IOC_ENABLE		_IO(CB_IOC_MAGIC, 0)	/* struct cb_ioc_config */
#define CB_IOC_DISABLE		_IO(CB_IOC_MAGIC, 1)	/* struct cb_ioc */
#define CB_IOC_CREATE		_IO(CB_IOC_MAGIC, 2)	/* struct cb_ioc_config */
#define CB_IOC_LOAD_BEGIN	_IO(CB_IOC_MAGIC, 3)	/* struct cb_ioc_cell */
#define CB_IOC_LOAD		_IO(CB_IOC_MAGIC, 4)	/* struct cb_ioc_load */
#define CB_IOC_START		_IO(CB_IOC_MAGIC, 5)	/* struct cb_ioc_start */
#define CB_IOC_STOP		_IO(CB_IOC_MAGIC, 6)	/* struct cb_ioc_cell */
#define CB_IOC_DESTROY		_IO(CB_IOC_MAGIC, 7)	/* struct cb_ioc_cell */
#define CB_IOC_INFO		_IO(CB_IOC_MAGIC, 8)	/* struct cb_ioc_info */
#define CB_IOC_CELL_INFO	_IO(CB_IOC_MAGIC, 9)	/* struct cb_ioc_info */
#define CB_IOC_CPU_INFO		_IO(CB_IOC_MAGIC, 10)	/* struct cb_ioc_info */
#define CB_IOC_GET_CONFIG	_IO(CB_IOC_MAGIC, 11)	/* struct cb_ioc_get_config */
#define CB_IOC_CONSOLE		_IO(CB_IOC_MAGIC, 12)	/* struct cb_ioc_cell; select for read() */
#define CB_IOC_VERSION		_IO(CB_IOC_MAGIC, 13)	/* struct cb_ioc_version */

#endif
