// SPDX-License-Identifier: GPL-2.0-only
/*
 * /dev/cellblock: sequences of ioctls, reads and polls with any arguments, through the real
 * driver (driver/) on a Linux of kernel/kernel.h, where allocations fail and signals come. Below
 * it a hypervisor (kernel/hypervisor.c) that knows which cells there are and in which states; so
 * what the driver holds can be compared with it after each request: cells, CPUs, claims, mappings.
 * At the end nothing that was allocated is left.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "kernel/below.h"

#include "cellblock.h"
#include <config/check.h>
#include "hypercall.h"
#include "input.h"

#define MAX_STEPS  100
#define HYPERVISOR 0x90000000ull
#define CELL_RAM   (RAM + RAM_SIZE)
#define GICD	   0x08000000ull
#define GICR	   0x080a0000ull

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

/* ---- Requests ---- */

static const struct {
	unsigned int command;
	u32 size, least;
	bool admin;
	bool reserved; /* must be zero, behind the number of the cell */
} requests[] = {
#define REQUEST(command, type, last, admin, reserved)                                         \
	{                                                                                     \
		command, sizeof(struct type), offsetofend(struct type, last), admin, reserved \
	}
	REQUEST(CB_IOC_ENABLE, cb_ioc_config, size, true, false),
	REQUEST(CB_IOC_DISABLE, cb_ioc, error, true, false),
	REQUEST(CB_IOC_CREATE, cb_ioc_config, cell, true, false),
	REQUEST(CB_IOC_LOAD_BEGIN, cb_ioc_cell, cell, true, true),
	REQUEST(CB_IOC_LOAD, cb_ioc_load, size, true, true),
	REQUEST(CB_IOC_START, cb_ioc_start, argument, true, true),
	REQUEST(CB_IOC_STOP, cb_ioc_cell, cell, true, true),
	REQUEST(CB_IOC_DESTROY, cb_ioc_cell, cell, true, true),
	REQUEST(CB_IOC_INFO, cb_ioc_info, data, false, false),
	REQUEST(CB_IOC_CELL_INFO, cb_ioc_info, data, false, false),
	REQUEST(CB_IOC_CPU_INFO, cb_ioc_info, linux_cpu, false, false),
	REQUEST(CB_IOC_GET_CONFIG, cb_ioc_get_config, data, false, false),
	REQUEST(CB_IOC_CONSOLE, cb_ioc_cell, cell, false, true),
	REQUEST(CB_IOC_VERSION, cb_ioc_version, features, false, false),
};

union argument {
	struct cb_ioc head;
	struct cb_ioc_config config;
	struct cb_ioc_cell cell;
	struct cb_ioc_load load;
	struct cb_ioc_start start;
	struct cb_ioc_info info;
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

	if (command == CB_IOC_DISABLE || command == CB_IOC_VERSION)
		return;
	argument->cell.cell = random_id();
	argument->cell.reserved = random_chance(16) ? (u32)random_bits() : 0;
	switch (command) {
	case CB_IOC_ENABLE:
		argument->config.cell = random_chance(32);
		argument->config.data = put_file(&system, sizeof(system), &argument->config.size);
		break;
	case CB_IOC_CREATE:
		cell = cell_file();
		argument->config.cell = random_chance(32);
		argument->config.data = put_file(&cell, sizeof(cell), &argument->config.size);
		break;
	case CB_IOC_LOAD:
		fill_load(&argument->load);
		break;
	case CB_IOC_INFO:
	case CB_IOC_CELL_INFO:
	case CB_IOC_CPU_INFO:
		if (command == CB_IOC_INFO && !random_chance(8))
			argument->info.number = 0;
		argument->info.size = (u32)random_below(random_chance(8) ? 8192 : 2048);
		argument->info.data = random_chance(8) ? random_bits() : (u64)machine.user + 0x4000;
		argument->info.reserved = random_chance(32);
		break;
	case CB_IOC_GET_CONFIG:
		argument->get_config.size = (u32)random_below(2048);
		argument->get_config.data =
			random_chance(8) ? random_bits() : (u64)machine.user + 0x4000;
	}
}

