// SPDX-License-Identifier: GPL-2.0-only
/*
 * "show": all about one cell: state, CPUs, regions, interrupts, crash record; for the
 * root cell, what the system configuration says and how the page pool is used.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cells.h"
#include "clearing.h"
#include "crash.h"
#include "devices.h"
#include "names.h"
#include "output.h"

/* What is shown; the same for people and for programs. */
struct show {
	const struct cellctl *ctl;
	struct cb_cell_page page;
	struct cb_system_info public;
	struct file config;
};

static const struct cb_cell_config *cell_config(const struct show *show)
{
	return show->config.data;
}

static bool is_root(const struct show *show)
{
	return show->page.id == CB_ROOT_CELL;
}

/* ---- For people ---- */

static void print_state(const struct show *show)
{
	char buffer[256];
	struct text text;

	printf("cell %u \"%.31s\": %s", show->page.id, show->page.name,
	       name_cell_state(show->page.state));
	clearing_print(show->ctl, &show->page, ", ");
	printf("\n");
	text_init(&text, buffer, sizeof(buffer));
	text_add_cell_flags(&text, show->page.flags);
	printf("flags: %s\npages of the pool: %u\nconsole: %s", buffer, show->page.pages,
	       name_console(cell_config(show)->console.type));
	if (cell_config(show)->console.address)
		printf(" at 0x%" PRIx64, cell_config(show)->console.address);
	printf("\n");
}

/* One from a spin table is no CPU of Linux'. */
static void print_cpu(uint32_t number, const struct cpu *cpu)
{
	printf("  %2u  %-8s  MPIDR 0x%-8" PRIx64, number, name_cpu_state(cpu->info.state),
	       cpu->info.mpidr);
	if (cpu->linux_cpu < 0)
		printf("  from its spin table\n");
	else
		printf("  Linux CPU %d\n", cpu->linux_cpu);
}

static int print_cpus(const struct show *show)
{
	struct cpu cpu;
	int ret = EXIT_OK;

	printf("CPUs:\n");
	for (uint32_t i = 0; i < show->public.nr_cpus && i < CB_MAX_CPUS && !ret; i++) {
		if (!(show->page.cpus >> i & 1))
			continue;
		ret = cells_cpu(show->ctl, i, &cpu);
		if (!ret)
			print_cpu(i, &cpu);
	}
	return ret;
}

static void print_region(const struct cb_region *region)
{
	char range[64], size[32], flags[128];
	struct text text;

	text_init(&text, range, sizeof(range));
	text_add_range(&text, region->virt, region->size);
	text_init(&text, size, sizeof(size));
	text_add_size(&text, region->size);
	text_init(&text, flags, sizeof(flags));
	text_add_region_flags(&text, region->flags);
	printf("  %-15.15s  %-23s  %9s  %s", region->name, range, size, flags);
	if (region->phys != region->virt)
		printf(", at PA 0x%" PRIx64, region->phys);
	printf("\n");
}

static void print_regions(const struct show *show)
{
	const struct cb_region *regions = cb_config_regions(cell_config(show));

	printf(is_root(show) ? "regions (cells may have parts of them now):\n" : "regions:\n");
	for (uint32_t i = 0; i < cell_config(show)->regions.count; i++)
		print_region(&regions[i]);
}

static void print_irqs(const struct show *show)
{
	const struct cb_irq_range *irqs = cb_config_irqs(cell_config(show));
	const char *separator = " ";

	printf("interrupts:");
	for (uint32_t i = 0; i < cell_config(show)->irqs.count; i++) {
		if (irqs[i].count == 1)
			printf("%s%u", separator, irqs[i].first);
		else
			printf("%s%u-%u", separator, irqs[i].first,
			       irqs[i].first + irqs[i].count - 1);
		separator = ", ";
	}
	printf("%s\n", *separator == ' ' ? " none" : "");
}

static void print_smcs(const struct show *show)
{
	const uint32_t *smcs = cb_config_smcs(cell_config(show));

	if (!cell_config(show)->smcs.count)
		return;
	printf("%s:", is_root(show) ? "SMCs refused while there are cells" : "SMCs");
	for (uint32_t i = 0; i < cell_config(show)->smcs.count; i++)
		printf(" 0x%08x", smcs[i]);
	printf("\n");
}

static void print_devices(const struct show *show)
{
	json_t *devices = devices_read(show->page.id);

	devices_print(devices);
	json_decref(devices);
}

static void print_crash(const struct show *show)
{
	char buffer[4096];
	struct text text;

	if (show->page.state != CB_CELL_FAILED)
		return;
	text_init(&text, buffer, sizeof(buffer));
	crash_describe(&show->page.crash, &text);
	text_add(&text, "; registers:\n");
	crash_registers(&show->page.crash, &text);
	printf("%s", buffer);
}

