/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Ctrl-C ends what goes on until Ctrl-C, in an orderly way.
 */
#ifndef CELLCTL_INTERRUPT_H
#define CELLCTL_INTERRUPT_H

#include <stdbool.h>

/* From now on SIGINT and SIGTERM are remembered, and system calls end with EINTR. */
void interrupt_catch(void);
bool interrupt_seen(void);

#endif
