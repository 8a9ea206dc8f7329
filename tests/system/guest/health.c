// SPDX-License-Identifier: GPL-2.0-only
/*
 * Whether Linux is well: says what it finds, in one process where a shell would need many.
 *
 * usage: health [-k] [-i PATTERN] [-x CPU] [-l LOG] [CPU...]
 *
 *	CPU		is online and runs a task
 *	-l LOG		of selfcheck: has nothing but "right", and goes on
 *	-i PATTERN	shows lines of /proc/interrupts (an extended regular expression)
 *	-x CPU		shows this CPU's exits to the hypervisor
 *	-k		shows, last of all, lines of the kernel's log that match one in TROUBLE
 *
 * Exit status: 0; 1 something is not well, a line says so; 2 it could not look. What is only shown
 * is for the reader to judge.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <regex.h>
#include <sched.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/klog.h>
#include <time.h>
#include <unistd.h>

#define TROUBLE			  "/usr/lib/cb-trouble"
#define INTERRUPTS		  "/proc/interrupts"
#define CPU_ONLINE		  "/sys/devices/system/cpu/cpu%u/online"
#define CPU_EXITS		  "/sys/class/misc/cellblock/cpus/%u/exits"

#define POLL_MS			  10
#define PATIENCE_S		  60

/* Of syslog(2). */
#define SYSLOG_ACTION_READ_ALL	  3
#define SYSLOG_ACTION_SIZE_BUFFER 10

static bool well = true;

static void __attribute__((format(printf, 1, 2))) complain(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	putchar('\n');
	well = false;
}

static FILE *open_file(const char *path)
{
	FILE *file = fopen(path, "re");

	if (!file)
		err(2, "%s", path);
	return file;
}

/* The next line of a file, without its end; NULL if there is none yet. */
static char *next_line(FILE *file)
{
	static char *line;
	static size_t size;

	clearerr(file);
	if (getline(&line, &size, file) < 0)
		return NULL;
	line[strcspn(line, "\n")] = '\0';
	return line;
}

static void compile(regex_t *regex, const char *expression)
{
	if (regcomp(regex, expression, REG_EXTENDED | REG_NEWLINE | REG_NOSUB))
		errx(2, "\"%s\" is no regular expression", expression);
}

/* --- CPUs ---------------------------------------------------------------------------- */

static unsigned int cpu_number(const char *text)
{
	char *end;
	unsigned long cpu = strtoul(text, &end, 10);

	if (end == text || *end || cpu >= CPU_SETSIZE)
		errx(2, "\"%s\" is no CPU: give a number", text);
	return (unsigned int)cpu;
}

static void look_whether_online(unsigned int cpu)
{
	char path[64], *line;
	FILE *file;

	snprintf(path, sizeof(path), CPU_ONLINE, cpu);
	file = open_file(path);
	line = next_line(file);
	if (!line || strcmp(line, "1"))
		complain("CPU %u is not online", cpu);
	fclose(file);
}

static void run_there(unsigned int cpu)
{
	cpu_set_t before, there;
	int here;

	CPU_ZERO(&there);
	CPU_SET(cpu, &there);
	if (sched_getaffinity(0, sizeof(before), &before))
		err(2, "the affinity of this process");
	if (sched_setaffinity(0, sizeof(there), &there)) {
		complain("CPU %u takes no task: %s", cpu, strerror(errno));
		return;
	}
	here = sched_getcpu();
	if (here != (int)cpu)
		complain("a task for CPU %u runs on CPU %d", cpu, here);
	if (sched_setaffinity(0, sizeof(before), &before))
		err(2, "the affinity of this process");
}

static void show_exits(unsigned int cpu)
{
	char directory[64], path[320];
	struct dirent *entry;
	DIR *exits;
	FILE *file;

	snprintf(directory, sizeof(directory), CPU_EXITS, cpu);
	exits = opendir(directory);
	if (!exits)
		err(2, "%s", directory);
	while ((entry = readdir(exits))) {
		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "%s/%s", directory, entry->d_name);
		file = open_file(path);
		printf("exits %s %s\n", entry->d_name, next_line(file) ?: "");
		fclose(file);
	}
	closedir(exits);
}

