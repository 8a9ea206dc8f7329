// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Look-ups in the device tree that the inmate was entered with.
 */
#include <libfdt.h>
#include "internal.h"

#define GIC_CELLS      3 /* type, number, flags */
#define GIC_TYPE_SPI   0
#define GIC_TYPE_PPI   1
#define GIC_FLAGS_EDGE 0x3 /* rising or falling */

static const void *fdt;

void dt_init(const void *blob)
{
	if (fdt_check_header(blob))
		cpu_park(); /* nobody to tell it to */
	fdt = blob;
}

const void *dt_blob(void)
{
	return fdt;
}

int dt_next_compatible(int node, const char *compatible)
{
	return fdt_node_offset_by_compatible(fdt, node, compatible);
}

static uint64_t read_cells(const fdt32_t *cells, int count)
{
	uint64_t value = 0;

	while (count--)
		value = value << 32 | fdt32_to_cpu(*cells++);
	return value;
}

bool dt_reg(int node, unsigned int index, struct range *range)
{
	int parent = fdt_parent_offset(fdt, node);
	int address_cells = fdt_address_cells(fdt, parent);
	int size_cells = fdt_size_cells(fdt, parent);
	int length, entry;
	const fdt32_t *reg = fdt_getprop(fdt, node, "reg", &length);

	if (!reg || address_cells < 1 || size_cells < 0)
		return false;
	entry = address_cells + size_cells;
	if ((index + 1) * (unsigned int)entry * sizeof(*reg) > (unsigned int)length)
		return false;
	reg += index * (unsigned int)entry;
	range->base = read_cells(reg, address_cells);
	range->size = read_cells(reg + address_cells, size_cells);
	return true;
}

bool dt_interrupt(int node, unsigned int index, uint32_t *intid, bool *edge)
{
	int length;
	const fdt32_t *cells = fdt_getprop(fdt, node, "interrupts", &length);
	uint32_t type;

	if (!cells || (index + 1) * GIC_CELLS * sizeof(*cells) > (unsigned int)length)
		return false;
	cells += index * GIC_CELLS;
	type = fdt32_to_cpu(cells[0]);
	*intid = fdt32_to_cpu(cells[1]) + (type == GIC_TYPE_PPI ? 16 : 32);
	*edge = fdt32_to_cpu(cells[2]) & GIC_FLAGS_EDGE;
	return type == GIC_TYPE_SPI || type == GIC_TYPE_PPI;
}

bool dt_memory(unsigned int index, struct range *range)
{
	unsigned int i;
	int node = -1;

	for (;;) {
		node = fdt_node_offset_by_prop_value(fdt, node, "device_type", "memory",
						     sizeof("memory"));
		if (node < 0)
			return false;
		for (i = 0; dt_reg(node, i, range); i++)
			if (index-- == 0)
				return true;
	}
}

bool dt_named_region(const char *name, struct range *range)
{
	static const char *const kinds[] = { "cellblock,region", "cellblock,device" };
	size_t length = strlen(name), i;
	int node;

	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		for (node = dt_next_compatible(-1, kinds[i]); node >= 0;
		     node = dt_next_compatible(node, kinds[i])) {
			const char *found = fdt_get_name(fdt, node, NULL);

			if (found && !strncmp(found, name, length) &&
			    (found[length] == '@' || !found[length]))
				return dt_reg(node, 0, range);
		}
	}
	return false;
}

const char *dt_bootargs(void)
{
	int node = fdt_path_offset(fdt, "/chosen");
	const char *args = node < 0 ? NULL : fdt_getprop(fdt, node, "bootargs", NULL);

	return args ? args : "";
}
