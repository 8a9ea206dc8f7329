// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the check of a configuration (check.c) asks of every cell, the root cell too; and of a cell
 * that is not the root cell.
 */
#include <config/iterate.h>
#include <config/parts.h>

#define FIRST_SPI 32u
#define LAST_SPI  1019u

/* ---- Names and reserved fields ---- */

static bool is_name_char(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
	       c == '.' || c == '_' || c == '-';
}

/* Whether a field holds name characters, then one NUL or more up to its end. */
static bool is_name(const char *field, size_t size)
{
	size_t i = 0;

	while (i < size && is_name_char(field[i]))
		i++;
	if (i == size)
		return false;
	while (i < size && !field[i])
		i++;
	return i == size;
}

static int check_name(const struct cb_config_header *header, struct cb_error *err)
{
	if (!header->name[0])
		return refuse(err, CB_ERR_CONFIG_NAME_EMPTY);
	if (!is_name(header->name, sizeof(header->name)))
		return refuse(err, CB_ERR_CONFIG_NAME_LONG);
	return CB_OK;
}

int cb_config_check_zero(uint32_t reserved, struct cb_error *err)
{
	if (reserved)
		return refuse(err, CB_ERR_ARGUMENT, .value = reserved);
	return CB_OK;
}

/* ---- Arrays ---- */

/* Where the arrays are described and what they hold, by enum cb_config_array. */
static const struct {
	uint16_t where;	  /* offset of the struct cb_array */
	uint16_t element; /* size in bytes */
} arrays[] = {
	[CB_ARRAY_REGIONS] = { offsetof(struct cb_cell_config, regions), sizeof(struct cb_region) },
	[CB_ARRAY_IRQS] = { offsetof(struct cb_cell_config, irqs), sizeof(struct cb_irq_range) },
	[CB_ARRAY_SMCS] = { offsetof(struct cb_cell_config, smcs), sizeof(uint32_t) },
	[CB_ARRAY_CPUS] = { offsetof(struct cb_system_config, cpus), sizeof(uint64_t) },
	[CB_ARRAY_SPIN_TABLE] = { offsetof(struct cb_system_config, spin_table), sizeof(uint64_t) },
};

/* Whether an array lies in the file, aligned and behind the head, or is empty and nowhere. */
static bool is_array_inside(const struct cb_config_header *header, struct cb_array array,
			    uint32_t element)
{
	const size_t head = cb_head_size(header->kind);

	if (!array.count)
		return !array.offset;
	return array.offset % sizeof(uint64_t) == 0 &&
	       cb_range_contains(head, header->size - head, array.offset,
				 (uint64_t)array.count * element);
}

static int check_arrays(const struct cb_config_header *header, struct cb_error *err)
{
	const uint32_t last =
		header->kind == CB_CONFIG_SYSTEM ? CB_ARRAY_SPIN_TABLE : CB_ARRAY_SMCS;

	for (uint32_t i = 0; i <= last; i++) {
		const struct cb_array *array = (const void *)cb_bytes_at(header, arrays[i].where);

		if (!is_array_inside(header, *array, arrays[i].element))
			return refuse(err, CB_ERR_CONFIG_ARRAY, .index = i, .offset = array->offset,
				      .count = array->count);
	}
	return CB_OK;
}

/* ---- Cells, the root cell too ---- */

static bool are_region_flags_sane(uint32_t flags)
{
	if (flags & ~CB_REGION_FLAGS || !(flags & CB_REGION_READ))
		return false;
	if (flags & CB_REGION_IO && flags & (CB_REGION_EXECUTE | CB_REGION_LOADABLE))
		return false;
	/* Others could change what was loaded before the cell starts. */
	return !(flags & CB_REGION_LOADABLE && flags & CB_REGION_SHARED);
}

