/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Formats in which kernels come and that a cell cannot be entered in: packed, wrapped, for another
 * machine. Has no effects.
 */
#ifndef CELLCTL_FOREIGN_H
#define CELLCTL_FOREIGN_H

#include <stdbool.h>
#include <stddef.h>

struct foreign {
	const char *code; /* "IMAGE_PACKED" */
	char what[96];	  /* "is packed with gzip" */
	char remedy[320]; /* with the command that unpacks it */
};

/* Whether a file that is no arm64 Image is one of these. @path: for the command. */
bool foreign_recognise(const void *data, size_t size, const char *path, struct foreign *foreign);

#endif
