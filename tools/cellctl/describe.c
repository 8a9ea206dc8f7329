// SPDX-License-Identifier: GPL-2.0-only
/*
 * Hands the groups of commands that describe a machine over to the Python program that
 * has them. cellctl itself needs no Python, and small machines have none.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "describe.h"
#include "report.h"

static int explain(const struct cellctl *ctl, const char *tool, const char *group, int error)
{
	if (access(tool, F_OK))
		return report(ctl, EXIT_FILE, "TOOL_MISSING",
			      "install Cellblock's Python tools, or do this on another machine "
			      "with what cellctl-collect copied",
			      "\"%s\" needs %s, which is not there", group, tool);
	if (error == ENOENT) /* the script is there: what it is written for is not */
		return report(ctl, EXIT_FILE, "PYTHON_MISSING",
			      "install python3 and python3-libfdt, or do this on another machine "
			      "with what cellctl-collect copied",
			      "\"%s\" needs Python 3, which is not there", group);
	return report(ctl, EXIT_FILE, "TOOL_FAILED", "install Cellblock again",
		      "%s cannot be run: %s", tool, strerror(error));
}

int describe(const struct cellctl *ctl, const char *tool, int argc, char **argv)
{
	size_t count = 0;
	char **args;
	int error;

	args = calloc((size_t)argc + 3, sizeof(*args));
	if (!args)
		return report(ctl, EXIT_FILE, "NO_MEMORY", "free some", "there is no memory");
	args[count++] = (char *)tool;
	if (ctl->json)
		args[count++] = (char *)"--json";
	memcpy(args + count, argv, (size_t)argc * sizeof(*args));
	execv(tool, args);
	error = errno;
	free(args);
	return explain(ctl, tool, argv[0], error);
}
