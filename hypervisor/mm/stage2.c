// SPDX-License-Identifier: GPL-2.0-only
/*
 * Stage-2 tables (Arm ARM D8.2 and D8.3, 4 KiB granule). Every change leaves the tables in
 * their only canonical form: no empty table, no table that a block could replace. So the
 * number of pages depends on what is mapped and not on how it came about.
 */
#include <mm/el2map.h>
#include <mm/stage2.h>
#include <arch/tlb.h>
#include <base/assert.h>
#include <cellblock/config.h>

#define PTE_VALID      BIT(0)
#define PTE_TABLE      BIT(1)	    /* above level 3; a page at level 3 has it, too */
#define PTE_MEM_NORMAL (0xfUL << 2) /* write-back inside and outside */
#define PTE_MEM_DEVICE (0x1UL << 2) /* Device-nGnRE */
#define PTE_MEM_NC     (0x5UL << 2) /* Normal, non-cacheable */
#define PTE_READ       BIT(6)
#define PTE_WRITE      BIT(7)
#define PTE_ISH	       (3UL << 8)
#define PTE_AF	       BIT(10)
#define PTE_XN	       BIT(54)
#define PTE_ADDRESS    0x0000fffffffff000UL
#define PTE_ATTRIBUTES (~PTE_ADDRESS & ~(PTE_VALID | PTE_TABLE))

#define ENTRIES	       512
#define LAST_LEVEL     3

static struct {
	unsigned int pa_bits;
	unsigned int first_level; /* 0 or 1 */
	size_t nr_tables;	  /* concatenated in the first level */
} geometry;

/* Where a walk has arrived. */
struct position {
	u64 *entry;
	unsigned int level;
};

/* Bytes that an entry of a level covers. */
static u64 span(unsigned int level)
{
	return PAGE_SIZE << (9 * (LAST_LEVEL - level));
}

static bool is_table(u64 entry, unsigned int level)
{
	return level < LAST_LEVEL && (entry & (PTE_VALID | PTE_TABLE)) == (PTE_VALID | PTE_TABLE);
}

static u64 *table_of(u64 entry)
{
	return phys_to_virt(entry & PTE_ADDRESS);
}

static u64 leaf(paddr_t phys, u64 attributes, unsigned int level)
{
	return phys | attributes | PTE_VALID | (level == LAST_LEVEL ? PTE_TABLE : 0);
}

static u64 attributes_of(const struct stage2 *s2, u32 flags)
{
	u64 registers = s2->registers == STAGE2_DEVICE ? PTE_MEM_DEVICE : PTE_MEM_NC;
	u64 attributes = PTE_AF | (flags & CB_REGION_IO ? registers : PTE_MEM_NORMAL | PTE_ISH);

	if (flags & CB_REGION_READ)
		attributes |= PTE_READ;
	if (flags & CB_REGION_WRITE)
		attributes |= PTE_WRITE;
	if (!(flags & CB_REGION_EXECUTE))
		attributes |= PTE_XN;
	return attributes;
}

static u32 flags_of(u64 entry)
{
	return (entry & PTE_READ ? CB_REGION_READ : 0) | (entry & PTE_WRITE ? CB_REGION_WRITE : 0) |
	       (entry & PTE_XN ? 0 : CB_REGION_EXECUTE) |
	       ((entry & PTE_MEM_NORMAL) == PTE_MEM_NORMAL ? 0 : CB_REGION_IO);
}

void stage2_setup(unsigned int pa_bits)
{
	/* Up to 16 tables may be concatenated (D8.2.2): 43 bits start at level 1. */
	geometry.pa_bits = pa_bits;
	geometry.first_level = pa_bits <= 43 ? 1 : 0;
	geometry.nr_tables = 1;
	if (geometry.first_level == 1 && pa_bits > 39)
		geometry.nr_tables = BIT(pa_bits - 39);
}

u64 stage2_vtcr(void)
{
	u64 sl0 = geometry.first_level == 1 ? 1 : 2;

	return VTCR_EL2_RES1 | VTCR_EL2_WB_ISH | (sl0 << VTCR_EL2_SL0_SHIFT) |
	       (64 - geometry.pa_bits);
}

u64 stage2_limit(void)
{
	return BIT(geometry.pa_bits);
}

size_t stage2_root_pages(void)
{
	return geometry.nr_tables;
}

bool stage2_init(struct stage2 *s2, u16 vmid, enum stage2_registers registers)
{
	s2->root = pool_alloc(geometry.nr_tables, CB_POOL_STAGE2);
	if (!s2->root)
		return false;
	s2->registers = registers;
	s2->vttbr = virt_to_phys(s2->root) | ((u64)vmid << VTTBR_EL2_VMID_SHIFT);
	return true;
}

