// SPDX-License-Identifier: GPL-2.0-only
/* The rest of the driver, which is not under test: the machine agrees, or not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "below.h"

#include "cellblock.h"
#include <config/check.h>

static int perhaps(struct cb_error *error)
{
	return machine.failures && random_chance(machine.failures)
		       ? refuse(error, CB_ERR_EL2_IN_USE)
		       : 0;
}

void cb_note_kernel(void)
{
}

void cb_devices_take(struct cell *cell)
{
	(void)cell;
}

void cb_devices_give_back(struct cell *cell)
{
	(void)cell;
}

int cb_check_el2(struct cb_error *error)
{
	return perhaps(error);
}

int cb_check_gic(const struct cb_system_config *config, struct cb_error *error)
{
	(void)config;
	return perhaps(error);
}

int cb_check_eoi_mode(const struct cb_system_config *config, struct cb_error *error)
{
	(void)config;
	return perhaps(error);
}

int cb_check_hypervisor_region(const struct cb_system_config *config, struct cb_error *error)
{
	(void)config;
	return perhaps(error);
}

int cb_check_linux_memory(const struct cb_system_config *config, struct cb_error *error)
{
	assert_ptr_equal(cellblock.memory, config); /* so that none is added behind its back */
	return perhaps(error);
}

int cb_check_is_memory(u64 start, u64 size, u32 index, struct cb_error *error)
{
	(void)start, (void)size, (void)index;
	return perhaps(error);
}

int cb_check_not_firmware(u64 start, u64 size, u32 index, struct cb_error *error)
{
	(void)start, (void)size, (void)index;
	return perhaps(error);
}

void cb_memory_follow(const struct cb_system_config *config)
{
	cellblock.memory = config;
}

int cb_memory_init(void)
{
	return 0;
}

void cb_memory_exit(void)
{
	assert_null(cellblock.memory);
}

int cb_map_cpus(const struct cb_system_config *config, int *linux_cpu, struct cb_error *error)
{
	if (config->cpus.count != MACHINE_CPUS || machine.online != BIT(MACHINE_CPUS) - 1)
		return refuse(error, CB_ERR_CPU_COUNT);
	for (u32 cpu = 0; cpu < MACHINE_CPUS; cpu++)
		linux_cpu[cpu] = (int)cpu;
	return 0;
}

int cb_spin_table_check(const struct cb_system_config *config, struct cb_error *error)
{
	(void)config;
	return perhaps(error);
}

int cb_spin_table_release(const struct cb_system_config *config, struct cb_error *error)
{
	(void)config;
	return perhaps(error);
}

struct irq_domain *cb_gic_domain(void)
{
	return NULL;
}

bool cb_irq_user(struct irq_domain *domain, u32 intid, char *name, size_t size)
{
	(void)domain;
	strscpy(name, "driver", size);
	return intid == IRQ_OF_A_DRIVER;
}

const struct firmware *cb_image_get(const struct cb_system_config *config, struct cb_error *error)
{
	return perhaps(error) ? NULL : (const void *)config;
}

int cb_image_write(const struct firmware *image, const struct cb_system_config *config,
		   u64 *config_offset, struct cb_error *error)
{
	(void)image, (void)config;
	*config_offset = 0;
	return perhaps(error);
}

/* The public page lies where the driver looks: the region's address is added. */
int cb_takeover_init(const struct cb_system_config *config, u64 config_offset, u64 *public_offset,
		     struct cb_error *error)
{
	(void)config_offset;
	if (perhaps(error))
		return cb_error_errno(error->code);
	*public_offset = PUBLIC_PAGE - config->hypervisor.phys;
	for (u32 cpu = 0; cpu < MACHINE_CPUS; cpu++)
		*cpu_info(cpu) = (struct cb_cpu_info){ .cpu = cpu };
	public_page()->cpus_phys = CPU_PAGES;
	hypervisor_add_cell(0, &config->root);
	hypervisor.cells[0].exists = false; /* not before it runs */
	return 0;
}

