// SPDX-License-Identifier: GPL-2.0-only
/*
 * cellctl: the command line of Cellblock. The tables of commands and options are also
 * what the help texts are made of.
 */
#include <ctype.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cellblock/public.h>

#include "cellctl.h"
#include "describe.h"
#include "output.h"
#include "report.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

#ifndef CELLBLOCK_VERSION
#define CELLBLOCK_VERSION "0.1"
#endif

#ifndef CELLBLOCK_LIBRARY
#define CELLBLOCK_LIBRARY "/usr/lib/cellblock"
#endif

/* Options besides --json and --help, which every command has. */
enum {
	TAKES_FOLLOW = 1 << 0,
	TAKES_WATCH = 1 << 1,
	TAKES_LOAD = 1 << 2, /* --args, --initrd, --dtb */
	TAKES_NAME = 1 << 3,
	TAKES_RAW = 1 << 4,
	TAKES_CONSOLE = 1 << 5, /* --read-only, --since-start */
};

enum {
	OPTION_ARGS = 256,
	OPTION_INITRD,
	OPTION_DTB,
	OPTION_NAME,
	OPTION_READ_ONLY,
	OPTION_SINCE_START,
	OPTION_VERSION,
};

static const struct option_help {
	int takes;
	struct option option;
	const char *help;
} options[] = {
	{ TAKES_FOLLOW,
	  { "follow", no_argument, NULL, 'f' },
	  "-f, --follow     go on until Ctrl-C" },
	{ TAKES_RAW,
	  { "raw", no_argument, NULL, 'r' },
	  "-r, --raw        control characters, too, on a terminal" },
	{ TAKES_CONSOLE,
	  { "read-only", no_argument, NULL, OPTION_READ_ONLY },
	  "--read-only      nothing that is typed goes to the cell" },
	{ TAKES_CONSOLE,
	  { "since-start", no_argument, NULL, OPTION_SINCE_START },
	  "--since-start    leave out what is older than the cell's last start" },
	{ TAKES_WATCH,
	  { "watch", no_argument, NULL, 'w' },
	  "-w, --watch      once a second until Ctrl-C" },
	{ TAKES_LOAD,
	  { "args", required_argument, NULL, OPTION_ARGS },
	  "--args TEXT      arguments of the image (chosen/bootargs)" },
	{ TAKES_LOAD,
	  { "initrd", required_argument, NULL, OPTION_INITRD },
	  "--initrd FILE    initial RAM disk" },
	{ TAKES_LOAD,
	  { "dtb", required_argument, NULL, OPTION_DTB },
	  "--dtb FILE       device tree instead of a generated one" },
	{ TAKES_NAME,
	  { "name", required_argument, NULL, OPTION_NAME },
	  "--name NAME      name of the cell instead of the configuration's" },
	{ 0,
	  { "json", no_argument, NULL, 'j' },
	  "-j, --json       print JSON, errors included, to standard output" },
	{ 0, { "help", no_argument, NULL, 'h' }, "-h, --help       print this" },
	{ 0, { "version", no_argument, NULL, 'V' }, "-V, --version    print the version" },
};

