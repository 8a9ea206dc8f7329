// SPDX-License-Identifier: GPL-2.0-only
/*
 * Attacks of a hostile root in kernel mode: what to do to Cellblock with the hands that the
 * module gives (module/hostile.h). Each prints what it did, for instance
 *
 *	hostile: calls: seed 1, 200000 calls, 310 cells created, 0 wrong answers
 *
 * and fails if an answer was wrong. A cell with CPU 2 and SPI 200 is the victim; CPU 3 is
 * offline and the attacker's to use.
 *
 * usage: hostile calls SEED COUNT VICTIM CONFIG
 *	  hostile flip SEED COUNT CONFIG
 *	  hostile gic SEED COUNT VERSION
 *	  hostile sgi SEED COUNT VERSION
 *	  hostile its
 *	  hostile access ADDRESS memory|device WIDTH [VALUE]
 *	  hostile hammer ADDRESS
 *	  hostile call hvc|smc X0 [X1...]
 *	  hostile panic CPU
 */
#define _GNU_SOURCE
#include <inttypes.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <cellblock/hypercall.h>
#include <cellblock/ioctl.h>
#include "attack.h"
#include "module/hostile.h"

#define BATCH	   64

#define VICTIM_CPU 2
#define VICTIM_SPI 200

static int device;
static uint8_t *pages;
static struct hostile_addresses addresses;

static void open_device(void)
{
	device = open("/dev/hostile", O_RDWR | O_CLOEXEC);
	if (device < 0)
		err(2, "/dev/hostile");
	pages = mmap(NULL, HOSTILE_PAGES_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, device, 0);
	if (pages == MAP_FAILED || ioctl(device, HOSTILE_ADDRESSES, &addresses))
		err(2, "/dev/hostile");
}

static void run_batch(unsigned long request, void *elements, size_t count)
{
	struct hostile_batch batch = { .elements = (uintptr_t)elements, .count = (uint32_t)count };

	if (ioctl(device, request, &batch))
		err(2, "request 0x%lx", request);
}

static void open_window(uint64_t phys, uint64_t size, bool memory)
{
	struct hostile_window window = { .phys = phys, .size = size, .memory = memory };

	if (ioctl(device, HOSTILE_WINDOW, &window))
		err(2, "window at 0x%" PRIx64, phys);
}

static uint64_t access_window(uint64_t offset, uint32_t width, bool write, uint64_t value)
{
	struct hostile_access access = {
		.offset = offset, .width = width, .write = write, .value = value
	};

	run_batch(HOSTILE_ACCESS, &access, 1);
	return access.value;
}

static void run_on(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		err(2, "CPU %d", cpu);
}

static uint64_t hvc(uint64_t function, uint64_t x1, uint64_t x2, uint64_t x3, uint64_t *second)
{
	struct hostile_call call = { .x = { function, x1, x2, x3 }, .conduit = HOSTILE_HVC };

	run_batch(HOSTILE_CALL, &call, 1);
	if (second)
		*second = call.x[1];
	return call.x[0];
}

/* What the attacks of several processes amount to. */
static struct totals {
	uint64_t calls, created, wrong;
} * totals;

static void add(uint64_t *total, uint64_t n)
{
	__atomic_fetch_add(total, n, __ATOMIC_RELAXED);
}

static void share_totals(void)
{
	totals = mmap(NULL, sizeof(*totals), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
		      0);
	if (totals == MAP_FAILED)
		err(2, "mmap");
}

static int report(const char *attack, uint64_t seed, const char *what)
{
	printf("hostile: %s: seed %" PRIu64 ", %" PRIu64 " %s, %" PRIu64 " cells created, %" PRIu64
	       " wrong answers\n",
	       attack, seed, totals->calls, what, totals->created, totals->wrong);
	return totals->wrong != 0;
}

/* ---- Calls ---- */

