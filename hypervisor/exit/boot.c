// SPDX-License-Identifier: GPL-2.0-only
/*
 * CB_HVC_BOOT_INIT: one CPU checks the configuration and prepares everything while Linux
 * still has the machine. A refusal leaves nothing behind but what it wrote into the
 * hypervisor region.
 */
#include <arch/traps.h>
#include <base/log.h>
#include <base/refuse.h>
#include <base/uart.h>
#include <cell/cell.h>
#include <config/check.h>
#include <config/iterate.h>
#include <exit/entry.h>
#include <exit/hypercall.h>
#include <exit/psci.h>
#include <gic/gic.h>
#include <mm/el2map.h>
#include <mm/stage2.h>

static u32 check_place(u64 offset, u64 size, struct cb_error *error)
{
	if (!(offset % PAGE_SIZE) && offset >= IMAGE_END - HV_BASE && offset <= BOOT_MAP_SIZE / 2 &&
	    size <= CB_CONFIG_MAX_SIZE)
		return CB_OK;
	return refuse(error, CB_ERR_ARGUMENT, .value = offset, .size = size);
}

static u32 check_region(struct cb_error *error)
{
	const struct cb_frame *region = &system_config->hypervisor;

	if (region->phys == hv_phys)
		return CB_OK;
	return refuse(error, CB_ERR_ARGUMENT, .value = hv_phys, .expected = region->phys);
}

/* The image, its configuration and the public page come first, the pool has the rest. */
static void init_pool(u64 config_offset, u64 config_size)
{
	u64 image_size = ALIGN_UP(config_offset + config_size, PAGE_SIZE);
	u64 size = el2_map_region(system_config->hypervisor.size);

	public_page = (struct cb_public *)(HV_BASE + image_size);
	memset(public_page, 0, PAGE_SIZE);
	memcpy(public_page->signature, CB_PUBLIC_SIGNATURE, sizeof(public_page->signature));
	public_page->abi = CB_ABI_VERSION;
	public_page->nr_cpus = nr_cpus;
	public_page->image_pages = (u32)(image_size / PAGE_SIZE);
	public_page->pool_pages = (u32)(size / PAGE_SIZE);
	pool_init((void *)HV_BASE, public_page->pool_pages, public_page->image_pages + 1,
		  public_page->pool_used);
}

static bool map_cpu(cpuid_t id, struct cb_cpu_info *info)
{
	u64 slot = CPU_SLOTS + ((u64)id << CPU_SLOT_SHIFT);
	void *page = pool_alloc(1, CB_POOL_HYPERVISOR); /* stack and struct cpu */

	if (!page || !el2_map(slot + CPU_SLOT_STACK, virt_to_phys(page), EL2_DATA))
		return false;
	cpu_of(id)->id = id;
	cpu_of(id)->info = info;
	cpu_of(id)->release = cb_config_release(system_config, id);
	info->cpu = id;
	info->mpidr = boot_mpidrs[id];
	return true;
}

static u32 init_cpus(struct cb_error *error)
{
	u8 *infos = pool_alloc(cpu_info_pages(), CB_POOL_HYPERVISOR);

	for (cpuid_t id = 0; id < nr_cpus; id++)
		if (!infos ||
		    !map_cpu(id, (struct cb_cpu_info *)(infos + (size_t)id * CB_CPU_STRIDE)))
			return refuse(error, CB_ERR_NO_MEMORY);
	public_page->cpus_phys = virt_to_phys(infos);
	/* Only the window of this slot is used before the CPUs come. */
	write_sysreg((u64)cpu_of(0), tpidr_el2);
	return CB_OK;
}

static u64 end_of(u64 end, u64 phys, u64 size)
{
	return MAX(end, phys + size);
}

/*
 * Width of intermediate physical addresses: what the board needs, for each level less is a table
 * less and a shorter walk. A permissive root cell may touch anything.
 */
static unsigned int ipa_bits(void)
{
	const struct cb_frame *frame = system_config->gic.frames;
	u64 end = end_of(BIT(32), system_config->hypervisor.phys, system_config->hypervisor.size);

	if (system_config->root.flags & CB_CELL_PERMISSIVE)
		return cpu_pa_bits();
	for_each_region (region, &system_config->root)
		end = end_of(end, region->phys, region->size);
	for (u32 i = 0; i < CB_GIC_FRAMES; i++)
		end = end_of(end, frame[i].phys, frame[i].size);
	return MIN(64U - (unsigned int)__builtin_clzl(end - 1), cpu_pa_bits());
}

static u32 init_console(const struct cb_console_config *console, struct cb_error *error)
{
	u64 offset = console->address % PAGE_SIZE;
	u8 *page;

	if (console->type == CB_CONSOLE_NONE)
		return CB_OK;
	page = el2_map_device(console->address - offset, PAGE_SIZE);
	if (!page)
		return refuse(error, CB_ERR_NO_MEMORY);
	uart_init(console->type, page + offset);
	return CB_OK;
}

/* A refusal is in the record. */
static void init(u64 config_offset, u64 config_size, struct cb_error *error)
{
	const void *config = (const void *)(HV_BASE + config_offset);

	if (check_place(config_offset, config_size, error) ||
	    cb_config_check(config, config_size, CB_CONFIG_SYSTEM, error))
		return;
	system_config = config;
	if (check_region(error))
		return;
	psci_init();
	nr_cpus = system_config->cpus.count;
	memcpy(boot_mpidrs, cb_config_cpus(system_config), nr_cpus * sizeof(u64));
	init_pool(config_offset, config_size);
	stage2_setup(ipa_bits());
	if (init_cpus(error) || gic_init(system_config, error) ||
	    init_console(&system_config->debug_console, error))
		return;
	root_cell_init(error);
}

void boot_init(paddr_t phys, u64 config_offset, u64 config_size, u64 uses, u64 *x)
{
	struct cb_error error = { .cell = CB_NO_CELL, .other_cell = CB_NO_CELL };

	hv_phys = phys;
	linux_uses = uses;
	init(config_offset, config_size, &error);
	if (error.code == CB_ERR_NO_MEMORY && !error.needed) {
		error.available = pool_available();
		error.needed = error.available + 1; /* at least */
	}
	hypercall_result(x, &error);
	if (error.code)
		return;
	x[1] = (u64)public_page - HV_BASE;
	log_message("Cellblock " CELLBLOCK_VERSION ": %u CPUs, GICv%u, %u of %u pages used\n",
		    (u64)nr_cpus, (u64)gic_version,
		    (u64)public_page->pool_pages - public_page->pool_used[CB_POOL_FREE],
		    (u64)public_page->pool_pages);
}
