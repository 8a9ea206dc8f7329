// SPDX-License-Identifier: GPL-2.0-only
/*
 * Making cells. The configuration is copied, then checked, then everything that can run out
 * is allocated; only then is ownership changed, and that cannot fail.
 */
#include <cellblock/hypercall.h>
#include <config/check.h>
#include <cell/create.h>
#include <base/log.h>
#include <cell/ownership.h>
#include <gic/gic.h>
#include <mm/el2map.h>
#include <mm/stage2.h>

static u32 no_memory(size_t pages, struct cb_error *error)
{
	error->address = pages;
	error->other_address = pool_available();
	return error->code = CB_ERR_NO_MEMORY;
}

/* Does the root cell have all of [phys, phys + size) as memory that it may write? */
static bool root_owns_ram(paddr_t phys, u64 size)
{
	u32 needed = CB_REGION_READ | CB_REGION_WRITE;
	paddr_t end = ALIGN_UP(phys + size, PAGE_SIZE), out;

	if (phys + size < phys || phys + size > stage2_limit())
		return false;
	for (paddr_t page = ALIGN_DOWN(phys, PAGE_SIZE); page < end; page += PAGE_SIZE)
		if ((stage2_lookup(&root_cell.stage2, page, &out) & (needed | CB_REGION_IO)) !=
		    needed)
			return false;
	return true;
}

/*
 * Copy the configuration out of reach of the root cell. size fits the window. What does not answer,
 * where the board promises memory, is left zero, and no configuration.
 */
static void copy_config(void *to, paddr_t config, u64 size)
{
	u64 offset = config % PAGE_SIZE;
	size_t nr = ALIGN_UP(offset + size, PAGE_SIZE) / PAGE_SIZE;
	u8 *from = window_map(config - offset, nr, EL2_RODATA);

	if (window_answers(nr))
		memcpy(to, from + offset, size);
	window_unmap();
}

/* struct cell with the configuration behind it. */
static struct cell *alloc_cell(paddr_t config, u64 size, struct cb_error *error)
{
	size_t head = ALIGN_UP(sizeof(struct cell), 8);
	size_t pages = ALIGN_UP(head + size, PAGE_SIZE) / PAGE_SIZE;
	struct cell *cell;

	if (size > CB_CONFIG_MAX_SIZE) {
		error->size = size;
		error->other_size = CB_CONFIG_MAX_SIZE;
		error->code = CB_ERR_CONFIG_TOO_LARGE;
		return NULL;
	}
	if (!root_owns_ram(config, size)) {
		error->address = config;
		error->size = size;
		error->code = CB_ERR_BUFFER;
		return NULL;
	}
	cell = pool_alloc(pages, CB_POOL_CELL);
	if (!cell) {
		no_memory(pages, error);
		return NULL;
	}
	copy_config((u8 *)cell + head, config, size);
	cell->config = (const void *)((u8 *)cell + head);
	cell->config_pages = pages;
	return cell;
}

static u32 check_name(const struct cb_cell_config *config, struct cb_error *error)
{
	for (u32 id = 0; id < CB_MAX_CELLS; id++) {
		if (!cells[id] || memcmp(cells[id]->page->name, config->header.name, CB_NAME_SIZE))
			continue;
		error->other_cell = id;
		return error->code = CB_ERR_CELL_NAME_TAKEN;
	}
	return CB_OK;
}

static u32 choose_id(struct cell *cell, struct cb_error *error)
{
	for (cell->id = 1; cell->id < CB_MAX_CELLS; cell->id++)
		if (!cells[cell->id])
			return CB_OK;
	error->other_address = CB_MAX_CELLS;
	return error->code = CB_ERR_CELL_LIMIT;
}

_Static_assert(sizeof(struct cb_cell_page) <= CB_CONSOLE_OFFSET, "struct cb_cell_page");
_Static_assert(CB_CONSOLE_OFFSET + CB_CONSOLE_SIZE == PAGE_SIZE, "console ring");

static bool alloc_public(struct cell *cell)
{
	cell->page = pool_alloc(1, CB_POOL_CELL);
	return cell->page;
}

static void free_cell(struct cell *cell)
{
	if (cell->page)
		pool_free(cell->page, 1, CB_POOL_CELL);
	stash_drain(&cell->way_back);
	stage2_free(&cell->stage2);
	pool_free(cell, cell->config_pages, CB_POOL_CELL);
}