#define HVC_STUB_ERR	    0xbadca11
#define NOT_SUPPORTED	    (-1ll)
#define FUNCTION_CPU_OFF    2
#define FUNCTION_SUSPEND    1
#define FUNCTION_SYSTEM_OFF 8
#define FUNCTION_RESET	    9
#define FUNCTION_RESET2	    0x12

static uint64_t victim;
static uint8_t good_config[CB_CONFIG_MAX_SIZE];
static uint32_t good_size;

#define CONFIG_SLOT  4096u
#define CONFIG_SLOTS (HOSTILE_PAGES_SIZE / CONFIG_SLOT)

static uint64_t any_cell(void)
{
	static const uint64_t odd[] = { 0, 63, 64, 65, 1ull << 32, 1ull << 32 | 1, ~0ull };

	return one_in(6) ? PICK(odd) : 1 + below(4);
}

static void make_create(uint64_t *x)
{
	static const uint32_t sizes[] = {
		0, 1, 55, 56, 4096, CB_CONFIG_MAX_SIZE, CB_CONFIG_MAX_SIZE + 1, 0x80000000, ~0u
	};
	uint64_t slot = below(CONFIG_SLOTS) * CONFIG_SLOT;

	memcpy(pages + slot, good_config, good_size);
	change_config(pages + slot, good_size);
	x[1] = one_in(8) ? odd_address() : addresses.pages + slot;
	x[2] = one_in(8) ? PICK(sizes) : good_size;
}

static void make_management(uint64_t *x)
{
	const struct cb_cell_config *cell = (const void *)good_config;
	const struct cb_region *ram = cb_config_regions(cell);

	x[0] = CB_HVC_DISABLE + below(7);
	x[1] = any_cell();
	/* The victim is there to be seen running; root may end it, and does elsewhere. */
	if ((x[0] == CB_HVC_CELL_STOP || x[0] == CB_HVC_CELL_DESTROY) && x[1] == victim)
		x[1] = 0;
	if (x[0] == CB_HVC_CELL_CREATE)
		make_create(x);
	if (x[0] == CB_HVC_CELL_START && !one_in(4))
		x[2] = ram->virt + (below(ram->size) & (one_in(4) ? ~0ull : ~3ull));
	if (x[0] == CB_HVC_DISABLE && one_in(2))
		x[1] = below(8);
}

/* Where a CPU may begin without harm to Linux, or cannot begin at all. */
static uint64_t any_entry(void)
{
	return one_in(2) ? addresses.entry : one_in(2) ? 0x70000800 : 1ull << 44;
}

/* Not what ends this CPU or the machine. */
static bool is_deadly(uint64_t function)
{
	function &= ~0x10000ull; /* a hint, no part of the number */
	switch (function & 0xbfffffff) {
	case 0x84000000 + FUNCTION_CPU_OFF:
	case 0x84000000 + FUNCTION_SYSTEM_OFF:
	case 0x84000000 + FUNCTION_RESET:
	case 0x84000000 + FUNCTION_RESET2:
		return true;
	case 0x84000000 + FUNCTION_SUSPEND: /* waits for the next interrupt */
		return !one_in(64);
	default:
		return false;
	}
}

/* PSCI and SDEI; also with numbers that no standard has. */
static void make_standard(uint64_t *x)
{
	x[0] = 0x84000000 | (one_in(2) ? 0x40000000 : 0) | below(one_in(4) ? 0x10000 : 0x60);
	if (one_in(3))
		x[0] = one_in(2) ? 0xc4000003 : 0x84000003; /* CPU_ON */
	if (one_in(16))
		x[0] |= 0x10000;
	x[1] = one_in(8) ? odd_number() : below(5);
	x[2] = any_entry();
	x[3] = odd_number();
}

