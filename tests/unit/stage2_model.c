// SPDX-License-Identifier: GPL-2.0-only
/* Stage-2 tables against a list of intervals (stage2_model.h). */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <arch/sysreg.h>

#include "stage2_model.h"
#include "harness.h"

paddr_t hv_phys = 0x70000000;

u32 used[CB_POOL_USES];
struct stage2 s2;
unsigned int width;

/* ---- The model: what is mapped, sorted, neighbours that continue each other joined ---- */

struct model model;
static struct model before;

static void model_append(struct model *to, struct interval piece)
{
	struct interval *last = to->nr ? &to->at[to->nr - 1] : NULL;

	if (last && last->ipa + last->size == piece.ipa && last->phys + last->size == piece.phys &&
	    last->flags == piece.flags) {
		last->size += piece.size;
		return;
	}
	assert_true(to->nr < MAX_INTERVALS);
	to->at[to->nr++] = piece;
}

/* Append the part of an interval that lies in [first, end). */
static void model_append_part(struct model *to, struct interval whole, u64 first, u64 end)
{
	u64 from = MAX(whole.ipa, first), till = MIN(whole.ipa + whole.size, end);

	if (from < till)
		model_append(to, (struct interval){ from, till - from,
						    whole.phys + (from - whole.ipa), whole.flags });
}

/* flags 0: unmap */
static void model_set(u64 ipa, u64 size, u64 phys, u32 flags)
{
	before = model;
	model.nr = 0;
	for (size_t i = 0; i < before.nr; i++)
		model_append_part(&model, before.at[i], 0, ipa);
	if (flags)
		model_append(&model, (struct interval){ ipa, size, phys, flags });
	for (size_t i = 0; i < before.nr; i++)
		model_append_part(&model, before.at[i], ipa + size, ~0UL);
}

/* Rights at ipa, 0 if nothing is there. */
static u32 model_lookup(const struct model *m, u64 ipa, u64 *phys)
{
	for (size_t i = 0; i < m->nr; i++) {
		if (ipa - m->at[i].ipa >= m->at[i].size)
			continue;
		*phys = m->at[i].phys + (ipa - m->at[i].ipa);
		return (u32)m->at[i].flags;
	}
	return 0;
}

/* ---- The walker: Arm ARM D8.3.1, 4 KiB granule, stage 2 ---- */

#define VALID(entry)   ((entry)&1)
#define ADDRESS(entry) ((entry)&0xfffffffff000UL)

static unsigned int first_level(void)
{
	return width > 43 ? 0 : 1;
}

static u64 level_span(unsigned int level)
{
	static const u64 spans[] = { SZ_512G, SZ_1G, SZ_2M, PAGE_SIZE };

	return spans[level];
}

static bool points_to_table(u64 entry, unsigned int level)
{
	return level < 3 && (entry & 3) == 3;
}

static u64 *table_at(u64 entry)
{
	return phys_to_virt(ADDRESS(entry));
}

size_t nr_root_pages(void)
{
	return width <= 43 && width > 39 ? 1UL << (width - 39) : 1;
}

size_t nr_root_entries(void)
{
	return (size_t)((1UL << width) / level_span(first_level()));
}

/* Device-nGnRE, or Normal non-cacheable. */
static u64 register_type(void)
{
	return s2.registers == STAGE2_DEVICE ? 1 : 5;
}

/* What a page or block descriptor says; fails if it says anything that we never say. */
static u32 rights_of(u64 entry, unsigned int level)
{
	u64 rest = entry & ~0xfffffffff000UL, memattr = FIELD(entry, 5, 2);
	u64 sharing = FIELD(entry, 9, 8);
	u32 flags = 0;

	assert_int_not_equal(level, 0);
	assert_int_equal(entry & 3, level == 3 ? 3 : 1);
	assert_int_equal(ADDRESS(entry) % level_span(level), 0);
	assert_int_equal(rest & ~(3UL | 0xf << 2 | 3 << 6 | 3 << 8 | 1 << 10 | 1UL << 54), 0);
	assert_true(entry & BIT(10)); /* AF */
	assert_true(memattr == 0xf ? sharing == 3
				   : memattr == register_type()); /* 0xf: write-back */
	flags |= entry & BIT(6) ? CB_REGION_READ : 0;
	flags |= entry & BIT(7) ? CB_REGION_WRITE : 0;
	flags |= entry & BIT(54) ? 0 : CB_REGION_EXECUTE;
	flags |= memattr == 0xf ? 0 : CB_REGION_IO;
	return flags;
}

