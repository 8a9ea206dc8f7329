// SPDX-License-Identifier: GPL-2.0-only
/*
 * The system calls on /dev/cellblock.
 */
#include "device.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* Who may only read the device may still look at everything. */
int device_open(void)
{
	int fd = open(DEVICE_PATH, O_RDWR | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0 && errno == EACCES)
		fd = open(DEVICE_PATH, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	return fd < 0 ? -errno : fd;
}

int device_ioctl(int fd, unsigned long request, void *argument)
{
	return ioctl(fd, request, argument) < 0 ? -errno : 0;
}

long device_read(int fd, void *buffer, size_t size)
{
	ssize_t n = read(fd, buffer, size);

	return n < 0 ? -errno : n;
}

long device_write(int fd, const void *text, size_t size)
{
	ssize_t n = write(fd, text, size);

	return n < 0 ? -errno : n;
}

void device_wait(int fd, int milliseconds)
{
	struct pollfd pollfd = { .fd = fd, .events = POLLIN };

	(void)poll(&pollfd, 1, milliseconds);
}
