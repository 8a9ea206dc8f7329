// SPDX-License-Identifier: GPL-2.0-only
/*
 * cellctl as a whole (tools/cellctl/): command lines, the files that they name, and a driver that
 * answers as it likes. The input is all of them. Exit codes are those that are documented;
 * with --json the output is JSON, whatever the arguments were, and a failure is a record in it;
 * without, it is a line that says who speaks. What is loaded lies in the loadable region, one
 * thing beside the other, and the cell is entered in it.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>
#include <jansson.h>

#include <cellblock/ioctl.h>

#include "cellctl.h"
#include <config/check.h>
#include "device.h"
#include "file.h"
#include "input.h"
#include "interrupt.h"
#include "livetree.h"

#define FD	      1000
#define MAX_ARGUMENTS 8
#define MAX_LOADS     16

/* main.c's main(), renamed */
int cellctl_main(int argc, char **argv);
int __wrap_nanosleep(const struct timespec *time, struct timespec *left);

/* input.c */
uint64_t random_bits(void);
uint64_t random_below(uint64_t limit);
bool random_chance(uint32_t one_in);

/* ---- Configurations ---- */

static struct {
	struct cb_cell_config head;
	struct cb_region regions[3];
	struct cb_irq_range irqs[1];
	uint32_t smcs[2];
} cell_file;

static struct {
	struct cb_system_config head;
	struct cb_region regions[1];
	uint64_t cpus[4];
} system_file;

static struct cb_config_header header(uint8_t kind, size_t size, const char *name)
{
	struct cb_config_header h = { .signature = CB_CONFIG_SIGNATURE,
				      .revision = CB_CONFIG_REVISION,
				      .kind = kind,
				      .arch = CB_ARCH_ARM64,
				      .size = (uint32_t)size };

	strcpy(h.name, name);
	return h;
}

#define OFFSET(file, member) ((uint32_t)((char *)(file).member - (char *)&(file)))

static void choose_cell(void)
{
	memset(&cell_file, 0, sizeof(cell_file));
	cell_file.head.header = header(CB_CONFIG_CELL, sizeof(cell_file), "one");
	cell_file.head.cpus = 1 + random_below(15);
	cell_file.head.regions = (struct cb_array){ OFFSET(cell_file, regions), 3 };
	cell_file.head.irqs = (struct cb_array){ OFFSET(cell_file, irqs), 1 };
	if (random_chance(2))
		cell_file.head.smcs = (struct cb_array){ OFFSET(cell_file, smcs), 2 };
	cell_file.irqs[0] = (struct cb_irq_range){ 40, 1 + (uint32_t)random_below(4) };
	for (uint32_t i = 0; i < 3; i++)
		cell_file.regions[i] = (struct cb_region){
			0x40000000 + i * 0x10000000ull,
			i * 0x100000000ull + 0x1000 * random_below(600),
			0x1000 * (1 + random_below(1200)),
			CB_REGION_READ | CB_REGION_WRITE | (uint32_t)(random_bits() & 0x3c),
			0,
			"r",
		};
	cell_file.head.header.checksum = cb_config_checksum(&cell_file, sizeof(cell_file));
}

static void choose_system(void)
{
	memset(&system_file, 0, sizeof(system_file));
	system_file.head.root.header = header(CB_CONFIG_SYSTEM, sizeof(system_file), "board");
	system_file.head.root.cpus = 15;
	system_file.head.root.flags = random_chance(2) ? CB_CELL_PERMISSIVE : 0;
	system_file.head.root.regions = (struct cb_array){ OFFSET(system_file, regions), 1 };
	system_file.head.hypervisor = (struct cb_frame){ 0x80000000, 0x400000 };
	system_file.head.gic.version = 3;
	system_file.head.gic.frames[CB_GIC_GICD] = (struct cb_frame){ 0x8000000, 0x10000 };
	system_file.head.gic.frames[CB_GIC_GICR] = (struct cb_frame){ 0x80a0000, 0x80000 };
	system_file.head.cpus = (struct cb_array){ OFFSET(system_file, cpus), 4 };
	system_file.regions[0] = (struct cb_region){ 0x40000000, 0x40000000, 0x40000000, 7, 0, "" };
	for (uint32_t i = 0; i < 4; i++)
		system_file.cpus[i] = i;
	system_file.head.root.header.checksum =
		cb_config_checksum(&system_file, sizeof(system_file));
}

/* ---- Files, in place of tools/cellctl/file.c ---- */

static char boot_file[256]; /* what was kept of a load */
static uint8_t other_file[2048];
static size_t other_size;

