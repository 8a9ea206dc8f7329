/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Telling the user that something was refused or failed: a sentence on standard
 * error, or with --json an object on standard output. Every function returns the exit
 * code that belongs to it.
 */
#ifndef CELLCTL_REPORT_H
#define CELLCTL_REPORT_H

#include <cellblock/error.h>

#include "cellctl.h"

/* What the driver or the hypervisor refused; @status is the ioctl's -errno. */
int report_refusal(const struct cellctl *ctl, const struct cb_error *error, int status);

/* What cb_config_check() refused about ctl->file. */
int report_config(const struct cellctl *ctl, const struct cb_error *error);

/* What cellctl itself refused or could not do. */
int report(const struct cellctl *ctl, int exit, const char *code, const char *remedy,
	   const char *format, ...) __attribute__((format(printf, 5, 6)));

#endif