/* Entries of a level that [ipa, ipa + size) touches; if blocks will do, only those it cuts. */
static size_t entries_cut(ipa_t ipa, u64 size, unsigned int level, bool blocks)
{
	u64 first = ipa / span(level), last = (ipa + size - 1) / span(level);
	bool head = ipa % span(level), tail = (ipa + size) % span(level);

	if (!blocks)
		return last - first + 1;
	return first == last ? head || tail : (size_t)head + tail;
}

size_t stage2_pages_needed(ipa_t ipa, paddr_t phys, u64 size)
{
	size_t pages = 0;

	for (unsigned int level = geometry.first_level; level < LAST_LEVEL; level++)
		pages += entries_cut(ipa, size, level,
				     level > 0 && !((ipa ^ phys) & (span(level) - 1)));
	return pages;
}

/* Replace a valid entry: break-before-make (D8.13.1) as CPUs may be walking the table. */
static void replace(struct stage2 *s2, u64 *entry, u64 value)
{
	WRITE_ONCE(*entry, 0);
	tlb_flush_vmid(s2->vttbr);
	WRITE_ONCE(*entry, value);
}

/* Put back a table of a level below 1 and those below it; no entry points to it any more. */
static void put_tree(u64 *table, unsigned int level, struct stash *stash)
{
	must(level > geometry.first_level);
	for (size_t i = 0; level < LAST_LEVEL && i < ENTRIES; i++)
		if (is_table(table[i], level))
			stash_put(stash, table_of(table[i]));
	stash_put(stash, table);
}

/* A page or block that goes is flushed by stage2_unmap(), all at once. */
static void set_entry(struct stage2 *s2, struct position at, u64 value, struct stash *stash)
{
	u64 old = *at.entry;

	assert_held(&s2->lock);
	if (!(old & PTE_VALID) || (!value && !is_table(old, at.level))) {
		WRITE_ONCE(*at.entry, value);
	} else if (old != value) {
		replace(s2, at.entry, value);
		if (is_table(old, at.level))
			put_tree(table_of(old), at.level + 1, stash);
	}
}

/* Put a table in place of an entry, with the same translation. */
static void split(struct stage2 *s2, struct position at, struct stash *stash)
{
	u64 *table = stash_take(stash), old = *at.entry;
	u64 value = virt_to_phys(table) | PTE_VALID | PTE_TABLE;

	assert_held(&s2->lock);
	must(!is_table(old, at.level));
	if (old & PTE_VALID) {
		for (size_t i = 0; i < ENTRIES; i++)
			table[i] = leaf((old & PTE_ADDRESS) + i * span(at.level + 1),
					old & PTE_ATTRIBUTES, at.level + 1);
		dsb(ishst); /* the table's content is visible before the table is */
		replace(s2, at.entry, value);
	} else {
		dsb(ishst);
		WRITE_ONCE(*at.entry, value);
	}
}

static struct position first_position(struct stage2 *s2, ipa_t ipa)
{
	unsigned int level = geometry.first_level;

	return (struct position){ &s2->root[ipa / span(level)], level };
}

static struct position below(struct position at, ipa_t ipa)
{
	unsigned int level = at.level + 1;

	return (struct position){ &table_of(*at.entry)[(ipa / span(level)) % ENTRIES], level };
}

/* One descriptor can hold what follows ipa. Level 0 has no blocks (D8.2.1). */
static bool fits(ipa_t ipa, paddr_t phys, u64 size, unsigned int level)
{
	return level > 0 && !((ipa | phys) & (span(level) - 1)) && size >= span(level);
}

/* Entries that follow one another in a table, all of the same kind. */
static u64 set_run(struct stage2 *s2, struct position at, paddr_t phys, u64 attributes, size_t nr,
		   struct stash *stash)
{
	u64 value = attributes ? leaf(phys, attributes, at.level) : 0;
	u64 step = attributes ? span(at.level) : 0;

	for (size_t i = 0; i < nr; i++, at.entry++, value += step)
		set_entry(s2, at, value, stash);
	return nr * span(at.level);
}

/*
 * Set the largest entries possible at ipa (attributes 0: unmap), those of one table, and return
 * how many bytes they cover. phys is ipa when unmapping, so that whole blocks go.
 */
static u64 set_some(struct stage2 *s2, ipa_t ipa, paddr_t phys, u64 size, u64 attributes,
		    struct stash *stash)
{
	struct position at = first_position(s2, ipa);
	size_t rest;

