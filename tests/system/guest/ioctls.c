// SPDX-License-Identifier: GPL-2.0-only
/*
 * Fuzzes /dev/cellblock with requests that know their structures: numbers and their
 * neighbours, good arguments with changes, bad pointers, sizes that are too large or wrap,
 * arguments that overlap their data, data that changes while it is copied. One process has
 * all rights, one has none but the open file. A cell with number 1 is the victim, which is
 * neither stopped nor destroyed.
 *
 * Prints "ioctls: seed N, N calls, N accepted, N wrong answers"; fails if there were some.
 *
 * usage: ioctls SEED COUNT BOARD CELL
 */
#define _GNU_SOURCE
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <cellblock/ioctl.h>
#include "attack.h"

#define VICTIM 1

static int device;
static bool privileged;
static uint8_t board[CB_CONFIG_MAX_SIZE], cell[CB_CONFIG_MAX_SIZE];
static uint32_t board_size, cell_size;

/* Two pages with nothing behind them, one that can only be read, and one of no access. */
static uint8_t *room, *read_only, *nothing;
#define ROOM 8192u

static struct totals {
	uint64_t calls, accepted, wrong;
} * totals;

static void add(uint64_t *total)
{
	__atomic_fetch_add(total, 1, __ATOMIC_RELAXED);
}

static const struct {
	unsigned long number;
	uint32_t size;
	uint32_t least; /* what no caller can do without */
	bool admin;
} requests[] = {
#define END(type, member) (offsetof(struct type, member) + sizeof(((struct type *)0)->member))
#define REQUEST(number, type, last, admin)                          \
	{                                                           \
		number, sizeof(struct type), END(type, last), admin \
	}
	REQUEST(CB_IOC_ENABLE, cb_ioc_config, size, true),
	REQUEST(CB_IOC_DISABLE, cb_ioc, error, true),
	REQUEST(CB_IOC_CREATE, cb_ioc_config, cell, true),
	REQUEST(CB_IOC_LOAD_BEGIN, cb_ioc_cell, cell, true),
	REQUEST(CB_IOC_LOAD, cb_ioc_load, size, true),
	REQUEST(CB_IOC_START, cb_ioc_start, argument, true),
	REQUEST(CB_IOC_STOP, cb_ioc_cell, cell, true),
	REQUEST(CB_IOC_DESTROY, cb_ioc_cell, cell, true),
	REQUEST(CB_IOC_INFO, cb_ioc_info, data, false),
	REQUEST(CB_IOC_CELL_INFO, cb_ioc_info, data, false),
	REQUEST(CB_IOC_CPU_INFO, cb_ioc_info, linux_cpu, false),
	REQUEST(CB_IOC_GET_CONFIG, cb_ioc_get_config, data, false),
	REQUEST(CB_IOC_CONSOLE, cb_ioc_cell, cell, false),
	REQUEST(CB_IOC_VERSION, cb_ioc_version, features, false),
};

/* ---- Arguments ---- */

static uint64_t bad_pointer(void)
{
	const uint64_t pointers[] = {
		0,
		1,
		(uintptr_t)nothing,
		(uintptr_t)read_only,
		(uintptr_t)room + ROOM - below(64),
		0xffff800008000000, /* the kernel's */
		0xffffffffffffff00,
		1ull << 48,
		0x00ff000000000000 | (uintptr_t)room, /* with a tag */
	};

	return PICK(pointers);
}

static uint32_t any_cell(void)
{
	static const uint32_t odd[] = { 0, 2, 63, 64, 0x80000000, CB_NO_CELL };

	return one_in(3) ? PICK(odd) : 1 + (uint32_t)below(2);
}