static const struct command {
	const char *name;
	const char *operands;
	int min_operands, max_operands;
	int takes;
	int (*run)(struct cellctl *ctl);
	const char *summary;
	const char *details;
} commands[] = {
	{ "enable", "FILE", 1, 1, 0, cmd_enable, "start the hypervisor under this Linux",
	  "FILE is the system configuration of this machine (.cell). The driver loads the\n"
	  "hypervisor image from /lib/firmware. Linux becomes the root cell." },
	{ "disable", "", 0, 0, 0, cmd_disable, "give the whole machine back to Linux",
	  "All cells must have been destroyed." },
	{ "create", "FILE", 1, 1, TAKES_NAME, cmd_create, "create a cell",
	  "FILE is the cell's configuration (.cell). Its CPUs, memory, devices and interrupts\n"
	  "are taken from the root cell." },
	{ "list", "", 0, 0, 0, cmd_list, "list the cells",
	  "Number, name, state and CPUs of each cell." },
	{ "show", "CELL", 1, 1, 0, cmd_show, "show a cell",
	  "State, CPUs, regions, interrupts and, if it failed, why and its registers. Of the root\n"
	  "cell also the page pool, and the pages it touched in permissive mode." },
	{ "load", "CELL IMAGE", 2, 2, TAKES_LOAD, cmd_load, "load an image into a cell",
	  "IMAGE is an arm64 Linux Image, packed with gzip or not, in a vmlinuz, a uImage or a "
	  "FIT\n"
	  "image with one kernel, or a raw binary. It goes to the start of the first region\n"
	  "that is loadable and executable, and is entered with the address of a device tree in "
	  "x0,\n"
	  "as Linux is. Other formats are recognised, and what unpacks them is said." },
	{ "start", "CELL", 1, 1, 0, cmd_start, "start a loaded cell",
	  "Its first CPU enters the image." },
	{ "stop", "CELL", 1, 1, 0, cmd_stop, "stop a cell",
	  "Whatever its CPUs do. It can be loaded and started again." },
	{ "destroy", "CELL", 1, 1, 0, cmd_destroy, "destroy a cell",
	  "Its memory is cleared, and all that it has goes back to the root cell." },
	{ "run", "FILE IMAGE", 2, 2, TAKES_LOAD | TAKES_NAME | TAKES_RAW, cmd_run,
	  "create, load, start and watch a cell",
	  "Prints the cell's console until the cell stops or fails. Ctrl-C stops watching, the "
	  "cell\n"
	  "goes on. If it cannot be loaded or started, it is destroyed again. On a terminal one "
	  "types "
	  "to a\n"
	  "cell that has a virtual UART, as with \"console\"." },
	{ "watch", "CELL", 1, 1, TAKES_RAW, cmd_watch, "watch a cell until it ends",
	  "Prints the cell's console until the cell stops or fails, as \"run\" does." },
	{ "stats", "[CELL]", 0, 1, TAKES_WATCH, cmd_stats, "count exits to the hypervisor",
	  "By reason and CPU, of one cell's CPUs or of all. Reasons that never occurred are left "
	  "out,\n"
	  "but not from JSON." },
	{ "console", "[CELL]", 0, 1, TAKES_FOLLOW | TAKES_RAW | TAKES_CONSOLE, cmd_console,
	  "use or print a console",
	  "What the cell has written, or without CELL the hypervisor. On a terminal, control\n"
	  "characters are spelled out. If the cell has a virtual UART, what is typed on the "
	  "terminal\n"
	  "goes to the cell, until Ctrl-]." },
};

/* Done by a program of their own, which has its own --help. */
static const struct {
	const char *name;
	const char *summary;
} groups[] = {
	{ "config", "make, check, show and draw configurations" },
	{ "hardware", "say what this machine needs to run Cellblock" },
};

static const char exit_codes[] =
	"\nCELL is a name or a number; the root cell is \"root\" or 0.\n"
	"\nExit codes:\n"
	"  0  done\n"
	"  1  refused by the hypervisor or the driver; the message says why\n"
	"  2  wrong command line\n"
	"  3  a file cannot be read, is damaged, or does not fit\n"
	"  4  no driver, or the hypervisor is not enabled\n"
	"  5  not permitted: run as root\n"
	"  6  run, watch: the cell failed\n";

static void print_options(int takes)
{
	printf("\nOptions:\n");
	for (size_t i = 0; i < ARRAY_SIZE(options); i++)
		if (!options[i].takes || (options[i].takes & takes))
			printf("  %s\n", options[i].help);
}

static int print_command_help(const struct command *command)
{
	printf("Usage: cellctl %s [OPTION]...%s%s\n\n%c%s.\n%s\n", command->name,
	       *command->operands ? " " : "", command->operands, toupper(command->summary[0]),
	       command->summary + 1, command->details);
	print_options(command->takes);
	printf("%s", exit_codes);
	return EXIT_OK;
}

static int print_help(void)
{
	printf("Usage: cellctl [--json] COMMAND [OPTION]... [OPERAND]...\n"
	       "Partitions this machine into cells.\n\nCommands:\n");
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		printf("  %-8s %-11s %s\n", commands[i].name, commands[i].operands,
		       commands[i].summary);
	for (size_t i = 0; i < ARRAY_SIZE(groups); i++)
		printf("  %-8s %-11s %s\n", groups[i].name, "COMMAND...", groups[i].summary);
	printf("  %-8s %-11s %s\n", "help", "[COMMAND]", "print this, or more about a command");
	print_options(0);
	printf("%s", exit_codes);
	return EXIT_OK;
}

