// SPDX-License-Identifier: GPL-2.0-only
/* The terminal (terminal.h). */
#include "terminal.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <termios.h>
#include <unistd.h>

static struct termios before;
static bool taken;

bool terminal_is_there(void)
{
	return isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
}

/* Output is still processed: some cells end a line with a line feed alone. */
bool terminal_take(void)
{
	struct termios raw;
	static bool registered;

	if (tcgetattr(STDIN_FILENO, &before))
		return false;
	raw = before;
	raw.c_iflag &= ~(tcflag_t)(BRKINT | ICRNL | INLCR | IGNCR | ISTRIP | IXON);
	raw.c_lflag &= ~(tcflag_t)(ECHO | ECHONL | ICANON | ISIG | IEXTEN);
	raw.c_cc[VMIN] = 1;
	raw.c_cc[VTIME] = 0;
	if (tcsetattr(STDIN_FILENO, TCSADRAIN, &raw))
		return false;
	taken = true;
	if (!registered)
		registered = !atexit(terminal_give_back);
	return true;
}

void terminal_give_back(void)
{
	if (taken)
		tcsetattr(STDIN_FILENO, TCSADRAIN, &before);
	taken = false;
}

static bool is_readable(int milliseconds)
{
	struct pollfd pollfd = { .fd = STDIN_FILENO, .events = POLLIN };

	return poll(&pollfd, 1, milliseconds) > 0;
}

long terminal_read(char *buffer, size_t size)
{
	ssize_t n;

	if (!is_readable(0))
		return 0;
	n = read(STDIN_FILENO, buffer, size);
	if (n > 0)
		return n;
	return n < 0 && (errno == EINTR || errno == EAGAIN) ? 0 : -1;
}

void terminal_wait(int milliseconds)
{
	(void)is_readable(milliseconds);
}