static void make_config(struct cb_ioc_config *config, bool enable)
{
	static uint8_t copy[CB_CONFIG_MAX_SIZE];
	static const uint32_t sizes[] = {
		0, 1, 55, CB_CONFIG_MAX_SIZE, CB_CONFIG_MAX_SIZE + 1, 0x80000000, ~0u
	};
	uint32_t size = enable ? board_size : cell_size;

	memcpy(copy, enable ? board : cell, size);
	change_config(copy, size);
	/* At the end of what there is, mostly. */
	memcpy(room + ROOM - size, copy, size);
	config->data = one_in(8) ? bad_pointer() : (uintptr_t)room + ROOM - size;
	config->size = one_in(8) ? PICK(sizes) : size;
	config->cell = one_in(16) ? (uint32_t)odd_number() : 0;
}

static void make_load(struct cb_ioc_load *load)
{
	const struct cb_region *ram = cb_config_regions((const void *)cell);

	load->cell = any_cell();
	load->reserved = one_in(16);
	load->virt = one_in(4) ? odd_number() : ram->virt + below(ram->size);
	load->data = one_in(4) ? bad_pointer() : (uintptr_t)room + below(ROOM);
	load->size = one_in(4) ? odd_number() : below(ROOM);
}

static void make_start(struct cb_ioc_start *start)
{
	const struct cb_region *ram = cb_config_regions((const void *)cell);

	start->cell = any_cell();
	start->reserved = one_in(16);
	start->entry = one_in(4) ? odd_number() : ram->virt + (below(ram->size) & ~3ull);
	start->argument = odd_number();
}

static void make_get_config(struct cb_ioc_get_config *get)
{
	get->cell = any_cell();
	get->size = one_in(4) ? (uint32_t)odd_number() : ROOM;
	get->data = one_in(3) ? bad_pointer() : (uintptr_t)room;
}

static void make_info(struct cb_ioc_info *info)
{
	info->number = any_cell();
	info->size = one_in(4) ? (uint32_t)odd_number() : (uint32_t)below(CB_PAGE_SIZE + 2);
	info->data = one_in(3) ? bad_pointer() : (uintptr_t)room + ROOM / 2;
	info->linux_cpu = one_in(16);
	info->reserved = one_in(16);
}

static void make_cell(struct cb_ioc_cell *argument)
{
	argument->cell = any_cell();
	argument->reserved = one_in(16) ? (uint32_t)odd_number() : 0;
}

static void make_argument(unsigned long number, void *argument)
{
	struct cb_ioc_cell *cell_argument = argument;

	switch (number) {
	case CB_IOC_ENABLE:
	case CB_IOC_CREATE:
		make_config(argument, number == CB_IOC_ENABLE);
		break;
	case CB_IOC_LOAD:
		make_load(argument);
		break;
	case CB_IOC_START:
		make_start(argument);
		break;
	case CB_IOC_GET_CONFIG:
		make_get_config(argument);
		break;
	case CB_IOC_STOP:
	case CB_IOC_DESTROY:
		make_cell(argument);
		if (privileged && cell_argument->cell == VICTIM)
			cell_argument->cell = 2;
		break;
	case CB_IOC_INFO:
	case CB_IOC_CELL_INFO:
	case CB_IOC_CPU_INFO:
		make_info(argument);
		break;
	case CB_IOC_DISABLE:
		break;
	case CB_IOC_VERSION:
		((struct cb_ioc_version *)argument)->reserved = one_in(4);
		break;
	default:
		make_cell(argument);
	}
}

/* As callers of other versions say it: shorter, or longer with something behind it or nothing. */
static uint32_t change_size(size_t which, uint8_t *argument)
{
	static const uint32_t odd[] = { 0, 4, 87, 4096, 4097, 0x80000000, ~0u };
	uint32_t size = requests[which].size, longer = 8 * (uint32_t)below(16);

	memset(argument + size, 0, longer);
	if (one_in(8) && longer)
		argument[size + below(longer)] = 1;
	switch (below(16)) {
	case 0:
		return PICK(odd);
	case 1:
		return (uint32_t)below(size);
	case 2:
		return size + longer;
	default:
		return size;
	}
}