static void make_any(uint64_t *x)
{
	static const uint32_t bases[] = {
		CB_HVC(0),  CB_HVC_UID & ~0xffu, 0xc6000000, 0x86000000, 0x80000000,
		0xc0000000, 0x81000000,		 0x82000000, 0x83000000, 0x85000000,
		0x87000000, 0xb2000000,		 0x95c1ba5e, 0x04000000, 0x32000000,
	};

	switch (below(4)) {
	case 0:
		x[0] = below(8); /* hyp stub, of which there are four */
		x[1] = any_entry();
		break;
	case 1:
		x[0] = CB_HVC_INFO + below(2);
		x[1] = one_in(4) ? odd_number() : below(CB_CONSOLE_WRITE_MAX + 2);
		break;
	case 2:
		x[0] = PICK(bases) + below(256);
		break;
	default:
		x[0] = one_in(2) ? odd_number() : random_u64();
	}
}

static void make_call(struct hostile_call *call)
{
	uint64_t *x = call->x;

	for (int i = 1; i < HOSTILE_REGISTERS; i++)
		x[i] = odd_number();
	call->conduit = HOSTILE_HVC;
	if (one_in(3)) {
		make_management(x);
		return;
	}
	call->conduit = (uint32_t)below(HOSTILE_CONDUITS);
	do {
		if (one_in(2))
			make_standard(x);
		else
			make_any(x);
	} while (is_deadly((uint32_t)x[0]));
	/* By chance: what make_management() is careful about. */
	if ((x[0] == CB_HVC_CELL_STOP || x[0] == CB_HVC_CELL_DESTROY) && x[1] == victim)
		x[1] = 0;
	if (x[0] == CB_HVC_CELL_CREATE)
		make_create(x);
}

static bool is_vendor_hyp(uint64_t function)
{
	return (function & 0x3f000000) == 0x06000000;
}

static bool is_known(uint64_t function)
{
	return function == CB_HVC_UID || function == CB_HVC_REVISION ||
	       (function >= CB_HVC_INFO && function <= CB_HVC_CONSOLE_WRITE) ||
	       (function >= CB_HVC_DISABLE && function <= CB_HVC_CELL_INPUT) ||
	       (function & ~0x3full) == 0xc6000000;
}

/* Answers that do not depend on what others do meanwhile. */
static bool is_wrong(const struct hostile_call *asked, const struct hostile_call *got)
{
	uint64_t function = asked->x[0], answer = got->x[0];
	bool hypercall = asked->conduit != HOSTILE_SMC;

	if (hypercall && is_vendor_hyp(function)) {
		if (got->x[7] != asked->x[7])
			return true;
		if (!is_known(function))
			return answer != (uint64_t)NOT_SUPPORTED;
		/* There are cells: nobody leaves. */
		return function == CB_HVC_DISABLE && answer == CB_OK;
	}
	if (hypercall && function < 4)
		return answer != HVC_STUB_ERR;
	/* CPU_ON of the victim's CPU; entry points where root has nothing to execute. */
	if ((function & 0xbffeffff) == 0x84000003 && answer == 0)
		return (uint32_t)asked->x[1] == VICTIM_CPU || asked->x[2] != addresses.entry;
	/* PSCI 0.1, whose numbers QEMU's firmware still answers: CPU_OFF and CPU_ON by EL3. */
	if (function >= 0x95c1ba5e && function < 0x95c1bb5e)
		return (int32_t)answer != NOT_SUPPORTED;
	return false;
}

static void show_wrong(const struct hostile_call *asked, const struct hostile_call *got)
{
	static const char *const conduits[] = { "HVC", "HVC #0x5a5a", "SMC" };

	printf("hostile: calls: %s", conduits[asked->conduit]);
	for (int i = 0; i < 4; i++)
		printf(" %" PRIx64, asked->x[i]);
	printf(": %" PRIx64 " %" PRIx64 "\n", got->x[0], got->x[1]);
}

