// SPDX-License-Identifier: GPL-2.0-only
/*
 * Ctrl-C ends what goes on until Ctrl-C.
 */
#include "interrupt.h"

#include <signal.h>
#include <stddef.h>

static volatile sig_atomic_t seen;

static void handle(int signal)
{
	(void)signal;
	seen = 1;
}

void interrupt_catch(void)
{
	struct sigaction action = { .sa_handler = handle }; /* no SA_RESTART */

	sigemptyset(&action.sa_mask);
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
}

bool interrupt_seen(void)
{
	return seen;
}