int cb_takeover_start(const struct cb_system_config *config, struct cb_error *error)
{
	(void)config;
	if (perhaps(error))
		return cb_error_errno(error->code);
	hypervisor.cells[0].exists = true;
	hypervisor.enabled = true;
	return 0;
}

int cb_takeover_end(struct cb_error *error)
{
	if (perhaps(error))
		return cb_error_errno(error->code);
	for (u32 id = 1; id < CB_MAX_CELLS; id++)
		assert_false(hypervisor.cells[id].exists);
	hypervisor.enabled = false;
	hypervisor.cells[0].exists = false;
	return 0;
}

bool cb_iomem_system_ram(u64 start, u64 size, struct cb_error *record)
{
	record->other_address = LINUX_RAM;
	record->other_size = RAM_SIZE;
	return cb_ranges_overlap(start, size, LINUX_RAM, RAM_SIZE);
}

int cb_iomem_claim(struct resource *claim, const char *name, u64 start, u64 size,
		   struct cb_error *record)
{
	*claim = (struct resource){ .start = start, .end = start + size - 1, .name = name };
	if (machine.failures && random_chance(machine.failures)) {
		strscpy(record->name, "other", sizeof(record->name));
		return -EBUSY;
	}
	claim->flags = 1;
	machine.claims++;
	return 0;
}

void cb_iomem_release(struct resource *claim)
{
	machine.claims -= claim->flags != 0;
	claim->flags = 0;
}

static int perhaps_not(void)
{
	return machine.failures && random_chance(machine.failures) ? -ENOMEM : 0;
}

/* Somebody may come between the check and the claim. */
int cb_spis_claim(struct cell *cell, struct cb_error *error)
{
	int err = perhaps(error);

	if (!err)
		cell->nr_spis = 1;
	machine.claims += !err;
	return err;
}

void cb_spis_release(struct cell *cell)
{
	machine.claims -= cell->nr_spis;
	cell->nr_spis = 0;
}

int cb_stub_open(u64 phys)
{
	(void)phys;
	return perhaps_not();
}

void cb_stub_keep(void)
{
}

void cb_stub_restore(void)
{
}

void cb_stub_drop_others(u64 phys)
{
	(void)phys;
}

bool cb_lockdown_pins_image(void)
{
	return true;
}

int cb_lockdown_check_system(const struct cb_system_config *config, struct cb_error *error)
{
	(void)config;
	return perhaps(error);
}

int cb_lockdown_check_cell(const struct cb_cell_config *config, struct cb_error *error)
{
	(void)config;
	return perhaps(error);
}

static void cell_release(struct kobject *kobj)
{
	struct cell *cell = (struct cell *)kobj;

	_Static_assert(!offsetof(struct cell, kobj), "the object comes first");
	if (cell->id != CB_ROOT_CELL)
		cb_free_config(cell->config);
	kfree(cell->claims);
	kfree(cell);
}

const struct kobj_type cb_cell_type = { .release = cell_release };
const struct attribute_group *cb_device_groups[1];
wait_queue_head_t cb_console_wait;

int cb_sysfs_add_cpus(u32 nr_cpus)
{
	(void)nr_cpus;
	return perhaps_not();
}

int cb_sysfs_add_cell(struct cell *cell)
{
	(void)cell;
	return perhaps_not();
}

int cb_reboot_init(void)
{
	return perhaps_not();
}

void cb_sysfs_exit(void)
{
}

void cb_sysfs_remove_cpus(void)
{
}

void cb_sysfs_enabled_changed(void)
{
}

void cb_announce(const struct cell *cell, const char *state)
{
	(void)cell, (void)state;
}

void cb_watch_start(void)
{
}

void cb_watch_for_reader(void)
{
}

void cb_watch_stop(void)
{
}

void cb_reboot_exit(void)
{
}

void cb_sleep_init(void)
{
}

void cb_sleep_exit(void)
{
}
