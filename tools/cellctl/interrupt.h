/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Ctrl-C ends what goes on until Ctrl-C, in an orderly way.
 */
#ifndef CELLCTL_INTERRUPT_H
#define CELLCTL_INTERRUPT_H

#include <stdbool.h>

/* From now on a SIGINT or SIGTERM is remembered, and system calls end with EINTR. */
void interrupt_catch(void);
bool interrupt_seen(void);

/* System calls end with EINTR this often; 0: no longer. */
void interrupt_every(int milliseconds);

#endif
