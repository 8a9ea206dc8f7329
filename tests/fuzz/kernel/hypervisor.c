// SPDX-License-Identifier: GPL-2.0-only
/*
 * The hypervisor below the driver under test: it knows which cells there are and in which states,
 * refuses now and then, and takes its time to stop and destroy.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "below.h"

#include "cellblock.h"
#include <config/check.h>
#include "hypercall.h"

struct hypervisor hypervisor;

void hypervisor_add_cell(u64 id, const struct cb_cell_config *config)
{
	struct cb_cell_page *page = cell_page(id);

	memset(page, 0, CB_PAGE_SIZE);
	page->id = (u32)id;
	memcpy(page->name, config->header.name, CB_NAME_SIZE);
	page->cpus = config->cpus;
	memset((u8 *)page + CB_CONSOLE_OFFSET, '#', CB_CONSOLE_SIZE);
	page->log_phys = CELL_PAGES + PAGE(id) + CB_CONSOLE_OFFSET;
	page->log_size = CB_CONSOLE_SIZE;
	public_page()->cells_phys[id] = CELL_PAGES + PAGE(id);
	hypervisor.cells[id].exists = true;
	hypervisor.cells[id].rounds = (u32)random_below(4);
	hypervisor.cells[id].silent = false;
	hypervisor.cells[id].cpus = id ? config->cpus : 0;
	hypervisor.cells[id].claims = 1; /* on its interrupts */
	hypervisor.cells[id].nr_loadable = 0;
	for (u32 i = 0; id && i < config->regions.count; i++) {
		const struct cb_region *r = &cb_config_regions(config)[i];

		hypervisor.cells[id].claims += !(r->flags & CB_REGION_SHARED);
		if (r->flags & CB_REGION_LOADABLE)
			hypervisor.cells[id].loadable[hypervisor.cells[id].nr_loadable++] = *r;
	}
	for (u32 cpu = 0; id && cpu < MACHINE_CPUS; cpu++)
		if (config->cpus >> cpu & 1)
			cpu_info(cpu)->cell = (u32)id;
}

static struct hvc_result answer(u64 code, u64 id, u64 address)
{
	return (struct hvc_result){ { code, (u32)id | (u64)CB_NO_CELL << 32, 0, address } };
}

/* Before anything is taken from Linux. */
static struct hvc_result check(const struct cb_cell_config *config, u64 size)
{
	struct cb_error error;

	assert_int_equal(cb_config_check(config, size, CB_CONFIG_CELL, &error), CB_OK);
	assert_int_equal(config->cpus & ~(machine.online | machine.asleep), 0);
	hypervisor.checked = NULL;
	if (random_chance(8))
		return answer(CB_ERR_REGION_NOT_ROOTS, CB_NO_CELL, 0);
	hypervisor.checked = config;
	return answer(CB_OK, CB_NO_CELL, 0);
}

static struct hvc_result create(const struct cb_cell_config *config, u64 size)
{
	struct cb_error error;
	u64 id = 1;

	/* Checked, and its memory, CPUs and interrupts are not Linux' any more. */
	assert_int_equal(cb_config_check(config, size, CB_CONFIG_CELL, &error), CB_OK);
	assert_ptr_equal(config, hypervisor.checked);
	assert_int_equal(config->cpus & machine.online, 0);
	while (id < MACHINE_CELLS && hypervisor.cells[id].exists)
		id++;
	if (id == MACHINE_CELLS || random_chance(8))
		return answer(CB_ERR_NO_MEMORY, CB_NO_CELL, 0);
	if (random_chance(8)) /* one of the CPUs is not quite off */
		return answer(CB_ERR_CPU_ONLINE, CB_NO_CELL, 0);
	hypervisor_add_cell(id, config);
	return (struct hvc_result){ { CB_OK, id } };
}

/* Linux has nothing of the cell's memory mapped when it is not being loaded. */
static void check_not_mapped(u64 id)
{
	for (size_t i = 0; i < ARRAY_SIZE(machine.mappings); i++)
		for (u32 n = 0; machine.mappings[i].at && n < hypervisor.cells[id].nr_loadable; n++)
			assert_false(cb_ranges_overlap(machine.mappings[i].phys,
						       machine.mappings[i].size,
						       hypervisor.cells[id].loadable[n].phys,
						       hypervisor.cells[id].loadable[n].size));
}

