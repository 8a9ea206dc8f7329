/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Progress of something long, on standard error when that is a terminal.
 */
#ifndef CELLCTL_PROGRESS_H
#define CELLCTL_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

struct progress {
	const char *what;
	uint64_t total, done;
	struct timespec start;
	bool shown;
};

void progress_start(struct progress *progress, const char *what, uint64_t total);
void progress_add(struct progress *progress, uint64_t done);
void progress_set(struct progress *progress, uint64_t done);

/* Removes it from the terminal. */
void progress_end(const struct progress *progress);

#endif
