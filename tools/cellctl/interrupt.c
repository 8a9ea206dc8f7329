// SPDX-License-Identifier: GPL-2.0-only
/*
 * Ctrl-C ends what goes on until Ctrl-C.
 */
#include "interrupt.h"

#include <signal.h>
#include <stddef.h>
#include <sys/time.h>

static volatile sig_atomic_t seen;

static void handle(int signal)
{
	if (signal != SIGALRM)
		seen = 1;
}

void interrupt_catch(void)
{
	struct sigaction action = { .sa_handler = handle }; /* no SA_RESTART */

	seen = 0;
	sigemptyset(&action.sa_mask);
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
}

void interrupt_every(int milliseconds)
{
	struct sigaction action = { .sa_handler = handle }; /* no SA_RESTART */
	struct timeval period = { .tv_usec = milliseconds * 1000L };
	struct itimerval timer = { .it_interval = period, .it_value = period };

	sigemptyset(&action.sa_mask);
	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &timer, NULL);
}

bool interrupt_seen(void)
{
	return seen;
}