static void run_calls(uint64_t count)
{
	struct hostile_call asked[BATCH], calls[BATCH];

	for (uint64_t done = 0; done < count; done += BATCH) {
		for (int i = 0; i < BATCH; i++)
			make_call(&asked[i]);
		memcpy(calls, asked, sizeof(calls));
		run_batch(HOSTILE_CALL, calls, BATCH);
		for (int i = 0; i < BATCH; i++) {
			if (asked[i].x[0] == CB_HVC_CELL_CREATE && calls[i].x[0] == CB_OK)
				add(&totals->created, 1);
			if (!is_wrong(&asked[i], &calls[i]))
				continue;
			show_wrong(&asked[i], &calls[i]);
			add(&totals->wrong, 1);
		}
		add(&totals->calls, BATCH);
	}
}

/* Whatever the attack has made goes. */
static void destroy_cells(void)
{
	for (uint64_t id = 1; id < CB_MAX_CELLS; id++)
		while (id != victim && hvc(CB_HVC_CELL_DESTROY, id, 0, 0, NULL) == CB_ERR_BUSY)
			sched_yield();
}

static void wait_for_child(pid_t child)
{
	int status;

	if (waitpid(child, &status, 0) < 0 || status)
		errx(1, "an attacking process ended with status 0x%x", status);
}

static int attack_calls(uint64_t seed, uint64_t count)
{
	pid_t child;

	child = fork();
	random_seed(2 * seed + !child);
	run_on(child ? 0 : 1);
	/* Each has pages of its own: a configuration is whole when it is passed. */
	open_device();
	run_calls(count / 2);
	if (!child)
		exit(0);
	wait_for_child(child);
	destroy_cells();
	return report("calls", seed, "calls");
}

/* ---- A configuration that changes while it is read ---- */

static const uint64_t victims_memory = 0x72000000;

/* As good as the first, but for one thing that must be refused; the checksum is right. */
static void make_evil(uint8_t *evil, uint64_t which)
{
	struct cb_cell_config *cell = (void *)evil;
	struct cb_region *ram = (void *)cb_config_regions(cell);
	struct cb_irq_range *irqs = (void *)cb_config_irqs(cell);

	memcpy(evil, good_config, good_size);
	memcpy(cell->header.name, "evil", 5);
	switch (which % 6) {
	case 0:
		ram->phys = victims_memory;
		break;
	case 1:
		ram->phys = 0x70000000;
		break;
	case 2:
		ram->phys = 0x08000000;
		break;
	case 3:
		cell->cpus |= 1 << VICTIM_CPU;
		break;
	case 4:
		irqs->first = VICTIM_SPI;
		break;
	default:
		cell->regions.count = 0x1000;
	}
	seal(evil, good_size);
}

/* Until killed: good and evil in turn, and single bytes. */
static void change_for_ever(void)
{
	static uint8_t evil[CB_CONFIG_MAX_SIZE];

	for (uint64_t n = 0;; n++) {
		uint64_t at = below(good_size);

		make_evil(evil, n);
		memcpy(pages, evil, good_size);
		memcpy(pages, good_config, good_size);
		for (int i = 0; i < 100; i++) {
			*(volatile uint8_t *)(pages + at) = (uint8_t)random_u64();
			*(volatile uint8_t *)(pages + at) = good_config[at];
		}
	}
}

/* The public page follows the image and the system's configuration, each in whole pages. */
static uint64_t public_page(void)
{
	static union {
		uint8_t bytes[CB_CONFIG_MAX_SIZE];
		struct cb_system_config head;
	} config;
	struct cb_ioc_get_config request = { .argsz = sizeof(request),
					     .size = sizeof(config),
					     .data = (uintptr_t)&config };
	int cellblock = open("/dev/cellblock", O_RDWR | O_CLOEXEC);
	int file = open("/lib/firmware/cellblock.bin", O_RDONLY | O_CLOEXEC);
	struct cb_image_header image;

	if (cellblock < 0 || ioctl(cellblock, CB_IOC_GET_CONFIG, &request))
		err(2, "/dev/cellblock");
	if (file < 0 || read(file, &image, sizeof(image)) != sizeof(image))
		err(2, "the image");
	close(cellblock);
	close(file);
	return config.head.hypervisor.phys +
	       (image.memory_size + CB_PAGE_SIZE - 1) / CB_PAGE_SIZE * CB_PAGE_SIZE +
	       (request.size + CB_PAGE_SIZE - 1) / CB_PAGE_SIZE * CB_PAGE_SIZE;
}

