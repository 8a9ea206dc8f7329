// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which Linux device sits at an address. Devices of the buses that device trees
 * populate carry it in their name: "9040000.pl011".
 */
#include "owner.h"

#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A test uses another directory. */
#ifndef BUS_DIRECTORY
#define BUS_DIRECTORY "/sys/bus"
#endif

static const char *const buses[] = { "amba", "platform" };

static bool name_is_within(const char *name, uint64_t start, uint64_t size)
{
	char *end;
	uint64_t address = strtoull(name, &end, 16);

	return end != name && *end == '.' && address >= start && address - start < size;
}

/* Some drivers do not let go of their devices: then there is no such file. */
static bool can_unbind(const char *bus, const char *driver)
{
	char path[PATH_MAX + 64];

	snprintf(path, sizeof(path), BUS_DIRECTORY "/%s/drivers/%s/unbind", bus, driver);
	return !access(path, F_OK);
}

static bool unbind_command(const char *bus, const char *device, char *command, size_t size)
{
	char path[PATH_MAX], target[PATH_MAX];
	const char *driver;
	ssize_t n;

	snprintf(path, sizeof(path), BUS_DIRECTORY "/%s/devices/%s/driver", bus, device);
	n = readlink(path, target, sizeof(target) - 1);
	if (n <= 0)
		return false;
	target[n] = '\0';
	driver = strrchr(target, '/');
	driver = driver ? driver + 1 : target;
	snprintf(command, size, "echo %s > " BUS_DIRECTORY "/%s/drivers/%s/unbind", device, bus,
		 driver);
	return can_unbind(bus, driver);
}

static bool search_bus(const char *bus, uint64_t start, uint64_t size, char *command,
		       size_t command_size)
{
	const struct dirent *entry;
	char path[PATH_MAX];
	bool found = false;
	DIR *dir;

	snprintf(path, sizeof(path), BUS_DIRECTORY "/%s/devices", bus);
	dir = opendir(path);
	if (!dir)
		return false;
	while (!found && (entry = readdir(dir)))
		found = name_is_within(entry->d_name, start, size) &&
			unbind_command(bus, entry->d_name, command, command_size);
	closedir(dir);
	return found;
}

bool owner_unbind(uint64_t start, uint64_t size, char *command, size_t command_size)
{
	for (size_t i = 0; i < sizeof(buses) / sizeof(buses[0]); i++)
		if (search_bus(buses[i], start, size, command, command_size))
			return true;
	return false;
}
