/* SPDX-License-Identifier: GPL-2.0-only */
/* What Linux holds for the devices of a cell: clocks, power domains, supplies, resets, pins. */
#ifndef CELLCTL_DEVICES_H
#define CELLCTL_DEVICES_H

#include <stdint.h>

#include <jansson.h>

/*
 * An array of objects, one for each device of the cell, from sysfs: "node" is its path in the
 * device tree, the others list names, "missing" what Linux could not give. Empty where there is
 * none.
 */
json_t *devices_read(uint32_t cell);

/* The same for people: a line for each device, and one for what it lacks. */
void devices_print(const json_t *devices);

#endif