static bool has_good_name(uint64_t id)
{
	uint64_t name[CB_NAME_SIZE / 8], i;

	open_window(public_page(), CB_PAGE_SIZE, true);
	open_window(access_window(offsetof(struct cb_public, cells_phys) + 8 * id, 8, false, 0),
		    CB_PAGE_SIZE, true);
	for (i = 0; i < COUNT(name); i++)
		name[i] = access_window(offsetof(struct cb_cell_page, name) + 8 * i, 8, false, 0);
	return !memcmp(name, ((struct cb_config_header *)good_config)->name, CB_NAME_SIZE);
}

static int attack_flip(uint64_t seed, uint64_t count)
{
	pid_t changer;

	random_seed(seed);
	open_device();
	changer = fork();
	if (!changer) {
		run_on(1);
		change_for_ever();
	}
	run_on(0);
	/* All may pass while the other CPU stands still: there must be a good and a bad one. */
	while (totals->calls < count || !totals->created || totals->created == totals->calls) {
		uint64_t id, code = hvc(CB_HVC_CELL_CREATE, addresses.pages, good_size, 0, &id);

		add(&totals->calls, 1);
		if (code != CB_OK)
			continue;
		add(&totals->created, 1);
		if (!has_good_name(id))
			add(&totals->wrong, 1);
		while (hvc(CB_HVC_CELL_DESTROY, id, 0, 0, NULL) == CB_ERR_BUSY)
			sched_yield();
	}
	kill(changer, SIGKILL);
	waitpid(changer, NULL, 0);
	return report("flip", seed, "calls");
}

/* ---- Registers of the interrupt controller ---- */

#define GICD	   0x08000000
#define GICD_SIZE  0x10000
#define GICC	   0x08010000
#define V2M	   0x08020000
#define ITS	   0x08080000
#define GICR	   0x080a0000
#define GICR_FRAME 0x20000

enum {
	GICD_CTLR = 0,
	GICD_SETSPI = 0x40,
	GICD_IGROUPR = 0x80,
	GICD_ISENABLER = 0x100,
	GICD_ICACTIVER = 0x380,
	GICD_IPRIORITYR = 0x400,
	GICD_ITARGETSR = 0x800,
	GICD_ICFGR = 0xc00,
	GICD_IGRPMODR = 0xd00,
	GICD_NSACR = 0xe00,
	GICD_SGIR = 0xf00,
	GICD_IROUTER = 0x6000,
};

/* A register of the distributor at which the victim's SPI can be had; nobody else's bits. */
static struct hostile_access distributor_access(void)
{
	struct hostile_access access = { .width = 4, .write = true, .value = random_u64() };

