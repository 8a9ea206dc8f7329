/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Taking a kernel out of what it comes in: gzip (RFC 1952), the EFI programs that unpack themselves
 * (Linux: CONFIG_EFI_ZBOOT), U-Boot's legacy images and its FIT images with one kernel. What those
 * hold packed otherwise is left to foreign.h, which names the command.
 */
#ifndef CELLCTL_UNPACK_H
#define CELLCTL_UNPACK_H

#include <stddef.h>

#include "file.h"

enum unpack_result {
	UNPACK_NONE = 0, /* nothing that is known here */
	UNPACK_DONE,
	UNPACK_DAMAGED,	  /* a checksum is wrong, or it ends too early */
	UNPACK_TOO_LARGE, /* more than the limit */
	UNPACK_NO_MEMORY,
};

/*
 * Takes off one wrapping: there may be another below. @limit: bytes that it may become; @to: out,
 * if UNPACK_DONE, for file_free(). @what: out, unless UNPACK_NONE: "gzip", for people.
 */
enum unpack_result unpack_once(const struct file *from, size_t limit, struct file *to,
			       const char **what);

#endif
