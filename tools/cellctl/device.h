/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * All that cellctl does with /dev/cellblock goes through these functions: a test links others in
 * their place.
 */
#ifndef CELLCTL_DEVICE_H
#define CELLCTL_DEVICE_H

#include <stddef.h>

#define DEVICE_PATH "/dev/cellblock"

/* Returns a file descriptor or -errno. */
int device_open(void);

/* Returns 0 or -errno. */
int device_ioctl(int fd, unsigned long request, void *argument);

/*
 * Reads console output that is there. Returns bytes, 0 at the end, or -errno: -EAGAIN
 * when there is none now.
 */
long device_read(int fd, void *buffer, size_t size);

/* Gives text to the cell that is selected. Returns bytes or -errno: -EAGAIN when there is no room.
 */
long device_write(int fd, const void *text, size_t size);

/* Waits until there is console output, a signal, or the time is over. */
void device_wait(int fd, int milliseconds);

#endif
