/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What an error record means, in words: one sentence that names the thing and the
 * value, and what to do about it. Has no effects and needs no driver.
 */
#ifndef CELLCTL_ERRORS_H
#define CELLCTL_ERRORS_H

#include <cellblock/config.h>
#include <cellblock/error.h>

/* What is known besides the record. Each may be NULL. */
struct error_context {
	const char *file;		     /* the configuration file concerned */
	const struct cb_cell_config *config; /* what the record's index refers to */
	const char (*cells)[CB_NAME_SIZE];   /* names of the cells there are, by number */
	const char *unbind;		     /* command that takes the device from Linux */
	bool has_linux_cpu;		     /* linux_cpu is known */
	int linux_cpu;	 /* Linux' number of the CPU that the record's index names */
	bool file_check; /* cb_config_check() refused, not the driver or the hypervisor */
};

struct refusal {
	const char *code; /* "CB_ERR_REGION_IN_USE" */
	int exit;	  /* enum exit_code */
	char message[384];
	char remedy[384];
};

void error_describe(const struct cb_error *error, const struct error_context *context,
		    struct refusal *refusal);

#endif