/* Where a cell is that takes long to destroy, or that cannot be. */
static void print_clearing(const struct show *show)
{
	const struct cb_cell_page *page = &show->page;

	if (page->state == CB_CELL_DESTROYING)
		printf("memory: %s, region %u at 0x%" PRIx64 "\n", name_clearing(page->clearing),
		       page->clear_region, page->clear_address);
}

static void print_frame(const char *name, const struct cb_frame *frame)
{
	char buffer[64];
	struct text text;

	if (!frame->size)
		return;
	text_init(&text, buffer, sizeof(buffer));
	text_add_range(&text, frame->phys, frame->size);
	printf("  %-15s  %s\n", name, buffer);
}

static void print_system(const struct cb_system_config *system)
{
	printf("board: %.31s, GICv%u\n", system->root.header.name, system->gic.version);
	print_frame("hypervisor", &system->hypervisor);
	for (uint32_t i = 0; i < CB_GIC_FRAMES; i++)
		print_frame(name_gic_frame(i), &system->gic.frames[i]);
}

static void print_pool(const struct cb_system_info *public)
{
	printf("page pool: %u pages, image %u", public->pool_pages, public->image_pages);
	for (uint32_t use = 0; use < CB_POOL_USES; use++)
		printf(", %s %u", name_pool_use(use), public->pool_used[use]);
	printf("\ninterrupts of the root cell: %s\n", name_root_mode(public->root_mode));
}

static uint32_t touched_count(const struct cb_system_info *public)
{
	return public->nr_touched < CB_TOUCHED_MAX ? public->nr_touched : CB_TOUCHED_MAX;
}

static void print_touched(const struct show *show)
{
	const struct cb_system_info *public = &show->public;

	if (!(show->page.flags & CB_CELL_PERMISSIVE))
		return;
	printf("pages that no region lists and the root cell touched: %s\n",
	       public->nr_touched ? "" : "none");
	for (uint32_t i = 0; i < touched_count(public); i++)
		printf("  0x%" PRIx64 "\n", public->touched[i]);
	if (public->touched_lost)
		printf("  and %u more\n", public->touched_lost);
}

static int print_show(const struct show *show)
{
	int ret;

	print_state(show);
	ret = print_cpus(show);
	print_regions(show);
	print_irqs(show);
	print_smcs(show);
	print_devices(show);
	if (is_root(show)) {
		print_system(show->config.data);
		print_pool(&show->public);
		print_touched(show);
	}
	print_clearing(show);
	print_crash(show);
	return ret;
}

/* ---- For programs ---- */

static json_t *json_flags(uint32_t flags, void (*add)(struct text *text, uint32_t flags))
{
	json_t *array = json_array();

	for (unsigned int bit = 0; bit < 32; bit++) {
		char buffer[32];
		struct text text;

		if (!(flags >> bit & 1))
			continue;
		text_init(&text, buffer, sizeof(buffer));
		add(&text, 1u << bit);
		json_array_append_new(array, json_string(buffer));
	}
	return array;
}

static json_t *json_cpu_infos(const struct show *show)
{
	json_t *array = json_array();

	for (uint32_t i = 0; i < show->public.nr_cpus && i < CB_MAX_CPUS; i++) {
		struct cpu cpu;

		if (!(show->page.cpus >> i & 1) || cells_cpu(show->ctl, i, &cpu))
			continue;
		json_array_append_new(array, json_pack("{s:i, s:s, s:o, s:i}", "cpu", (int)i,
						       "state", name_cpu_state(cpu.info.state),
						       "mpidr", json_hex(cpu.info.mpidr),
						       "linux_cpu", (int)cpu.linux_cpu));
	}
	return array;
}

static json_t *json_regions(const struct cb_cell_config *config)
{
	const struct cb_region *regions = cb_config_regions(config);
	json_t *array = json_array();

	for (uint32_t i = 0; i < config->regions.count; i++)
		json_array_append_new(
			array,
			json_pack("{s:s, s:o, s:o, s:o, s:o}", "name", regions[i].name, "phys",
				  json_hex(regions[i].phys), "virt", json_hex(regions[i].virt),
				  "size", json_hex(regions[i].size), "flags",
				  json_flags(regions[i].flags, text_add_region_flags)));
	return array;
}

static json_t *json_irqs(const struct cb_cell_config *config)
{
	const struct cb_irq_range *irqs = cb_config_irqs(config);
	json_t *array = json_array();

	for (uint32_t i = 0; i < config->irqs.count; i++)
		json_array_append_new(array, json_pack("{s:i, s:i}", "first", (int)irqs[i].first,
						       "count", (int)irqs[i].count));
	return array;
}

static json_t *json_smcs(const struct cb_cell_config *config)
{
	const uint32_t *smcs = cb_config_smcs(config);
	json_t *array = json_array();

	for (uint32_t i = 0; i < config->smcs.count; i++)
		json_array_append_new(array, json_hex(smcs[i]));
	return array;
}

