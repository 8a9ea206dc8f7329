// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The identity map of the device tree's memory; others add their registers. It has
 * ASID 1 and the early map of start.S ASID 0, with no global entries: changing from
 * blocks of one size to those of another needs no break-before-make.
 */
#include <sysreg.h>
#include "internal.h"

#define PAGE_SIZE     4096ull
#define PAGE_SHIFT    12
#define TABLE_ENTRIES 512u
#define LAST_LEVEL    3u
#define ADDRESS_BITS  48
#define PTE_ADDRESS   0x0000fffffffff000ull
#define NR_TABLES     48u
#define INMATE_ASID   1ull

static uint64_t tables[NR_TABLES][TABLE_ENTRIES] __attribute__((aligned(4096)));
static unsigned int nr_tables = 1; /* tables[0] is the root */

static unsigned int level_shift(unsigned int level)
{
	return PAGE_SHIFT + 9 * (LAST_LEVEL - level);
}

static uint64_t *next_table(uint64_t *entry)
{
	if (!*entry) {
		if (nr_tables == NR_TABLES)
			return NULL;
		*entry = (uint64_t)tables[nr_tables++] | PTE_VALID | PTE_TABLE;
	}
	return (uint64_t *)(*entry & PTE_ADDRESS);
}

/* Maps the largest block at address that fits; returns its size, 0 for no table. */
static uint64_t map_block(uint64_t address, uint64_t physical, uint64_t size, uint64_t attributes)
{
	uint64_t *table = tables[0];
	unsigned int level;

	for (level = 0; table; level++) {
		uint64_t block = 1ull << level_shift(level);
		uint64_t *entry = &table[address / block % TABLE_ENTRIES];
		bool is_table = (*entry & PTE_TABLE) && level < LAST_LEVEL;

		if (*entry && !is_table) /* mapped already */
			return block - address % block;
		if (!*entry && level > 0 && (address | physical) % block == 0 && size >= block) {
			*entry = physical | attributes | PTE_VALID |
				 (level == LAST_LEVEL ? PTE_TABLE : 0);
			return block;
		}
		table = next_table(entry);
	}
	return 0;
}

/* In whole pages. */
static bool map(uint64_t address, uint64_t physical, uint64_t size, uint64_t attributes)
{
	uint64_t end = (address + size + PAGE_SIZE - 1) & ~(PAGE_SIZE - 1);
	uint64_t offset = physical - address, done;

	if (address + size < address || end >> ADDRESS_BITS)
		return false;
	attributes |= PTE_SH_INNER | PTE_AF | PTE_nG;
	for (address &= ~(PAGE_SIZE - 1); address < end; address += done) {
		done = map_block(address, address + offset, end - address, attributes);
		if (!done)
			return false;
	}
	dsb(ishst); /* entries visible to the walkers before they are used */
	isb();
	return true;
}

bool mmu_map(uint64_t address, uint64_t size, enum memory_type type)
{
	uint64_t attributes = 1ull << PTE_UXN_SHIFT;

	if (type == MEMORY_DEVICE)
		attributes |= MAIR_DEVICE_nGnRnE << PTE_ATTR_SHIFT | 1ull << PTE_PXN_SHIFT;
	else
		attributes |= MAIR_NORMAL_WB << PTE_ATTR_SHIFT;
	return map(address, address, size, attributes);
}

/* The same memory type as the image's own mapping has (B2.8). */
uint64_t mmu_map_user(uint64_t address, const void *code, size_t size)
{
	uint64_t physical = (uint64_t)code, offset = physical % PAGE_SIZE;

	address = (address & ~(PAGE_SIZE - 1)) + offset;
	return map(address, physical, size,
		   MAIR_NORMAL_WB << PTE_ATTR_SHIFT | PTE_USER | PTE_READ_ONLY |
			   1ull << PTE_PXN_SHIFT)
		       ? address
		       : 0;
}

static void map_regions(const char *compatible, enum memory_type type)
{
	struct range range;
	unsigned int i;
	int node;

	for (node = dt_next_compatible(-1, compatible); node >= 0;
	     node = dt_next_compatible(node, compatible))
		for (i = 0; dt_reg(node, i, &range); i++)
			mmu_map(range.base, range.size, type);
}

void mmu_init(void)
{
	struct range range;
	unsigned int i;

	for (i = 0; dt_memory(i, &range); i++)
		mmu_map(range.base, range.size, MEMORY_NORMAL);
	map_regions("cellblock,region", MEMORY_NORMAL);
	map_regions("cellblock,device", MEMORY_DEVICE);
	/* Part of the memory, unless the tree is wrong. */
	mmu_map((uint64_t)_start, (uint64_t)(_end - _start), MEMORY_NORMAL);
	mmu_init_cpu();
}

void mmu_init_cpu(void)
{
	dsb(ishst);
	write_sysreg(ttbr0_el1, (uint64_t)tables[0] | INMATE_ASID << TTBR_EL1_ASID_SHIFT);
	isb();
}
