// SPDX-License-Identifier: GPL-2.0-only
/*
 * Looks at /dev/cellblock as programs may that are not cellctl:
 *
 *	looker end	waits without a limit until the hypervisor is disabled, and says "end"
 *	looker idle	what poll() says before it is enabled
 *	looker lost N	reads the console of cell N a byte at a time, after it was left alone for
 *			too long: what was lost must be told all the same
 */
#include <err.h>
#include <fcntl.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cellblock/ioctl.h>

static int device;

static void choose(uint32_t cell)
{
	struct cb_ioc_cell request = { .argsz = sizeof(request), .cell = cell };

	if (ioctl(device, CB_IOC_CONSOLE, &request))
		err(2, "cell %u", cell);
}

static void drain(void)
{
	char buffer[CB_CONSOLE_SIZE];

	while (read(device, buffer, sizeof(buffer)) > 0)
		;
}

static int wait_for_end(void)
{
	struct pollfd poll_for = { .fd = device, .events = POLLIN };

	choose(CB_ROOT_CELL);
	drain();
	puts("waiting");
	fflush(stdout);
	while (poll(&poll_for, 1, -1) == 1 && !(poll_for.revents & POLLHUP))
		drain();
	puts("end");
	return 0;
}

static int look_before(void)
{
	struct pollfd poll_for = { .fd = device, .events = POLLIN };

	printf("%d 0x%x\n", poll(&poll_for, 1, 0), (unsigned int)poll_for.revents);
	return 0;
}

static uint64_t written(uint32_t cell)
{
	struct cb_cell_page page;
	struct cb_ioc_info request = { .argsz = sizeof(request),
				       .number = cell,
				       .size = sizeof(page),
				       .data = (uintptr_t)&page };

	if (ioctl(device, CB_IOC_CELL_INFO, &request))
		err(2, "cell %u", cell);
	return page.console_head;
}

static int read_late(uint32_t cell)
{
	char text[64];
	uint64_t begin;

	choose(cell);
	begin = written(cell);
	if (read(device, text, 1) != 1)
		err(2, "read");
	while (written(cell) < begin + 2 * CB_CONSOLE_SIZE)
		poll(NULL, 0, 10);
	for (size_t n = 0; n < sizeof(text); n++)
		if (read(device, text + n, 1) != 1)
			err(2, "read");
	printf("%.*s\n", (int)strcspn(text + 1, "\n"), text + 1);
	return 0;
}

int main(int argc, char **argv)
{
	device = open("/dev/cellblock", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (device < 0)
		err(2, "/dev/cellblock");
	if (argc == 2 && !strcmp(argv[1], "end"))
		return wait_for_end();
	if (argc == 2 && !strcmp(argv[1], "idle"))
		return look_before();
	if (argc == 3 && !strcmp(argv[1], "lost"))
		return read_late((uint32_t)atoi(argv[2]));
	errx(2, "usage: looker end | idle | lost CELL");
}
