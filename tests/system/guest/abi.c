// SPDX-License-Identifier: GPL-2.0-only
/*
 * The rules of include/cellblock/ioctl.h for callers of other versions: arguments that are shorter
 * or longer than the module knows them, flags and requests of later ones. Needs a cell 1, ends it
 * and the hypervisor by the shortest arguments there are, as a program of the first version would.
 *
 * Without a C library, because it is built for 32 bits, too: then the requests come by the
 * compatibility layer. Prints a line for each answer that is wrong, and then "abi: N bits, done".
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cellblock/ioctl.h>

#define CELL	  1
#define AT_FDCWD  (-100)
#define O_RDWR	  2
#define EFAULT	  14
#define EINVAL	  22
#define E2BIG	  7
#define ENOTTY	  25
#define UNTOUCHED 0x5a5a5a5au

/* ---- Linux ---- */

#ifdef __aarch64__
enum { SYS_IOCTL = 29, SYS_OPENAT = 56, SYS_WRITE = 64, SYS_EXIT = 93 };

static long system_call(long number, long a, long b, long c)
{
	register long x8 __asm__("x8") = number;
	register long x0 __asm__("x0") = a;
	register long x1 __asm__("x1") = b;
	register long x2 __asm__("x2") = c;
	register long x3 __asm__("x3") = 0;

	__asm__ volatile("svc #0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3) : "memory");
	return x0;
}
#else
enum { SYS_IOCTL = 54, SYS_OPENAT = 322, SYS_WRITE = 4, SYS_EXIT = 1 };

static long system_call(long number, long a, long b, long c)
{
	register long r7 __asm__("r7") = number;
	register long r0 __asm__("r0") = a;
	register long r1 __asm__("r1") = b;
	register long r2 __asm__("r2") = c;
	register long r3 __asm__("r3") = 0;

	__asm__ volatile("svc #0" : "+r"(r0) : "r"(r7), "r"(r1), "r"(r2), "r"(r3) : "memory");
	return r0;
}
#endif

/* The compiler calls these two. */
void *memset(void *to, int byte, size_t size);
void *memcpy(void *to, const void *from, size_t size);

void *memset(void *to, int byte, size_t size)
{
	for (volatile uint8_t *at = to; size; size--)
		*at++ = (uint8_t)byte;
	return to;
}

void *memcpy(void *to, const void *from, size_t size)
{
	const uint8_t *source = from;

	for (volatile uint8_t *at = to; size; size--)
		*at++ = *source++;
	return to;
}

static void print(const char *text)
{
	long size = 0;

	while (text[size])
		size++;
	system_call(SYS_WRITE, 1, (long)text, size);
}

/* ---- Requests ---- */

static int device;

/* An argument, what is behind it, and a page that is asked for. */
static union {
	struct cb_ioc head;
	struct cb_ioc_version version;
	struct cb_ioc_cell cell;
	struct cb_ioc_info info;
	uint8_t bytes[2 * CB_PAGE_SIZE];
} argument;
static uint8_t page[CB_PAGE_SIZE];

static void begin(uint32_t argsz)
{
	memset(&argument, 0, sizeof(argument));
	memset(page, 0x5a, sizeof(page));
	argument.head.argsz = argsz;
	argument.head.error.code = UNTOUCHED;
}

static void ask(const char *what, unsigned int request, long result, uint32_t code)
{
	if (system_call(SYS_IOCTL, device, (long)request, (long)&argument) == result &&
	    argument.head.error.code == code)
		return;
	print("abi: wrong answer: ");
	print(what);
	print("\n");
}

static void expect(const char *what, bool right)
{
	if (right)
		return;
	print("abi: not so: ");
	print(what);
	print("\n");
}

static bool all(const uint8_t *bytes, size_t from, size_t to, uint8_t value)
{
	for (size_t i = from; i < to; i++)
		if (bytes[i] != value)
			return false;
	return true;
}

#define UP_TO(type, member) \
	((uint32_t)(offsetof(struct type, member) + sizeof(((struct type *)0)->member)))

static void ask_for_version(void)
{
	begin(sizeof(argument.version));
	ask("the version", CB_IOC_VERSION, 0, CB_OK);
	expect("the version is at least ours", argument.version.abi >= CB_IOC_ABI);
	expect("the module has a name", argument.version.module[0]);
	begin(UP_TO(cb_ioc_version, features));
	ask("the version without a name", CB_IOC_VERSION, 0, CB_OK);
	expect("no byte more was written", all(argument.bytes, argument.head.argsz, 4096, 0));
	begin(sizeof(argument.version));
	argument.version.reserved = 1;
	ask("an input that is not used", CB_IOC_VERSION, -EINVAL, CB_ERR_ARGUMENT);
}

static void ask_in_other_sizes(void)
{
	begin(sizeof(struct cb_ioc) - 1);
	ask("no room for the record", CB_IOC_VERSION, -EINVAL, UNTOUCHED);
	begin(sizeof(struct cb_ioc));
	ask("not even the cell", CB_IOC_STOP, -EINVAL, CB_ERR_REQUEST_SIZE);
	begin(sizeof(argument.cell) + 40);
	argument.cell.cell = CELL;
	argument.bytes[sizeof(argument.cell) + 39] = 1;
	ask("something that the module does not know", CB_IOC_STOP, -E2BIG, CB_ERR_REQUEST_SIZE);
	expect("it says what it knows",
	       argument.head.error.other_size == sizeof(struct cb_ioc_cell));
	begin(CB_PAGE_SIZE + 1);
	ask("more than a page", CB_IOC_STOP, -E2BIG, CB_ERR_REQUEST_SIZE);
	begin(sizeof(argument.cell));
	argument.head.flags = 0x80000001;
	argument.cell.cell = CELL;
	ask("flags of later", CB_IOC_STOP, -EINVAL, CB_ERR_REQUEST_FLAGS);
	expect("it says which", argument.head.error.address == 0x80000001);
	begin(sizeof(argument.cell));
	ask("a request of later", CB_IOC_VERSION + 1, -ENOTTY, UNTOUCHED);
	ask("a request of somebody else", CB_IOC_STOP ^ 0x100, -ENOTTY, UNTOUCHED);
}

static void ask_for_page(uint32_t number, uint32_t room)
{
	begin(sizeof(argument.info));
	argument.info.number = number;
	argument.info.size = room;
	argument.info.data = (uintptr_t)page;
}

static void read_in_other_sizes(void)
{
	ask_for_page(CELL, 8);
	ask("the beginning of a page", CB_IOC_CELL_INFO, 0, CB_OK);
	expect("the page is as large as it is", argument.info.size == sizeof(struct cb_cell_page));
	expect("the cell's number is there", ((struct cb_cell_page *)page)->id == CELL);
	expect("nothing is written behind it", all(page, 8, sizeof(page), 0x5a));
	ask_for_page(CELL, sizeof(page));
	ask("a larger page", CB_IOC_CELL_INFO, 0, CB_OK);
	expect("the rest is cleared", all(page, argument.info.size, sizeof(page), 0));
	ask_for_page(0, sizeof(page));
	ask("the whole", CB_IOC_INFO, 0, CB_OK);
	expect("both cells are there", ((struct cb_system_info *)page)->cells == 3);
	ask_for_page(0, sizeof(page));
	ask("a CPU", CB_IOC_CPU_INFO, 0, CB_OK);
	ask_for_page(0, CB_PAGE_SIZE + 1);
	ask("more than a page", CB_IOC_INFO, -EINVAL, CB_ERR_ARGUMENT);
	ask_for_page(CELL, 16);
	argument.info.data = 0;
	ask("no page", CB_IOC_CELL_INFO, -EFAULT, CB_ERR_HOST_FAULT);
}

/* What every version can do with every other one. */
static void end_all(void)
{
	begin(UP_TO(cb_ioc_cell, cell));
	argument.cell.cell = CELL;
	ask("stop in the first version", CB_IOC_STOP, 0, CB_OK);
	begin(sizeof(argument.cell) + 1000);
	argument.cell.cell = CELL;
	ask("destroy in a later version", CB_IOC_DESTROY, 0, CB_OK);
	begin(sizeof(struct cb_ioc));
	ask("disable in the first version", CB_IOC_DISABLE, 0, CB_OK);
}

__attribute__((noreturn)) void _start(void);
void _start(void)
{
	device = (int)system_call(SYS_OPENAT, AT_FDCWD, (long)"/dev/cellblock", O_RDWR);
	expect("the device can be opened", device >= 0);
	ask_for_version();
	ask_in_other_sizes();
	read_in_other_sizes();
	end_all();
	print(sizeof(long) == 4 ? "abi: 32 bits, done\n" : "abi: 64 bits, done\n");
	for (;;)
		system_call(SYS_EXIT, 0, 0, 0);
}
