// SPDX-License-Identifier: GPL-2.0-only
/*
 * The machine that cells are tried on (board.h). exit/boot.c prepares it as on the real one. Of
 * EL2's own tables only the number of pages is kept, as mm/el2map.c takes them.
 */
#include "board.h"

#include <string.h>

#include <arch/host.h>
#include <arch/traps.h>
#include <base/log.h>
#include <base/uart.h>
#include <base/refuse.h>
#include <cell/resource.h>
#include <exit/entry.h>
#include <exit/hypercall.h>
#include <exit/psci.h>
#include <gic/gic.h>
#include <mm/el2map.h>
#include <mm/stage2.h>
#include <vdev/window.h>

#define EL2_SPACE	0x40000000UL /* all of EL2's addresses lie in one GiB */
#define EL2_TABLE_SPAN	SZ_2M	     /* that a table of the last level maps */
#define GICD_MAX_SIZE	0x10000UL
#define MAX_CONFIG_SIZE ALIGN_UP((u64)CB_CONFIG_MAX_SIZE, PAGE_SIZE)

paddr_t hv_phys;
u64 linux_uses;

static const struct machine *the_machine;
static struct cb_error boot_error;	    /* what boot_init() says */
static u8 config_pages[CB_CONFIG_MAX_SIZE]; /* that the root cell passes */

/* ---- What the hypervisor asks of the CPU ---- */

unsigned int cpu_pa_bits(void)
{
	return the_machine->pa_bits;
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

bool window_answers(size_t nr)
{
	(void)nr;
	return true;
}

void log_message(const char *format, ...)
{
	(void)format;
}

void hypercall_result(u64 *x, const struct cb_error *error)
{
	(void)x;
	boot_error = *error;
}

/* ---- EL2's tables ---- */

/* A table of the last level, unless the range has it: for the first one, it is in the image. */
bool el2_map(u64 virt, paddr_t phys, enum el2_memory type)
{
	static bool has_table[EL2_SPACE / EL2_TABLE_SPAN] = { true };
	bool *entry = &has_table[(virt - HV_BASE) / EL2_TABLE_SPAN];

	(void)phys, (void)type;
	if (!*entry && !pool_alloc(1, CB_POOL_HYPERVISOR))
		return false;
	*entry = true;
	return true;
}

/* Behind the first 2 MiB only whole blocks of that size. */
u64 el2_map_region(u64 size)
{
	return size < SZ_2M ? size : ALIGN_DOWN(size, SZ_2M);
}

void *el2_map_device(paddr_t phys, size_t size)
{
	static u64 mapped;
	u64 virt = DEVICES + mapped;

	for (u64 offset = 0; offset < size; offset += PAGE_SIZE)
		if (!el2_map(virt + offset, phys + offset, EL2_DEVICE))
			return NULL;
	mapped += ALIGN_UP(size, PAGE_SIZE);
	return (void *)virt;
}

/* ---- Devices and firmware ---- */

void psci_init(void)
{
}

void uart_init(enum cb_console_type type, void *registers)
{
	(void)type, (void)registers;
}

/* The redistributors are mapped in the CPUs' slots, whose tables are there. */
u32 gic_init(const struct cb_system_config *config, struct cb_error *error)
{
	const struct cb_frame *frames = config->gic.frames;
	bool mapped;

	gic_version = config->gic.version;
	mapped = el2_map_device(frames[CB_GIC_GICD].phys,
				MIN(frames[CB_GIC_GICD].size, GICD_MAX_SIZE));
	if (gic_version == 2)
		mapped = mapped && el2_map_device(frames[CB_GIC_GICC].phys, 2 * PAGE_SIZE) &&
			 el2_map_device(frames[CB_GIC_GICH].phys, PAGE_SIZE);
	return mapped ? CB_OK : refuse(error, CB_ERR_NO_MEMORY);
}

intid_t gic_nr_intids(void)
{
	return the_machine->nr_intids;
}

/* ---- Enable ---- */

/* A region that is too small for the configuration is refused, once both are there. */
static void map_memory(const struct cb_system_config *config)
{
	host_map(HV_BASE,
		 MAX(config->hypervisor.size, BOOT_MAP_SIZE + MAX_CONFIG_SIZE + PAGE_SIZE));
	host_map_cpus(config->cpus.count);
}

u32 board_start(const struct cb_system_config *config, const struct machine *machine,
		struct cb_error *error)
{
	u64 results[4]; /* registers of the hypercall */

	the_machine = machine;
	map_memory(config);
	memcpy((u8 *)HV_BASE + machine->image_size, config, config->root.header.size);
	boot_init(config->hypervisor.phys, machine->image_size, config->root.header.size, 0,
		  results);
	*error = boot_error;
	return error->code;
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
	return create_locked(find_linux_memory(), config->header.size, false, error);
}

void board_destroy(u32 id)
{
	cell_release(cells[id]);
}

cpuset_t board_free_cpus(void)
{
	return root_cell.cpus;
}