static int check_region(const struct cb_region *region, uint32_t i, struct cb_error *err)
{
	if (!region->size)
		return refuse_region(err, CB_ERR_REGION_EMPTY, i, region);
	if ((region->phys | region->virt | region->size) % CB_PAGE_SIZE)
		return refuse_region(err, CB_ERR_REGION_UNALIGNED, i, region,
				     .alignment = CB_PAGE_SIZE);
	if (cb_exceeds_address_width(region->phys, region->size))
		return refuse_region(err, CB_ERR_REGION_WRAPS, i, region, .bits = CB_ADDRESS_BITS);
	if (cb_exceeds_address_width(region->virt, region->size))
		return refuse(err, CB_ERR_REGION_WRAPS, .index = i, .address = region->virt,
			      .size = region->size, .bits = CB_ADDRESS_BITS);
	if (!are_region_flags_sane(region->flags))
		return refuse_region(err, CB_ERR_REGION_FLAGS, i, region,
				     .other_flags = region->flags);
	if (!is_name(region->name, sizeof(region->name)))
		return refuse_region(err, CB_ERR_CONFIG_NAME_LONG, i, region);
	if (region->reserved)
		return refuse(err, CB_ERR_ARGUMENT, .index = i, .value = region->reserved);
	return CB_OK;
}

/*
 * Nothing may appear twice, shared or not: two IPAs for one page would let a cell see it
 * with two sets of attributes, and ownership would be counted twice.
 */
static int check_region_pair(const struct cb_region *region, uint32_t i,
			     const struct cb_region *other, struct cb_error *err)
{
	if (cb_ranges_overlap(region->phys, region->size, other->phys, other->size))
		return refuse_region(err, CB_ERR_REGION_SELF_OVERLAP, i, region,
				     .other_address = other->phys, .other_size = other->size);
	if (cb_ranges_overlap(region->virt, region->size, other->virt, other->size))
		return refuse(err, CB_ERR_REGION_SELF_OVERLAP, .index = i, .address = region->virt,
			      .size = region->size, .other_address = other->virt,
			      .other_size = other->size);
	return CB_OK;
}

static int check_regions(const struct cb_cell_config *cell, struct cb_error *err)
{
	const struct cb_region *regions = cb_config_regions(cell);
	int ret = CB_OK;

	for (uint32_t i = 0; i < cell->regions.count && !ret; i++) {
		ret = check_region(&regions[i], i, err);
		for (uint32_t j = 0; j < i && !ret; j++)
			ret = check_region_pair(&regions[i], i, &regions[j], err);
	}
	return ret;
}

static int check_irq_range(const struct cb_irq_range *range, uint32_t i, struct cb_error *err)
{
	const uint32_t nr_spis = LAST_SPI - FIRST_SPI + 1;

	if (!range->count || !cb_range_contains(FIRST_SPI, nr_spis, range->first, range->count))
		return refuse(err, CB_ERR_IRQ_RANGE, .index = i, .intid = range->first,
			      .count = range->count, .limit = LAST_SPI);
	return CB_OK;
}

static int check_irq_pair(const struct cb_irq_range *range, uint32_t i,
			  const struct cb_irq_range *other, struct cb_error *err)
{
	if (cb_ranges_overlap(range->first, range->count, other->first, other->count))
		return refuse(err, CB_ERR_IRQ_DUPLICATE, .index = i,
			      .intid = range->first > other->first ? range->first : other->first);
	return CB_OK;
}

static int check_irqs(const struct cb_cell_config *cell, struct cb_error *err)
{
	const struct cb_irq_range *irqs = cb_config_irqs(cell);
	int ret = CB_OK;

	for (uint32_t i = 0; i < cell->irqs.count && !ret; i++) {
		ret = check_irq_range(&irqs[i], i, err);
		for (uint32_t j = 0; j < i && !ret; j++)
			ret = check_irq_pair(&irqs[i], i, &irqs[j], err);
	}
	return ret;
}

static int check_cpu_set(const struct cb_cell_config *cell, struct cb_error *err)
{
	if (!cell->cpus)
		return refuse(err, CB_ERR_CPU_NONE);
	return CB_OK;
}

int cb_config_check_flags(const struct cb_cell_config *cell, uint32_t allowed, struct cb_error *err)
{
	const uint32_t refused = cell->flags & ~allowed;

	if (refused)
		return refuse(err, CB_ERR_CONFIG_FLAGS, .flags = refused);
	return CB_OK;
}

