/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * /dev/hostile: what only kernel mode can do, for the attacks that the system tests make from
 * root Linux. The programs of tests/system/guest decide what is attacked; the module obeys.
 */
#ifndef HOSTILE_H
#define HOSTILE_H

#ifdef __KERNEL__
#include <linux/ioctl.h>
#include <linux/types.h>
#else
#include <stdint.h>
#include <sys/ioctl.h>
#endif

/* Pages of an open file that mmap() gives: physically contiguous. */
#define HOSTILE_PAGES_SIZE 32768

/* Registers of one HVC or SMC: in and out. */
#define HOSTILE_REGISTERS  8

enum hostile_conduit {
	HOSTILE_HVC,
	HOSTILE_HVC_OTHER, /* with an immediate that is not zero */
	HOSTILE_SMC,
	HOSTILE_CONDUITS
};

struct hostile_call {
	uint64_t x[HOSTILE_REGISTERS];
	uint32_t conduit;
	uint32_t reserved;
};

/* The window of an open file to physical memory. */
struct hostile_window {
	uint64_t phys;
	uint64_t size;
	uint32_t memory; /* Normal memory, else Device-nGnRE */
	uint32_t reserved;
};

/* One access to the window; what Linux may not touch ends in an Oops of the caller. */
struct hostile_access {
	uint64_t offset;
	uint64_t value;
	uint32_t width; /* 1, 2, 4 or 8 bytes; offset is a multiple of it */
	uint32_t write;
};

enum hostile_sgi { HOSTILE_SGI1R, HOSTILE_ASGI1R, HOSTILE_SGI0R, HOSTILE_SGI_REGISTERS };

/* A write to one of the registers that send an SGI. */
struct hostile_sgi_write {
	uint64_t value;
	uint32_t which; /* enum hostile_sgi */
	uint32_t reserved;
};

/* The elements of a batch, which are run in order on the caller's CPU. */
#define HOSTILE_BATCH_MAX 256

struct hostile_batch {
	uint64_t elements; /* pointer */
	uint32_t count;
	uint32_t reserved;
};

struct hostile_addresses {
	uint64_t pages; /* PA of the file's pages */
	uint64_t entry; /* PA of code that turns its CPU off by PSCI */
};

#define HOSTILE_MAGIC	  'h'
#define HOSTILE_CALL	  _IOW(HOSTILE_MAGIC, 0, struct hostile_batch) /* of hostile_call */
#define HOSTILE_WINDOW	  _IOW(HOSTILE_MAGIC, 1, struct hostile_window)
#define HOSTILE_ACCESS	  _IOW(HOSTILE_MAGIC, 2, struct hostile_batch) /* of hostile_access */
#define HOSTILE_SGI	  _IOW(HOSTILE_MAGIC, 3, struct hostile_batch) /* of hostile_sgi_write */
#define HOSTILE_ADDRESSES _IOR(HOSTILE_MAGIC, 4, struct hostile_addresses)
/* Panic when Linux takes CPU arg offline. */
#define HOSTILE_PANIC	  _IO(HOSTILE_MAGIC, 5)

#endif
