// SPDX-License-Identifier: GPL-2.0-only
/*
 * /dev/cellblock: sequences of ioctls, reads and polls with any arguments, through the real
 * driver (driver/) on a Linux of kernel/kernel.h, where allocations fail and signals come. Below
 * it a hypervisor that knows which cells there are and in which states; so what the driver holds
 * can be compared with it after each request: cells, CPUs, claims, mappings. At the end nothing
 * that was allocated is left.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "kernel/machine.h"

#include "cellblock.h"
#include "config.h"
#include "hypercall.h"
#include "input.h"

#define MAX_STEPS	100
#define HYPERVISOR	0x90000000ull
#define RAM		0x40000000ull
#define LINUX_RAM	RAM /* System RAM, in the lower half */
#define RAM_SIZE	0x20000000ull
#define CELL_RAM	(RAM + RAM_SIZE)
#define GICD		0x08000000ull
#define GICR		0x080a0000ull
#define IRQ_OF_A_DRIVER 40

/* ---- Configurations in user space ---- */

struct system_file {
	struct cb_system_config head;
	struct cb_region regions[2];
	struct cb_irq_range irqs[1];
	uint64_t cpus[MACHINE_CPUS];
};

struct cell_file {
	struct cb_cell_config head;
	struct cb_region regions[3];
	struct cb_irq_range irqs[2];
};

static struct cb_config_header header(u32 kind, u32 size, const char *name)
{
	struct cb_config_header h = { .signature = CB_CONFIG_SIGNATURE,
				      .revision = CB_CONFIG_REVISION,
				      .kind = (u8)kind,
				      .arch = CB_ARCH_ARM64,
				      .size = size };

	strcpy(h.name, name);
	return h;
}

static struct system_file system_file(void)
{
	struct system_file f = {
		.head = { .root = { .header = header(CB_CONFIG_SYSTEM, sizeof(f), "board"),
				    .cpus = BIT(MACHINE_CPUS) - 1,
				    .regions = { offsetof(struct system_file, regions), 2 },
				    .irqs = { offsetof(struct system_file, irqs), 1 } },
			  .hypervisor = { HYPERVISOR, 0x800000 },
			  .gic = { .version = 3,
				   .frames = { [CB_GIC_GICD] = { GICD, 0x10000 },
					       [CB_GIC_GICR] = { GICR, 0xc0000 } } },
			  .cpus = { offsetof(struct system_file, cpus), MACHINE_CPUS } },
		.regions = { { RAM, RAM, 2 * RAM_SIZE,
			       CB_REGION_READ | CB_REGION_WRITE | CB_REGION_EXECUTE, 0, "ram" },
			     { 0x09000000, 0x09000000, 0x10000,
			       CB_REGION_READ | CB_REGION_WRITE | CB_REGION_IO, 0, "io" } },
		.irqs = { { 32, 100 } },
	};

	for (u32 i = 0; i < MACHINE_CPUS; i++)
		f.cpus[i] = i;
	return f;
}

static u32 random_region_flags(void)
{
	static const u32 more[] = { CB_REGION_LOADABLE, CB_REGION_LOADABLE | CB_REGION_EXECUTE,
				    CB_REGION_SHARED, CB_REGION_EXECUTE };

	return CB_REGION_READ | CB_REGION_WRITE | more[random_below(ARRAY_SIZE(more))];
}

static struct cell_file cell_file(void)
{
	struct cell_file f = {
		.head = { .header = header(CB_CONFIG_CELL, sizeof(f), "a"),
			  .cpus = BIT(random_below(MACHINE_CPUS)),
			  .regions = { offsetof(struct cell_file, regions), 3 },
			  .irqs = { offsetof(struct cell_file, irqs), 2 } },
		.irqs = { { 50 + (u32)random_below(20), 1 }, { 90, 1 + (u32)random_below(20) } },
	};

	f.head.header.name[0] = "abcdef"[random_below(6)];
	if (random_chance(4))
		f.head.cpus = random_below(256);
	if (random_chance(8))
		f.irqs[0].first = IRQ_OF_A_DRIVER;
	for (u32 i = 0; i < 3; i++)
		f.regions[i] = (struct cb_region){
			CELL_RAM + PAGE(random_below(32)) * 16,
			i * 0x10000000ull,
			PAGE(1 + random_below(24)),
			random_region_flags(),
			0,
			"",
		};
	if (random_chance(8))
		f.regions[0].phys = random_chance(2) ? HYPERVISOR : LINUX_RAM;
	return f;
}