/* --- interrupts, and the load ------------------------------------------------------- */

static void show_interrupts(const char *pattern)
{
	FILE *file = open_file(INTERRUPTS);
	bool any = false;
	regex_t regex;
	char *line;

	compile(&regex, pattern);
	while ((line = next_line(file))) {
		if (regexec(&regex, line, 0, NULL, 0))
			continue;
		puts(line);
		any = true;
	}
	if (!any)
		complain(INTERRUPTS ": no line like \"%s\"", pattern);
	fclose(file);
}

/* Takes the lines that have come, up to a wrong one; whether there were any. */
static bool take_lines(FILE *log, const char *path)
{
	bool any = false;
	char *line;

	while ((line = next_line(log))) {
		any = true;
		if (strcmp(line, "right")) {
			complain("%s: \"%s\"", path, line);
			break;
		}
	}
	return any;
}

static void look_at_load(const char *path)
{
	const struct timespec pause = { .tv_nsec = POLL_MS * 1000 * 1000 };
	FILE *log = open_file(path);
	int polls = PATIENCE_S * 1000 / POLL_MS;

	take_lines(log, path);
	while (!take_lines(log, path)) {
		if (!polls--) {
			complain("%s: no new line in %d s", path, PATIENCE_S);
			break;
		}
		nanosleep(&pause, NULL);
	}
	fclose(log);
}

/* --- the kernel's log ---------------------------------------------------------------- */

/* The expressions of TROUBLE as one. */
static void compile_trouble(regex_t *regex)
{
	FILE *file = open_file(TROUBLE);
	char expression[4096] = "", *line;
	size_t length = 0;

	while ((line = next_line(file))) {
		if (*line == '#')
			continue;
		length += (size_t)snprintf(expression + length, sizeof(expression) - length, "%s%s",
					   length ? "|" : "", line);
		if (length >= sizeof(expression))
			errx(2, "%s: too long", TROUBLE);
	}
	fclose(file);
	if (!length)
		errx(2, "%s: no expression", TROUBLE);
	compile(regex, expression);
}

/* All that dmesg(1) would show. With a time in each line it is longer than the kernel's buffer. */
static char *kernel_log(void)
{
	int size = klogctl(SYSLOG_ACTION_SIZE_BUFFER, NULL, 0), length;
	char *log = NULL;

	if (size <= 0)
		err(2, "the size of the kernel's log");
	do {
		size *= 2;
		free(log);
		log = malloc((size_t)size);
		if (!log)
			err(2, "the kernel's log");
		length = klogctl(SYSLOG_ACTION_READ_ALL, log, size - 1);
		if (length < 0)
			err(2, "the kernel's log");
	} while (length == size - 1);
	log[length] = '\0';
	return log;
}

static void show_trouble(void)
{
	char *log = kernel_log(), *rest = log, *line;
	regex_t trouble;

	compile_trouble(&trouble);
	if (regexec(&trouble, log, 0, NULL, 0)) /* as a whole: line by line takes longer */
		return;
	while ((line = strsep(&rest, "\n")))
		if (!regexec(&trouble, line, 0, NULL, 0))
			puts(line);
}

int main(int argc, char **argv)
{
	bool kernel = false;
	int option;

	while ((option = getopt(argc, argv, "ki:x:l:")) != -1) {
		if (option == 'k')
			kernel = true;
		else if (option == 'i')
			show_interrupts(optarg);
		else if (option == 'x')
			show_exits(cpu_number(optarg));
		else if (option == 'l')
			look_at_load(optarg);
		else
			errx(2, "usage: health [-k] [-i PATTERN] [-x CPU] [-l LOG] [CPU...]");
	}
	for (; optind < argc; optind++) {
		look_whether_online(cpu_number(argv[optind]));
		run_there(cpu_number(argv[optind]));
	}
	if (kernel)
		show_trouble();
	return well ? 0 : 1;
}
