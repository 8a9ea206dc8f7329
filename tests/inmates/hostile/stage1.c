// SPDX-License-Identifier: GPL-2.0-only
/*
 * A window onto any address, through translation tables of this CPU's own: the upper half of
 * TTBR0's space, which the library leaves free. They have an ASID of their own (INMATE_ASID + 1 +
 * CPU), and no entry is changed while it may be cached: the ASID is invalidated first.
 */
#include <inmate.h>
#include <sysreg.h>
#include "hostile.h"

#define ENTRIES	    512
#define WINDOW_SLOT 256 /* of level 0 */
#define ASID_SHIFT  48
#define FIRST_ASID  2ull
#define MAX_CPUS    2

#define PTE_BLOCK   0

/* Indices 0 and 1 are the library's. */
#define MAIR	    0xf0bb440c0804ff00ull

/* Levels 0 to 3. */
static uint64_t tables[MAX_CPUS][4][ENTRIES] __attribute__((aligned(4096)));
static uint64_t library_ttbr[MAX_CPUS];

static unsigned int shift(unsigned int level)
{
	return 12 + 9 * (3 - level);
}

static uint64_t *table_of(unsigned int level)
{
	return tables[cpu_id()][level];
}

static void forget_translations(void)
{
	uint64_t asid = FIRST_ASID + cpu_id();

	dsb(nshst);
	asm volatile("tlbi aside1, %0" : : "r"(asid << ASID_SHIFT));
	dsb(nsh);
	isb();
}

/* Level 0 as the library has it, and our levels 1 to 3 below the slot, empty. */
static void open_tables(void)
{
	unsigned int cpu = cpu_id(), level, i;
	const uint64_t *library;

	if (!library_ttbr[cpu])
		library_ttbr[cpu] = read_sysreg(ttbr0_el1);
	window_close();
	forget_translations();
	library = (const uint64_t *)(library_ttbr[cpu] & 0xfffffffff000);
	for (i = 0; i < ENTRIES; i++)
		table_of(0)[i] = library[i];
	for (level = 1; level <= 3; level++)
		for (i = 0; i < ENTRIES; i++)
			table_of(level)[i] = 0;
	table_of(0)[WINDOW_SLOT] = (uint64_t)table_of(1) | PTE_VALID | PTE_TABLE;
	table_of(1)[0] = (uint64_t)table_of(2) | PTE_VALID | PTE_TABLE;
	table_of(2)[0] = (uint64_t)table_of(3) | PTE_VALID | PTE_TABLE;
}

static void use_tables(void)
{
	dsb(ishst);
	write_sysreg(mair_el1, MAIR);
	write_sysreg(ttbr0_el1, (uint64_t)table_of(0) | (FIRST_ASID + cpu_id()) << ASID_SHIFT);
	isb();
}

uint64_t window(uint64_t address, unsigned int level, enum window_type type, uint64_t extra)
{
	uint64_t size = 1ull << shift(level), block = address & ~(size - 1);
	uint64_t descriptor = PTE_VALID | (level == 3 ? PTE_TABLE : PTE_BLOCK) | PTE_AF | PTE_nG |
			      PTE_SH_INNER | (uint64_t)type << PTE_ATTR_SHIFT | extra;
	uint64_t *entry;
	unsigned int index;

	open_tables();
	/* Entry 0 leads to the next level: 1 GiB and 2 MiB blocks use entry 16 and the next. */
	index = level == 3 ? 0 : 16;
	entry = &table_of(level)[index];
	entry[0] = block | descriptor;
	entry[1] = (block + size) | descriptor;
	use_tables();
	return ((uint64_t)WINDOW_SLOT << shift(0)) + index * size + (address - block);
}

uint64_t window_by_table(uint64_t table, unsigned int level)
{
	open_tables();
	table_of(level - 1)[level == 1 ? WINDOW_SLOT : 0] =
		(table & ~0xfffull) | PTE_VALID | PTE_TABLE;
	use_tables();
	return (uint64_t)WINDOW_SLOT << shift(0);
}

void window_close(void)
{
	unsigned int cpu = cpu_id();

	if (!library_ttbr[cpu])
		return;
	write_sysreg(ttbr0_el1, library_ttbr[cpu]);
	isb();
}