	switch (below(10)) {
	case 0: /* read-only for everybody, whatever is written */
		access.offset = GICD_CTLR;
		break;
	case 1: /* messages that become SPIs */
		access.offset = GICD_SETSPI + 8 * below(4);
		access.value = VICTIM_SPI;
		break;
	case 2:
		access.offset = GICD_IGROUPR + 4 * below(32);
		break;
	case 3:
		access.offset = GICD_IGRPMODR + 4 * below(32);
		break;
	case 4:
		access.offset = GICD_NSACR + 4 * below(64);
		break;
	case 5: /* the six arrays of set and clear registers */
	case 6:
		access.offset = GICD_ISENABLER + 0x80 * below(6) + VICTIM_SPI / 32 * 4;
		access.value = 1u << VICTIM_SPI % 32;
		break;
	case 7: /* a byte of its own */
		access.offset = (one_in(2) ? GICD_IPRIORITYR : GICD_ITARGETSR) + VICTIM_SPI;
		access.width = 1;
		break;
	case 8: /* of a word whose other fields are nobody's or unused here */
		access.offset = one_in(2) ? GICD_ICFGR + VICTIM_SPI / 16 * 4
					  : GICD_IPRIORITYR + (VICTIM_SPI & ~3);
		break;
	default:
		access.offset = GICD_IROUTER + 8 * VICTIM_SPI;
		access.width = one_in(2) ? 8 : 4;
		if (access.width == 4)
			access.offset += 4 * below(2);
		access.value = one_in(2) ? below(4) : random_u64();
	}
	return access;
}

/* A byte or a word of any register is read, too, with any width. */
static struct hostile_access any_read(uint64_t size)
{
	struct hostile_access access = { .width = 1u << below(4) };

	access.offset = below(size) & ~(uint64_t)(access.width - 1);
	return access;
}

/* The redistributor of the victim's CPU, or one without a CPU. */
static struct hostile_access redistributor_access(void)
{
	static const uint32_t frames[] = { VICTIM_CPU, VICTIM_CPU, 4, 5, 63, 122 };
	struct hostile_access access = any_read(2 * 0x10000);

	if (one_in(2)) /* where there are registers */
		access.offset &= 0x10fff;
	access.offset += PICK(frames) * GICR_FRAME;
	access.write = one_in(2);
	access.value = one_in(2) ? ~0ull : random_u64();
	return access;
}

static void run_accesses(uint64_t count, struct hostile_access (*make)(void), uint64_t readable)
{
	struct hostile_access accesses[BATCH];

	for (uint64_t done = 0; done < count; done += BATCH) {
		for (int i = 0; i < BATCH; i++)
			accesses[i] = readable && one_in(3) ? any_read(readable) : make();
		run_batch(HOSTILE_ACCESS, accesses, BATCH);
		add(&totals->calls, BATCH);
	}
}

static int attack_gic(uint64_t seed, uint64_t count, uint64_t version)
{
	random_seed(seed);
	open_device();
	open_window(GICD, GICD_SIZE, false);
	run_accesses(count, distributor_access, GICD_SIZE);
	if (version == 3) {
		open_window(GICR, 123 * GICR_FRAME, false);
		run_accesses(count, redistributor_access, 0);
	} else {
		/* The frame that makes SPIs of messages: none of its own range. */
		open_window(V2M, 0x1000, false);
		access_window(0x40, 4, true, VICTIM_SPI);
		/* GICC_DIR of the victim's SPI, which is not active. */
		open_window(GICC, 0x2000, false);
		access_window(0x1000, 4, true, VICTIM_SPI);
	}
	return report("gic", seed, "accesses");
}

/* ---- SGIs ---- */

/*
 * To the victim's CPU, to CPU 3, to CPUs that are not there; with others in the list only what
 * Linux' CPUs do not mind: SGI 0 is "reschedule".
 */
static uint64_t sgi1r(void)
{
	uint64_t value = below(16) << 24;

	if (one_in(4))
		return 1ull << 40 | (random_u64() & 0xffff); /* all but self: SGI 0 */
	value |= one_in(2) ? 0xfffc : 1 << VICTIM_CPU;
	if (one_in(4)) /* other clusters and ranges */
		value |= random_u64() & (0xffull << 48 | 0xfull << 44 | 0xffull << 32 | 0xff << 16);
	return value;
}