static const void *contents(const char *path, size_t *size)
{
	if (!strcmp(path, "cell")) {
		*size = sizeof(cell_file);
		return &cell_file;
	}
	if (!strcmp(path, "system")) {
		*size = sizeof(system_file);
		return &system_file;
	}
	if (!strcmp(path, "other") || !strcmp(path, LIVETREE_PATH)) {
		*size = other_size;
		return other_file;
	}
	if (strstr(path, ".boot")) {
		*size = strlen(boot_file);
		return boot_file;
	}
	return NULL;
}

int file_read(const char *path, size_t limit, struct file *file)
{
	const void *data = contents(path, &file->size);

	if (!data || file->size > limit) {
		*file = (struct file){ 0 };
		return data ? -EFBIG : -ENOENT;
	}
	file->data = malloc(file->size + 1);
	assert_non_null(file->data);
	memcpy(file->data, data, file->size);
	return 0;
}

int file_read_start(const char *path, size_t size, struct file *file)
{
	int ret = file_read(path, SIZE_MAX, file);

	if (file->size > size)
		file->size = size;
	return ret;
}

void file_free(struct file *file)
{
	free(file->data);
	*file = (struct file){ 0 };
}

int file_replace(const char *path, const void *data, size_t size)
{
	assert_non_null(strstr(path, ".boot"));
	assert_true(size < sizeof(boot_file));
	if (random_chance(16))
		return -ENOSPC;
	memset(boot_file, 0, sizeof(boot_file));
	memcpy(boot_file, data, size);
	return 0;
}

/* ---- The driver ---- */

static struct {
	bool refused;
	uint32_t state, generation;
	uint32_t shown; /* the state that the cell's page said last, by chance another one */
	struct cb_region loads[MAX_LOADS];
	size_t nr_loads;
} driver;

static int refuse(struct cb_error *error)
{
	static const int numbers[] = { EBUSY, EINTR, EINVAL, ENODEV, EPERM, EFAULT };

	driver.refused = true;
	if (!random_chance(16)) {
		input_bytes(error, sizeof(*error));
		error->code = (uint32_t)random_below(240);
		error->name[CB_NAME_SIZE - 1] = '\0';
		if (random_chance(2))
			error->cell = error->other_cell = CB_NO_CELL;
	}
	return -numbers[random_below(sizeof(numbers) / sizeof(numbers[0]))];
}

/* Pages that the hypervisor writes: any numbers, often small ones. */
static void fill_page(void *page, size_t size)
{
	uint64_t value = random_chance(2) ? random_below(16) : random_bits();

	for (size_t at = 0; at + sizeof(value) <= size; at += sizeof(value), value *= 3)
		memcpy((char *)page + at, &value, sizeof(value));
}

static void fill_cell(struct cb_cell_page *page, uint32_t id)
{
	fill_page(page, sizeof(*page));
	page->id = id;
	page->state = random_chance(8) ? (uint32_t)random_below(8) : driver.state;
	driver.shown = page->state;
	page->cpus = random_below(16);
	page->generation = driver.generation;
	memset(page->name, 0, sizeof(page->name));
	strcpy(page->name, id ? "one" : "root");
}

static int get_config(struct cb_ioc_get_config *arg)
{
	const void *file = arg->cell ? (void *)&cell_file : (void *)&system_file;
	size_t size = arg->cell ? sizeof(cell_file) : sizeof(system_file);

	assert_true(arg->size >= size);
	memcpy((void *)(uintptr_t)arg->data, file, size);
	arg->size = (uint32_t)size;
	return 0;
}

/* Each piece in the region that is to be loaded, and clear of the others. */
static int load(const struct cb_ioc_load *arg)
{
	bool inside = false;

	assert_int_equal(driver.state, CB_CELL_LOADING);
	for (uint32_t i = 0; i < 3; i++)
		inside |= cell_file.regions[i].flags & CB_REGION_LOADABLE &&
			  cb_range_contains(cell_file.regions[i].virt, cell_file.regions[i].size,
					    arg->virt, arg->size);
	assert_true(inside);
	for (size_t i = 0; i < driver.nr_loads; i++)
		assert_false(cb_ranges_overlap(driver.loads[i].virt, driver.loads[i].size,
					       arg->virt, arg->size));
	assert_true(driver.nr_loads < MAX_LOADS);
	driver.loads[driver.nr_loads++] =
		(struct cb_region){ .virt = arg->virt, .size = arg->size };
	return 0;
}

/* Asked for only where it can be granted, as far as was seen; entered where another load says. */
static int start_cell_at(struct cb_ioc_start *arg)
{
	assert_int_equal(driver.shown, CB_CELL_LOADING);
	if (driver.state != CB_CELL_LOADING)
		return refuse(&arg->error);
	driver.state = CB_CELL_RUNNING;
	return 0;
}