	while (!fits(ipa, phys, size, at.level)) {
		u64 skipped = span(at.level) - ipa % span(at.level);

		if (!attributes && !(*at.entry & PTE_VALID))
			return MIN(skipped, size);
		if (!is_table(*at.entry, at.level))
			split(s2, at, stash);
		at = below(at, ipa);
	}
	/* Beyond the table's end larger ones may fit. */
	rest = ENTRIES - ipa / span(at.level) % ENTRIES;
	return set_run(s2, at, phys, attributes, MIN(rest, size / span(at.level)), stash);
}

/* What a table could be replaced with: 0 if it is empty, a block, or the table itself. */
static u64 folded(u64 entry, unsigned int level)
{
	const u64 *table = table_of(entry);
	u64 first = table[0], step = first & PTE_VALID ? span(level + 1) : 0;

	if (is_table(first, level + 1) ||
	    (step && (level == 0 || (first & (span(level) - 1) & PTE_ADDRESS))))
		return entry;
	for (size_t i = 1; i < ENTRIES; i++)
		if (table[i] != first + i * step)
			return entry;
	return step ? leaf(first & PTE_ADDRESS, first & PTE_ATTRIBUTES, level) : 0;
}

/* Bring the tables on the way to ipa into canonical form, from the last level up. */
static void fold(struct stage2 *s2, ipa_t ipa, struct stash *stash)
{
	struct position path[LAST_LEVEL + 1];
	size_t depth = 0;

	for (struct position at = first_position(s2, ipa); is_table(*at.entry, at.level);
	     at = below(at, ipa))
		path[depth++] = at;
	while (depth--) {
		u64 old = *path[depth].entry, value = folded(old, path[depth].level);

		if (value == old)
			return;
		set_entry(s2, path[depth], value, stash);
	}
}

static void set_range(struct stage2 *s2, ipa_t ipa, paddr_t phys, u64 size, u64 attributes,
		      struct stash *stash)
{
	ipa_t first = ipa, last = ipa + size - 1;

	must(size && !((ipa | phys | size) % PAGE_SIZE));
	must(ipa < stage2_limit() && size <= stage2_limit() - ipa);
	spin_lock(&s2->lock);
	while (size) {
		u64 done = set_some(s2, ipa, phys, size, attributes, stash);

		ipa += done;
		phys += done;
		size -= done;
	}
	/* Tables remain at the two ends, and below entries of level 0, which are no blocks. */
	for (ipa = first; ipa < last; ipa = ALIGN_DOWN(ipa, span(0)) + span(0))
		fold(s2, ipa, stash);
	fold(s2, last, stash);
	spin_unlock(&s2->lock);
}

void stage2_map(struct stage2 *s2, ipa_t ipa, paddr_t phys, u64 size, u32 flags,
		struct stash *stash)
{
	set_range(s2, ipa, phys, size, attributes_of(s2, flags), stash);
	dsb(ishst); /* visible to the walkers before anybody is told (D8.13.1) */
}

void stage2_unmap(struct stage2 *s2, ipa_t ipa, u64 size, struct stash *stash)
{
	set_range(s2, ipa, ipa, size, 0, stash);
	tlb_flush_vmid(s2->vttbr);
}

u32 stage2_lookup(struct stage2 *s2, ipa_t ipa, paddr_t *phys)
{
	struct position at;
	u64 entry;

	if (ipa >= stage2_limit())
		return 0;
	spin_lock(&s2->lock);
	at = first_position(s2, ipa);
	while (is_table(*at.entry, at.level))
		at = below(at, ipa);
	entry = *at.entry;
	spin_unlock(&s2->lock);
	if (!(entry & PTE_VALID))
		return 0;
	*phys = (entry & PTE_ADDRESS) + ipa % span(at.level);
	return flags_of(entry);
}

static size_t nr_first_entries(void)
{
	return stage2_limit() / span(geometry.first_level);
}

void stage2_shoot_down(struct stage2 *s2)
{
	spin_lock(&s2->lock);
	for (size_t i = 0; i < nr_first_entries(); i++)
		WRITE_ONCE(s2->root[i], s2->root[i] & ~PTE_VALID);
	tlb_flush_vmid(s2->vttbr);
	spin_unlock(&s2->lock);
}

void stage2_revive(struct stage2 *s2)
{
	spin_lock(&s2->lock);
	for (size_t i = 0; i < nr_first_entries(); i++)
		if (s2->root[i])
			WRITE_ONCE(s2->root[i], s2->root[i] | PTE_VALID);
	dsb(ishst);
	spin_unlock(&s2->lock);
}

void stage2_free(struct stage2 *s2)
{
	struct stash stash = { .use = CB_POOL_STAGE2 };

	if (!s2->root)
		return;
	stage2_revive(s2);
	stage2_unmap(s2, 0, stage2_limit(), &stash);
	stash_drain(&stash);
	pool_free(s2->root, geometry.nr_tables, CB_POOL_STAGE2);
	s2->root = NULL;
}
