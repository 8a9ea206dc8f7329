// SPDX-License-Identifier: GPL-2.0-only
/* A board, and what surrounds cell/ on it (board.h). */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <gic/gic.h>
#include <mm/stage2.h>
#include <vdev/window.h>

#include "board.h"
#include "harness.h"

/* ---- What surrounds cell/ ---- */

paddr_t hv_phys = HYPERVISOR;

struct board board;

static u8 *cpu_infos;
u8 linux_memory[LINUX_MEMORY];
const struct cell *spi_owner[NR_INTIDS];
cpuset_t lpis_on, lpis_stuck;
struct cpu *started_meanwhile;

intid_t gic_nr_intids(void)
{
	return NR_INTIDS;
}

void windows_init(struct cell *cell)
{
	assert_int_equal(cell->windows[0].size, 0);
}

void gic_move_spi(struct cell *from, struct cell *to, intid_t intid)
{
	assert_true(to->cpus != 0);
	host_move_spi(from, to, intid);
	spi_owner[intid] = to;
}

bool gic_move_cpus(struct cell *from, struct cell *to, cpuset_t cpus)
{
	assert_int_equal(from->cpus & cpus, cpus);
	host_move_cpus(from, to, cpus);
	return true;
}

void gic_evict_spis(const struct cell *cell)
{
	assert_true(cell->cpus != 0);
}

bool gic_can_disable_lpis(struct cpu *cpu)
{
	if (cpu == started_meanwhile)
		cpu->power = CB_CPU_PENDING;
	return !(lpis_stuck >> cpu->id & 1);
}

void gic_disable_lpis(struct cpu *cpu)
{
	lpis_on &= ~BIT(cpu->id);
}

void gic_restore_lpis(struct cpu *cpu)
{
	lpis_on |= BIT(cpu->id);
}

void *__real_stash_take(struct stash *stash);
void *__wrap_stash_take(struct stash *stash);

void *__wrap_stash_take(struct stash *stash)
{
	assert_non_null(stash->head);
	return __real_stash_take(stash);
}

/* ---- A board ---- */

struct cb_array array_of(size_t offset, u32 count)
{
	return count ? (struct cb_array){ (u32)offset, count } : (struct cb_array){ 0, 0 };
}

void add_root_region(u64 phys, u64 size, u32 flags)
{
	struct cb_array *array = &board.head.root.regions;

	board.regions[array->count++] = (struct cb_region){ phys, phys, size, flags, 0, "" };
}

void describe_board(u32 version)
{
	memset(&board, 0, sizeof(board));
	board.head.root.cpus = BIT(NR_CPUS) - 1;
	board.head.root.regions.offset = (u32)((u8 *)board.regions - (u8 *)&board);
	board.head.root.irqs = array_of((size_t)((u8 *)board.irqs - (u8 *)&board), 1);
	board.irqs[0] = (struct cb_irq_range){ FIRST_IRQ, NR_IRQS };
	board.head.root.smcs = array_of((size_t)((u8 *)board.smcs - (u8 *)&board), 2);
	board.smcs[0] = 0x82000008;
	board.smcs[1] = 0xc2000004;
	board.head.hypervisor = (struct cb_frame){ HYPERVISOR, HYPERVISOR_SIZE };
	board.head.gic.version = version;
	board.head.gic.frames[CB_GIC_GICD] = (struct cb_frame){ GICD, 0x10000 };
	if (version == 2)
		board.head.gic.frames[CB_GIC_GICC] = (struct cb_frame){ GICC, 0x2000 };
	else
		board.head.gic.frames[CB_GIC_GICR] = (struct cb_frame){ GICR, 0xf60000 };
	add_root_region(RAM, RAM_SIZE, RWX);
	add_root_region(HIGH_RAM, HIGH_RAM_SIZE, RWX);
	add_root_region(SHARED, SHARED_SIZE, RW | CB_REGION_SHARED);
	add_root_region(ROM, ROM_SIZE, R_X);
	add_root_region(UART, 0x1000, MMIO);
	add_root_region(DEVICE, 0x4000, MMIO);
}

static void start_cpus(void)
{
	host_map_cpus(NR_CPUS);
	nr_cpus = NR_CPUS;
	cpu_infos = pool_alloc(cpu_info_pages(), CB_POOL_HYPERVISOR);
	public_page->cpus_phys = virt_to_phys(cpu_infos);
	for (cpuid_t id = 0; id < NR_CPUS; id++) {
		cpu_of(id)->id = id;
		cpu_of(id)->info = (struct cb_cpu_info *)(cpu_infos + (size_t)id * CB_CPU_STRIDE);
		cpu_of(id)->power = id ? CB_CPU_OFF : CB_CPU_ON;
	}
	lpis_on = BIT(NR_CPUS) - 1;
	lpis_stuck = 0;
	started_meanwhile = NULL;
}