static uint32_t sgir(void)
{
	if (one_in(4)) /* all but self, or self: SGI 0 */
		return (uint32_t)(1 + below(2)) << 24 | (uint32_t)below(256) << 16;
	if (one_in(8)) /* a filter that is reserved */
		return 3u << 24 | (uint32_t)random_u64() % 0x1000000;
	return (one_in(2) ? 0xfcu : 1u << VICTIM_CPU) << 16 | (one_in(2) ? 1 << 15 : 0) |
	       (uint32_t)below(16);
}

static struct hostile_access sgir_access(void)
{
	return (struct hostile_access){
		.offset = GICD_SGIR, .width = 4, .write = true, .value = sgir()
	};
}

static int attack_sgi(uint64_t seed, uint64_t count, uint64_t version)
{
	struct hostile_sgi_write writes[BATCH] = {};

	random_seed(seed);
	open_device();
	if (version == 2) {
		open_window(GICD, GICD_SIZE, false);
		run_accesses(count, sgir_access, 0);
		return report("sgi", seed, "accesses");
	}
	for (uint64_t done = 0; done < count; done += BATCH) {
		for (int i = 0; i < BATCH; i++) {
			writes[i].which = (uint32_t)below(HOSTILE_SGI_REGISTERS);
			writes[i].value = sgi1r();
		}
		run_batch(HOSTILE_SGI, writes, BATCH);
		add(&totals->calls, BATCH);
	}
	return report("sgi", seed, "SGIs");
}

/* ---- LPIs ---- */

#define GITS_CBASER  0x80
#define GITS_CWRITER 0x88
#define GITS_CREADR  0x90

#define DEVICE_ID    0x1f
#define EVENT	     0
#define LPI	     8200
#define COLLECTION   3 /* of CPU 3, that Linux will map anew when it has it back */

static const uint64_t commands[][4] = {
	/* MAPC: the collection is that of the victim's CPU */
	{ 0x09, 0, 1ull << 63 | VICTIM_CPU << 16 | COLLECTION },
	/* MAPD: 2 events, the table is put in below */
	{ 0x08 | (uint64_t)DEVICE_ID << 32, 0, 1ull << 63 },
	/* MAPTI, INV, INT, three times */
	{ 0x0a | (uint64_t)DEVICE_ID << 32, EVENT | (uint64_t)LPI << 32, COLLECTION },
	{ 0x0c | (uint64_t)DEVICE_ID << 32, EVENT },
	{ 0x03 | (uint64_t)DEVICE_ID << 32, EVENT },
	{ 0x03 | (uint64_t)DEVICE_ID << 32, EVENT },
	{ 0x03 | (uint64_t)DEVICE_ID << 32, EVENT },
	/* MOVALL from CPU 0 to the victim's */
	{ 0x0e, 0, 0, VICTIM_CPU << 16 },
	/* DISCARD, MAPD not valid */
	{ 0x0f | (uint64_t)DEVICE_ID << 32, EVENT },
	{ 0x08 | (uint64_t)DEVICE_ID << 32 },
};

/* Into Linux' own command queue, which is idle as no device uses messages here. */
static int attack_its(void)
{
	uint64_t base, size, writer;

	open_device();
	open_window(ITS, 0x10000, false);
	base = access_window(GITS_CBASER, 8, false, 0);
	writer = access_window(GITS_CWRITER, 8, false, 0);
	size = ((base & 0xff) + 1) * 4096;
	open_window(base & 0xffffffffff000, size, true);
	for (uint64_t n = 0; n < COUNT(commands); n++, writer = (writer + 32) % size) {
		for (uint64_t i = 0; i < 4; i++) {
			uint64_t word = commands[n][i];

			if (n == 1 && i == 2)
				word |= addresses.pages;
			access_window(writer + 8 * i, 8, true, word);
		}
	}
	open_window(ITS, 0x10000, false);
	access_window(GITS_CWRITER, 8, true, writer);
	while ((access_window(GITS_CREADR, 8, false, 0) & ~1ull) != writer)
		sched_yield();
	printf("hostile: its: %zu commands\n", COUNT(commands));
	return 0;
}

