/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * "cellctl config" and "cellctl hardware": what a Python program does, which cellctl
 * becomes then.
 */
#ifndef CELLCTL_DESCRIBE_H
#define CELLCTL_DESCRIBE_H

#include "cellctl.h"

/* Becomes @tool with these arguments (argv[0] is the group). Returns only if that fails. */
int describe(const struct cellctl *ctl, const char *tool, int argc, char **argv);

#endif