/* Fill in the public page. */
static void publish(struct cell *cell)
{
	struct cb_cell_page *page = cell->page;

	page->id = cell->id;
	memcpy(page->name, cell->config->header.name, CB_NAME_SIZE);
	page->cpus = cell->cpus;
	page->flags = cell->config->flags;
	cells[cell->id] = cell;
	public_page->cells_phys[cell->id] = virt_to_phys(page);
}

void root_show_pages(const void *virt, size_t nr, struct stash *stash)
{
	paddr_t phys = virt_to_phys(virt);

	stage2_map(&root_cell.stage2, phys, phys, nr * PAGE_SIZE, CB_REGION_READ, stash);
}

static void root_hide_page(const void *virt, struct stash *stash)
{
	stage2_unmap(&root_cell.stage2, virt_to_phys(virt), PAGE_SIZE, stash);
}

/* Tables for a range of the root cell, which may be pieces of several of its regions. */
static size_t root_pages_needed(paddr_t phys, u64 size)
{
	struct root_piece piece;
	size_t pages = 0;

	for (; size && root_piece_at(phys, size, &piece); phys += piece.size, size -= piece.size)
		pages += stage2_pages_needed(piece.phys, piece.phys, piece.size);
	return pages;
}

/* Tables for root_show_pages(); they are there already where the first public page is. */
static size_t show_pages_needed(const void *virt)
{
	if (!(((u64)virt ^ (u64)public_page) / SZ_2M))
		return 0;
	return stage2_pages_needed(0, 0, PAGE_SIZE);
}

size_t way_back_pages(const struct cell *cell)
{
	const struct cb_region *region = cb_config_regions(cell->config);
	size_t pages = show_pages_needed(cell->page);

	for (u32 i = 0; i < cell->config->regions.count; i++, region++)
		if (!(region->flags & CB_REGION_SHARED))
			pages += root_pages_needed(region->phys, region->size);
	return pages;
}

/* Tables of the cell. */
static size_t cell_pages(const struct cell *cell)
{
	const struct cb_region *region = cb_config_regions(cell->config);
	size_t pages = gic_version == 2 ? stage2_pages_needed(0, 0, PAGE_SIZE) : 0;

	for (u32 i = 0; i < cell->config->regions.count; i++, region++)
		pages += stage2_pages_needed(region->virt, region->phys, region->size);
	return pages;
}

static void map_memory(struct cell *cell, struct stash *stash)
{
	const struct cb_frame *gicc = &system_config->gic.frames[CB_GIC_GICC];
	const struct cb_region *region = cb_config_regions(cell->config);

	for (u32 i = 0; i < cell->config->regions.count; i++, region++)
		stage2_map(&cell->stage2, region->virt, region->phys, region->size, region->flags,
			   stash);
	/* The first page of the CPU interface; GICC_DIR in the second is checked. */
	if (gic_version == 2)
		stage2_map(&cell->stage2, gicc->phys, gicc->phys, PAGE_SIZE,
			   CB_REGION_READ | CB_REGION_WRITE | CB_REGION_IO, stash);
}

static void unmap_from_root(const struct cell *cell, struct stash *stash)
{
	const struct cb_region *region = cb_config_regions(cell->config);

	for (u32 i = 0; i < cell->config->regions.count; i++, region++)
		if (!(region->flags & CB_REGION_SHARED))
			stage2_unmap(&root_cell.stage2, region->phys, region->size, stash);
}

static void map_root_range(paddr_t phys, u64 size, struct stash *stash)
{
	struct root_piece piece;

	for (; size && root_piece_at(phys, size, &piece); phys += piece.size, size -= piece.size)
		stage2_map(&root_cell.stage2, piece.phys, piece.phys, piece.size, piece.flags,
			   stash);
}

static void return_to_root(const struct cell *cell, struct stash *stash)
{
	const struct cb_region *region = cb_config_regions(cell->config);

	for (u32 i = 0; i < cell->config->regions.count; i++, region++)
		if (!(region->flags & CB_REGION_SHARED))
			map_root_range(region->phys, region->size, stash);
}

static void move_irqs(struct cell *from, struct cell *to, const struct cb_cell_config *config)
{
	const struct cb_irq_range *range = cb_config_irqs(config);

	for (u32 i = 0; i < config->irqs.count; i++, range++)
		for (intid_t intid = range->first; intid < range->first + range->count; intid++)
			gic_move_spi(from, to, intid);
}

