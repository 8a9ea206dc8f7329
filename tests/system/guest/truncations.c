// SPDX-License-Identifier: GPL-2.0-only
/*
 * Gives the driver a configuration truncated at every byte, past the check that
 * cellctl makes itself. Each must be refused as truncated or as no configuration.
 * Prints "truncations: PASS, <n> refused".
 *
 * usage: truncations enable|create FILE
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <cellblock/ioctl.h>

static void expect_refusal(int device, unsigned long request, const void *data, size_t size)
{
	struct cb_ioc_config arg = { .argsz = sizeof(arg), .data = (uintptr_t)data, .size = size };

	if (!ioctl(device, request, &arg))
		errx(1, "truncations: %zu bytes were accepted", size);
	if (arg.error.code != CB_ERR_CONFIG_TRUNCATED)
		errx(1, "truncations: %zu bytes: error %u (%s)", size, arg.error.code,
		     strerror(errno));
	if (arg.error.size != size || arg.error.other_size <= size)
		errx(1, "truncations: %zu bytes: the record says %llu of %llu", size,
		     (unsigned long long)arg.error.size, (unsigned long long)arg.error.other_size);
}

int main(int argc, char **argv)
{
	static char data[CB_CONFIG_MAX_SIZE];
	unsigned long request;
	ssize_t size, n;
	int device, file;

	if (argc != 3)
		errx(2, "usage: truncations enable|create FILE");
	request = strcmp(argv[1], "enable") ? CB_IOC_CREATE : CB_IOC_ENABLE;
	device = open("/dev/cellblock", O_RDWR | O_CLOEXEC);
	if (device < 0)
		err(1, "truncations: /dev/cellblock");
	file = open(argv[2], O_RDONLY | O_CLOEXEC);
	size = file < 0 ? -1 : read(file, data, sizeof(data));
	if (size < 0)
		err(1, "truncations: %s", argv[2]);
	for (n = 0; n < size; n++)
		expect_refusal(device, request, data, n);
	printf("truncations: PASS, %zd refused\n", size);
	return 0;
}
