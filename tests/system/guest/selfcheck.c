// SPDX-License-Identifier: GPL-2.0-only
/*
 * A load for Linux that checks itself: reads the same file again and again, and writes "right" to
 * the log if it has the same sum, "wrong" if not.
 *
 * usage: selfcheck FILE LOG	(FILE is made, of random bytes)
 */
#include <err.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#define SIZE 65536

static uint8_t data[SIZE];

/* Fowler, Noll and Vo's FNV-1a, 64 bits. */
static uint64_t sum(void)
{
	uint64_t hash = 0xcbf29ce484222325;

	for (size_t i = 0; i < SIZE; i++)
		hash = (hash ^ data[i]) * 0x100000001b3;
	return hash;
}

static void make(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	for (size_t done = 0; done < SIZE; done += 256)
		if (getrandom(data + done, 256, 0) != 256)
			err(2, "random bytes");
	if (fd < 0 || write(fd, data, SIZE) != SIZE || close(fd))
		err(2, "%s", path);
}

/* With memory and a descriptor of its own each time. */
static uint64_t sum_again(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	memset(data, 0, SIZE);
	if (fd < 0 || read(fd, data, SIZE) != SIZE || close(fd))
		err(2, "%s", path);
	return sum();
}

int main(int argc, char **argv)
{
	const struct timespec pause = { .tv_nsec = 50 * 1000 * 1000 };
	uint64_t expected;
	FILE *log;

	if (argc != 3)
		errx(2, "usage: selfcheck FILE LOG");
	log = fopen(argv[2], "we");
	if (!log)
		err(2, "%s", argv[2]);
	make(argv[1]);
	for (expected = sum();; nanosleep(&pause, NULL)) {
		fputs(sum_again(argv[1]) == expected ? "right\n" : "wrong\n", log);
		fflush(log);
	}
}