static u32 walk(u64 ipa, u64 *phys)
{
	unsigned int level = first_level();
	u64 entry = s2.root[ipa / level_span(level)];

	while (points_to_table(entry, level)) {
		level++;
		entry = table_at(entry)[ipa / level_span(level) % 512];
	}
	if (!VALID(entry))
		return 0;
	*phys = ADDRESS(entry) + ipa % level_span(level);
	return rights_of(entry, level);
}

/* ---- Canonical form ---- */

static bool continues(u64 first, u64 next, u64 distance)
{
	return next == first + distance;
}

/* One block could stand for the table of this level. */
static bool is_replaceable(const u64 *table, unsigned int level)
{
	if (level < 2 || !VALID(table[0]) || points_to_table(table[0], level) ||
	    ADDRESS(table[0]) % level_span(level - 1))
		return false;
	for (size_t i = 1; i < 512; i++)
		if (!continues(table[0], table[i], i * level_span(level)))
			return false;
	return true;
}

static bool is_empty(const u64 *table)
{
	for (size_t i = 0; i < 512; i++)
		if (table[i])
			return false;
	return true;
}

/* Walk all entries, check the form, collect what is mapped and count the tables. */
static size_t collect(struct model *found, const u64 *table, size_t nr, unsigned int level, u64 ipa)
{
	size_t tables = 0;

	for (size_t i = 0; i < nr; i++, ipa += level_span(level)) {
		u64 entry = table[i];

		if (!entry)
			continue;
		assert_true(VALID(entry));
		if (!points_to_table(entry, level)) {
			model_append(found,
				     (struct interval){ ipa, level_span(level), ADDRESS(entry),
							rights_of(entry, level) });
			continue;
		}
		assert_int_equal(entry & ~0xfffffffff003UL, 0);
		assert_false(is_empty(table_at(entry)));
		assert_false(is_replaceable(table_at(entry), level + 1));
		tables += 1 + collect(found, table_at(entry), 512, level + 1, ipa);
	}
	return tables;
}

void assert_tables_equal_model(void)
{
	static struct model found;
	size_t tables;

	found.nr = 0;
	tables = collect(&found, s2.root, nr_root_entries(), first_level(), 0);
	assert_int_equal(found.nr, model.nr);
	assert_memory_equal(found.at, model.at, model.nr * sizeof(model.at[0]));
	assert_int_equal(used[CB_POOL_STAGE2], nr_root_pages() + tables);
}

static void assert_lookup_equals_model(u64 ipa)
{
	u64 phys = 0, expected_phys = 0;
	u32 expected = ipa < 1UL << width ? model_lookup(&model, ipa, &expected_phys) : 0;

	assert_int_equal(stage2_lookup(&s2, ipa, &phys), expected);
	assert_int_equal(phys, expected_phys);
}

void assert_lookups_equal_model(void)
{
	for (size_t i = 0; i < model.nr; i++) {
		const struct interval *mapped = &model.at[i];

		assert_lookup_equals_model(mapped->ipa);
		assert_lookup_equals_model(mapped->ipa - 1);
		assert_lookup_equals_model(mapped->ipa + mapped->size - 1);
		assert_lookup_equals_model(mapped->ipa + mapped->size);
		assert_lookup_equals_model(mapped->ipa + random_below(mapped->size));
	}
	for (size_t i = 0; i < 16; i++)
		assert_lookup_equals_model(random_below(2UL << width));
}

/* ---- What CPUs may have cached: all entries at the last flush ---- */

static struct {
	u64 entries[NR_PAGES][512];
	bool cached[NR_PAGES];	/* the table could be reached at the last flush */
	bool reached[NR_PAGES]; /* it can be now */
} tlb;

size_t flushes;

static size_t page_of(const void *table)
{
	return (size_t)((u64)table - HV_BASE) / PAGE_SIZE;
}

static void assert_no_break_without_make(const u64 *table)
{
	const u64 *cached = tlb.entries[page_of(table)];

	for (size_t i = 0; i < 512; i++)
		if (VALID(cached[i]) && VALID(table[i]))
			assert_int_equal(cached[i], table[i]);
}

static void cache_table(const u64 *table, unsigned int level)
{
	size_t page = page_of(table);

	assert_true(page < NR_PAGES);
	assert_false(tlb.reached[page]); /* no table is in two places */
	tlb.reached[page] = true;
	if (!tlb.cached[page] || memcmp(tlb.entries[page], table, PAGE_SIZE)) {
		if (tlb.cached[page])
			assert_no_break_without_make(table);
		memcpy(tlb.entries[page], table, PAGE_SIZE);
	}
	for (size_t i = 0; level < 3 && i < 512; i++)
		if (points_to_table(table[i], level))
			cache_table(table_at(table[i]), level + 1);
}