static void give_all(struct cb_ioc_info *info)
{
	struct cb_system_info *all = (void *)(uintptr_t)info->data;

	assert_int_equal(info->size, sizeof(*all));
	fill_page(all, sizeof(*all));
	all->nr_cpus = (uint32_t)random_below(8);
	all->nr_touched = (uint32_t)random_below(4);
	all->touched_lost = (uint32_t)random_below(2);
	all->cells = 3;
}

static void give_cell(struct cb_ioc_info *info)
{
	assert_int_equal(info->size, sizeof(struct cb_cell_page));
	fill_cell((void *)(uintptr_t)info->data, info->number);
}

static void give_cpu(struct cb_ioc_info *info)
{
	struct cb_cpu_info *cpu = (void *)(uintptr_t)info->data;

	assert_int_equal(info->size, sizeof(*cpu));
	fill_page(cpu, sizeof(*cpu));
	cpu->cell = random_chance(4) ? CB_NO_CELL : 1;
}

static int serve(unsigned long request, void *argument)
{
	struct cb_ioc_config *config = argument;
	struct cb_error error;

	switch (request) {
	case CB_IOC_ENABLE:
	case CB_IOC_CREATE:
		assert_int_equal(cb_config_check((void *)(uintptr_t)config->data, config->size,
						 request == CB_IOC_ENABLE ? CB_CONFIG_SYSTEM
									  : CB_CONFIG_CELL,
						 &error),
				 CB_OK);
		config->cell = request == CB_IOC_CREATE;
		driver.state = CB_CELL_CREATED;
		break;
	case CB_IOC_LOAD_BEGIN:
		driver.state = CB_CELL_LOADING;
		driver.generation++;
		driver.nr_loads = 0;
		break;
	case CB_IOC_LOAD:
		return load(argument);
	case CB_IOC_START:
		return start_cell_at(argument);
	case CB_IOC_INFO:
		give_all(argument);
		break;
	case CB_IOC_CELL_INFO:
		give_cell(argument);
		break;
	case CB_IOC_CPU_INFO:
		give_cpu(argument);
		break;
	case CB_IOC_GET_CONFIG:
		return get_config(argument);
	case CB_IOC_VERSION:
		input_bytes(((struct cb_ioc_version *)argument)->module, 32);
		break;
	}
	return 0;
}

int device_open(void)
{
	static const int numbers[] = { ENOENT, EACCES, EBUSY };

	if (!random_chance(16))
		return FD;
	return -numbers[random_below(3)];
}

int device_ioctl(int fd, unsigned long request, void *argument)
{
	assert_int_equal(fd, FD);
	if (random_chance(16))
		return refuse(&((struct cb_ioc *)argument)->error);
	if (random_chance(32))
		return -ENOTTY;
	return serve(request, argument);
}

long device_read(int fd, void *buffer, size_t size)
{
	static const int numbers[] = { EAGAIN, EINTR, ENODEV, EIO };
	size_t n = random_below(64);

	assert_int_equal(fd, FD);
	if (random_chance(4))
		return random_chance(2) ? 0 : -numbers[random_below(4)];
	if (!input_left() || n > size)
		return -EAGAIN;
	input_bytes(buffer, n);
	return (long)n;
}

long device_write(int fd, const void *text, size_t size)
{
	(void)fd;
	(void)text;
	return random_chance(4) ? -EAGAIN : (long)random_below(size + 1);
}

void device_wait(int fd, int milliseconds)
{
	(void)fd, (void)milliseconds;
}

/* Ctrl-C comes soon. */
static int patience;

void interrupt_catch(void)
{
	patience = 4;
}

bool interrupt_seen(void)
{
	return --patience < 0;
}

void interrupt_every(int milliseconds)
{
	(void)milliseconds;
}

int __wrap_nanosleep(const struct timespec *time, struct timespec *left)
{
	(void)time, (void)left;
	return 0;
}

/* ---- The command line ---- */

static const char *const words[] = {
	"enable",
	"disable",
	"create",
	"list",
	"show",
	"load",
	"start",
	"stop",
	"destroy",
	"run",
	"watch",
	"--name",
	"--name=other",
	"stats",
	"console",
	"help",
	"--help",
	"--version",
	"-j",
	"--json",
	"-f",
	"-w",
	"--follow",
	"-h",
	"--watch",
	"--args",
	"--args=a b",
	"--initrd",
	"--initrd=other",
	"--dtb=other",
	"--dtb",
	"cell",
	"system",
	"other",
	"one",
	"root",
	"0",
	"1",
	"--",
	"",
	"4294967295",
};

static char arguments[MAX_ARGUMENTS][64];

static char *random_argument(size_t i)
{
	size_t nr = sizeof(words) / sizeof(words[0]), which = random_below(nr + 4);

	if (which < nr)
		return strcpy(arguments[i], words[which]);
	input_bytes(arguments[i], random_below(sizeof(arguments[i])));
	arguments[i][sizeof(arguments[i]) - 1] = '\0';
	return arguments[i];
}

