// SPDX-License-Identifier: GPL-2.0-only
/*
 * Files as a whole.
 */
#include "file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* Doubles the room, for files whose size stat() does not tell (pipes, /proc). */
static int grow(struct file *file, size_t *room)
{
	size_t more = *room ? *room * 2 : 0x10000;
	void *data = realloc(file->data, more);

	if (!data)
		return -ENOMEM;
	file->data = data;
	*room = more;
	return 0;
}

static int read_all(int fd, size_t limit, struct file *file)
{
	size_t room = 0;
	ssize_t n = 1;
	int ret = 0;

	while (n && !ret) {
		if (file->size == room)
			ret = grow(file, &room);
		if (ret)
			break;
		n = read(fd, (char *)file->data + file->size, room - file->size);
		if (n < 0)
			ret = errno == EINTR ? 0 : -errno;
		else
			file->size += (size_t)n;
		if (file->size > limit)
			ret = -EFBIG;
	}
	return ret;
}

static int read_start(int fd, size_t size, struct file *file)
{
	ssize_t n = 1;

	file->data = malloc(size ? size : 1);
	if (!file->data)
		return -ENOMEM;
	while (n && file->size < size) {
		n = read(fd, (char *)file->data + file->size, size - file->size);
		if (n < 0 && errno != EINTR)
			return -errno;
		if (n > 0)
			file->size += (size_t)n;
	}
	return 0;
}

static int read_path(const char *path, size_t limit, struct file *file,
		     int (*read_open)(int fd, size_t limit, struct file *file))
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	int ret;

	*file = (struct file){ 0 };
	if (fd < 0)
		return -errno;
	ret = read_open(fd, limit, file);
	close(fd);
	if (ret)
		file_free(file);
	return ret;
}

int file_read(const char *path, size_t limit, struct file *file)
{
	return read_path(path, limit, file, read_all);
}

int file_read_start(const char *path, size_t size, struct file *file)
{
	return read_path(path, size, file, read_start);
}

void file_free(struct file *file)
{
	free(file->data);
	*file = (struct file){ 0 };
}

static int write_all(int fd, const char *data, size_t size)
{
	while (size) {
		ssize_t n = write(fd, data, size);

		if (n < 0 && errno != EINTR)
			return -errno;
		if (n > 0) {
			data += n;
			size -= (size_t)n;
		}
	}
	return 0;
}

int file_replace(const char *path, const void *data, size_t size)
{
	char new_path[PATH_MAX];
	int fd, ret;

	if (snprintf(new_path, sizeof(new_path), "%s.new", path) >= (int)sizeof(new_path))
		return -ENAMETOOLONG;
	fd = open(new_path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return -errno;
	ret = write_all(fd, data, size);
	if (close(fd) < 0 && !ret)
		ret = -errno;
	if (!ret && rename(new_path, path) < 0)
		ret = -errno;
	if (ret)
		unlink(new_path);
	return ret;
}