static void cache_all(void)
{
	memset(tlb.reached, 0, sizeof(tlb.reached));
	for (size_t i = 0; i < nr_root_pages(); i++)
		cache_table(s2.root + 512 * i, first_level());
	memcpy(tlb.cached, tlb.reached, sizeof(tlb.cached));
}

/* While an operation goes on: what is not its business may be gone for a moment, not wrong. */
static struct {
	bool active;
	u64 ipa, size;
} operation;

static void assert_translation_is_old_or_new(u64 ipa)
{
	u64 phys = 0, old = 0, new = 0;
	u32 flags, old_flags, new_flags;

	if (ipa >= 1UL << width)
		return;
	flags = walk(ipa, &phys);
	old_flags = model_lookup(&before, ipa, &old);
	new_flags = model_lookup(&model, ipa, &new);
	assert_true(!flags || (flags == old_flags && phys == old) ||
		    (flags == new_flags && phys == new));
}

static void assert_translations_are_old_or_new(void)
{
	u64 end = operation.ipa + operation.size;

	for (u64 distance = 1; distance < SZ_512G; distance *= 512 * PAGE_SIZE) {
		assert_translation_is_old_or_new(operation.ipa - distance);
		assert_translation_is_old_or_new(end + distance - 1);
	}
	assert_translation_is_old_or_new(operation.ipa);
	assert_translation_is_old_or_new(end - 1);
	assert_translation_is_old_or_new(operation.ipa + random_below(operation.size));
}

void host_tlb_flush(u64 vttbr)
{
	assert_int_equal(vttbr, virt_to_phys(s2.root) | (u64)VMID << 48);
	flushes++;
	if (operation.active)
		assert_translations_are_old_or_new();
	cache_all();
}

static void assert_valid_entries_unchanged(const u64 *cached, const u64 *table)
{
	if (!memcmp(cached, table, PAGE_SIZE))
		return;
	for (size_t i = 0; i < 512; i++)
		if (VALID(cached[i]))
			assert_int_equal(table[i], cached[i]);
}

/* Nothing that was valid at the last flush has changed since: no CPU knows more than the tables. */
void assert_nothing_stale(void)
{
	static bool cached[NR_PAGES];

	for (size_t page = 0; page < NR_PAGES; page++)
		if (tlb.cached[page])
			assert_valid_entries_unchanged(tlb.entries[page],
						       (u64 *)(HV_BASE + page * PAGE_SIZE));
	memcpy(cached, tlb.cached, sizeof(cached));
	cache_all();
	for (size_t page = 0; page < NR_PAGES; page++)
		assert_true(!cached[page] || tlb.cached[page]);
}

void *__real_stash_take(struct stash *stash);
void *__wrap_stash_take(struct stash *stash);
void __real_stash_put(struct stash *stash, void *page);
void __wrap_stash_put(struct stash *stash, void *page);

void *__wrap_stash_take(struct stash *stash)
{
	assert_non_null(stash->head); /* stage2_pages_needed() said too little */
	return __real_stash_take(stash);
}

void __wrap_stash_put(struct stash *stash, void *page)
{
	assert_false(tlb.cached[page_of(page)]); /* a walker may still be in it */
	__real_stash_put(stash, page);
}

/* ---- Operations ---- */

void start(unsigned int bits)
{
	static enum stage2_registers registers; /* each by turns */

	width = bits;
	random_start();
	host_map(HV_BASE, NR_PAGES * PAGE_SIZE);
	memset(used, 0, sizeof(used));
	memset(&tlb, 0, sizeof(tlb));
	memset(&operation, 0, sizeof(operation));
	flushes = 0;
	model.nr = 0;
	pool_init((void *)HV_BASE, NR_PAGES, 1, used);
	stage2_setup(bits);
	registers = registers == STAGE2_DEVICE ? STAGE2_NON_CACHEABLE : STAGE2_DEVICE;
	assert_true(stage2_init(&s2, VMID, registers));
	assert_int_equal(s2.registers, registers);
	cache_all();
}

/* map and unmap, with all checks. flags 0: unmap. False if the pool has not enough pages. */
bool operate(u64 ipa, u64 phys, u64 size, u32 flags)
{
	size_t needed = stage2_pages_needed(ipa, phys, size), old_flushes = flushes;
	struct stash stash;

	if (!stash_fill(&stash, needed, CB_POOL_STAGE2))
		return false;
	model_set(ipa, size, phys, flags);
	operation.ipa = ipa;
	operation.size = size;
	operation.active = true;
	if (flags)
		stage2_map(&s2, ipa, phys, size, flags, &stash);
	else
		stage2_unmap(&s2, ipa, size, &stash);
	operation.active = false;
	stash_drain(&stash);
	assert_true(flags || flushes > old_flushes);
	assert_nothing_stale();
	assert_tables_equal_model();
	return true;
}

