/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which Linux device sits at an address, and how to take it from its driver.
 */
#ifndef CELLCTL_OWNER_H
#define CELLCTL_OWNER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Writes the shell command that unbinds the device whose registers start within the
 * range. Returns whether there is one, with a driver that can be unbound.
 */
bool owner_unbind(uint64_t start, uint64_t size, char *command, size_t command_size);

#endif