static bool all_off(cpuset_t cpus)
{
	cpuid_t cpu;

	for_each_cpu (cpu, cpus)
		if (cpu_of(cpu)->power != CB_CPU_OFF)
			return false;
	return true;
}

/*
 * Both locks, as PSCI of either cell looks at its CPUs. An error, and nothing has changed, if Linux
 * has started one of them meanwhile or turned its LPIs on.
 */
static u32 move_cpus(struct cell *from, struct cell *to, cpuset_t cpus)
{
	cpuid_t cpu;
	u32 code = CB_ERR_CPU_ONLINE;

	spin_lock(&from->lock);
	spin_lock(&to->lock);
	if (all_off(cpus))
		code = gic_move_cpus(from, to, cpus) ? CB_OK : CB_ERR_LPI;
	if (code == CB_OK) {
		for_each_cpu (cpu, cpus) {
			cpu_of(cpu)->cell = to;
			cpu_of(cpu)->info->cell = to->id;
		}
		root_cell.page->cpus = root_cell.cpus;
	}
	spin_unlock(&to->lock);
	spin_unlock(&from->lock);
	return code;
}

static u32 take_cpus(struct cell *cell, struct cb_error *error)
{
	error->code = move_cpus(&root_cell, cell, cell->config->cpus);
	if (error->code)
		error->index = first_cpu(cell->config->cpus);
	return error->code;
}

/* The CPUs have been moved. */
static void take_from_root(struct cell *cell, struct stash *stash)
{
	cpuid_t cpu;

	for_each_cpu (cpu, cell->cpus)
		gic_disable_lpis(cpu_of(cpu));
	move_irqs(&root_cell, cell, cell->config);
	gic_evict_spis(cell);
	unmap_from_root(cell, stash);
	map_memory(cell, stash);
	publish(cell);
	root_show_pages(cell->page, 1, stash);
}

/* All that a cell takes from the pool while it is created. */
static size_t pages_needed(const struct cell *cell)
{
	return cell->config_pages + 1 + stage2_root_pages() + cell_pages(cell) +
	       2 * way_back_pages(cell);
}

static bool fill_stashes(struct cell *cell, struct stash *stash)
{
	size_t way_back = way_back_pages(cell);

	if (!stash_fill(&cell->way_back, way_back, CB_POOL_STAGE2))
		return false;
	return stash_fill(stash, cell_pages(cell) + way_back, CB_POOL_STAGE2);
}

/* Everything that can fail, now and at the end. Nothing but memory has changed when it returns. */
static u32 prepare(struct cell *cell, u64 size, bool check, struct stash *stash,
		   struct cb_error *error)
{
	if (cb_config_check(cell->config, size, CB_CONFIG_CELL, error) ||
	    check_name(cell->config, error) || check_ownership(cell->config, check, error) ||
	    choose_id(cell, error))
		return error->code;
	if (!alloc_public(cell) || !stage2_init(&cell->stage2, (u16)cell->id, STAGE2_DEVICE) ||
	    !fill_stashes(cell, stash)) {
		error->address = pages_needed(cell);
		error->code = CB_ERR_NO_MEMORY;
	}
	return error->code;
}

u32 create_locked(paddr_t config, u64 size, bool check, struct cb_error *error)
{
	size_t available = pool_available();
	struct cell *cell = alloc_cell(config, size, error);
	struct stash stash;

	if (!cell)
		return error->code;
	if (prepare(cell, size, check, &stash, error)) {
		free_cell(cell);
		if (error->code == CB_ERR_NO_MEMORY)
			error->other_address = pool_available();
		return error->code;
	}
	if (check || take_cpus(cell, error)) {
		stash_drain(&stash);
		free_cell(cell);
		return error->code;
	}
	take_from_root(cell, &stash);
	stash_drain(&stash);
	cell->page->pages = (u32)(available - pool_available());
	error->cell = cell->id;
	log_message("cell %s: created\n", cell->page->name);
	return CB_OK;
}

void cell_release(struct cell *cell)
{
	cpuset_t cpus = cell->cpus;
	cpuid_t cpu;

	log_message("cell %s: destroyed\n", cell->page->name);
	move_irqs(cell, &root_cell, cell->config);
	move_cpus(cell, &root_cell, cpus);
	for_each_cpu (cpu, cpus)
		gic_restore_lpis(cpu_of(cpu));
	public_page->cells_phys[cell->id] = 0;
	cells[cell->id] = NULL;
	root_hide_page(cell->page, &cell->way_back);
	return_to_root(cell, &cell->way_back);
	free_cell(cell);
}