/* ---- Memory ---- */

static int attack_access(uint64_t address, bool memory, uint32_t width, const char *value)
{
	uint64_t number = value ? strtoull(value, NULL, 0) : 0;

	open_device();
	open_window(address & ~0xfffull, 0x1000, memory);
	number = access_window(address & 0xfff, width, value, number);
	printf("hostile: access: 0x%" PRIx64 "\n", number);
	return 0;
}

static volatile uint64_t writes;

static void bus_error(int signal)
{
	static const char after_writes[] = "hostile: hammer: SIGBUS after writes\n";
	static const char at_once[] = "hostile: hammer: SIGBUS at once\n";
	const char *text = writes ? after_writes : at_once;
	size_t size = writes ? sizeof(after_writes) - 1 : sizeof(at_once) - 1;

	(void)signal;
	_exit(write(1, text, size) != (ssize_t)size);
}

/* Writes to physical memory through /dev/mem until that is no longer possible. */
static int attack_hammer(uint64_t address)
{
	int mem = open("/dev/mem", O_RDWR | O_CLOEXEC);
	volatile uint64_t *word =
		mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, mem, (off_t)address);

	if (word == MAP_FAILED)
		err(2, "/dev/mem");
	signal(SIGBUS, bus_error);
	for (;;) {
		*word = 0x1badc0de;
		if (++writes == 1) {
			printf("hostile: hammer: begins\n");
			fflush(stdout);
		}
	}
}

/* ---- Others ---- */

static int attack_call(bool smc, int count, char **registers)
{
	struct hostile_call call = { .conduit = smc ? HOSTILE_SMC : HOSTILE_HVC };

	open_device();
	for (int i = 0; i < count && i < HOSTILE_REGISTERS; i++)
		call.x[i] = strtoull(registers[i], NULL, 0);
	run_batch(HOSTILE_CALL, &call, 1);
	printf("hostile: call: %" PRId64 " 0x%" PRIx64 "\n", (int64_t)call.x[0], call.x[1]);
	return 0;
}

static int attack_panic(int cpu)
{
	open_device();
	if (ioctl(device, HOSTILE_PANIC, cpu))
		err(2, "/dev/hostile");
	return 0;
}

int main(int argc, char **argv)
{
	uint64_t numbers[3] = {};
	const char *attack = argc > 1 ? argv[1] : "";

	for (int i = 0; i < 3 && i + 2 < argc; i++)
		numbers[i] = strtoull(argv[i + 2], NULL, 0);
	share_totals();
	if (!strcmp(attack, "calls") && argc == 6) {
		victim = numbers[2];
		good_size = read_config(argv[5], good_config);
		return attack_calls(numbers[0], numbers[1]);
	}
	if (!strcmp(attack, "flip") && argc == 5) {
		good_size = read_config(argv[4], good_config);
		return attack_flip(numbers[0], numbers[1]);
	}
	if (!strcmp(attack, "gic") && argc == 5)
		return attack_gic(numbers[0], numbers[1], numbers[2]);
	if (!strcmp(attack, "sgi") && argc == 5)
		return attack_sgi(numbers[0], numbers[1], numbers[2]);
	if (!strcmp(attack, "its"))
		return attack_its();
	if (!strcmp(attack, "access") && argc >= 5)
		return attack_access(numbers[0], !strcmp(argv[3], "memory"), (uint32_t)numbers[2],
				     argv[5]);
	if (!strcmp(attack, "hammer") && argc == 3)
		return attack_hammer(numbers[0]);
	if (!strcmp(attack, "call") && argc >= 4)
		return attack_call(!strcmp(argv[2], "smc"), argc - 3, argv + 3);
	if (!strcmp(attack, "panic") && argc == 3)
		return attack_panic((int)numbers[0]);
	errx(2, "usage: see the first lines of tests/system/guest/hostile.c");
}
