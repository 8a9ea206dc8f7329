// SPDX-License-Identifier: GPL-2.0-only
/*
 * Processes that do everything with /dev/cellblock at once, in random order and each without
 * regard to the others: the life of a cell, its console, lists, sysfs; CPUs of Linux that go
 * and come; enable, disable, and the module removed and loaded again. What is refused is
 * refused: the test looks at what is left.
 *
 * Ends when each process has had success DONE times, or after SECONDS. Prints what each did,
 * and "races: seed N, N operations, N done".
 *
 * usage: races SEED DONE SECONDS BOARD CELL MODULE
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <time.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <cellblock/ioctl.h>
#include "attack.h"

#define SYSFS "/sys/class/misc/cellblock"

static uint8_t board[CB_CONFIG_MAX_SIZE], cell[CB_CONFIG_MAX_SIZE];
static uint32_t board_size, cell_size;
static const char *module;

/* A request on a file of its own: the device comes and goes. */
static bool request(unsigned long number, void *argument)
{
	int device = open("/dev/cellblock", O_RDWR | O_CLOEXEC);
	bool done = device >= 0 && !ioctl(device, number, argument);

	if (device >= 0)
		close(device);
	return done;
}

static bool on_cell(unsigned long number)
{
	struct cb_ioc_cell argument = { .argsz = sizeof(argument),
					.cell = one_in(8) ? (uint32_t)below(3) : 1 };

	return request(number, &argument);
}

static bool configure(unsigned long number, const void *data, uint32_t size)
{
	struct cb_ioc_config argument = { .argsz = sizeof(argument),
					  .data = (uintptr_t)data,
					  .size = size };

	return request(number, &argument);
}

static bool create(void)
{
	return configure(CB_IOC_CREATE, cell, cell_size);
}

static bool load(void)
{
	/* A branch to itself, in all of it. */
	static const uint32_t loop[16384] = { [0 ... 16383] = 0x14000000 };
	const struct cb_region *ram = cb_config_regions((const void *)cell);
	struct cb_ioc_load argument = { .argsz = sizeof(argument),
					.cell = 1,
					.virt = ram->virt,
					.data = (uintptr_t)loop,
					.size = sizeof(loop) };

	on_cell(CB_IOC_LOAD_BEGIN);
	return request(CB_IOC_LOAD, &argument);
}

static bool start(void)
{
	const struct cb_region *ram = cb_config_regions((const void *)cell);
	struct cb_ioc_start argument = { .argsz = sizeof(argument),
					 .cell = 1,
					 .entry = ram->virt + 4 * below(16) };

	return request(CB_IOC_START, &argument);
}

static bool stop(void)
{
	return on_cell(CB_IOC_STOP);
}

static bool destroy(void)
{
	return on_cell(CB_IOC_DESTROY);
}

static bool live(void)
{
	static bool (*const operations[])(void) = { create, create, load, load,
						    start,  start,  stop, destroy };

	return PICK(operations)();
}

static bool live_orderly(void)
{
	bool created;

	destroy();
	created = create();
	load();
	start();
	usleep((useconds_t)below(20000));
	stop();
	destroy();
	return created;
}

static bool ask_about(unsigned long number, uint32_t which)
{
	static uint8_t page[CB_PAGE_SIZE];
	struct cb_ioc_info argument = { .argsz = sizeof(argument),
					.number = which,
					.size = sizeof(page),
					.data = (uintptr_t)page };

	return request(number, &argument);
}

static bool ask(void)
{
	struct cb_ioc_get_config config = { .argsz = sizeof(config),
					    .cell = (uint32_t)below(3),
					    .size = CB_CONFIG_MAX_SIZE,
					    .data = (uintptr_t)malloc(CB_CONFIG_MAX_SIZE) };
	bool done = ask_about(CB_IOC_INFO, 0) && ask_about(CB_IOC_CELL_INFO, (uint32_t)below(3)) &&
		    ask_about(CB_IOC_CPU_INFO, (uint32_t)below(5)) &&
		    request(CB_IOC_GET_CONFIG, &config);

	free((void *)(uintptr_t)config.data);
	return done;
}

static bool read_console(void)
{
	int device = open("/dev/cellblock", O_RDWR | O_CLOEXEC | O_NONBLOCK);
	struct cb_ioc_cell which = { .argsz = sizeof(which), .cell = (uint32_t)below(2) };
	struct pollfd poll_for = { .fd = device, .events = POLLIN };
	char text[512];
	bool done = false;

	if (device < 0)
		return false;
	if (!ioctl(device, CB_IOC_CONSOLE, &which))
		for (uint64_t n = below(20); n; n--) {
			poll(&poll_for, 1, 10);
			done |= read(device, text, sizeof(text)) > 0;
		}
	close(device);
	return done;
}

