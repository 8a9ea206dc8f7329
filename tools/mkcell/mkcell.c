// SPDX-License-Identifier: GPL-2.0-only
/*
 * mkcell: turns a configuration, a C file in the terms of <cellblock/board.h>, into the
 * binary .cell file. It is linked with that one file and run: mkcell OUTPUT. What it
 * wrote has passed cb_config_check(); a refusal names the file, the field and the value.
 * mkcell --unchecked OUTPUT writes what cb_config_check() refuses, too, for tools that
 * check it and have more to say about it.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cellblock/board.h>
#include "core/config.h"

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "configurations are little endian");

/* The file being put together. Offsets in it stay true: it does not grow beyond this. */
static union {
	uint8_t bytes[CB_CONFIG_MAX_SIZE];
	struct cb_config_header header;
	struct cb_cell_config cell;
	struct cb_system_config system;
} file;

static size_t file_size;

/* Names of enum cb_gic_frame and enum cb_config_array as board.h spells them. */
static const char *const frame_names[] = { "gicd", "gicc", "gich", "gicv", "gicr", "its" };
static const char *const array_names[] = { ".regions", ".irqs", ".smcs", ".cpus", ".spin_table" };

__attribute__((format(printf, 1, 2), noreturn)) static void refuse(const char *format, ...)
{
	va_list args;

	fprintf(stderr, "%s: ", cellblock_source);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	exit(EXIT_FAILURE);
}

/* ---- From the board to the file ---- */

static void *append(size_t size)
{
	void *place = file.bytes + file_size;

	if (size > sizeof(file) - file_size)
		refuse("does not fit into %u bytes", CB_CONFIG_MAX_SIZE);
	file_size += size;
	return place;
}

/* Room for an array of @count elements, noted in @array. */
static void *append_array(struct cb_array *array, size_t count, size_t element)
{
	void *place;

	if (!count)
		return NULL;
	append(-file_size % sizeof(uint64_t));
	if (count > CB_CONFIG_MAX_SIZE) /* or the product below could wrap */
		refuse("%zu elements do not fit into %u bytes", count, CB_CONFIG_MAX_SIZE);
	array->offset = (uint32_t)file_size;
	array->count = (uint32_t)count;
	place = append(count * element);
	return place;
}

static void copy_array(struct cb_array *array, const void *items, size_t count, size_t element)
{
	void *place = append_array(array, count, element);

	if (place)
		memcpy(place, items, count * element);
}

static void put_name(char *field, size_t size, const char *name, const char *what)
{
	if (name && strlen(name) >= size)
		refuse("%s: the name \"%s\" is longer than %zu characters", what, name, size - 1);
	if (name)
		memcpy(field, name, strlen(name));
}

static void put_regions(struct cb_array *array, struct board_regions regions)
{
	struct cb_region *out = append_array(array, regions.count, sizeof(*out));

	for (size_t i = 0; i < regions.count; i++) {
		const struct board_region *in = &regions.items[i];
		char what[32];

		snprintf(what, sizeof(what), ".regions[%zu]", i);
		put_name(out[i].name, sizeof(out[i].name), in->name, what);
		out[i].phys = in->phys;
		out[i].virt = in->virt.given ? in->virt.address : in->phys;
		out[i].size = in->size;
		out[i].flags = in->flags;
	}
}

/* Everything before the arrays; a name that is missing is cb_config_check()'s to refuse. */
static void put_header(enum cb_config_kind kind, const char *name, size_t head_size)
{
	append(head_size);
	memcpy(file.header.signature, CB_CONFIG_SIGNATURE, sizeof(file.header.signature));
	file.header.revision = CB_CONFIG_REVISION;
	file.header.kind = (uint8_t)kind;
	file.header.arch = CB_ARCH_ARM64;
	put_name(file.header.name, sizeof(file.header.name), name, ".name");
}

