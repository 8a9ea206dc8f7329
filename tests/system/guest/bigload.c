// SPDX-License-Identifier: GPL-2.0-only
/*
 * Loads zeros into a cell, by one request, however many they are: they take no memory here.
 *
 * usage: bigload CELL ADDRESS SIZE
 */
#include <err.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <cellblock/ioctl.h>

int main(int argc, char **argv)
{
	int fd = open("/dev/cellblock", O_RDWR | O_CLOEXEC);
	struct cb_ioc_load load = { .argsz = sizeof(load) };
	void *zeros;

	if (argc != 4)
		errx(2, "usage: bigload CELL ADDRESS SIZE");
	if (fd < 0)
		err(2, "bigload: /dev/cellblock");
	load.cell = (uint32_t)strtoul(argv[1], NULL, 0);
	load.virt = strtoull(argv[2], NULL, 0);
	load.size = strtoull(argv[3], NULL, 0);
	zeros = mmap(NULL, load.size, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1,
		     0);
	if (zeros == MAP_FAILED)
		err(2, "bigload: mmap");
	madvise(zeros, load.size, MADV_NOHUGEPAGE);
	load.data = (uintptr_t)zeros;
	if (ioctl(fd, CB_IOC_LOAD, &load))
		err(1, "bigload: code %u", load.error.code);
	puts("bigload: done");
	return 0;
}
