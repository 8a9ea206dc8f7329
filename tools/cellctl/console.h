/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Consoles: what "console", "run" and "watch" have in common. If somebody sits at a terminal and
 * the cell has a virtual UART, what is typed goes to the cell.
 */
#ifndef CELLCTL_CONSOLE_H
#define CELLCTL_CONSOLE_H

#include <stddef.h>
#include <stdint.h>

#include "cellctl.h"

struct console {
	uint32_t cell; /* CB_NO_CELL: the hypervisor */
	bool types;    /* to the cell, at a terminal */
	bool left;     /* Ctrl-] was typed */
	bool end;      /* the cell was destroyed or the hypervisor disabled */
	char typed[4096];
	size_t nr_typed; /* that the cell has not taken yet */
	char text[4096];
	size_t kept; /* the beginning of a character whose rest has not been written yet */
};

/*
 * It is closed again, also after an error. @failed: that was reported, and nothing is printed
 * behind it, not even the beginning of a character.
 */
int console_open(const struct cellctl *ctl, uint32_t cell, struct console *console);
void console_close(const struct cellctl *ctl, struct console *console, bool failed);

/* Prints what is there now, and passes on what was typed. */
int console_turn(const struct cellctl *ctl, struct console *console);

/* Waits for something to be done, no longer than this. */
void console_wait(const struct cellctl *ctl, const struct console *console, int milliseconds);

#endif