/* Callers of other versions know less of an argument, or more. */
static void choose_size(size_t which, struct cb_ioc *head)
{
	u32 size = requests[which].size;

	head->argsz = size;
	if (random_chance(8))
		head->argsz = (u32)random_below(random_chance(4) ? 2 * CB_PAGE_SIZE : 2 * size);
	if (random_chance(8))
		((u8 *)head)[size + random_below(size)] = (u8)random_bits();
	head->flags = random_chance(16) ? (u32)random_bits() : 0;
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

static bool is_tail_zero(size_t which, const struct cb_ioc *head)
{
	for (u32 at = requests[which].size; at < head->argsz; at++)
		if (((const u8 *)head)[at])
			return false;
	return true;
}

/* The code that the rules of ioctl.h ask for. */
static u32 refused_by_rules(size_t which, const union argument *argument)
{
	const struct cb_ioc *head = &argument->head;

	if (requests[which].admin && !machine.admin)
		return CB_ERR_NOT_ROOT_USER;
	if (head->argsz < requests[which].least || head->argsz > CB_PAGE_SIZE ||
	    !is_tail_zero(which, head))
		return CB_ERR_REQUEST_SIZE;
	if (head->flags)
		return CB_ERR_REQUEST_FLAGS;
	if (requests[which].reserved && head->argsz >= requests[which].least + 4 &&
	    argument->cell.reserved)
		return CB_ERR_ARGUMENT;
	return CB_OK;
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

/* As much as there is and as has room; room that is left is zero, and nothing behind it is. */
static void check_info(const struct cb_ioc_info *info, u32 room)
{
	const u8 *data = (const u8 *)info->data;

	assert_true(room <= CB_PAGE_SIZE);
	if (!room)
		return;
	for (u32 at = info->size; at < room; at++)
		assert_int_equal(data[at], 0);
	assert_untouched_from(data + room);
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
	struct cb_error *error = &argument->head.error;
	u32 code, room;
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
	choose_size(which, &argument->head);
	code = refused_by_rules(which, argument);
	room = argument->info.size;
	err = machine.device->fops->unlocked_ioctl(file, command, (unsigned long)argument);
	if (err == -ENOMEM && !error->code)
		return; /* no room for the argument */
	if (argument->head.argsz < sizeof(struct cb_ioc)) {
		assert_int_equal(err, -EINVAL);
		assert_int_equal(error->code, 0);
		return;
	}
	assert_true(err <= 0 && err > -4096);
	assert_int_equal(!err, error->code == CB_OK);
	if (code) {
		assert_int_equal(error->code, code);
		assert_int_equal(hypervisor.calls, calls);
	}
	if (command == CB_IOC_GET_CONFIG && !err)
		check_config(&argument->get_config);
	if ((command == CB_IOC_INFO || command == CB_IOC_CELL_INFO || command == CB_IOC_CPU_INFO) &&
	    !err)
		check_info(&argument->info, room);
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

static void write_console(struct file *file)
{
	size_t size = 1 + random_below(200);
	ssize_t done;

	for (size_t i = 0; i < size; i++)
		machine.user[i] = (u8)random_bits();
	done = machine.device->fops->write(file, (const char *)machine.user, size, NULL);
	assert_true(done <= (ssize_t)size);
	assert_true(done != 0);
	assert_int_equal(cellblock.lock.held, 0);
	assert_int_equal(cellblock.pages_lock.readers + cellblock.pages_lock.writers, 0);
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

	*argument = (struct cb_ioc_cell){ .argsz = sizeof(*argument), .cell = cell };
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
	argument->argsz = sizeof(*argument);
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
			write_console(&files[random_below(2)]);
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
