/* SPDX-License-Identifier: GPL-2.0-only */
/* A CPU between guests. */
#ifndef EXIT_PARK_H
#define EXIT_PARK_H

#include <base/types.h>

/* Start this CPU in its cell at entry with x0 = context and every other register reset. */
__noreturn void cpu_start(u64 entry, u64 context);

/* Assembly. Leave the guest for good and wait for requests. */
__noreturn void cpu_park(void);

#endif