static void put_gic(struct cb_gic_config *out, const struct board_gic *in)
{
	*out = (struct cb_gic_config){
		.version = in->version,
		.frames = {
			[CB_GIC_GICD] = in->gicd,
			[CB_GIC_GICC] = in->gicc,
			[CB_GIC_GICH] = in->gich,
			[CB_GIC_GICV] = in->gicv,
			[CB_GIC_GICR] = in->gicr,
			[CB_GIC_ITS] = in->its,
		},
	};
}

static void put_system(const struct board_system *board)
{
	struct cb_system_config *out = &file.system;

	put_header(CB_CONFIG_SYSTEM, board->name, sizeof(*out));
	for (size_t i = 0; i < board->cpus.count && i < CB_MAX_CPUS; i++)
		out->root.cpus |= CPU(i);
	out->root.flags = board->flags;
	out->hypervisor = board->hypervisor;
	out->debug_console = board->debug_console;
	put_gic(&out->gic, &board->gic);
	put_regions(&out->root.regions, board->regions);
	copy_array(&out->root.irqs, board->irqs.items, board->irqs.count,
		   sizeof(*board->irqs.items));
	copy_array(&out->root.smcs, board->smcs.items, board->smcs.count,
		   sizeof(*board->smcs.items));
	copy_array(&out->cpus, board->cpus.items, board->cpus.count, sizeof(*board->cpus.items));
	copy_array(&out->spin_table, board->spin_table.items, board->spin_table.count,
		   sizeof(*board->spin_table.items));
}

static void put_cell(const struct board_cell *board)
{
	struct cb_cell_config *out = &file.cell;

	put_header(CB_CONFIG_CELL, board->name, sizeof(*out));
	out->cpus = board->cpus;
	out->flags = board->flags;
	out->console = board->console;
	put_regions(&out->regions, board->regions);
	copy_array(&out->irqs, board->irqs.items, board->irqs.count, sizeof(*board->irqs.items));
	copy_array(&out->smcs, board->smcs.items, board->smcs.count, sizeof(*board->smcs.items));
}

/* ---- From a refusal to a sentence ---- */

/* ".regions[2] (uart, 0x9040000 to 0x9040fff)" in one of two buffers, taken in turn. */
static const char *describe_region(uint32_t i)
{
	static char buffers[2][96];
	static unsigned int turn;
	const struct cb_region *region = &cb_config_regions(&file.cell)[i];
	char *text = buffers[turn++ % 2];

	snprintf(text, sizeof(buffers[0]),
		 ".regions[%" PRIu32 "] (%s, 0x%" PRIx64 " to 0x%" PRIx64 ")", i,
		 region->name[0] ? region->name : "no name", region->phys,
		 region->phys + region->size - 1);
	return text;
}

/* The other region of a self overlap: the first that starts where the record says. */
static const char *describe_other(const struct cb_error *err)
{
	const struct cb_region *regions = cb_config_regions(&file.cell);
	uint32_t i = 0;

	while (i < err->index &&
	       !(regions[i].size == err->other_size &&
		 (regions[i].phys == err->other_address || regions[i].virt == err->other_address)))
		i++;
	return describe_region(i);
}

/* Whether the address in the record is where the cell sees the region. */
static bool is_about_virt(const struct cb_error *err)
{
	return err->address != cb_config_regions(&file.cell)[err->index].phys;
}

