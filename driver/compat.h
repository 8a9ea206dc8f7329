/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Linux' versions: for which the driver was built and tested, and what the older ones call what
 * it uses. cellctl_config/kernels.py has the same numbers for `cellctl hardware check`.
 */
#ifndef CELLBLOCK_COMPAT_H
#define CELLBLOCK_COMPAT_H

#include <linux/cache.h>
#include <linux/version.h>
#include <linux/workqueue.h>

#include <asm/sysreg.h>

#define KERNEL_OLDEST	     KERNEL_VERSION(5, 15, 0)
#define KERNEL_OLDEST_TESTED KERNEL_VERSION(6, 1, 0)
#ifndef KERNEL_NEWEST_TESTED
#define KERNEL_NEWEST_TESTED KERNEL_VERSION(7, 3, 0)
#endif

/* For "%u.%u". */
#define VERSION_OF(code) (code) >> 16, (code) >> 8 & 0xff

#if LINUX_VERSION_CODE < KERNEL_OLDEST
#error "Cellblock's driver is for Linux 5.15 or later"
#endif

/* Renamed in 6.0. */
#ifndef CTR_EL0_DminLine_SHIFT
#define CTR_EL0_DminLine_SHIFT CTR_DMINLINE_SHIFT
#endif
#ifndef ID_AA64PFR0_EL1_EL2_SHIFT
#define ID_AA64PFR0_EL1_EL2_SHIFT ID_AA64PFR0_EL2_SHIFT
#endif

/* Linux does not change them, and says so by its types since 5.17 or so. */
#if LINUX_VERSION_CODE >= KERNEL_OLDEST_TESTED
#define KTYPE_CONST const
#else
#define KTYPE_CONST
#endif

/* The queue whose work runs on no CPU that is isolated. Renamed in 6.17. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 17, 0)
#define cb_workqueue system_dfl_wq
#else
#define cb_workqueue system_unbound_wq
#endif

#endif
