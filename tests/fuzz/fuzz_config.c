// SPDX-License-Identifier: GPL-2.0-only
/*
 * cb_config_check() with any bytes. What it accepts is then checked by the rules of
 * include/cellblock/config.h, written down here a second time and in another way: all pairs, all
 * bounds, in arithmetic of 128 bits, where nothing wraps.
 */
#include <stdlib.h>
#include <string.h>

#include <config/check.h>

typedef unsigned __int128 u128;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned int seed);
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);

#define EXPECT(condition)         \
	do {                      \
		if (!(condition)) \
			abort();  \
	} while (0)

struct range {
	u128 first, end;
};

static struct range range(uint64_t first, uint64_t size)
{
	return (struct range){ first, (u128)first + size };
}

static bool meet(struct range a, struct range b)
{
	return a.first < a.end && b.first < b.end && a.first < b.end && b.first < a.end;
}

static void check_array(const struct cb_config_header *header, struct cb_array array,
			size_t element)
{
	EXPECT(array.offset % 8 == 0);
	EXPECT((u128)array.offset + (u128)array.count * element <= header->size);
}

static void check_region(const struct cb_region *region)
{
	const u128 limit = (u128)1 << CB_ADDRESS_BITS;

	EXPECT(region->size && !((region->phys | region->virt | region->size) % CB_PAGE_SIZE));
	EXPECT(range(region->phys, region->size).end <= limit);
	EXPECT(range(region->virt, region->size).end <= limit);
	EXPECT(!(region->flags & ~CB_REGION_FLAGS) && region->flags & CB_REGION_READ);
	EXPECT(!(region->flags & CB_REGION_IO && region->flags & CB_REGION_EXECUTE));
	EXPECT(memchr(region->name, 0, sizeof(region->name)));
}

static void check_regions(const struct cb_cell_config *cell)
{
	const struct cb_region *regions = cb_config_regions(cell);

	for (uint32_t i = 0; i < cell->regions.count; i++) {
		check_region(&regions[i]);
		for (uint32_t j = 0; j < i; j++)
			EXPECT(!meet(range(regions[i].virt, regions[i].size),
				     range(regions[j].virt, regions[j].size)));
	}
}

static void check_irqs(const struct cb_cell_config *cell)
{
	const struct cb_irq_range *irqs = cb_config_irqs(cell);

	for (uint32_t i = 0; i < cell->irqs.count; i++) {
		EXPECT(irqs[i].count && irqs[i].first >= 32);
		EXPECT(range(irqs[i].first, irqs[i].count).end <= 1020);
		for (uint32_t j = 0; j < i; j++)
			EXPECT(!meet(range(irqs[i].first, irqs[i].count),
				     range(irqs[j].first, irqs[j].count)));
	}
}

static void check_cell(const struct cb_cell_config *cell, size_t size)
{
	EXPECT(cell->header.size == size && size <= CB_CONFIG_MAX_SIZE);
	EXPECT(cell->header.name[0] && memchr(cell->header.name, 0, sizeof(cell->header.name)));
	EXPECT(cell->cpus);
	check_array(&cell->header, cell->regions, sizeof(struct cb_region));
	check_array(&cell->header, cell->irqs, sizeof(struct cb_irq_range));
	check_array(&cell->header, cell->smcs, sizeof(uint32_t));
	check_regions(cell);
	check_irqs(cell);
}

/* Nothing that the root cell has is the hypervisor's or the GIC's. */
static void check_claims(const struct cb_system_config *system)
{
	const struct cb_region *regions = cb_config_regions(&system->root);
	const struct range hypervisor = range(system->hypervisor.phys, system->hypervisor.size);

	for (uint32_t n = 0; n < CB_GIC_FRAMES; n++) {
		const struct cb_frame *frame = &system->gic.frames[n];

		EXPECT(!meet(hypervisor, range(frame->phys, frame->size)));
		for (uint32_t i = 0; i < system->root.regions.count; i++)
			EXPECT(!meet(range(regions[i].phys, regions[i].size),
				     range(frame->phys, frame->size)));
	}
	for (uint32_t i = 0; i < system->root.regions.count; i++) {
		EXPECT(regions[i].virt == regions[i].phys);
		EXPECT(!meet(range(regions[i].phys, regions[i].size), hypervisor));
	}
}

