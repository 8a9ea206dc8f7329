/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Files as a whole: reading one into memory, and replacing one atomically.
 */
#ifndef CELLCTL_FILE_H
#define CELLCTL_FILE_H

#include <stdbool.h>
#include <stddef.h>

struct file {
	void *data; /* aligned for any type, or NULL */
	size_t size;
};

/* Returns 0 or -errno. @limit: bytes that are read at most; a longer file is -EFBIG. */
int file_read(const char *path, size_t limit, struct file *file);

/* The same for the first bytes, @size at most. */
int file_read_start(const char *path, size_t size, struct file *file);
void file_free(struct file *file);

/* Returns 0 or -errno. A reader sees the old contents or the new ones. */
int file_replace(const char *path, const void *data, size_t size);

#endif
