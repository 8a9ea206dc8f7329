/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What every part of cellctl knows: the options of one call, its exit codes and
 * the commands.
 */
#ifndef CELLCTL_H
#define CELLCTL_H

#include <stdbool.h>

/* Documented by "cellctl --help": never renumber. */
enum exit_code {
	EXIT_OK = 0,
	EXIT_REFUSED = 1,     /* the hypervisor or the driver says no */
	EXIT_USAGE = 2,	      /* bad command line */
	EXIT_FILE = 3,	      /* a file cannot be read or used */
	EXIT_NOT_ENABLED = 4, /* no driver, or the hypervisor is not enabled */
	EXIT_NOT_ROOT = 5,    /* privileges are missing */
	EXIT_CELL_FAILED = 6, /* run, watch: the cell failed */
};

/* One call of the program. */
struct cellctl {
	bool json;
	bool follow;
	bool raw;
	bool watch;
	bool read_only;	    /* console: nothing that is typed goes to the cell */
	bool since_start;   /* console: what is older than the last start is left out */
	const char *args;   /* chosen/bootargs, or NULL */
	const char *initrd; /* file, or NULL */
	const char *dtb;    /* file, or NULL */
	const char *name;   /* instead of the configuration's, or NULL */
	int nr_operands;
	char **operands;
	int fd;				     /* of /dev/cellblock, or -1 */
	const char *file;		     /* configuration that refusals speak of, or NULL */
	const struct cb_cell_config *config; /* its contents, or NULL */
};

/* The commands: each returns an enum exit_code and has printed what went wrong. */
int cmd_enable(struct cellctl *ctl);
int cmd_disable(struct cellctl *ctl);
int cmd_create(struct cellctl *ctl);
int cmd_list(struct cellctl *ctl);
int cmd_show(struct cellctl *ctl);
int cmd_load(struct cellctl *ctl);
int cmd_start(struct cellctl *ctl);
int cmd_stop(struct cellctl *ctl);
int cmd_destroy(struct cellctl *ctl);
int cmd_run(struct cellctl *ctl);
int cmd_watch(struct cellctl *ctl);
int cmd_stats(struct cellctl *ctl);
int cmd_console(struct cellctl *ctl);

#endif
