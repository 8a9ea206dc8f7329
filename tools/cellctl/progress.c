// SPDX-License-Identifier: GPL-2.0-only
/*
 * Progress of something long: silent for the first half second.
 */
#include "progress.h"

#include <stdio.h>
#include <unistd.h>

#define PATIENCE_NS 500000000ll

static int64_t elapsed_ns(const struct timespec *start)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)(now.tv_sec - start->tv_sec) * 1000000000 + (now.tv_nsec - start->tv_nsec);
}

void progress_start(struct progress *progress, const char *what, uint64_t total)
{
	*progress = (struct progress){ .what = what, .total = total };
	clock_gettime(CLOCK_MONOTONIC, &progress->start);
}

void progress_add(struct progress *progress, uint64_t done)
{
	progress_set(progress, progress->done + done);
}

void progress_set(struct progress *progress, uint64_t done)
{
	const bool in_mib = progress->total >> 20;

	progress->done = done;
	if (!progress->total || !isatty(STDERR_FILENO) ||
	    elapsed_ns(&progress->start) < PATIENCE_NS)
		return;
	fprintf(stderr, "\r%s: %3u%% of %llu %s", progress->what,
		(unsigned int)(progress->done * 100 / progress->total),
		(unsigned long long)(progress->total >> (in_mib ? 20 : 10)),
		in_mib ? "MiB" : "KiB");
	fflush(stderr);
	progress->shown = true;
}

void progress_end(const struct progress *progress)
{
	if (progress->shown)
		fprintf(stderr, "\r\033[K");
}