/* ---- Answers ---- */

static void wrong(const char *what, unsigned long number, int result)
{
	printf("ioctls: request 0x%lx: %s (result %d, %s)\n", number, what, result,
	       strerror(errno));
	fflush(stdout);
	add(&totals->wrong);
}

static void check_answer(size_t which, const uint8_t *argument, int result)
{
	const struct cb_ioc *head = (const void *)argument;
	const struct cb_error *error = &head->error;
	unsigned long number = requests[which].number;

	if (head->argsz < sizeof(*head)) {
		if (!result || errno != EINVAL || error->code != 0x5a5a5a5a)
			wrong("accepted without room for the record", number, result);
		return;
	}

	if (!result) {
		add(&totals->accepted);
		if (error->code != CB_OK)
			wrong("accepted with an error record", number, result);
		if (requests[which].admin && !privileged)
			wrong("accepted without a right", number, result);
		if (head->argsz < requests[which].least || head->flags)
			wrong("accepted in a version that there is not", number, result);
		return;
	}
	if (errno == EFAULT && error->code == 0x5a5a5a5a)
		return; /* the argument itself could not be read or written */
	if (error->code == CB_OK || error->code == 0x5a5a5a5a)
		wrong("refused without an error record", number, result);
	else if (!memchr(error->name, 0, sizeof(error->name)))
		wrong("a name without an end", number, result);
	else if (requests[which].admin && !privileged && error->code != CB_ERR_NOT_ROOT_USER)
		wrong("refused for another reason than the right", number, result);
}

/* ---- Calls ---- */

/* A good number. The argument is in its place, or overlaps the data that it names. */
static void call_known(void)
{
	size_t which = below(COUNT(requests));
	unsigned long number = requests[which].number;
	uint8_t *argument = room + (one_in(4) ? below(64) * 8 : 0);
	int result;

	/* CPUs leave and come back with each cell: that takes its time. */
	if (number == CB_IOC_CREATE && privileged && !one_in(8))
		return;
	memset(argument, 0x5a, requests[which].size);
	make_argument(number, argument);
	memset(argument + offsetof(struct cb_ioc, error), 0x5a, sizeof(struct cb_error));
	((struct cb_ioc *)argument)->flags = one_in(16) ? (uint32_t)odd_number() : 0;
	((struct cb_ioc *)argument)->argsz = change_size(which, argument);
	if (one_in(32)) {
		argument = (uint8_t *)(uintptr_t)bad_pointer();
		ioctl(device, number, argument);
		return;
	}
	if (number == CB_IOC_GET_CONFIG &&
	    ((struct cb_ioc_get_config *)argument)->data == (uintptr_t)room)
		((struct cb_ioc_get_config *)argument)->data += ROOM / 2;
	result = ioctl(device, number, argument);
	check_answer(which, argument, result);
}

/* The neighbours of the good numbers: other sizes, directions, types, and beyond the last. */
static void call_unknown(void)
{
	unsigned long number = requests[below(COUNT(requests))].number;
	int result;

	switch (below(4)) {
	case 0:
		number ^= 1ul << (16 + below(16));
		break;
	case 1:
		number = (number & ~0xfful) | (14 + below(242));
		break;
	case 2:
		number ^= 1ul << (8 + below(8));
		break;
	default:
		number = random_u64() & 0xffffffff;
	}
	for (size_t i = 0; i < COUNT(requests); i++)
		if (requests[i].number == number)
			return;
	result = ioctl(device, number, one_in(2) ? room : (uint8_t *)(uintptr_t)bad_pointer());
	/* What the kernel itself answers for any file: FIOCLEX, FIONBIO and the like. */
	if (!result && (number >> 8 & 0xff) == CB_IOC_MAGIC)
		wrong("an unknown request was accepted", number, result);
}