__attribute__((noreturn)) static void explain_region(const struct cb_error *err)
{
	const char *region = describe_region(err->index);

	switch (err->code) {
	case CB_ERR_REGION_EMPTY:
		refuse(".regions[%" PRIu32 "] at 0x%" PRIx64 " has no .size", err->index,
		       err->address);
	case CB_ERR_REGION_UNALIGNED:
		refuse("%s: .phys, .virt and .size must be multiples of %" PRIu64 " bytes", region,
		       err->other_address);
	case CB_ERR_REGION_WRAPS:
		refuse("%s: does not fit into %" PRIu64 " address bits", region,
		       err->other_address);
	case CB_ERR_REGION_FLAGS:
		refuse("%s: .flags 0x%" PRIx64
		       " contradict: READ is always needed, MMIO is neither EXECUTE nor LOADABLE, "
		       "LOADABLE is not SHARED and not for the root cell",
		       region, err->other_address);
	case CB_ERR_REGION_SELF_OVERLAP:
		refuse("%s overlaps %s at %s 0x%" PRIx64, region, describe_other(err),
		       is_about_virt(err) ? ".virt" : ".phys",
		       err->address > err->other_address ? err->address : err->other_address);
	case CB_ERR_REGION_HYPERVISOR:
		refuse("%s overlaps .hypervisor (0x%" PRIx64 " to 0x%" PRIx64 ")", region,
		       err->other_address, err->other_address + err->other_size - 1);
	case CB_ERR_REGION_GIC:
		refuse("%s overlaps a frame of .gic (0x%" PRIx64 " to 0x%" PRIx64
		       "): the hypervisor offers the GIC to cells by itself",
		       region, err->other_address, err->other_address + err->other_size - 1);
	case CB_ERR_CONFIG_NAME_LONG:
		refuse("%s: .name may hold A-Z, a-z, 0-9, '.', '_' and '-'", region);
	default:
		refuse("%s: refused, error %" PRIu32, region, err->code);
	}
}

/* Whether the record of this code speaks of a region, and not of .hypervisor or a console. */
static bool is_about_region(const struct cb_error *err)
{
	const bool region_code = err->code >= CB_ERR_REGION_EMPTY && err->code < CB_ERR_IRQ_RANGE;

	return (region_code || (err->code == CB_ERR_CONFIG_NAME_LONG && err->size)) &&
	       err->index < file.cell.regions.count &&
	       cb_config_regions(&file.cell)[err->index].size == err->size;
}

__attribute__((noreturn)) static void explain(const struct cb_error *err)
{
	if (is_about_region(err))
		explain_region(err);

	switch (err->code) {
	case CB_ERR_CONFIG_NAME_EMPTY:
		refuse(".name is missing");
	case CB_ERR_CONFIG_NAME_LONG:
		refuse(".name \"%.*s\" may hold A-Z, a-z, 0-9, '.', '_' and '-'", CB_NAME_SIZE,
		       file.header.name);
	case CB_ERR_CONFIG_FLAGS:
		refuse(".flags: 0x%" PRIx64 " is unknown or not for this kind of cell",
		       err->address);
	case CB_ERR_CONFIG_ARRAY:
		if (err->index == CB_ARRAY_SPIN_TABLE)
			refuse(".spin_table: %" PRIu64 " addresses for %" PRIu32
			       " CPUs and GICv%" PRIu32
			       ": one for each CPU is needed, 0 for those of Linux, and GICv2",
			       err->size, file.system.cpus.count, file.system.gic.version);
		refuse("%s: %" PRIu64 " are too many", array_names[err->index], err->size);
	case CB_ERR_CONFIG_TOO_LARGE:
	case CB_ERR_HV_TOO_SMALL:
		refuse(".hypervisor.size is 0x%" PRIx64 ", the limit is 0x%" PRIx64, err->size,
		       err->other_size);
	case CB_ERR_HV_UNALIGNED:
		refuse(".hypervisor (0x%" PRIx64 ", 0x%" PRIx64
		       " bytes) must be a multiple of 0x%" PRIx64,
		       err->address, err->size, err->other_address);
	case CB_ERR_REGION_EMPTY:
		refuse(".regions[%" PRIu32 "] has no .size", err->index);
	case CB_ERR_REGION_WRAPS:
		refuse(".hypervisor does not fit into %" PRIu64 " address bits",
		       err->other_address);
	case CB_ERR_REGION_HYPERVISOR:
	case CB_ERR_REGION_GIC:
		refuse(".debug_console at 0x%" PRIx64 " overlaps %s at 0x%" PRIx64, err->address,
		       err->code == CB_ERR_REGION_GIC ? ".gic" : ".hypervisor", err->other_address);
	case CB_ERR_IRQ_RANGE:
		refuse(".irqs[%" PRIu32 "]: %" PRIu64 " from %" PRIu64
		       " on are not SPIs (INTIDs 32 to %" PRIu64 ")",
		       err->index, err->size, err->address, err->other_address);
	case CB_ERR_IRQ_DUPLICATE:
		refuse(".irqs[%" PRIu32 "]: INTID %" PRIu64 " is listed before", err->index,
		       err->address);
	case CB_ERR_CPU_NONE:
		refuse(".cpus is empty");
	case CB_ERR_CPU_MPIDR:
		refuse(".cpus[%" PRIu32 "]: 0x%" PRIx64 " is not an MPIDR affinity", err->index,
		       err->address);
	case CB_ERR_CPU_DUPLICATE:
		refuse(".cpus[%" PRIu32 "]: 0x%" PRIx64 " is listed before", err->index,
		       err->address);
	case CB_ERR_CPU_RELEASE:
		refuse(".spin_table[%" PRIu32 "]: 0x%" PRIx64 " is no address of 8 bytes of RAM",
		       err->index, err->other_address);
	case CB_ERR_CPU_LAST:
		refuse(".spin_table has an address for every CPU: Linux needs one, give it 0");
	case CB_ERR_GIC_VERSION:
		refuse(".gic.version is %" PRIu64 ": 2 and 3 are known", err->other_address);
	case CB_ERR_GIC_MISSING:
		refuse(".gic.%s is missing", frame_names[err->index]);
	case CB_ERR_GIC_ADDRESS:
		refuse(".gic.%s (0x%" PRIx64 ", 0x%" PRIx64 " bytes) is not for this version, too "
		       "small for the CPUs, unaligned, or overlaps another frame or .hypervisor",
		       frame_names[err->index], err->other_address, err->size);
	case CB_ERR_ARGUMENT:
		refuse("%s: 0x%" PRIx64 " is no address of a UART in an MMIO region, no INTID of "
		       ".irqs, or no type of console that fits here",
		       &cellblock_system ? ".debug_console" : ".console", err->address);
	default:
		refuse("refused, error %" PRIu32, err->code);
	}
}

