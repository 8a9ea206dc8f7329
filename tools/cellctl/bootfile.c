// SPDX-License-Identifier: GPL-2.0-only
/*
 * /run/cellblock/NAME.boot: one line of text, replaced atomically. It names the cell's
 * number and generation, which counts its changes of state.
 */
#include "bootfile.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "file.h"

/* A test uses another directory. */
#ifndef BOOTFILE_DIRECTORY
#define BOOTFILE_DIRECTORY "/run/cellblock"
#endif

#define BOOTFILE_MAX 256

static void boot_path(const char *cell_name, char path[PATH_MAX])
{
	snprintf(path, PATH_MAX, "%s/%.31s.boot", BOOTFILE_DIRECTORY, cell_name);
}

/* What the file of a cell in this state starts with. */
static int identity(const struct cb_cell_page *page, char text[BOOTFILE_MAX])
{
	return snprintf(text, BOOTFILE_MAX, "cell %u generation %u ", page->id, page->generation);
}

int bootfile_write(const struct cb_cell_page *page, const struct boot *boot)
{
	char path[PATH_MAX], text[BOOTFILE_MAX];
	int used = identity(page, text);

	if (mkdir(BOOTFILE_DIRECTORY, 0700) < 0 && errno != EEXIST)
		return -errno;
	used += snprintf(text + used, sizeof(text) - (size_t)used,
			 "entry 0x%" PRIx64 " argument 0x%" PRIx64 "\n", boot->entry,
			 boot->argument);
	boot_path(page->name, path);
	return file_replace(path, text, (size_t)used);
}

static bool read_number(char **text, const char *label, uint64_t *value)
{
	size_t length = strlen(label);

	if (strncmp(*text, label, length))
		return false;
	errno = 0;
	*value = strtoull(*text + length, text, 16);
	return !errno;
}

bool bootfile_read(const struct cb_cell_page *page, struct boot *boot)
{
	char path[PATH_MAX], text[BOOTFILE_MAX] = { 0 }, expected[BOOTFILE_MAX];
	size_t length = (size_t)identity(page, expected);
	char *rest = text + length;
	struct file file;

	boot_path(page->name, path);
	if (file_read(path, sizeof(text) - 1, &file))
		return false;
	memcpy(text, file.data, file.size);
	file_free(&file);
	return !strncmp(text, expected, length) && read_number(&rest, "entry ", &boot->entry) &&
	       read_number(&rest, " argument ", &boot->argument);
}

void bootfile_remove(const char *cell_name)
{
	char path[PATH_MAX];

	boot_path(cell_name, path);
	unlink(path);
}