/* Put a file into user space; its size is in *size. */
static u64 put_file(const void *file, size_t file_size, u32 *size)
{
	u8 *at = machine.user + 0x1000;

	memcpy(at, file, file_size);
	if (random_chance(8))
		at[random_below(file_size)] ^= (u8)random_bits();
	((struct cb_config_header *)at)->checksum = cb_config_checksum(at, file_size);
	*size = random_chance(16) ? (u32)random_bits() : (u32)file_size;
	return random_chance(16) ? random_bits() : (u64)at;
}

/* ---- The hypervisor ---- */

static struct {
	bool enabled;
	struct {
		bool exists;
		u64 cpus;
		u64 claims; /* regions that are not shared */
		struct cb_region loadable[3];
		u32 nr_loadable;
		u32 rounds;  /* until it is stopped or cleared */
		bool silent; /* its CPUs take long to answer */
	} cells[CB_MAX_CELLS];
	size_t calls;
} hypervisor;

static struct cb_public *public_page(void)
{
	return machine_page(PUBLIC_PAGE, CB_PAGE_SIZE);
}

static struct cb_cell_page *cell_page(u64 id)
{
	return machine_page(CELL_PAGES + PAGE(id), CB_PAGE_SIZE);
}

static struct cb_cpu_info *cpu_info(u32 cpu)
{
	return machine_page(CPU_PAGES, CB_PAGE_SIZE) + (size_t)cpu * CB_CPU_STRIDE;
}

static void add_cell(u64 id, const struct cb_cell_config *config)
{
	struct cb_cell_page *page = cell_page(id);

	memset(page, 0, CB_PAGE_SIZE);
	page->id = (u32)id;
	memcpy(page->name, config->header.name, CB_NAME_SIZE);
	page->cpus = config->cpus;
	memset((u8 *)page + CB_CONSOLE_OFFSET, '#', CB_CONSOLE_SIZE);
	public_page()->cells_phys[id] = CELL_PAGES + PAGE(id);
	hypervisor.cells[id].exists = true;
	hypervisor.cells[id].rounds = (u32)random_below(4);
	hypervisor.cells[id].silent = false;
	hypervisor.cells[id].cpus = id ? config->cpus : 0;
	hypervisor.cells[id].claims = hypervisor.cells[id].nr_loadable = 0;
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

static struct hvc_result create(const struct cb_cell_config *config, u64 size)
{
	struct cb_error error;
	u64 id = 1;

	/* Checked, and its memory, CPUs and interrupts are not Linux' any more. */
	assert_int_equal(cb_config_check(config, size, CB_CONFIG_CELL, &error), CB_OK);
	assert_int_equal(config->cpus & machine.online, 0);
	while (id < MACHINE_CELLS && hypervisor.cells[id].exists)
		id++;
	if (id == MACHINE_CELLS || random_chance(8))
		return answer(CB_ERR_NO_MEMORY, CB_NO_CELL, 0);
	if (random_chance(8)) /* one of the CPUs is not quite off */
		return answer(CB_ERR_CPU_ONLINE, CB_NO_CELL, 0);
	add_cell(id, config);
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
		if (hypervisor.cells[id].rounds) {
			hypervisor.cells[id].rounds--;
			return answer(CB_ERR_BUSY, id,
				      hypervisor.cells[id].silent || random_chance(2)
					      ? hypervisor.cells[id].cpus
					      : 0);
		}
		if (function == CB_HVC_CELL_STOP)
			page->state = CB_CELL_STOPPED;
		else
			remove_cell(id);
	}
	return answer(CB_OK, id, 0);
}

struct hvc_result hvc_call(u64 function, u64 x1, u64 x2, u64 x3)
{
	(void)x3;
	assert_true(hypervisor.enabled);
	assert_int_equal(cellblock.lock.held, 1);
	hypervisor.calls++;
	/* A cell can always be stopped and destroyed. */
	if (function < CB_HVC_CELL_STOP && machine.failures && random_chance(32))
		return answer(random_chance(2) ? (u64)-1 : CB_ERR_ARGUMENT, x1, random_bits());
	return function == CB_HVC_CELL_CREATE ? create((const void *)x1, x2)
					      : operate(function, x1);
}

/* ---- The rest of the driver: the machine agrees, or not ---- */