/* All files below a directory of sysfs. */
static bool read_tree(const char *path, int depth)
{
	DIR *directory = opendir(path);
	struct dirent *entry;
	bool done = false;
	char below_it[512], text[4096];
	int file;

	if (!directory)
		return false;
	while ((entry = readdir(directory))) {
		snprintf(below_it, sizeof(below_it), "%.200s/%.200s", path, entry->d_name);
		if (entry->d_name[0] == '.' || entry->d_type == DT_LNK)
			continue;
		if (entry->d_type == DT_DIR) {
			done |= depth && read_tree(below_it, depth - 1);
			continue;
		}
		file = open(below_it, O_RDONLY | O_CLOEXEC);
		if (file < 0)
			continue;
		done |= read(file, text, sizeof(text)) > 0;
		close(file);
	}
	closedir(directory);
	return done;
}

static bool read_sysfs(void)
{
	return read_tree(SYSFS "/cells", 2) | read_tree(SYSFS "/cpus", 2) | read_tree(SYSFS, 0);
}

static bool write_file(const char *path, const char *text)
{
	int file = open(path, O_WRONLY | O_CLOEXEC);
	bool done = file >= 0 && write(file, text, strlen(text)) > 0;

	if (file >= 0)
		close(file);
	return done;
}

static bool set_online(uint64_t cpu, bool online)
{
	char path[64];

	snprintf(path, sizeof(path), "/sys/devices/system/cpu/cpu%" PRIu64 "/online", cpu);
	return write_file(path, online ? "1" : "0");
}

static bool hotplug(void)
{
	uint64_t cpu = 1 + below(3);
	bool done;

	usleep((useconds_t)below(100000));
	done = set_online(cpu, false);
	usleep((useconds_t)below(20000));
	return set_online(cpu, true) && done;
}

static bool enable(void)
{
	return configure(CB_IOC_ENABLE, board, board_size);
}

static bool disable(void)
{
	struct cb_ioc argument = { .argsz = sizeof(argument) };

	return request(CB_IOC_DISABLE, &argument);
}

static bool remove_module(void)
{
	return !syscall(SYS_delete_module, "cellblock", O_NONBLOCK);
}

static bool insert_module(void)
{
	int file = open(module, O_RDONLY | O_CLOEXEC);
	bool done = file >= 0 && !syscall(SYS_finit_module, file, "", 0);

	if (file >= 0)
		close(file);
	return done;
}

/* Most of the time it is enabled, so that there is something to race with. */
static bool come_and_go(void)
{
	bool disabled;

	usleep((useconds_t)below(300000));
	if (one_in(2))
		destroy();
	disabled = disable();
	if (disabled && one_in(2))
		remove_module();
	insert_module();
	for (uint64_t cpu = 1; cpu < 4; cpu++)
		set_online(cpu, true);
	enable();
	return disabled;
}

static const struct racer {
	const char *name;
	bool (*run)(void);
} racers[] = {
	{ "live", live },
	{ "live", live },
	{ "orderly", live_orderly },
	{ "ask", ask },
	{ "console", read_console },
	{ "sysfs", read_sysfs },
	{ "hotplug", hotplug },
	{ "come and go", come_and_go },
};

/* Of each: how often, and how often not refused. */
static struct count {
	uint64_t tried, done;
} * counts;

static uint64_t milliseconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static bool all_have_done(uint64_t enough)
{
	for (size_t i = 0; i < COUNT(racers); i++)
		if (__atomic_load_n(&counts[i].done, __ATOMIC_RELAXED) < enough)
			return false;
	return true;
}

static void race(size_t which, uint64_t seed, uint64_t enough, uint64_t end)
{
	random_seed(seed * 100 + which);
	while (!all_have_done(enough) && milliseconds() < end) {
		bool done = racers[which].run();

		counts[which].tried++;
		counts[which].done += done;
		if (!done)
			usleep((useconds_t)below(10000));
	}
}

int main(int argc, char **argv)
{
	uint64_t seed, enough, end, tried = 0, done = 0;
	int status, failed = 0;

	if (argc != 7)
		errx(2, "usage: races SEED DONE SECONDS BOARD CELL MODULE");
	seed = strtoull(argv[1], NULL, 0);
	enough = strtoull(argv[2], NULL, 0);
	end = milliseconds() + 1000 * strtoull(argv[3], NULL, 0);
	board_size = read_config(argv[4], board);
	cell_size = read_config(argv[5], cell);
	module = argv[6];
	insert_module();
	enable();
	counts = mmap(NULL, sizeof(*counts) * COUNT(racers), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (counts == MAP_FAILED)
		err(2, "mmap");
	for (size_t i = 0; i < COUNT(racers); i++) {
		if (fork())
			continue;
		race(i, seed, enough, end);
		_exit(0);
	}
	while (wait(&status) > 0)
		failed |= status;
	for (size_t i = 0; i < COUNT(racers); i++) {
		printf("races: %s: %" PRIu64 ", %" PRIu64 " done\n", racers[i].name,
		       counts[i].tried, counts[i].done);
		tried += counts[i].tried;
		done += counts[i].done;
	}
	printf("races: seed %" PRIu64 ", %" PRIu64 " operations, %" PRIu64 " done\n", seed, tried,
	       done);
	return failed != 0;
}