static json_t *json_crash(const struct cb_crash *crash)
{
	json_t *object = json_object(), *x = json_array();
	char buffer[512];
	struct text text;

	text_init(&text, buffer, sizeof(buffer));
	crash_describe(crash, &text);
	json_object_set_new(object, "reason", json_string(name_crash(crash->reason)));
	json_object_set_new(object, "message", json_string(buffer));
	json_object_set_new(object, "cpu", json_integer(crash->cpu));
	json_object_set_new(object, "ipa", json_hex(crash->ipa));
	json_object_set_new(object, "insn", json_hex(crash->insn));
	for (size_t i = 0; i < crash_register_count(); i++)
		json_object_set_new(object, crash_register_name(i),
				    json_hex(crash_register_value(crash, i)));
	for (size_t i = 0; i < sizeof(crash->x) / sizeof(crash->x[0]); i++)
		json_array_append_new(x, json_hex(crash->x[i]));
	json_object_set_new(object, "x", x);
	return object;
}

static json_t *json_clearing(const struct cb_cell_page *page)
{
	return json_pack("{s:s, s:i, s:o}", "state", name_clearing(page->clearing), "region",
			 (int)page->clear_region, "address", json_hex(page->clear_address));
}

static json_t *json_frame(const struct cb_frame *frame)
{
	return json_pack("{s:o, s:o}", "phys", json_hex(frame->phys), "size",
			 json_hex(frame->size));
}

static json_t *json_gic(const struct cb_gic_config *gic)
{
	json_t *object = json_pack("{s:i}", "version", (int)gic->version);

	for (uint32_t i = 0; i < CB_GIC_FRAMES; i++)
		if (gic->frames[i].size)
			json_object_set_new(object, name_gic_frame(i), json_frame(&gic->frames[i]));
	return object;
}

static json_t *json_pool(const struct cb_system_info *public)
{
	json_t *object = json_pack("{s:i, s:i}", "pages", (int)public->pool_pages, "image",
				   (int)public->image_pages);

	for (uint32_t use = 0; use < CB_POOL_USES; use++)
		json_object_set_new(object, name_pool_use(use),
				    json_integer(public->pool_used[use]));
	return object;
}

static void add_root(json_t *object, const struct show *show)
{
	const struct cb_system_config *system = show->config.data;
	json_t *touched = json_array();

	for (uint32_t i = 0; i < touched_count(&show->public); i++)
		json_array_append_new(touched, json_hex(show->public.touched[i]));
	json_object_set_new(object, "board", json_string(system->root.header.name));
	json_object_set_new(object, "hypervisor", json_frame(&system->hypervisor));
	json_object_set_new(object, "gic", json_gic(&system->gic));
	json_object_set_new(object, "pool", json_pool(&show->public));
	json_object_set_new(object, "mode", json_string(name_root_mode(show->public.root_mode)));
	json_object_set_new(object, "touched", touched);
	json_object_set_new(object, "touched_lost", json_integer(show->public.touched_lost));
}

static int json_show(const struct show *show)
{
	const struct cb_cell_config *config = cell_config(show);
	const struct cb_cell_page *page = &show->page;
	json_t *object = json_object();

	json_object_set_new(object, "cell", json_integer(page->id));
	json_object_set_new(object, "name", json_string(page->name));
	json_object_set_new(object, "state", json_string(name_cell_state(page->state)));
	clearing_json(show->ctl, page, object);
	json_object_set_new(object, "generation", json_integer(page->generation));
	json_object_set_new(object, "flags", json_flags(page->flags, text_add_cell_flags));
	json_object_set_new(object, "pages", json_integer(page->pages));
	json_object_set_new(object, "console", json_string(name_console(config->console.type)));
	json_object_set_new(object, "cpus", json_cpu_infos(show));
	json_object_set_new(object, "regions", json_regions(config));
	json_object_set_new(object, "irqs", json_irqs(config));
	json_object_set_new(object, "smcs", json_smcs(config));
	if (is_root(show))
		add_root(object, show);
	else
		json_object_set_new(object, "devices", devices_read(page->id));
	if (page->state == CB_CELL_DESTROYING)
		json_object_set_new(object, "clearing", json_clearing(page));
	if (page->state == CB_CELL_FAILED)
		json_object_set_new(object, "crash", json_crash(&page->crash));
	output_json(object);
	return EXIT_OK;
}

int cmd_show(struct cellctl *ctl)
{
	struct show show = { .ctl = ctl };
	int ret = cells_connect(ctl);

	if (!ret)
		ret = cells_find(ctl, ctl->operands[0], &show.page);
	if (!ret)
		ret = cells_public(ctl, &show.public);
	if (!ret)
		ret = cells_config(ctl, show.page.id, &show.config);
	if (!ret)
		ret = ctl->json ? json_show(&show) : print_show(&show);
	file_free(&show.config);
	return ret;
}
