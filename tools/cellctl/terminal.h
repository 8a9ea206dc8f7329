/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The terminal that somebody types at, while what is typed goes to a cell: each key at once and as
 * it is, Ctrl-C included.
 */
#ifndef CELLCTL_TERMINAL_H
#define CELLCTL_TERMINAL_H

#include <stdbool.h>
#include <stddef.h>

/* Standard input and output are one. */
bool terminal_is_there(void);

/* Keys come one by one from now on; false if that cannot be had. */
bool terminal_take(void);

/* As it was before. Also done when the program ends. */
void terminal_give_back(void);

/* What was typed until now: bytes, 0 if nothing was, or -1 at its end. */
long terminal_read(char *buffer, size_t size);

/* Waits until a key is pressed, a signal comes, or the time is over. */
void terminal_wait(int milliseconds);

#endif
