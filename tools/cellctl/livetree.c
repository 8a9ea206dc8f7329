// SPDX-License-Identifier: GPL-2.0-only
/*
 * Questions to the device tree that Linux was booted with.
 */
#include "livetree.h"

#include <libfdt.h>

/* Up to two cells as one number. */
static uint64_t read_cells(const fdt32_t *cells, int count)
{
	uint64_t value = 0;

	for (int i = 0; i < count; i++)
		value = value << 32 | fdt32_to_cpu(cells[i]);
	return value;
}

static uint32_t read_u32(const void *live, int node, const char *name, uint32_t otherwise)
{
	int length;
	const fdt32_t *value = fdt_getprop(live, node, name, &length);

	return value && length == (int)sizeof(*value) ? fdt32_to_cpu(*value) : otherwise;
}

static uint64_t later(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

/* The map of reservations has no size; it comes first, or the rest is none for libfdt. */
uint64_t live_used(const void *header, size_t size)
{
	uint64_t used;

	if (size < sizeof(struct fdt_header) || fdt_magic(header) != FDT_MAGIC)
		return 0;
	if (fdt_version(header) < 17)
		used = fdt_totalsize(header);
	else
		used = later((uint64_t)fdt_off_dt_struct(header) + fdt_size_dt_struct(header),
			     (uint64_t)fdt_off_dt_strings(header) + fdt_size_dt_strings(header));
	return later(used, sizeof(struct fdt_header));
}

int live_compatible(const void *live, const char *compatible)
{
	return live ? fdt_node_offset_by_compatible(live, -1, compatible) : -FDT_ERR_NOTFOUND;
}

int live_cpu(const void *live, uint64_t mpidr)
{
	int cpus = live ? fdt_path_offset(live, "/cpus") : -FDT_ERR_NOTFOUND;
	int cells, node;

	if (cpus < 0)
		return cpus;
	cells = fdt_address_cells(live, cpus);
	fdt_for_each_subnode(node, live, cpus)
	{
		int length;
		const fdt32_t *reg = fdt_getprop(live, node, "reg", &length);

		if (reg && cells > 0 && cells <= 2 && length == cells * (int)sizeof(*reg) &&
		    read_cells(reg, cells) == mpidr)
			return node;
	}
	return -FDT_ERR_NOTFOUND;
}

/* What one line of "ranges" says: @count lines of child, parent and size cells. */
static bool apply_ranges(const fdt32_t *ranges, int count, int child, int parent, int size,
			 uint64_t *address)
{
	for (int i = 0; i < count; i++, ranges += child + parent + size) {
		uint64_t start = read_cells(ranges, child);
		uint64_t bytes = read_cells(ranges + child + parent, size);

		if (*address >= start && *address - start < bytes) {
			*address += read_cells(ranges + child, parent) - start;
			return true;
		}
	}
	return false;
}

/* From an address on @bus to one on its parent. */
static bool translate_step(const void *live, int bus, int parent, uint64_t *address)
{
	int child_cells = fdt_address_cells(live, bus), size_cells = fdt_size_cells(live, bus);
	int parent_cells = fdt_address_cells(live, parent);
	int length, line = (child_cells + parent_cells + size_cells) * (int)sizeof(fdt32_t);
	const fdt32_t *ranges = fdt_getprop(live, bus, "ranges", &length);

	if (!ranges)
		return false;
	if (!length)
		return true;
	if (child_cells < 1 || child_cells > 2 || parent_cells < 1 || parent_cells > 2 ||
	    size_cells < 1 || size_cells > 2)
		return false;
	return apply_ranges(ranges, length / line, child_cells, parent_cells, size_cells, address);
}

/* From an address on @bus to one that the CPU sees. */
static bool translate(const void *live, int bus, uint64_t *address)
{
	int parent;

	while ((parent = fdt_parent_offset(live, bus)) >= 0) {
		if (!translate_step(live, bus, parent, address))
			return false;
		bus = parent;
	}
	return true;
}

bool live_reg(const void *live, int node, int index, uint64_t *address, uint64_t *size)
{
	int length, address_cells, size_cells, bus;
	const fdt32_t *reg = fdt_getprop(live, node, "reg", &length);

	if (!reg)
		return false;
	bus = fdt_parent_offset(live, node);
	address_cells = fdt_address_cells(live, bus);
	size_cells = fdt_size_cells(live, bus);
	if (address_cells < 1 || address_cells > 2 || size_cells < 1 || size_cells > 2)
		return false;
	if (length / (int)sizeof(*reg) < (index + 1) * (address_cells + size_cells))
		return false;
	reg += (ptrdiff_t)index * (address_cells + size_cells);
	*address = read_cells(reg, address_cells);
	*size = read_cells(reg + address_cells, size_cells);
	return translate(live, bus, address);
}

int live_next_device(const void *live, int node, uint64_t start, uint64_t size)
{
	uint64_t address, bytes;

	if (!live)
		return -FDT_ERR_NOTFOUND;
	while ((node = fdt_next_node(live, node, NULL)) >= 0)
		if (fdt_getprop(live, node, "compatible", NULL) &&
		    live_reg(live, node, 0, &address, &bytes) && address >= start &&
		    address - start < size)
			return node;
	return node;
}

/* The node that @node's interrupts go to: named by it or by the next parent that does. */
static int interrupt_parent(const void *live, int node)
{
	uint32_t phandle = 0;

	while (node >= 0 && !phandle) {
		phandle = read_u32(live, node, "interrupt-parent", 0);
		node = fdt_parent_offset(live, node);
	}
	return phandle ? fdt_node_offset_by_phandle(live, phandle) : -FDT_ERR_NOTFOUND;
}

bool live_interrupt(const void *live, int node, int index, uint64_t gicd, struct live_irq *irq)
{
	int length, cells, gic = interrupt_parent(live, node);
	const fdt32_t *property = fdt_getprop(live, node, "interrupts", &length);
	uint64_t address, size;

	if (!property || gic < 0 || !live_reg(live, gic, 0, &address, &size) || address != gicd)
		return false;
	cells = (int)read_u32(live, gic, "#interrupt-cells", 0);
	if (cells < 3 || cells > 4 || length / (int)sizeof(*property) < (index + 1) * cells)
		return false;
	property += (ptrdiff_t)index * cells;
	irq->type = fdt32_to_cpu(property[0]);
	irq->number = fdt32_to_cpu(property[1]);
	irq->flags = fdt32_to_cpu(property[2]) & 0xf;
	return true;
}

uint32_t live_clock_rate(const void *live, int node)
{
	int length, clock;
	const fdt32_t *clocks = fdt_getprop(live, node, "clocks", &length);

	if (!clocks || length < (int)sizeof(*clocks))
		return 0;
	clock = fdt_node_offset_by_phandle(live, fdt32_to_cpu(*clocks));
	if (clock < 0 || fdt_node_check_compatible(live, clock, "fixed-clock"))
		return 0;
	return read_u32(live, clock, "clock-frequency", 0);
}
