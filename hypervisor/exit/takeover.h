/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * From Linux alone to Linux as root cell, and back. The CPUs that Linux has meet in both
 * directions: all go, or none does.
 */
#ifndef EXIT_TAKEOVER_H
#define EXIT_TAKEOVER_H

#include <cellblock/error.h>
#include <base/types.h>

/*
 * CB_HVC_DISABLE by nr CPUs. True if this CPU is Linux' again and must leave EL2; otherwise
 * error says why not, and nothing has changed.
 */
bool takeover_leave(u64 nr, struct cb_error *error);

#endif