static int print_version(const struct cellctl *ctl)
{
	if (ctl->json)
		output_json(json_pack("{s:s, s:i}", "cellctl", CELLBLOCK_VERSION, "abi",
				      (int)CB_ABI_VERSION));
	else
		printf("cellctl %s, ABI %u\n", CELLBLOCK_VERSION, CB_ABI_VERSION);
	return EXIT_OK;
}

static const struct command *find_command(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		if (!strcmp(commands[i].name, name))
			return &commands[i];
	return NULL;
}

static bool is_group(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(groups); i++)
		if (!strcmp(groups[i].name, name))
			return true;
	return false;
}

static bool is_version_option(const char *argument)
{
	return !strcmp(argument, "--version") || !strcmp(argument, "-V");
}

static int describe_machine(const struct cellctl *ctl, int argc, char **argv)
{
	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
		if (is_version_option(argv[i]))
			return print_version(ctl);
	return describe(ctl, CELLBLOCK_LIBRARY "/cellctl-config", argc, argv);
}

#define LONGEST_COMMAND 16

static size_t min(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Letters to insert, remove or replace to make one word of the other (Levenshtein). */
static size_t distance(const char *a, const char *b)
{
	size_t row[LONGEST_COMMAND + 1], before, diagonal;

	for (size_t j = 0; j <= strlen(b); j++)
		row[j] = j;
	for (size_t i = 0; a[i]; i++) {
		diagonal = row[0]++;
		for (size_t j = 0; b[j]; j++) {
			before = row[j + 1];
			row[j + 1] = min(min(row[j + 1], row[j]) + 1, diagonal + (a[i] != b[j]));
			diagonal = before;
		}
	}
	return row[strlen(b)];
}

static void keep_closest(const char *name, const char *candidate, const char **closest,
			 size_t *best)
{
	const size_t found = distance(name, candidate);

	if (found < *best) {
		*best = found;
		*closest = candidate;
	}
}

static int unknown_command(const struct cellctl *ctl, const char *name)
{
	const char *closest = NULL;
	char remedy[64] = "see \"cellctl --help\"";
	size_t best = strlen(name) < 4 ? 2 : 3;

	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		keep_closest(name, commands[i].name, &closest, &best);
	for (size_t i = 0; i < ARRAY_SIZE(groups); i++)
		keep_closest(name, groups[i].name, &closest, &best);
	if (closest)
		snprintf(remedy, sizeof(remedy), "do you mean \"%s\"?", closest);
	return report(ctl, EXIT_USAGE, "USAGE", remedy, "there is no command \"%s\"", name);
}

static int help(const struct cellctl *ctl, int argc, char **argv)
{
	char *group_help[] = { argc < 2 ? NULL : argv[1], "--help", NULL };
	const struct command *command;

	if (argc < 2)
		return print_help();
	if (is_group(argv[1]))
		return describe_machine(ctl, 2, group_help);
	command = find_command(argv[1]);
	return command ? print_command_help(command) : unknown_command(ctl, argv[1]);
}

/* The options that a command takes, for getopt_long(). */
static void long_options(int takes, struct option result[ARRAY_SIZE(options) + 1])
{
	size_t count = 0;

	for (size_t i = 0; i < ARRAY_SIZE(options); i++)
		if (!options[i].takes || (options[i].takes & takes))
			result[count++] = options[i].option;
	result[count] = (struct option){ 0 };
}

static void short_options(int takes, char result[8])
{
	snprintf(result, 8, ":jhV%s%s%s", takes & TAKES_FOLLOW ? "f" : "",
		 takes & TAKES_WATCH ? "w" : "", takes & TAKES_RAW ? "r" : "");
}

static bool set_option(struct cellctl *ctl, int option)
{
	switch (option) {
	case 'j':
		ctl->json = true;
		return true;
	case 'f':
		ctl->follow = true;
		return true;
	case 'r':
		ctl->raw = true;
		return true;
	case 'w':
		ctl->watch = true;
		return true;
	case OPTION_READ_ONLY:
		ctl->read_only = true;
		return true;
	case OPTION_SINCE_START:
		ctl->since_start = true;
		return true;
	case OPTION_ARGS:
		ctl->args = optarg;
		return true;
	case OPTION_INITRD:
		ctl->initrd = optarg;
		return true;
	case OPTION_DTB:
		ctl->dtb = optarg;
		return true;
	case OPTION_NAME:
		ctl->name = optarg;
		return true;
	default:
		return false;
	}
}

/*
 * What getopt_long() did not take: the word in front of optind, or a letter, in optopt. A word may
 * have several letters, and optind stays at it up to the last one.
 */
static int bad_option(const struct cellctl *ctl, const struct command *command, int option,
		      char **argv, int optind_before)
{
	const char *word = argv[optind - 1];
	const bool is_letter = optopt > 0 && optopt < 256 &&
			       (optind == optind_before || strncmp(word, "--", 2) != 0);
	char remedy[64], letter[] = { '-', (char)optopt, '\0' };
	const char *argument = is_letter ? letter : word;

	snprintf(remedy, sizeof(remedy), "see \"cellctl %s --help\"", command->name);
	return report(ctl, EXIT_USAGE, "USAGE", remedy,
		      option == ':' ? "option \"%s\" needs a value"
				    : "there is no option \"%s\" here",
		      argument);
}

static int check_operands(const struct cellctl *ctl, const struct command *command)
{
	char remedy[64];

	if (ctl->nr_operands >= command->min_operands && ctl->nr_operands <= command->max_operands)
		return EXIT_OK;
	snprintf(remedy, sizeof(remedy), "usage: cellctl %s [OPTION]... %s", command->name,
		 command->operands);
	return report(ctl, EXIT_USAGE, "USAGE", remedy, "\"%s\" takes %s, not %d operand%s",
		      command->name, *command->operands ? command->operands : "no operand",
		      ctl->nr_operands, ctl->nr_operands == 1 ? "" : "s");
}

static int run_command(struct cellctl *ctl, const struct command *command, int argc, char **argv)
{
	struct option long_table[ARRAY_SIZE(options) + 1];
	char short_table[8];
	int option, ret, before = 1;

	long_options(command->takes, long_table);
	short_options(command->takes, short_table);
	optind = 0; /* GNU: start again */
	opterr = 0;
	while ((option = getopt_long(argc, argv, short_table, long_table, NULL)) != -1) {
		if (option == 'h')
			return print_command_help(command);
		if (option == 'V')
			return print_version(ctl);
		if (!set_option(ctl, option))
			return bad_option(ctl, command, option, argv, before);
		before = optind;
	}
	ctl->nr_operands = argc - optind;
	ctl->operands = argv + optind;
	ret = check_operands(ctl, command);
	return ret ? ret : command->run(ctl);
}

/* Options before the command. Returns the index of the command, or of what ends here. */
static int global_options(struct cellctl *ctl, int argc, char **argv)
{
	int i = 1;

	while (i < argc && (!strcmp(argv[i], "--json") || !strcmp(argv[i], "-j"))) {
		ctl->json = true;
		i++;
	}
	return i;
}

static int dispatch(struct cellctl *ctl, int argc, char **argv)
{
	const struct command *command;

	if (!argc)
		return report(ctl, EXIT_USAGE, "USAGE", "see \"cellctl --help\"",
			      "a command is missing");
	if (is_version_option(argv[0]))
		return print_version(ctl);
	if (!strcmp(argv[0], "help") || !strcmp(argv[0], "--help") || !strcmp(argv[0], "-h"))
		return help(ctl, argc, argv);
	if (is_group(argv[0]))
		return describe_machine(ctl, argc, argv);
	command = find_command(argv[0]);
	return command ? run_command(ctl, command, argc, argv) : unknown_command(ctl, argv[0]);
}

/* A program that reads half of the output must not take it for all. */
static int check_output(const struct cellctl *ctl, int ret)
{
	bool failed = fflush(stdout) || ferror(stdout);

	if (ret || !failed)
		return ret;
	return report(ctl, EXIT_FILE, "OUTPUT_FAILED", "see whether there is room for it",
		      "standard output cannot be written");
}

int main(int argc, char **argv)
{
	struct cellctl ctl = { .fd = -1 };
	int first = global_options(&ctl, argc, argv);
	int ret = check_output(&ctl, dispatch(&ctl, argc - first, argv + first));

	if (ctl.fd >= 0)
		close(ctl.fd);
	return ret;
}