void start_board(void)
{
	struct cb_error error = { 0 };

	host_map(HV_BASE, POOL_PAGES * PAGE_SIZE);
	memset(&root_cell, 0, sizeof(root_cell));
	memset(cells, 0, sizeof(cells));
	system_config = &board.head;
	gic_version = board.head.gic.version;
	public_page = (void *)(HV_BASE + IMAGE_PAGES * PAGE_SIZE);
	pool_init((void *)HV_BASE, POOL_PAGES, IMAGE_PAGES + 1, public_page->pool_used);
	stage2_setup(PA_BITS);
	start_cpus();
	assert_int_equal(root_cell_init(&error), CB_OK);
	for (intid_t intid = 0; intid < NR_INTIDS; intid++)
		spi_owner[intid] = &root_cell;
}

/* ---- Cells ---- */

struct cb_region region(u64 phys, u64 virt, u64 size, u32 flags)
{
	return (struct cb_region){ phys, virt, size, flags, 0, "" };
}

struct cell_file cell_file(const char *name)
{
	struct cell_file file = {
		.head = {
			.header = { .revision = CB_CONFIG_REVISION, .kind = CB_CONFIG_CELL,
				    .arch = CB_ARCH_ARM64, .size = sizeof(file) },
			.cpus = 0x4,
			.regions = { offsetof(struct cell_file, regions), 3 },
			.irqs = { offsetof(struct cell_file, irqs), 2 },
		},
		.regions = {
			region(RAM + 0x8001000, 0, 0x1237000, RWX | CB_REGION_LOADABLE),
			region(SHARED, 0x10000000, 0x2000, RW | CB_REGION_SHARED),
			region(UART, 0x20000000, 0x1000, MMIO),
		},
		.irqs = { { 40, 3 }, { 63, 2 } },
	};

	memcpy(file.head.header.signature, CB_CONFIG_SIGNATURE, 8);
	strncpy(file.head.header.name, name, CB_NAME_SIZE - 1);
	return file;
}

struct cb_error last;

static u32 ask(struct cell_file *file, bool only_check)
{
	file->head.header.checksum = cb_config_checksum(file, sizeof(*file));
	memcpy(linux_memory + CONFIG % PAGE_SIZE, file, sizeof(*file));
	last = (struct cb_error){ .cell = CB_NO_CELL, .other_cell = CB_NO_CELL };
	return cell_create(CONFIG, sizeof(*file), only_check, &last);
}

u32 create(struct cell_file *file)
{
	return ask(file, false);
}

u32 check(struct cell_file *file)
{
	return ask(file, true);
}

/* ---- Everything that a refusal must leave alone ---- */

/* A sum of all that a table and those below it map, wherever they are. */
static u64 sum_of(const u64 *table, size_t nr, unsigned int level, u64 sum)
{
	for (size_t i = 0; i < nr; i++) {
		if (level < 3 && (table[i] & 3) == 3)
			sum = sum_of(phys_to_virt(table[i] & 0xfffffffff000), 512, level + 1, sum);
		else
			sum += table[i] * (i + 1) * 0x9e3779b97f4a7c15;
		sum = (sum ^ sum >> 29) * 0xbf58476d1ce4e5b9;
	}
	return sum;
}

static u64 sum_of_root(void)
{
	return sum_of(root_cell.stage2.root, 1024, 1, 1); /* two tables at 40 bits */
}

struct snapshot take_snapshot(void)
{
	struct snapshot s;

	memset(&s, 0, sizeof(s));
	memcpy(s.pool, public_page->pool_used, sizeof(s.pool));
	memcpy(s.irqs, root_cell.irqs, sizeof(s.irqs));
	s.cpus = root_cell.cpus;
	s.page_cpus = root_cell.page->cpus;
	s.lpis_on = lpis_on;
	memcpy(s.cells, cells, sizeof(s.cells));
	memcpy(s.cells_phys, public_page->cells_phys, sizeof(s.cells_phys));
	memcpy(s.spi_owner, spi_owner, sizeof(s.spi_owner));
	for (cpuid_t id = 0; id < NR_CPUS; id++) {
		s.cpu_cell[id] = cpu_of(id)->cell;
		s.cpu_page_cell[id] = cpu_of(id)->info->cell;
	}
	s.tables = sum_of_root();
	return s;
}