/* The configuration follows the image, so it is not counted as the cell's. */
static u32 prepare_root(struct stash *stash, struct cb_error *error)
{
	const struct cb_region *region = cb_config_regions(&system_config->root);
	size_t pages = 7 * stage2_pages_needed(0, 0, PAGE_SIZE);

	root_cell.config = &system_config->root;
	for (u32 i = 0; i < system_config->root.regions.count; i++, region++)
		pages += stage2_pages_needed(region->phys, region->phys, region->size);
	if (!alloc_public(&root_cell) ||
	    !stage2_init(&root_cell.stage2, CB_ROOT_CELL, STAGE2_NON_CACHEABLE) ||
	    !stash_fill(stash, pages, CB_POOL_STAGE2))
		return no_memory(pages, error);
	return CB_OK;
}

static u32 check_root(struct cb_error *error)
{
	const struct cb_region *region = cb_config_regions(root_cell.config);
	const struct cb_irq_range *range = cb_config_irqs(root_cell.config);

	for (u32 i = 0; i < root_cell.config->regions.count; i++, region++) {
		if (region->phys < stage2_limit() && region->size <= stage2_limit() - region->phys)
			continue;
		error->index = i;
		error->address = region->phys;
		error->size = region->size;
		error->other_address = (u64)__builtin_ctzll(stage2_limit());
		return error->code = CB_ERR_REGION_WRAPS;
	}
	for (u32 i = 0; i < root_cell.config->irqs.count; i++, range++) {
		if (range->first + range->count <= gic_nr_intids())
			continue;
		error->index = i;
		error->address = range->first;
		error->size = range->count;
		error->other_address = gic_nr_intids() - 1;
		return error->code = CB_ERR_IRQ_RANGE;
	}
	return CB_OK;
}

static void map_root_frame(enum cb_gic_frame which, u64 limit, struct stash *stash)
{
	const struct cb_frame *frame = &system_config->gic.frames[which];

	if (frame->size)
		stage2_map(&root_cell.stage2, frame->phys, frame->phys, MIN(frame->size, limit),
			   CB_REGION_READ | CB_REGION_WRITE | CB_REGION_IO, stash);
}

static void map_root(struct stash *stash)
{
	const struct cb_region *region = cb_config_regions(root_cell.config);

	for (u32 i = 0; i < root_cell.config->regions.count; i++, region++)
		stage2_map(&root_cell.stage2, region->phys, region->phys, region->size,
			   region->flags, stash);
	/*
	 * Not shared with cells: the CPU interface, and the ITS, whose LPIs are the root cell's.
	 * KVM looks at the virtual interface of its CPU, in the first page, and clears its list
	 * registers for a VM, even if that is refused then; it does nothing while interrupts go to
	 * EL1.
	 */
	map_root_frame(CB_GIC_GICC, 2 * PAGE_SIZE, stash);
	map_root_frame(CB_GIC_GICH, PAGE_SIZE, stash);
	map_root_frame(CB_GIC_ITS, ~0UL, stash);
	root_show_pages(public_page, 1, stash);
	root_show_pages(phys_to_virt(public_page->cpus_phys), cpu_info_pages(), stash);
	root_show_pages(root_cell.page, 1, stash);
}

u32 root_cell_init(struct cb_error *error)
{
	const struct cb_irq_range *range = cb_config_irqs(&system_config->root);
	struct stash stash;
	cpuid_t cpu;

	if (prepare_root(&stash, error) || check_root(error))
		return error->code;
	map_root(&stash);
	stash_drain(&stash);
	for (u32 i = 0; i < root_cell.config->irqs.count; i++, range++)
		for (intid_t intid = range->first; intid < range->first + range->count; intid++)
			root_cell.irqs[intid / 32] |= (u32)BIT(intid % 32);
	root_cell.cpus = root_cell.config->cpus;
	for_each_cpu (cpu, root_cell.cpus)
		cpu_of(cpu)->cell = &root_cell;
	publish(&root_cell);
	memset(root_cell.page->name, 0, CB_NAME_SIZE);
	memcpy(root_cell.page->name, "root", 5);
	root_cell.page->state = CB_CELL_RUNNING;
	return CB_OK;
}