static int check_log_size(const struct cb_cell_config *cell, struct cb_error *err)
{
	const uint32_t size = cell->log_size;

	if (size && (size & (size - 1) || size < CB_LOG_MIN || size > CB_LOG_MAX))
		return refuse(err, CB_ERR_ARGUMENT, .value = size);
	return CB_OK;
}

/* What holds for every cell. */
int cb_config_check_common(const struct cb_cell_config *cell, struct cb_error *err)
{
	return cb_config_check_zero(cell->header.reserved, err) ?:
	       check_name(&cell->header, err) ?:
	       check_log_size(cell, err) ?:
	       check_arrays(&cell->header, err) ?:
	       check_cpu_set(cell, err) ?:
	       check_regions(cell, err) ?:
	       check_irqs(cell, err);
}

/* ---- A cell that is not the root cell ---- */

static bool has_irq(const struct cb_cell_config *cell, uint32_t irq)
{
	for_each_irq (range, cell)
		if (cb_range_contains(range->first, range->count, irq, 1))
			return true;
	return false;
}

/* Whether the cell can drive a device whose registers are at this IPA. */
static bool has_registers(const struct cb_cell_config *cell, uint64_t address, uint64_t size)
{
	const uint32_t needed = CB_REGION_IO | CB_REGION_READ | CB_REGION_WRITE;

	for_each_region (region, cell)
		if ((region->flags & needed) == needed &&
		    cb_range_contains(region->virt, region->size, address, size))
			return true;
	return false;
}

/* A console without registers says nothing about them. */
int cb_config_check_no_console(const struct cb_console_config *console, struct cb_error *err)
{
	if (console->address || console->irq)
		return refuse(err, CB_ERR_ARGUMENT,
			      .value = console->address ? console->address : console->irq);
	return CB_OK;
}

/* Its page traps, so nothing of the cell's may be there. */
static int check_virtual_uart(const struct cb_cell_config *cell, struct cb_error *err)
{
	const uint64_t address = cell->console.address;

	if (address % CB_PAGE_SIZE || cb_exceeds_address_width(address, CB_PAGE_SIZE))
		return refuse(err, CB_ERR_ARGUMENT, .value = address);
	for_each_region (region, cell)
		if (cb_ranges_overlap(region->virt, region->size, address, CB_PAGE_SIZE))
			return refuse(err, CB_ERR_CONSOLE_PLACE, .address = address,
				      .size = CB_PAGE_SIZE, .other_address = region->virt,
				      .other_size = region->size);
	return CB_OK;
}

/* A UART that is a device, in registers that the cell has. */
static int check_real_uart(const struct cb_cell_config *cell, struct cb_error *err)
{
	const struct cb_console_config *console = &cell->console;
	const uint32_t size = cb_console_size(console->type);

	if (!size)
		return refuse(err, CB_ERR_ARGUMENT, .value = console->type);
	if (console->address % size || !has_registers(cell, console->address, size))
		return refuse(err, CB_ERR_ARGUMENT, .value = console->address);
	return CB_OK;
}

static int check_cell_console(const struct cb_cell_config *cell, struct cb_error *err)
{
	const struct cb_console_config *console = &cell->console;
	int ret;

	if (console->type == CB_CONSOLE_NONE || console->type == CB_CONSOLE_RING)
		return cb_config_check_no_console(console, err);
	ret = console->type == CB_CONSOLE_VIRTUAL ? check_virtual_uart(cell, err)
						  : check_real_uart(cell, err);
	if (ret)
		return ret;
	if (console->irq && !has_irq(cell, console->irq))
		return refuse(err, CB_ERR_ARGUMENT, .value = console->irq);
	return CB_OK;
}

int cb_config_check_cell(const struct cb_cell_config *cell, struct cb_error *err)
{
	return cb_config_check_common(cell, err) ?:
	       cb_config_check_flags(cell, CB_CELL_NATIVE_IDLE | CB_CELL_ACCEPT_LPIS, err) ?:
	       check_cell_console(cell, err);
}