void assert_nothing_changed(const struct snapshot *old)
{
	struct snapshot now = take_snapshot();

	assert_memory_equal(now.pool, old->pool, sizeof(now.pool));
	assert_int_equal(now.tables, old->tables);
	assert_memory_equal(&now, old, sizeof(now));
}

struct cell *create_good(struct cell_file *file)
{
	struct snapshot old = take_snapshot();

	assert_int_equal(check(file), CB_OK);
	assert_nothing_changed(&old);
	assert_int_equal(create(file), CB_OK);
	assert_non_null(cells[last.cell]);
	return cells[last.cell];
}

/* ---- Random cells ---- */

/* A piece of one of the root cell's regions that keeps clear of Linux' configuration buffer. */
static struct cb_region random_region(u32 i)
{
	u32 which = (u32)random_below(board.head.root.regions.count);
	const struct cb_region *root = &board.regions[which];
	u64 pages = root->size / PAGE_SIZE, first = which ? 0 : 0x10000000 / PAGE_SIZE;
	u64 start = first + random_below(pages - first);
	u64 size = 1 + random_below(random_chance(2) ? MIN(pages - start, 600UL) : pages - start);
	u64 skew = random_chance(4) ? random_below(16) * PAGE_SIZE : 0;
	u64 phys = root->phys + start * PAGE_SIZE;

	if (skew && size > 4096)
		size = 4096;
	return region(phys, (i + 1) * 0x400000000 + phys + skew, size * PAGE_SIZE,
		      root->flags & (random_chance(3) ? ~(u32)CB_REGION_SHARED : ~0U));
}

struct cell_file random_file(u32 n)
{
	struct cell_file file = cell_file("");

	snprintf(file.head.header.name, CB_NAME_SIZE, "cell%u", n);
	file.head.cpus = random_bits() & 0x3f;
	if (!random_chance(4))
		file.head.cpus = BIT(1 + random_below(NR_CPUS - 1));
	file.head.regions.count = (u32)(1 + random_below(4));
	for (u32 i = 0; i < file.head.regions.count; i++)
		file.regions[i] = random_region(i);
	file.irqs[0] = (struct cb_irq_range){ (u32)(32 + random_below(100)), 1 };
	file.irqs[1] =
		(struct cb_irq_range){ (u32)(140 + random_below(60)), (u32)(1 + random_below(9)) };
	return file;
}

/* By a cell; then the root cell has it for a while, to read and write. */
static bool is_being_loaded(u64 phys)
{
	for (u32 id = 1; id < CB_MAX_CELLS; id++) {
		const struct cb_region *r = cells[id] ? cb_config_regions(cells[id]->config) : NULL;

		for (u32 i = 0; r && i < cells[id]->config->regions.count; i++, r++)
			if (cells[id]->page->state == CB_CELL_LOADING &&
			    r->flags & CB_REGION_LOADABLE && phys - r->phys < r->size)
				return true;
	}
	return false;
}

/* Of the root cell and all cells, one has a page; more, where all of them share it. */
static void assert_one_owner(u64 phys)
{
	u32 owners = 0, shared = 0;
	u64 found;

	if (stage2_lookup(&root_cell.stage2, phys, &found) && !is_being_loaded(phys))
		owners++, shared += phys - SHARED < SHARED_SIZE;
	for (u32 id = 1; id < CB_MAX_CELLS; id++) {
		const struct cb_region *r = cells[id] ? cb_config_regions(cells[id]->config) : NULL;

		for (u32 i = 0; r && i < cells[id]->config->regions.count; i++, r++) {
			if (phys - r->phys >= r->size)
				continue;
			if (stage2_lookup(&cells[id]->stage2, r->virt + (phys - r->phys), &found))
				assert_int_equal(found, phys);
			else /* CPUs have been shot down */
				assert_int_not_equal(cells[id]->stopping, STOP_NONE);
			owners++;
			shared += !!(r->flags & CB_REGION_SHARED);
		}
	}
	assert_true(owners == 1 || owners == shared);
}

void assert_one_owner_everywhere(void)
{
	for (u32 i = 0; i < board.head.root.regions.count; i++) {
		const struct cb_region *root = &board.regions[i];

		for (u32 n = 0; n < 4; n++)
			assert_one_owner(root->phys + random_below(root->size));
	}
	for (u32 id = 1; id < CB_MAX_CELLS; id++) {
		const struct cb_region *r = cells[id] ? cb_config_regions(cells[id]->config) : NULL;

		for (u32 i = 0; r && i < cells[id]->config->regions.count; i++, r++) {
			assert_one_owner(r->phys);
			assert_one_owner(r->phys + r->size - 1);
		}
	}
}