/* A command with what it needs, more often than not. */
static int random_command_line(char **argv, bool json)
{
	static const char *const usual[][5] = {
		{ "enable", "system" },
		{ "create", "cell" },
		{ "list" },
		{ "show", "one" },
		{ "show", "root" },
		{ "load", "one", "other" },
		{ "load", "--args", "a", "1", "other" },
		{ "load", "--initrd=other", "--dtb=other", "one", "other" },
		{ "start", "one" },
		{ "stop", "1" },
		{ "run", "cell", "other" },
		{ "run", "cell", "system", "--initrd=cell" },
		{ "stats" },
		{ "stats", "-w", "one" },
		{ "console", "-f" },
		{ "disable" },
		{ "destroy", "one" },
	};
	int argc = 0;

	argv[argc++] = strcpy(arguments[0], "cellctl");
	if (json)
		argv[argc++] = "--json";
	if (random_chance(4)) {
		for (size_t n = random_below(MAX_ARGUMENTS - 2); n; n--, argc++)
			argv[argc] = random_argument((size_t)argc);
		argv[argc] = NULL;
		return argc;
	}
	for (size_t which = random_below(17), i = 0; i < 5 && usual[which][i]; i++, argc++)
		argv[argc] = strcpy(arguments[argc], usual[which][i]);
	if (random_chance(8) && argc < MAX_ARGUMENTS - 1) {
		argv[argc] = random_argument((size_t)argc);
		argc++;
	}
	argv[argc] = NULL;
	return argc;
}

/* ---- What it prints ---- */

static void check_record(const json_t *value)
{
	const json_t *error = json_object_get(value, "error");

	assert_non_null(error);
	assert_true(json_is_string(json_object_get(error, "code")));
	assert_true(json_is_string(json_object_get(error, "message")));
	assert_true(json_is_string(json_object_get(error, "remedy")));
}

/* One value after the other; the last one is the record if it failed. */
static void check_json(const char *text, size_t size, bool failed)
{
	json_t *value = NULL;
	size_t at = 0;

	while (at < size) {
		json_error_t error;

		json_decref(value);
		value = json_loadb(text + at, size - at, JSON_DISABLE_EOF_CHECK | JSON_ALLOW_NUL,
				   &error);
		if (!value)
			fail_msg("%s", error.text);
		at += (size_t)error.position;
		at += strspn(text + at, "\n");
	}
	if (failed)
		check_record(value);
	json_decref(value);
}

static bool is_help(char **argv, int argc)
{
	for (int i = 1; i < argc; i++)
		if (!strcmp(argv[i], "help") || strstr(argv[i], "--h") ||
		    (argv[i][0] == '-' && strchr(argv[i], 'h')) || !strcmp(argv[i], "--version"))
			return true;
	return false;
}

static int run(int argc, char **argv, char **out, size_t *out_size, char **err, size_t *err_size)
{
	FILE *old_out = stdout, *old_err = stderr;
	int ret;

	stdout = open_memstream(out, out_size);
	stderr = open_memstream(err, err_size);
	assert_true(stdout && stderr);
	ret = cellctl_main(argc, argv);
	fclose(stdout);
	fclose(stderr);
	stdout = old_out;
	stderr = old_err;
	return ret;
}

static void call(void)
{
	bool json = random_chance(2), failed;
	char *argv[MAX_ARGUMENTS + 2], *out = NULL, *err = NULL;
	int argc = random_command_line(argv, json), ret;
	size_t out_size = 0, err_size = 0;

	patience = 4;
	ret = run(argc, argv, &out, &out_size, &err, &err_size);
	failed = ret != EXIT_OK && ret != EXIT_CELL_FAILED;
	assert_true(ret >= EXIT_OK && ret <= EXIT_CELL_FAILED);
	if (json && !is_help(argv, argc))
		check_json(out, out_size, failed);
	else if (!json && failed && err_size)
		assert_memory_equal(err, "cellctl: ", 9);
	else if (!json && failed)
		assert_memory_equal(out, "{", 1); /* --json came behind the command */
	free(out);
	free(err);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	input_begin(data, size);
	memset(&driver, 0, sizeof(driver));
	memset(boot_file, 0, sizeof(boot_file));
	choose_cell();
	choose_system();
	other_size = random_below(sizeof(other_file));
	memset(other_file, 0, sizeof(other_file));
	if (random_chance(4))
		memcpy(other_file + 56, "ARM\x64", 4);
	input_bytes(other_file, random_below(64));
	for (int n = 0; n < 6 && input_left(); n++)
		call();
	return 0;
}
