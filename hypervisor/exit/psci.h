/* SPDX-License-Identifier: GPL-2.0-only */
/* PSCI for guests (DEN 0022), and calls of the firmware on their behalf. */
#ifndef EXIT_PSCI_H
#define EXIT_PSCI_H

#include <base/types.h>

/* Ask the firmware what it has to say for later. Once, before there are guests. */
void psci_init(void);

/* For a guest. Not supported where there is no firmware. */
void firmware_call(u64 *x);

/* The same for a call that must not meet other cells: refused while there are any. */
void firmware_call_alone(u64 *x);

/*
 * The PSCI call function with arguments and results in x. The firmware answers some for the root
 * cell: none that takes an entry point, which it would enter at EL2.
 */
void psci_call(u32 function, u64 *x);

#endif