static void check_system(const struct cb_system_config *system)
{
	check_array(&system->root.header, system->cpus, sizeof(uint64_t));
	EXPECT(system->cpus.count && system->cpus.count <= CB_MAX_CPUS);
	EXPECT(system->root.cpus == ~UINT64_C(0) >> (CB_MAX_CPUS - system->cpus.count));
	EXPECT(system->gic.version == 2 || system->gic.version == 3);
	check_array(&system->root.header, system->spin_table, sizeof(uint64_t));
	EXPECT(!system->spin_table.count ||
	       (system->spin_table.count == system->cpus.count && system->gic.version == 2));
	EXPECT(cb_config_linux_cpus(system));
	check_claims(system);
}

/* Without this hardly any input would come past the checksum. A reserved field keeps it wrong. */
static void mend_checksum(uint8_t *file, size_t size)
{
	struct cb_config_header *header = (struct cb_config_header *)file;

	if (size < sizeof(*header) || header->reserved == 1)
		return;
	header->size = (uint32_t)size;
	header->checksum = cb_config_checksum(file, size);
}

static void check(const uint8_t *file, size_t size, uint32_t kind)
{
	struct cb_error error, untouched;
	int code;

	memset(&error, 0xa5, sizeof(error));
	untouched = error;
	code = cb_config_check(file, size, kind, &error);
	if (code != CB_OK) {
		EXPECT(error.code == (uint32_t)code);
		return;
	}
	EXPECT(!memcmp(&error, &untouched, sizeof(error)));
	check_cell((const struct cb_cell_config *)file, size);
	if (kind == CB_CONFIG_SYSTEM)
		check_system((const struct cb_system_config *)file);
}

/* The arrays of a file, and the size of their elements. The last two are a system's only. */
static const struct {
	size_t at, element;
} arrays[] = {
	{ offsetof(struct cb_cell_config, regions), sizeof(struct cb_region) },
	{ offsetof(struct cb_cell_config, irqs), sizeof(struct cb_irq_range) },
	{ offsetof(struct cb_cell_config, smcs), sizeof(uint32_t) },
	{ offsetof(struct cb_system_config, cpus), sizeof(uint64_t) },
	{ offsetof(struct cb_system_config, spin_table), sizeof(uint64_t) },
};

/*
 * Move an array to the end of the file with one element more, a copy of one that it has with a
 * field changed a little: neighbours, overlaps and duplicates, which no change of bytes makes of
 * a file with short arrays. Returns the new size, or 0 if that is not possible.
 */
static size_t grow_array(uint8_t *file, size_t size, size_t max_size, unsigned int seed)
{
	const size_t which = seed % 5, element = arrays[which].element, end = (size + 7) & ~7ul;
	struct cb_array *array = (struct cb_array *)(file + arrays[which].at);
	size_t old;
	uint32_t *field;

	if (size < arrays[which].at + sizeof(*array) || !array->count || array->count > 64)
		return 0;
	old = array->count * element;
	if (array->offset > size || old > size - array->offset || end + old + element > max_size)
		return 0;
	memset(file + size, 0, end - size);
	memmove(file + end, file + array->offset, old);
	memcpy(file + end + old, file + end + seed / 5 % array->count * element, element);
	field = (uint32_t *)(file + end + old) + seed / 256 % (element / sizeof(uint32_t));
	*field += (seed >> 16 & 1 ? 1u : 0x1000u) * (seed >> 17 & 7);
	array->offset = (uint32_t)end;
	array->count++;
	return end + old + element;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned int seed)
{
	size_t grown = seed % 5 ? 0 : grow_array(data, size, max_size, seed / 5);

	return grown ? grown : LLVMFuzzerMutate(data, size, max_size);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *file = malloc(size ? size : 1); /* of its own, so that ASan sees its end */

	EXPECT(file);
	memcpy(file, data, size);
	mend_checksum(file, size);
	check(file, size, CB_CONFIG_SYSTEM);
	check(file, size, CB_CONFIG_CELL);
	free(file);
	return 0;
}
