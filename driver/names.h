/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What enumerations of the ABI are called in sysfs and uevents.
 */
#ifndef CELLBLOCK_DRIVER_NAMES_H
#define CELLBLOCK_DRIVER_NAMES_H

#include <linux/kernel.h>

#include <cellblock/public.h>

static inline const char *cb_cell_state_name(u32 state)
{
	static const char *const names[] = {
		[CB_CELL_CREATED] = "created", [CB_CELL_LOADING] = "loading",
		[CB_CELL_RUNNING] = "running", [CB_CELL_STOPPED] = "stopped",
		[CB_CELL_FAILED] = "failed",   [CB_CELL_DESTROYING] = "destroying",
	};

	return state < ARRAY_SIZE(names) ? names[state] : "unknown";
}

static inline const char *cb_cpu_state_name(u32 state)
{
	static const char *const names[] = {
		[CB_CPU_OFF] = "off",
		[CB_CPU_PENDING] = "pending",
		[CB_CPU_ON] = "on",
	};

	return state < ARRAY_SIZE(names) ? names[state] : "unknown";
}

static inline const char *cb_crash_reason_name(u32 reason)
{
	static const char *const names[] = {
		[CB_CRASH_NONE] = "none",     [CB_CRASH_READ] = "read",
		[CB_CRASH_WRITE] = "write",   [CB_CRASH_EXECUTE] = "execute",
		[CB_CRASH_DECODE] = "decode", [CB_CRASH_MMIO] = "mmio",
		[CB_CRASH_TRAP] = "trap",     [CB_CRASH_HYPERVISOR] = "hypervisor",
	};

	return reason < ARRAY_SIZE(names) ? names[reason] : "unknown";
}

#endif