static int perhaps(struct cb_error *error)
{
	return machine.failures && random_chance(machine.failures)
		       ? refuse(error, CB_ERR_EL2_IN_USE)
		       : 0;
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

bool cb_irq_user(u32 intid, char *name, size_t size)
{
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
	add_cell(0, &config->root);
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

static int perhaps_not(void)
{
	return machine.failures && random_chance(machine.failures) ? -ENOMEM : 0;
}

int cb_sysfs_init(void)
{
	return perhaps_not();
}

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

void cb_watch_stop(void)
{
}

void cb_reboot_exit(void)
{
}

/* ---- Requests ---- */

static const struct {
	unsigned int command;
	u32 error; /* offset of the record */
	bool admin;
	bool reserved; /* must be zero, behind the number of the cell */
} requests[] = {
	{ CB_IOC_ENABLE, offsetof(struct cb_ioc_config, error), true, false },
	{ CB_IOC_DISABLE, offsetof(struct cb_ioc_cell, error), true, false },
	{ CB_IOC_CREATE, offsetof(struct cb_ioc_config, error), true, false },
	{ CB_IOC_LOAD_BEGIN, offsetof(struct cb_ioc_cell, error), true, true },
	{ CB_IOC_LOAD, offsetof(struct cb_ioc_load, error), true, true },
	{ CB_IOC_START, offsetof(struct cb_ioc_start, error), true, true },
	{ CB_IOC_STOP, offsetof(struct cb_ioc_cell, error), true, true },
	{ CB_IOC_DESTROY, offsetof(struct cb_ioc_cell, error), true, true },
	{ CB_IOC_INFO, offsetof(struct cb_ioc_info, error), false, false },
	{ CB_IOC_CELL_INFO, offsetof(struct cb_ioc_cell_info, error), false, true },
	{ CB_IOC_CPU_INFO, offsetof(struct cb_ioc_cpu_info, error), false, false },
	{ CB_IOC_GET_CONFIG, offsetof(struct cb_ioc_get_config, error), false, false },
	{ CB_IOC_CONSOLE, offsetof(struct cb_ioc_cell, error), false, true },
};

union argument {
	struct cb_ioc_config config;
	struct cb_ioc_cell cell;
	struct cb_ioc_load load;
	struct cb_ioc_start start;
	struct cb_ioc_info info;
	struct cb_ioc_cell_info cell_info;
	struct cb_ioc_cpu_info cpu_info;
	struct cb_ioc_get_config get_config;
};

/* One that is there, more often than not. */
static u32 random_id(void)
{
	u32 id = 1 + (u32)random_below(4);

	for (u32 n = 0; n < 4 && !cellblock.cells[id] && !random_chance(8); n++)
		id = 1 + id % 4;
	if (random_chance(16))
		return random_chance(2) ? CB_ROOT_CELL : (u32)random_bits();
	return id;
}

/* In a loadable region, if there is one, but perhaps beyond its end. */
static void fill_load(struct cb_ioc_load *load)
{
	const struct cell *cell = load->cell < CB_MAX_CELLS ? cellblock.cells[load->cell] : NULL;

	load->data = random_chance(8) ? random_bits() : (u64)machine.user + random_below(0x2000);
	load->size = random_below(random_chance(2) ? 0x1000 : 0x12000);
	load->virt = random_below(random_chance(2) ? 1 : 0x8000);
	for (u32 i = 0; cell && i < cell->config->regions.count; i++) {
		const struct cb_region *region = &cb_config_regions(cell->config)[i];

		if (!(region->flags & CB_REGION_LOADABLE) && !random_chance(8))
			continue;
		load->virt += region->virt;
		break;
	}
	if (random_chance(32))
		load->size = random_bits();
	if (random_chance(32))
		load->virt = random_bits();
}

static void fill(unsigned int command, union argument *argument)
{
	const struct system_file system = system_file();
	struct cell_file cell;

	argument->cell.cell = random_id();
	argument->cell.reserved = random_chance(16) ? (u32)random_bits() : 0;
	switch (command) {
	case CB_IOC_ENABLE:
		argument->config.data = put_file(&system, sizeof(system), &argument->config.size);
		break;
	case CB_IOC_CREATE:
		cell = cell_file();
		argument->config.data = put_file(&cell, sizeof(cell), &argument->config.size);
		break;
	case CB_IOC_LOAD:
		fill_load(&argument->load);
		break;
	case CB_IOC_GET_CONFIG:
		argument->get_config.size = (u32)random_below(2048);
		argument->get_config.data =
			random_chance(8) ? random_bits() : (u64)machine.user + 0x4000;
	}
}

static void check_locks(void)
{
	assert_int_equal(cellblock.lock.held, 0);
	assert_int_equal(cellblock.pages_lock.readers + cellblock.pages_lock.writers, 0);
}

/* The driver and the hypervisor have the same idea of what there is. */
static void check_world(void)
{
	u64 away = 0, claims = cellblock.enabled;

	assert_int_equal(cellblock.enabled, hypervisor.enabled);
	assert_int_equal(machine.module_references, cellblock.enabled);
	for (u32 id = 0; id < CB_MAX_CELLS; id++) {
		assert_int_equal(cellblock.cells[id] != NULL, hypervisor.cells[id].exists);
		if (!hypervisor.cells[id].exists)
			continue;
		assert_int_equal(cellblock.cells[id]->id, id);
		assert_ptr_equal(cellblock.cells[id]->page, cell_page(id));
		away |= hypervisor.cells[id].cpus;
		claims += id ? hypervisor.cells[id].claims : 0;
	}
	assert_int_equal(machine.online, ~(away | machine.asleep) & (BIT(MACHINE_CPUS) - 1));
	assert_int_equal(machine.claims, claims);
}

static bool is_refused_by_rules(size_t which, const union argument *argument, u32 *code)
{
	*code = CB_OK;
	if (requests[which].admin && !machine.admin)
		*code = CB_ERR_NOT_ROOT_USER;
	else if (requests[which].reserved && argument->cell.reserved)
		*code = CB_ERR_ARGUMENT;
	return *code != CB_OK;
}

/* User space was zero before the request, and is to its end. */
static void assert_untouched_from(const u8 *at)
{
	size_t size = (size_t)(machine.user + USER_SIZE - at);

	assert_true(!*at && !memcmp(at, at + 1, size - 1));
}

/* What was found and given is the user's own configuration, and no byte more. */
static void check_config(const struct cb_ioc_get_config *got)
{
	const struct cell *cell = cellblock.cells[got->cell];

	assert_int_equal(got->size, cell->config->header.size);
	assert_memory_equal((void *)got->data, cell->config, got->size);
	assert_untouched_from((u8 *)got->data + got->size);
}

/* Little can be done before the hypervisor is enabled and a cell is there. */
static size_t random_request(void)
{
	static const u8 with_cells[] = { 3, 4, 4, 5, 6, 7 };
	u32 id = random_id();

	if (!cellblock.enabled && random_chance(2))
		return 0;
	if (random_chance(2) && id && id < CB_MAX_CELLS)
		return cellblock.cells[id] ? with_cells[random_below(sizeof(with_cells))] : 2;
	return random_below(ARRAY_SIZE(requests));
}

static void request(struct file *file)
{
	size_t which = random_request();
	unsigned int command = requests[which].command;
	union argument *argument = (union argument *)machine.user;
	struct cb_error *error = (void *)(machine.user + requests[which].error);
	u32 code = CB_OK;
	size_t calls = hypervisor.calls;
	long err;

	memset(machine.user, 0, sizeof(machine.user));
	fill(command, argument);
	if (random_chance(32)) {
		err = machine.device->fops->unlocked_ioctl(file, command ^ 1u << random_below(32),
							   random_bits() | 1);
		assert_true(err == -ENOTTY || err == -EFAULT || err == -ENOMEM);
		assert_int_equal(hypervisor.calls, calls);
		return;
	}
	is_refused_by_rules(which, argument, &code);
	err = machine.device->fops->unlocked_ioctl(file, command, (unsigned long)argument);
	if (err == -ENOMEM && !error->code)
		return; /* no room for the argument */
	assert_true(err <= 0 && err > -4096);
	assert_int_equal(!err, error->code == CB_OK);
	if (code) {
		assert_int_equal(error->code, code);
		assert_int_equal(hypervisor.calls, calls);
	}
	if (command == CB_IOC_GET_CONFIG && !err)
		check_config(&argument->get_config);
}

static void read_console(struct file *file)
{
	size_t size = random_below(CB_CONSOLE_SIZE + 2);
	u32 failures = machine.failures;
	ssize_t got;

	memset(machine.user, 0, sizeof(machine.user));
	if (random_chance(16)) {
		got = machine.device->fops->read(file, NULL, size, NULL);
		machine.failures = failures;
		assert_true(got <= 0);
		return;
	}
	got = machine.device->fops->read(file, (char *)machine.user, size, NULL);
	machine.failures = failures;
	assert_true(got <= (ssize_t)size);
	assert_untouched_from(machine.user + (got > 0 ? got : 0));
	machine.device->fops->poll(file, NULL);
}

/* Linux takes a CPU offline, or brings it back. Those of cells it cannot. */
static void hotplug(void)
{
	u32 cpu = 1 + (u32)random_below(MACHINE_CPUS - 1);

	if (machine.asleep >> cpu & 1) {
		machine.asleep &= ~BIT(cpu);
		machine.online |= BIT(cpu);
	} else if (cpu_online(cpu)) {
		machine.asleep |= BIT(cpu);
		machine.online &= ~BIT(cpu);
	}
}

/* A cell writes to its console, fails or stops by itself. */
static void cell_does_something(void)
{
	u32 id = (u32)random_below(MACHINE_CELLS);

	if (!hypervisor.cells[id].exists)
		return;
	cell_page(id)->console_head += random_below(64) * random_below(128);
	if (id && cell_page(id)->state == CB_CELL_RUNNING && random_chance(2))
		cell_page(id)->state = random_chance(2) ? CB_CELL_FAILED : CB_CELL_STOPPED;
}

static void call(unsigned int command, u32 cell, struct file *file)
{
	struct cb_ioc_cell *argument = (void *)machine.user;

	*argument = (struct cb_ioc_cell){ .cell = cell };
	assert_int_equal(
		machine.device->fops->unlocked_ioctl(file, command, (unsigned long)argument), 0);
}

/* Reboot is under way: what is not about giving back is refused. */
static void begin_shutdown(struct file *file)
{
	struct cb_ioc_config *argument = (void *)machine.user;

	cellblock.shutting_down = true;
	memset(argument, 0, sizeof(*argument));
	fill(CB_IOC_ENABLE, (void *)argument);
	assert_true(machine.device->fops->unlocked_ioctl(file, CB_IOC_ENABLE,
							 (unsigned long)argument) < 0);
	cellblock.shutting_down = false;
}

static void end(struct file files[2])
{
	begin_shutdown(&files[0]);
	machine.failures = 0;
	machine.admin = true;
	for (u32 id = 1; id < CB_MAX_CELLS; id++)
		hypervisor.cells[id].rounds = 0;
	for (u32 id = 1; id < CB_MAX_CELLS; id++)
		if (cellblock.cells[id])
			call(CB_IOC_DESTROY, id, &files[0]);
	if (cellblock.enabled)
		call(CB_IOC_DISABLE, 0, &files[0]);
	check_world();
	for (u32 i = 0; i < 2; i++)
		machine.device->fops->release(NULL, &files[i]);
	kernel_module_exit();
	assert_int_equal(machine.allocations, 0);
	assert_int_equal(machine.claims, 0);
	for (size_t i = 0; i < ARRAY_SIZE(machine.mappings); i++)
		assert_null(machine.mappings[i].at);
}

static void start_machine(void)
{
	memset(&machine, 0, sizeof(machine));
	memset(&hypervisor, 0, sizeof(hypervisor));
	machine.online = BIT(MACHINE_CPUS) - 1;
	memcpy(public_page()->signature, CB_PUBLIC_SIGNATURE, 8);
	public_page()->abi = random_chance(16) ? 0 : CB_ABI_VERSION;
}

/* A module that cannot be loaded leaves nothing behind. */
static void load_unlucky_module(void)
{
	machine.failures = 2;
	if (!kernel_module_init())
		kernel_module_exit();
	machine.failures = 0;
	assert_null(machine.device);
	assert_int_equal(machine.allocations, 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct file files[2] = { { .f_flags = O_NONBLOCK }, { 0 } };

	input_begin(data, size);
	start_machine();
	if (random_chance(16))
		load_unlucky_module();
	assert_int_equal(kernel_module_init(), 0);
	for (u32 i = 0; i < 2; i++)
		assert_int_equal(machine.device->fops->open(NULL, &files[i]), 0);
	for (u32 n = 0; n < MAX_STEPS && input_left(); n++) {
		machine.admin = !random_chance(16);
		machine.failures = random_chance(4) ? 1 + (u32)random_below(32) : 0;
		if (random_chance(8))
			read_console(&files[random_below(2)]);
		else if (random_chance(8))
			cell_does_something();
		else if (random_chance(32))
			hotplug();
		else
			request(&files[random_below(2)]);
		check_locks();
		check_world();
	}
	end(files);
	return 0;
}
