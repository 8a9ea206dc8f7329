// SPDX-License-Identifier: GPL-2.0-only
/* Drafts: configurations that lose what is wrong with them (mend.h). */
#include "mend.h"

#include <stdio.h>
#include <string.h>

#include <config/check.h>

void draft_init(struct draft *draft)
{
	draft->rest = draft->file;
	draft->cpus_replaced = false;
	for (size_t i = 0; i < MAX_ELEMENTS; i++)
		draft->regions[i] = draft->irqs[i] = (uint16_t)i;
}

/* ---- Which part a record speaks of ---- */

/* NULL also if the array was refused, or has not been looked at yet. */
static const struct cb_region *region_at(const struct draft *draft, uint32_t index)
{
	const struct cb_array *array = &draft->rest.cell.regions;

	if (index >= array->count || array->offset % sizeof(uint64_t) ||
	    !cb_range_contains(0, draft->size, array->offset,
			       (uint64_t)array->count * sizeof(struct cb_region)))
		return NULL;
	return &cb_config_regions(&draft->rest.cell)[index];
}

static bool is_region_code(uint32_t code)
{
	return code >= CB_ERR_REGION_EMPTY && code < CB_ERR_IRQ_RANGE;
}

static bool is_irq_code(uint32_t code)
{
	return code >= CB_ERR_IRQ_RANGE && code < CB_ERR_CPU_NONE;
}

static bool is_cpu_code(uint32_t code)
{
	return code >= CB_ERR_CPU_UNKNOWN && code <= CB_ERR_CPU_LAST;
}

/* Codes of regions are also used for the hypervisor's and for a console. */
static bool is_about_region(const struct draft *draft, const struct cb_error *error)
{
	const struct cb_region *region = region_at(draft, error->index);

	if (error->code <= CB_ERR_CONFIG_ARRAY || !region)
		return false;
	if (is_region_code(error->code) || (error->code == CB_ERR_CONFIG_NAME_LONG && error->size))
		return region->size == error->size &&
		       (region->phys == error->address || region->virt == error->address);
	/* A moved region of the root cell. */
	return error->code == CB_ERR_ARGUMENT && draft->rest.header.kind == CB_CONFIG_SYSTEM &&
	       region->virt == error->value && region->virt != region->phys;
}

static struct cb_console_config *console_of(struct draft *draft)
{
	return draft->rest.header.kind == CB_CONFIG_SYSTEM ? &draft->rest.system.debug_console
							   : &draft->rest.cell.console;
}

static bool is_about_console(struct draft *draft, const struct cb_error *error)
{
	const struct cb_console_config *console = console_of(draft);

	if (error->code == CB_ERR_CONSOLE_PLACE)
		return true;
	if (error->code == CB_ERR_REGION_HYPERVISOR || error->code == CB_ERR_REGION_GIC ||
	    error->code == CB_ERR_REGION_WRAPS)
		return console->type > CB_CONSOLE_RING && error->address == console->address;
	return error->code == CB_ERR_ARGUMENT &&
	       (error->value == console->address || error->value == console->irq ||
		error->value == console->type);
}

struct cb_error draft_original(const struct draft *draft, const struct cb_error *error)
{
	struct cb_error original = *error;

	if (is_about_region(draft, error))
		original.index = draft->regions[error->index];
	else if (is_irq_code(error->code))
		original.index = draft->irqs[error->index];
	return original;
}

/* ---- Taking it out ---- */

static void remove_element(struct draft *draft, struct cb_array *array, size_t element,
			   uint16_t *numbers, uint32_t index)
{
	uint8_t *at = draft->rest.bytes + array->offset + index * element;
	size_t behind = array->count - index - 1;

	memmove(at, at + element, behind * element);
	memmove(&numbers[index], &numbers[index + 1], behind * sizeof(*numbers));
	if (!--array->count)
		array->offset = 0;
}

static bool lies_in(const struct cb_console_config *console, const struct cb_region *region)
{
	return console->type > CB_CONSOLE_RING &&
	       cb_range_contains(region->virt, region->size, console->address, 1);
}

/* A console whose registers or interrupt go is not to be refused for that. */
static void remove_region(struct draft *draft, uint32_t index)
{
	struct cb_cell_config *cell = &draft->rest.cell;
	const struct cb_region *region = region_at(draft, index);

	if (cell->header.kind == CB_CONFIG_CELL && region && lies_in(&cell->console, region))
		cell->console = (struct cb_console_config){ CB_CONSOLE_NONE, 0, 0 };
	remove_element(draft, &cell->regions, sizeof(struct cb_region), draft->regions, index);
}

static bool remove_irqs(struct draft *draft, uint32_t index)
{
	struct cb_cell_config *cell = &draft->rest.cell;

	if (index >= cell->irqs.count)
		return false;
	if (cell->header.kind == CB_CONFIG_CELL)
		cell->console.irq = 0;
	remove_element(draft, &cell->irqs, sizeof(struct cb_irq_range), draft->irqs, index);
	return true;
}

static bool remove_cpu(struct draft *draft, uint32_t cpu, uint64_t spare)
{
	struct cb_cell_config *cell = &draft->rest.cell;

	if (cell->header.kind != CB_CONFIG_CELL || cpu >= CB_MAX_CPUS || !(cell->cpus >> cpu & 1))
		return false;
	cell->cpus &= ~(1ull << cpu);
	if (!cell->cpus) {
		cell->cpus = spare;
		draft->cpus_replaced = true;
	}
	return cell->cpus && cell->cpus != 1ull << cpu;
}

static void rename_cell(struct draft *draft)
{
	static unsigned int number;
	char *name = draft->rest.header.name;

	memset(name, 0, CB_NAME_SIZE);
	snprintf(name, CB_NAME_SIZE, "..%u", ++number);
}

static bool remove_part(struct draft *draft, const struct cb_error *error, uint64_t spare)
{
	if (is_about_region(draft, error)) {
		remove_region(draft, error->index);
		return true;
	}
	if (is_irq_code(error->code))
		return remove_irqs(draft, error->index);
	if (is_cpu_code(error->code))
		return remove_cpu(draft, error->index, spare);
	if (error->code == CB_ERR_CONFIG_FLAGS) {
		draft->rest.cell.flags &= ~(uint32_t)error->flags;
		return true;
	}
	if (error->code == CB_ERR_CONFIG_NAME_EMPTY || error->code == CB_ERR_CONFIG_NAME_LONG ||
	    error->code == CB_ERR_CELL_NAME_TAKEN) {
		rename_cell(draft);
		return true;
	}
	if (error->code == CB_ERR_ARGUMENT && draft->rest.cell.log_size &&
	    error->value == draft->rest.cell.log_size) {
		draft->rest.cell.log_size = 0;
		return true;
	}
	if (is_about_console(draft, error) && console_of(draft)->type) {
		*console_of(draft) = (struct cb_console_config){ CB_CONSOLE_NONE, 0, 0 };
		return true;
	}
	return false;
}

bool draft_mend(struct draft *draft, const struct cb_error *error, uint64_t spare)
{
	if (!remove_part(draft, error, spare))
		return false;
	draft->rest.header.checksum = cb_config_checksum(&draft->rest, draft->size);
	return true;
}