/* What else can be done to the file. */
static void call_other(void)
{
	struct pollfd poll_for = { .fd = device, .events = (short)random_u64() };
	void *map;

	switch (below(6)) {
	case 0:
		(void)!read(device, one_in(4) ? (void *)(uintptr_t)bad_pointer() : room,
			    one_in(4) ? odd_number() : below(ROOM));
		break;
	case 1:
		if (write(device, room, below(64)) > 0)
			wrong("write() was accepted", 0, 0);
		break;
	case 2:
		lseek(device, (off_t)odd_number(), SEEK_SET);
		break;
	case 3:
		poll(&poll_for, 1, 0);
		break;
	case 4:
		map = mmap(NULL, 4096, PROT_READ, MAP_SHARED, device, (off_t)below(4) * 4096);
		if (map != MAP_FAILED)
			wrong("mmap() was accepted", 0, 0);
		break;
	default:
		if (privileged) { /* the other has no second one */
			close(device);
			device = -1;
		}
	}
}

static void open_device(void)
{
	device = open("/dev/cellblock", O_RDWR | O_CLOEXEC | O_NONBLOCK);
	if (device < 0)
		err(2, "/dev/cellblock");
}

/* The data of another's request changes all the time. */
static void *change_room(void *unused)
{
	volatile uint8_t *byte = room;
	uint64_t n = 0x9e3779b97f4a7c15;

	for (;;) {
		n = n * 6364136223846793005 + 1442695040888963407;
		/* Behind the place of arguments, in that of configurations. */
		byte[ROOM / 2 + (n >> 33) % (ROOM / 2)] ^= 1u << (n >> 30 & 7);
	}
	return unused;
}

static void run(uint64_t count)
{
	for (uint64_t n = 0; n < count; n++) {
		add(&totals->calls);
		if (one_in(8))
			call_unknown();
		else if (one_in(8))
			call_other();
		else
			call_known();
		if (device < 0)
			open_device();
	}
}

static uint8_t *map(size_t size, int rights)
{
	uint8_t *memory = mmap(NULL, size, rights, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (memory == MAP_FAILED)
		err(2, "mmap");
	return memory;
}

static void make_room(void)
{
	room = map(ROOM + 4096, PROT_READ | PROT_WRITE);
	if (munmap(room + ROOM, 4096))
		err(2, "munmap");
	read_only = map(4096, PROT_READ);
	nothing = map(4096, PROT_NONE);
}

/* The file was opened by somebody who may; who has it now may not. */
static void run_unprivileged(uint64_t seed, uint64_t count)
{
	random_seed(2 * seed + 1);
	if (setresuid(1000, 1000, 1000))
		err(2, "setresuid");
	privileged = false;
	run(count);
}

int main(int argc, char **argv)
{
	uint64_t seed, count;
	pthread_t changer;
	int status;
	pid_t child;

	if (argc != 5)
		errx(2, "usage: ioctls SEED COUNT BOARD CELL");
	seed = strtoull(argv[1], NULL, 0);
	count = strtoull(argv[2], NULL, 0);
	board_size = read_config(argv[3], board);
	cell_size = read_config(argv[4], cell);
	totals = mmap(NULL, sizeof(*totals), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
		      0);
	if (totals == MAP_FAILED)
		err(2, "mmap");
	make_room();
	open_device();
	signal(SIGPIPE, SIG_IGN);
	child = fork();
	if (!child) {
		run_unprivileged(seed, count / 2);
		exit(0);
	}
	open_device();
	privileged = true;
	random_seed(2 * seed);
	run(count / 4);
	if (pthread_create(&changer, NULL, change_room, NULL))
		errx(2, "no thread");
	run(count / 4);
	if (waitpid(child, &status, 0) < 0 || status)
		errx(1, "the process without rights ended with status 0x%x", status);
	printf("ioctls: seed %" PRIu64 ", %" PRIu64 " calls, %" PRIu64 " accepted, %" PRIu64
	       " wrong answers\n",
	       seed, totals->calls, totals->accepted, totals->wrong);
	return totals->wrong != 0;
}
