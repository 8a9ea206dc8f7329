/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the attacking programs share: a random generator that a seed repeats, and cell
 * configurations that are changed where it matters and sealed again.
 */
#ifndef ATTACK_H
#define ATTACK_H

#include <err.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cellblock/config.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* ---- Random numbers: xorshift64* ---- */

static uint64_t random_state;

static inline void random_seed(uint64_t seed)
{
	random_state = seed * 0x9e3779b97f4a7c15 + 1;
}

static inline uint64_t random_u64(void)
{
	random_state ^= random_state >> 12;
	random_state ^= random_state << 25;
	random_state ^= random_state >> 27;
	return random_state * 0x2545f4914f6cdd1d;
}

static inline uint64_t below(uint64_t limit)
{
	return (random_u64() >> 16) % limit;
}

static inline bool one_in(uint64_t n)
{
	return !below(n);
}

#define PICK(array) ((array)[below(COUNT(array))])

/* Numbers that arithmetic stumbles over. */
static inline uint64_t odd_number(void)
{
	static const uint64_t numbers[] = { 0,		1,	    2,		3,
					    7,		0xff,	    0xfff,	0x1000,
					    0x7fffffff, 0x80000000, 0xffffffff, 1ull << 40,
					    1ull << 48, 1ull << 63, ~0ull - 1,	~0ull };

	return one_in(3) ? random_u64() >> below(64) : PICK(numbers);
}

/* ---- Configurations ---- */

/* CRC-32 (IEEE 802.3) of the file with the field zero, as the check computes it. */
static inline void seal(void *file, uint32_t size)
{
	struct cb_config_header *header = file;
	const uint8_t *bytes = file;
	uint32_t crc = ~0u, i;

	header->checksum = 0;
	for (i = 0; i < size; i++) {
		crc ^= bytes[i];
		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0xedb88320 : 0);
	}
	header->checksum = ~crc;
}

/*
 * Addresses that a cell must not get, and those behind which there is something of it. None is
 * Linux': a root that gives its own memory away harms itself only, but the test ends there.
 */
static inline uint64_t odd_address(void)
{
	static const uint64_t addresses[] = {
		0x70000000, /* hypervisor */
		0x703ff000, /* its last page */
		0x70400000, /* "cells" */
		0x70404000, 0x71000000, 0x71400000,
		0x72000000,			    /* the victim's memory */
		0x72fff000, 0x73000000, 0x7fef0000, /* the end of "cells" */
		0x08000000,			    /* GIC */
		0x08010000, 0x08080000, 0x080a0000,
		0x09060000, /* holes */
		0x08ff0000, 1ull << 44, (1ull << 48) - 0x1000,
		~0xfffull,
	};

	return PICK(addresses) + (one_in(8) ? odd_number() & 0xfff : 0);
}

static inline void change_region(struct cb_region *region)
{
	static const uint64_t sizes[] = { 0,	   1,	       0x1000,	   0x1001,   0x4000,
					  0x10000, 1ull << 24, 1ull << 47, ~0xfffull };

	switch (below(5)) {
	case 0:
		region->phys = odd_address();
		break;
	case 1:
		region->virt = one_in(2) ? odd_address() : odd_number();
		break;
	case 2:
		region->size = PICK(sizes);
		break;
	case 3:
		region->flags ^= 1u << below(8);
		break;
	default:
		region->virt = region->phys;
		region->flags = (uint32_t)below(0x40);
	}
}

/* SPIs that are no device's, the victim's, or none. */
static inline void change_irqs(struct cb_irq_range *range)
{
	static const uint32_t firsts[] = { 0,	31,   200,  201,  220, 287,
					   288, 1019, 1020, 8192, ~0u, 0x80000000 };

	if (one_in(2))
		range->first = PICK(firsts);
	else
		range->count = (uint32_t)(one_in(2) ? below(4) : odd_number());
	if (range->first < 200 && range->first > 31)
		range->first = 200;
	if (range->first < 32)
		range->count = (uint32_t)below(3);
}

static inline void change_head(struct cb_cell_config *cell)
{
	struct cb_array *arrays[] = { &cell->regions, &cell->irqs, &cell->smcs };
	struct cb_array *array = PICK(arrays);

	switch (below(8)) {
	case 0:
		cell->cpus = one_in(2) ? 1ull << below(8) : odd_number();
		break;
	case 1:
		cell->flags = (uint32_t)odd_number();
		break;
	case 2:
		array->count = (uint32_t)odd_number();
		break;
	case 3:
		array->offset = (uint32_t)odd_number();
		break;
	case 4:
		cell->header.name[below(CB_NAME_SIZE)] = (char)random_u64();
		break;
	case 5:
		cell->header.size = (uint32_t)odd_number();
		break;
	case 6:
		cell->console.type = (uint32_t)below(4);
		cell->console.address = odd_address();
		break;
	default:
		((uint8_t *)&cell->header)[below(sizeof(cell->header))] = (uint8_t)random_u64();
	}
}

/*
 * Changes a copy of a good cell configuration in a few places. Mostly the checksum is right,
 * so that it is the rules behind it that have to refuse.
 */
static inline void change_config(void *file, uint32_t size)
{
	struct cb_cell_config *cell = file;
	struct cb_cell_config good = *cell;
	struct cb_region *regions;
	uint64_t changes = below(4);

	regions = (struct cb_region *)((uint8_t *)file + good.regions.offset);
	while (changes--) {
		if (one_in(3))
			change_head(cell);
		else if (good.irqs.count && one_in(3))
			change_irqs((struct cb_irq_range *)((uint8_t *)file + good.irqs.offset));
		else
			change_region(&regions[below(good.regions.count)]);
	}
	if (!one_in(8))
		seal(file, size);
}

static inline uint32_t read_config(const char *path, void *to)
{
	int file = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t size = file < 0 ? -1 : read(file, to, CB_CONFIG_MAX_SIZE);

	if (size < (ssize_t)sizeof(struct cb_cell_config))
		err(2, "%s", path);
	close(file);
	return (uint32_t)size;
}

#endif