void map(u64 ipa, u64 phys, u64 size, u32 flags)
{
	assert_true(operate(ipa, phys, size, flags));
	assert_lookups_equal_model();
}

void unmap(u64 ipa, u64 size)
{
	assert_true(operate(ipa, ipa, size, 0));
	assert_lookups_equal_model();
}

void finish(void)
{
	stage2_free(&s2);
	assert_null(s2.root);
	assert_int_equal(used[CB_POOL_STAGE2], 0);
	assert_int_equal(pool_available(), NR_PAGES - 1);
	stage2_free(&s2); /* twice does no harm */
	assert_int_equal(pool_available(), NR_PAGES - 1);
}

size_t nr_tables(void)
{
	return used[CB_POOL_STAGE2] - nr_root_pages();
}

/* ---- Random operations ---- */

/* Near a boundary that matters, more often than not. */
static u64 random_address(void)
{
	u64 limit = 1UL << width;
	u64 unit = (u64[]){ PAGE_SIZE, SZ_2M, SZ_1G, SZ_512G }[random_below(4)];
	u64 address = random_below(4) * SZ_512G % limit + random_below(4) * SZ_1G;

	address += random_below(4) * SZ_2M + random_below(4) * PAGE_SIZE;
	if (random_chance(4))
		address = limit - PAGE_SIZE - address % limit;
	if (random_chance(3))
		address = ALIGN_DOWN(address, unit);
	return ALIGN_DOWN(address % limit, PAGE_SIZE);
}

static u64 random_size(void)
{
	u64 unit = (u64[]){ PAGE_SIZE, PAGE_SIZE, SZ_2M, SZ_2M, SZ_1G }[random_below(5)];
	u64 size = unit * (1 + random_below(5));

	if (unit > PAGE_SIZE && random_chance(2))
		size += random_below(5) * PAGE_SIZE - 2 * PAGE_SIZE;
	return size;
}

/* Where ipa could be mapped to: as far from it as allows blocks of some size, or none. */
static u64 random_phys(u64 ipa, u64 size)
{
	u64 granule = (u64[]){ PAGE_SIZE, SZ_2M, SZ_2M, SZ_1G, SZ_1G }[random_below(5)];
	u64 limit = 1UL << width;
	u64 phys = ALIGN_DOWN(random_address(), granule) + ipa % granule;

	return phys + size <= limit ? phys : ipa;
}

static u32 random_flags(void)
{
	u32 flags = R | (random_chance(2) ? CB_REGION_WRITE : 0);

	if (random_chance(4))
		return flags | CB_REGION_IO;
	return flags | (random_chance(2) ? CB_REGION_EXECUTE : 0);
}

/* Not so much that it takes thousands of tables; a test of its own has that. */
static u64 affordable(u64 ipa, u64 phys, u64 size)
{
	if ((ipa ^ phys) % SZ_2M)
		return MIN(size, 2 * SZ_2M);
	return (ipa ^ phys) % SZ_1G ? MIN(size, 4 * SZ_1G) : size;
}

static void map_if_affordable(u64 ipa, u64 phys, u64 size, u32 flags)
{
	operate(ipa, phys, affordable(ipa, phys, size), flags);
}

void random_operation(void)
{
	u64 limit = 1UL << width, ipa = random_address(), size = random_size();
	const struct interval *mapped = model.nr ? &model.at[random_below(model.nr)] : NULL;

	if (mapped && random_chance(3)) { /* something that is there, exactly or almost */
		ipa = mapped->ipa;
		size = mapped->size + (random_chance(2) ? PAGE_SIZE : 0);
	}
	if (random_chance(20)) /* over whole first-level entries */
		size += random_below(4) * SZ_512G;
	size = MIN(size, limit - ipa);
	if (mapped && random_chance(3)) /* continue what is before, which folds */
		map_if_affordable(ipa,
				  ipa - mapped->ipa + mapped->phys <= limit - size
					  ? ipa - mapped->ipa + mapped->phys
					  : ipa,
				  size, (u32)mapped->flags);
	else if (random_chance(3) || size > 16 * SZ_1G)
		operate(ipa, ipa, size, 0);
	else
		map_if_affordable(ipa, random_phys(ipa, size), size, random_flags());
}

void random_shootdown(void)
{
	stage2_shoot_down(&s2);
	assert_nothing_stale();
	stage2_revive(&s2);
	cache_all();
	assert_tables_equal_model();
}
