/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * /dev/cellblock. Every request that can be refused carries an error record: when the
 * ioctl fails, error says why. read() gives the hypervisor's own messages, or a cell's
 * console after CB_IOC_CONSOLE.
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

/* ENABLE and CREATE: a configuration in the caller's memory. */
struct cb_ioc_config {
	uint64_t data;		/* in: pointer */
	uint32_t size;		/* in: bytes */
	uint32_t cell;		/* out (CREATE): number of the new cell */
	struct cb_error error;
};

/* DISABLE, STOP, DESTROY, LOAD_BEGIN: the cell concerned. */
struct cb_ioc_cell {
	uint32_t cell;
	uint32_t reserved;	/* 0 */
	struct cb_error error;
};

/* LOAD: copy into a loadable region of a cell that is in state LOADING. */
struct cb_ioc_load {
	uint32_t cell;
	uint32_t reserved;	/* 0 */
	uint64_t virt;		/* IPA in the cell */
	uint64_t data;		/* pointer */
	uint64_t size;		/* bytes */
	struct cb_error error;
};

/* START: boot CPU enters at entry with x0 = argument (both IPAs). */
struct cb_ioc_start {
	uint32_t cell;
	uint32_t reserved;	/* 0 */
	uint64_t entry;
	uint64_t argument;
	struct cb_error error;
};

/* INFO: the public page. */
struct cb_ioc_info {
	struct cb_public info;	/* out */
	struct cb_error error;
};

/* CELL_INFO: in: cell; out: the cell's public page. */
struct cb_ioc_cell_info {
	uint32_t cell;
	uint32_t reserved;	/* 0 */
	struct cb_cell_page info;
	struct cb_error error;
};

/* CPU_INFO: in: cpu; out: the CPU's public page. */
struct cb_ioc_cpu_info {
	uint32_t cpu;
	int32_t linux_cpu;	/* out: number that Linux uses for it */
	struct cb_cpu_info info;
	struct cb_error error;
};

/* CONFIG: the configuration a cell was created with (cell 0: the system's). */
struct cb_ioc_get_config {
	uint32_t cell;
	uint32_t size;		/* in: room at data, out: size of the configuration */
	uint64_t data;		/* pointer */
	struct cb_error error;
};

#define CB_IOC_MAGIC		0xcb
#define CB_IOC_ENABLE		_IOWR(CB_IOC_MAGIC, 0, struct cb_ioc_config)
#define CB_IOC_DISABLE		_IOWR(CB_IOC_MAGIC, 1, struct cb_ioc_cell)
#define CB_IOC_CREATE		_IOWR(CB_IOC_MAGIC, 2, struct cb_ioc_config)
#define CB_IOC_LOAD_BEGIN	_IOWR(CB_IOC_MAGIC, 3, struct cb_ioc_cell)
#define CB_IOC_LOAD		_IOWR(CB_IOC_MAGIC, 4, struct cb_ioc_load)
#define CB_IOC_START		_IOWR(CB_IOC_MAGIC, 5, struct cb_ioc_start)
#define CB_IOC_STOP		_IOWR(CB_IOC_MAGIC, 6, struct cb_ioc_cell)
#define CB_IOC_DESTROY		_IOWR(CB_IOC_MAGIC, 7, struct cb_ioc_cell)
#define CB_IOC_INFO		_IOWR(CB_IOC_MAGIC, 8, struct cb_ioc_info)
#define CB_IOC_CELL_INFO	_IOWR(CB_IOC_MAGIC, 9, struct cb_ioc_cell_info)
#define CB_IOC_CPU_INFO		_IOWR(CB_IOC_MAGIC, 10, struct cb_ioc_cpu_info)
#define CB_IOC_GET_CONFIG	_IOWR(CB_IOC_MAGIC, 11, struct cb_ioc_get_config)
#define CB_IOC_CONSOLE		_IOWR(CB_IOC_MAGIC, 12, struct cb_ioc_cell)	/* select for read() */

#endif
