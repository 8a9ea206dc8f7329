// SPDX-License-Identifier: GPL-2.0-only
/*
 * The machine that cells are tried on (board.h). The order in which memory is taken is that of
 * core/boot.c and arch/arm64/mmu.c, so that the pool has as many pages left as in the real one.
 */
#include "board.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <core/create.h>
#include <core/log.h>

#define EL2_SPACE	0x40000000UL /* all of EL2's addresses lie in one GiB */
#define EL2_TABLE_SPAN	SZ_2M	     /* that a table of the last level maps */
#define GICD_MAX_PAGES	16UL
#define MAX_CONFIG_SIZE ALIGN_UP((u64)CB_CONFIG_MAX_SIZE, PAGE_SIZE)

struct cell root_cell;
struct cell *cells[CB_MAX_CELLS];
const struct cb_system_config *system_config;
struct cb_public *public_page;
u64 hv_base;
paddr_t hv_phys;
u32 nr_cpus, gic_version;
u64 boot_mpidrs[CB_MAX_CPUS];

static intid_t nr_intids;
static u8 config_pages[CB_CONFIG_MAX_SIZE]; /* that the root cell passes */

/* ---- What core/ asks of the CPU ---- */

u64 no_sysreg(void)
{
	abort();
}

/* The only thing that is read through the window is a new cell's configuration. */
void *window_map(paddr_t phys, size_t nr, enum el2_memory type)
{
	(void)phys, (void)nr, (void)type;
	return config_pages;
}

void window_unmap(void)
{
}

void log_message(const char *format, ...)
{
	(void)format;
}

/* ---- What core/ asks of the GIC ---- */

intid_t gic_nr_intids(void)
{
	return nr_intids;
}

void gic_move_spi(struct cell *from, struct cell *to, intid_t intid)
{
	from->irqs[intid / 32] &= ~(u32)BIT(intid % 32);
	to->irqs[intid / 32] |= (u32)BIT(intid % 32);
}

void gic_move_cpus(struct cell *from, struct cell *to, cpuset_t cpus)
{
	from->cpus &= ~cpus;
	to->cpus |= cpus;
}

void gic_evict_spis(const struct cell *cell)
{
	(void)cell;
}

/* Only the machine itself can tell. */
bool gic_can_disable_lpis(struct cpu *cpu)
{
	(void)cpu;
	return true;
}

void gic_disable_lpis(struct cpu *cpu)
{
	(void)cpu;
}

void gic_restore_lpis(struct cpu *cpu)
{
	(void)cpu;
}

/* ---- Enable ---- */

static u32 no_memory(struct cb_error *error)
{
	error->other_address = pool_available();
	error->address = error->other_address + 1; /* at least */
	return error->code = CB_ERR_NO_MEMORY;
}

/* Pages are there when they are touched. */
static bool reserve_el2(void)
{
	void *at = mmap(NULL, EL2_SPACE, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	hv_base = (u64)at;
	return at != MAP_FAILED;
}

/* As much of the region as el2_map_region() maps: behind the first 2 MiB only whole blocks. */
static u64 usable_size(u64 size)
{
	return size < SZ_2M ? size : ALIGN_DOWN(size, SZ_2M);
}

static void init_pool(const struct machine *machine)
{
	u64 image_size =
		machine->image_size + ALIGN_UP((u64)system_config->root.header.size, PAGE_SIZE);

	public_page = (struct cb_public *)(HV_BASE + image_size);
	public_page->pool_pages = (u32)(usable_size(system_config->hypervisor.size) / PAGE_SIZE);
	pool_init((void *)HV_BASE, public_page->pool_pages, image_size / PAGE_SIZE + 1,
		  public_page->pool_used);
}

/* Tables of EL2 for [virt, virt + size), counting those that ranges before it have brought. */
static bool map_el2(u64 virt, u64 size)
{
	static bool mapped[EL2_SPACE / EL2_TABLE_SPAN];
	u64 first = (virt - HV_BASE) / EL2_TABLE_SPAN;
	u64 last = (virt - HV_BASE + size - 1) / EL2_TABLE_SPAN;

	for (u64 i = first; i <= last; i++) {
		if (!mapped[i] && !pool_alloc(1, CB_POOL_HYPERVISOR))
			return false;
		mapped[i] = true;
	}
	return true;
}

static bool init_cpu(cpuid_t id, struct cb_cpu_page *page)
{
	u64 slot = CPU_SLOTS + ((u64)id << CPU_SLOT_SHIFT);

	if (!pool_alloc(2, CB_POOL_HYPERVISOR) || !map_el2(slot, BIT(CPU_SLOT_SHIFT)))
		return false;
	cpu_of(id)->id = id;
	cpu_of(id)->page = page;
	cpu_of(id)->power = CB_CPU_OFF; /* as if the driver had taken it from Linux */
	return true;
}

static bool init_cpus(void)
{
	u8 *pages = pool_alloc(nr_cpus, CB_POOL_HYPERVISOR);

	for (cpuid_t id = 0; id < nr_cpus; id++)
		if (!pages || !init_cpu(id, (struct cb_cpu_page *)(pages + id * PAGE_SIZE)))
			return false;
	public_page->cpus_phys = virt_to_phys(pages);
	return true;
}

/* Frames of the GIC and the debug console: all in the range of one table. */
static bool init_devices(void)
{
	return map_el2(DEVICES, GICD_MAX_PAGES * PAGE_SIZE);
}

u32 board_start(const struct cb_system_config *config, const struct machine *machine,
		struct cb_error *error)
{
	system_config = config;
	hv_phys = config->hypervisor.phys;
	nr_cpus = config->cpus.count;
	gic_version = config->gic.version;
	nr_intids = machine->nr_intids;
	memcpy(boot_mpidrs, cb_config_cpus(config), nr_cpus * sizeof(u64));
	if (!reserve_el2())
		return error->code = CB_ERR_HOST_MEMORY;
	init_pool(machine);
	stage2_setup(machine->pa_bits);
	if (!init_cpus() || !init_devices())
		return no_memory(error);
	return root_cell_init(error);
}

/* ---- Create ---- */

/* Where Linux could keep a configuration: memory that the root cell has, up to the largest. */
static bool is_linux_memory(paddr_t phys)
{
	const u32 needed = CB_REGION_READ | CB_REGION_WRITE;
	paddr_t out;

	for (u64 offset = 0; offset < MAX_CONFIG_SIZE; offset += PAGE_SIZE)
		if ((stage2_lookup(&root_cell.stage2, phys + offset, &out) &
		     (needed | CB_REGION_IO)) != needed)
			return false;
	return true;
}

#define MAX_TRIES 0x100000 /* of one region: 16 GiB that cells have */

static paddr_t find_linux_memory(void)
{
	const struct cb_region *region = cb_config_regions(root_cell.config);

	for (u32 i = 0; i < root_cell.config->regions.count; i++, region++) {
		paddr_t phys = region->phys;

		for (u32 tries = 0; tries < MAX_TRIES && phys - region->phys < region->size;
		     tries++, phys += MAX_CONFIG_SIZE)
			if (is_linux_memory(phys))
				return phys;
	}
	return 0; /* which is refused */
}

u32 board_create(const struct cb_cell_config *config, struct cb_error *error)
{
	memset(config_pages, 0, sizeof(config_pages));
	memcpy(config_pages, config, config->header.size);
	return create_locked(find_linux_memory(), config->header.size, error);
}

void board_destroy(u32 id)
{
	cell_release(cells[id]);
}

cpuset_t board_free_cpus(void)
{
	return root_cell.cpus;
}
