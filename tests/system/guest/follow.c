// SPDX-License-Identifier: GPL-2.0-only
/*
 * Waits until COUNT lines of a cell's console match PATTERN, with -n of those that are not there
 * yet, with -c of those that come once COMMAND has started the cell, with -r only while it runs,
 * with -t no longer than SECONDS. Prints the last LINES lines that match SHOWN; without these
 * two, those that it waited for. With -s, the cell's state comes first, and the IPA of its crash.
 * A shell would need several processes each time it looks.
 *
 * usage: follow [-n | -c COMMAND] [-r] [-s] [-t SECONDS] CELL COUNT PATTERN [LINES SHOWN]
 *
 * Patterns are extended regular expressions. Exit status: 0 the lines have come; 1 they will not; 2
 * something else has failed, COMMAND for instance.
 */
#include <dirent.h>
#include <err.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <regex.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cellblock/ioctl.h>

#define CELLS	  "/sys/class/misc/cellblock/cells"
#define POLL_MS	  10
#define MAX_SHOWN 64

static struct {
	const char *cell;
	const char *command;
	bool only_new;
	bool only_running;
	bool says_state;
	time_t seconds; /* 0: for ever */
	long count;
	regex_t pattern;
	long lines;
	regex_t shown;
} order;

static char *kept[MAX_SHOWN]; /* the last lines, line n at n % order.lines */
static long nr_kept;

static char line[4096]; /* what is there of it */
static size_t line_length;
static bool line_is_old;

/* Reads a file of a cell in sysfs: its first word. False if the cell is gone. */
static bool read_word(const char *number, const char *file, char word[32])
{
	char path[128];
	FILE *stream;
	bool found;

	snprintf(path, sizeof(path), CELLS "/%s/%s", number, file);
	stream = fopen(path, "re");
	if (!stream)
		return false;
	found = fscanf(stream, "%31s", word) == 1;
	fclose(stream);
	return found;
}

static char *find_cell(void)
{
	DIR *cells = opendir(CELLS);
	struct dirent *entry;
	char name[32];

	while (cells && (entry = readdir(cells)))
		if (read_word(entry->d_name, "name", name) && !strcmp(name, order.cell))
			return strdup(entry->d_name);
	errx(2, "there is no cell \"%s\"", order.cell);
}

/* Whether this was the last one to wait for. */
static bool take_line(void)
{
	if (line_is_old)
		return false;
	line[strcspn(line, "\r\n")] = '\0';
	if (!regexec(&order.shown, line, 0, NULL, 0)) {
		char **place = &kept[nr_kept++ % order.lines];

		free(*place);
		*place = strdup(line);
	}
	return !regexec(&order.pattern, line, 0, NULL, 0) && --order.count == 0;
}

static bool take_character(char c, bool old)
{
	bool last;

	if (line_length < sizeof(line) - 1)
		line[line_length++] = c;
	line_is_old |= old;
	if (c != '\n')
		return false;
	line[line_length] = '\0';
	last = take_line();
	line_length = 0;
	line_is_old = false;
	return last;
}

/* Takes all that is there. A line may come in pieces: it is as old as its oldest. */
static bool take_output(int fd, bool old)
{
	char text[4096];
	ssize_t n;

	while ((n = read(fd, text, sizeof(text))) > 0)
		for (ssize_t i = 0; i < n; i++)
			if (take_character(text[i], old))
				return true;
	return false;
}

static time_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec;
}

/* The cell does not run: a line that it did not finish goes on no more. */
static void start_cell(void)
{
	line_length = 0;
	line_is_old = false;
	fflush(stdout);
	if (system(order.command))
		exit(2);
}

/* State first, console then: what was written before the end is not lost. */
static int follow(int fd, const char *number)
{
	const time_t end = now() + order.seconds;
	struct pollfd poll_fd = { .fd = fd, .events = POLLIN };
	char state[32];

	if (order.only_new || order.command)
		take_output(fd, true);
	if (order.command)
		start_cell();
	for (;;) {
		bool there = read_word(number, "state", state);

		if (take_output(fd, false))
			return 0;
		if (!there || (order.only_running && strcmp(state, "running")))
			return 1;
		if (order.seconds && now() > end)
			return 1;
		poll(&poll_fd, 1, POLL_MS);
	}
}

static void say_state(int fd, const char *number)
{
	struct cb_cell_page page;
	struct cb_ioc_info cell = { .argsz = sizeof(cell),
				    .number = (uint32_t)strtoul(number, NULL, 10),
				    .size = sizeof(page),
				    .data = (uintptr_t)&page };
	char state[32];

	if (!read_word(number, "state", state) || ioctl(fd, CB_IOC_CELL_INFO, &cell))
		err(2, "the state of \"%s\"", order.cell);
	printf("state %s\n", state);
	if (!strcmp(state, "failed"))
		printf("ipa 0x%" PRIx64 "\n", page.crash.ipa);
}

static void parse(int argc, char **argv)
{
	int option;

	while ((option = getopt(argc, argv, "c:nrst:")) != -1) {
		order.only_new |= option == 'n';
		order.only_running |= option == 'r';
		order.says_state |= option == 's';
		if (option == 'c')
			order.command = optarg;
		if (option == 't')
			order.seconds = atol(optarg);
	}
	argc -= optind - 1;
	argv += optind - 1;
	if (argc != 4 && argc != 6)
		errx(2, "usage: follow [-n | -c COMMAND] [-r] [-s] [-t SECONDS]"
			" CELL COUNT PATTERN [LINES SHOWN]");
	order.cell = argv[1];
	order.count = atol(argv[2]);
	order.lines = atol(argv[argc == 6 ? 4 : 2]);
	if (order.count < 1 || order.lines < 1 || order.lines > MAX_SHOWN ||
	    regcomp(&order.pattern, argv[3], REG_EXTENDED | REG_NOSUB) ||
	    regcomp(&order.shown, argv[argc == 6 ? 5 : 3], REG_EXTENDED | REG_NOSUB))
		errx(2, "a count or a pattern is none");
}

int main(int argc, char **argv)
{
	struct cb_ioc_cell console = { .argsz = sizeof(console) };
	int fd, status;
	char *number;

	parse(argc, argv);
	number = find_cell();
	fd = open("/dev/cellblock", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	console.cell = strtoul(number, NULL, 10);
	if (fd < 0 || ioctl(fd, CB_IOC_CONSOLE, &console))
		err(2, "the console of \"%s\"", order.cell);
	status = follow(fd, number);
	if (order.says_state)
		say_state(fd, number);
	for (long i = nr_kept > order.lines ? nr_kept - order.lines : 0; i < nr_kept; i++)
		puts(kept[i % order.lines]);
	return status;
}