/* ---- The steps ---- */

/* The binary format could say it; only cb_config_check() would then know what was meant. */
static void refuse_moved_root_regions(const struct board_system *board)
{
	for (size_t i = 0; i < board->regions.count; i++)
		if (board->regions.items[i].virt.given)
			refuse(".regions[%zu].virt: the root cell sees memory where it is", i);
}

static void build(void)
{
	if (&cellblock_system) {
		refuse_moved_root_regions(&cellblock_system);
		put_system(&cellblock_system);
	} else {
		put_cell(&cellblock_cell);
	}
	file.header.size = (uint32_t)file_size;
	file.header.checksum = cb_config_checksum(&file, file_size);
}

static void check(void)
{
	struct cb_error err;

	if (cb_config_check(&file, file_size, file.header.kind, &err))
		explain(&err);
}

/* The output appears whole or not at all. */
static void write_file(const char *output)
{
	char *temporary = NULL;
	FILE *stream;

	if (asprintf(&temporary, "%s.%ld.tmp", output, (long)getpid()) < 0)
		refuse("out of memory");
	stream = fopen(temporary, "wb");
	if (!stream)
		refuse("%s: %s", temporary, strerror(errno));
	if (fwrite(&file, file_size, 1, stream) != 1 || fclose(stream) ||
	    rename(temporary, output)) {
		const int error = errno;

		unlink(temporary);
		refuse("%s: %s", output, strerror(error));
	}
	free(temporary);
}

int main(int argc, char **argv)
{
	const bool unchecked = argc == 3 && !strcmp(argv[1], "--unchecked");

	if (argc != 2 && !unchecked) {
		fprintf(stderr, "usage: %s [--unchecked] OUTPUT\n", argv[0]);
		return EXIT_FAILURE;
	}
	build();
	if (!unchecked)
		check();
	write_file(argv[argc - 1]);
	return EXIT_SUCCESS;
}
