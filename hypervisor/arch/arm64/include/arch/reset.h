/* SPDX-License-Identifier: GPL-2.0-only */
/* Everything that EL1 can see of a CPU, back to its reset value or zero: nothing of the last
 * owner is left for the next.
 */
#ifndef ARCH_RESET_H
#define ARCH_RESET_H

/* Stop the timers of EL1, so that they cannot interrupt the next owner. */
void reset_timers(void);

/* Stop profiling and tracing into memory of EL1, and wait until what was buffered is written. */
void reset_profiling(void);

/* System registers, debug, performance monitors, FP, SVE and SME state of EL1 and EL0. */
void reset_el1(void);

#endif