static void remove_cell(u64 id)
{
	for (u32 cpu = 0; cpu < MACHINE_CPUS; cpu++)
		if (cpu_info(cpu)->cell == id)
			cpu_info(cpu)->cell = CB_ROOT_CELL;
	public_page()->cells_phys[id] = 0;
	hypervisor.cells[id].exists = false;
	memset(cell_page(id), 0xee, CB_PAGE_SIZE); /* whoever still reads it, finds nonsense */
}

static struct hvc_result operate(u64 function, u64 id)
{
	struct cb_cell_page *page;

	if (!id || id >= MACHINE_CELLS || !hypervisor.cells[id].exists)
		fail_msg("the driver asks for a cell that is not there");
	page = cell_page(id);
	switch (function) {
	case CB_HVC_CELL_LOAD:
		if (page->state == CB_CELL_RUNNING || page->state == CB_CELL_DESTROYING)
			return answer(CB_ERR_CELL_STATE, id, page->state);
		page->state = CB_CELL_LOADING;
		break;
	case CB_HVC_CELL_START:
		check_not_mapped(id);
		if (page->state != CB_CELL_LOADING)
			return answer(CB_ERR_CELL_STATE, id, page->state);
		page->state = random_chance(4) ? CB_CELL_FAILED : CB_CELL_RUNNING;
		hypervisor.cells[id].rounds = (u32)random_below(32);
		hypervisor.cells[id].silent = random_chance(4);
		break;
	case CB_HVC_CELL_STOP:
	case CB_HVC_CELL_DESTROY:
		check_not_mapped(id);
		if (function == CB_HVC_CELL_STOP && page->state == CB_CELL_DESTROYING)
			return answer(CB_ERR_CELL_STATE, id, page->state);
		if (hypervisor.cells[id].rounds) {
			hypervisor.cells[id].rounds--;
			return answer(CB_ERR_BUSY, id,
				      hypervisor.cells[id].silent || random_chance(2)
					      ? hypervisor.cells[id].cpus
					      : 0);
		}
		if (function == CB_HVC_CELL_STOP) {
			page->state = CB_CELL_STOPPED;
			break;
		}
		/* The call that begins to clear is busy; the one that ends it gives back CPUs. */
		if (page->state != CB_CELL_DESTROYING) {
			page->state = CB_CELL_DESTROYING;
			return answer(CB_ERR_BUSY, id, 0);
		}
		assert_int_equal(cellblock.lock.held, 1);
		if (machine.failures && random_chance(16))
			return answer(CB_ERR_CELL_MEMORY, id, 0);
		remove_cell(id);
	}
	return answer(CB_OK, id, 0);
}

/* Any cell may have a virtual UART here; it takes some of what it is given. */
static struct hvc_result input(u64 id, u64 size)
{
	if (cell_page(id)->state != CB_CELL_RUNNING)
		return answer(CB_ERR_CELL_STATE, id, cell_page(id)->state);
	assert_in_range(size, 1, CB_CELL_INPUT_MAX);
	if (random_chance(4))
		return answer(CB_ERR_CONSOLE_INPUT, id, 0);
	return (struct hvc_result){ { CB_OK, random_below(size + 1) } };
}

struct hvc_result hvc_raw(u64 function, u64 x1, u64 x2, u64 x3, u64 x4, u64 x5, u64 x6)
{
	(void)x4, (void)x5, (void)x6;
	assert_true(hypervisor.enabled);
	/* A cell that is shown is locked; where cells come and go, all are. */
	if (function == CB_HVC_CELL_CREATE || !cellblock.cells[x1])
		assert_int_equal(cellblock.lock.held, 1);
	else
		assert_int_equal(cellblock.cells[x1]->lock.held, 1);
	hypervisor.calls++;
	/* A cell can always be stopped and destroyed. */
	if (function < CB_HVC_CELL_STOP && machine.failures && random_chance(32))
		return answer(random_chance(2) ? (u64)-1 : CB_ERR_ARGUMENT, x1, random_bits());
	if (function == CB_HVC_CELL_INPUT)
		return input(x1, x2);
	if (function != CB_HVC_CELL_CREATE)
		return operate(function, x1);
	return x3 ? check((const void *)x1, x2) : create((const void *)x1, x2);
}
