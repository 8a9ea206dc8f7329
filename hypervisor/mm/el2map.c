// SPDX-License-Identifier: GPL-2.0-only
/*
 * EL2's own address space (mmu.h): the first tables, built with the MMU off; later additions;
 * and the window through which a CPU works on physical memory that is not mapped.
 */
#include <arch/barrier.h>
#include <base/cpu.h>
#include <arch/io.h>
#include <mm/el2map.h>
#include <base/assert.h>
#include <base/pool.h>

paddr_t hv_phys;

/* Linker script and entry.S. */
extern u8 image_start[], rodata_start[], data_start[], vectors[];
void boot_map(u8 *image);
extern u64 el2_l0[]; /* for entry.S */

/* VMSAv8-64 stage-1 descriptors of the EL2 regime (Arm ARM D8.3). */
#define DESC_VALID   1UL
#define DESC_BLOCK   1UL
#define DESC_TABLE   3UL
#define DESC_PAGE    3UL
#define DESC_NORMAL  (1UL << 2) /* Attr1 of MAIR_EL2; Attr0 is Device-nGnRE */
#define DESC_NC	     (2UL << 2) /* Attr2: Normal, non-cacheable */
#define DESC_AP_RES1 (1UL << 6) /* AP[1] where one EL uses the tables */
#define DESC_RO	     (1UL << 7)
#define DESC_ISH     (3UL << 8)
#define DESC_AF	     (1UL << 10)
#define DESC_XN	     (1UL << 54)
#define DESC_ADDRESS 0x0000fffffffff000UL

#define ATTR_TEXT    (DESC_AF | DESC_ISH | DESC_AP_RES1 | DESC_NORMAL | DESC_RO)
#define ATTR_RODATA  (ATTR_TEXT | DESC_XN)
#define ATTR_DATA    (DESC_AF | DESC_ISH | DESC_AP_RES1 | DESC_NORMAL | DESC_XN)
#define ATTR_NC	     (DESC_AF | DESC_AP_RES1 | DESC_NC | DESC_XN)
#define ATTR_DEVICE  (DESC_AF | DESC_AP_RES1 | DESC_XN)

#define BOOT_TABLE   __section(".boot_memory") __aligned(4096)

u64 el2_l0[512] BOOT_TABLE;
static u64 hv_l1[512] BOOT_TABLE;
static u64 hv_l2[512] BOOT_TABLE;
static u64 image_l3[512] BOOT_TABLE;
static u64 idmap_l1[512] BOOT_TABLE;
static u64 idmap_l2[512] BOOT_TABLE;
static u64 idmap_l3[512] BOOT_TABLE;

static u64 table_index(u64 virt, unsigned int level)
{
	return (virt >> (39 - 9 * level)) & 511;
}

/*
 * Runs with the MMU off at the physical address: no absolute pointers, no atomics, and
 * aligned accesses only, as all memory is Device memory then. The tables are zero: they are
 * beyond the end of the image's file.
 */
void boot_map(u8 *image)
{
	u64 phys = (u64)image;
	u64 trampoline = phys + (u64)(vectors - image_start);
	u64 text_end = phys + (u64)(rodata_start - image_start);
	u64 rodata_end = phys + (u64)(data_start - image_start);

	for (u64 page = phys; page < phys + BOOT_MAP_SIZE; page += PAGE_SIZE) {
		u64 attributes = ATTR_DATA;

		if (page < text_end)
			attributes = ATTR_TEXT;
		else if (page < rodata_end)
			attributes = ATTR_RODATA;
		image_l3[(page - phys) / PAGE_SIZE] = page | DESC_PAGE | attributes;
	}
	el2_l0[table_index(HV_BASE, 0)] = (u64)hv_l1 | DESC_TABLE;
	hv_l1[table_index(HV_BASE, 1)] = (u64)hv_l2 | DESC_TABLE;
	hv_l2[table_index(HV_BASE, 2)] = (u64)image_l3 | DESC_TABLE;
	el2_l0[table_index(trampoline, 0)] = (u64)idmap_l1 | DESC_TABLE;
	idmap_l1[table_index(trampoline, 1)] = (u64)idmap_l2 | DESC_TABLE;
	idmap_l2[table_index(trampoline, 2)] = (u64)idmap_l3 | DESC_TABLE;
	idmap_l3[table_index(trampoline, 3)] = trampoline | DESC_PAGE | ATTR_TEXT;
}

/* Invalid entries are not cached in TLBs: only the walker must see the new ones (D8.13.1). */
static void publish_tables(void)
{
	dsb(ishst);
	isb();
}

static u64 *level3_entry(u64 virt)
{
	u64 *l3 = phys_to_virt(hv_l2[table_index(virt, 2)] & DESC_ADDRESS);

	return &l3[table_index(virt, 3)];
}

static u64 page_descriptor(paddr_t phys, enum el2_memory type)
{
	static const u64 attributes[] = {
		[EL2_TEXT] = ATTR_TEXT,	       [EL2_RODATA] = ATTR_RODATA, [EL2_DATA] = ATTR_DATA,
		[EL2_NON_CACHEABLE] = ATTR_NC, [EL2_DEVICE] = ATTR_DEVICE,
	};

	return phys | DESC_PAGE | attributes[type];
}

bool el2_map(u64 virt, paddr_t phys, enum el2_memory type)
{
	u64 *table = &hv_l2[table_index(virt, 2)];

	if (!(*table & DESC_VALID)) {
		void *l3 = pool_alloc(1, CB_POOL_HYPERVISOR);

		if (!l3)
			return false;
		*table = virt_to_phys(l3) | DESC_TABLE;
	}
	must(!(*level3_entry(virt) & DESC_VALID));
	*level3_entry(virt) = page_descriptor(phys, type);
	publish_tables();
	return true;
}

u64 el2_map_region(u64 size)
{
	u64 offset = BOOT_MAP_SIZE;

	for (; offset < MIN(size, SZ_2M); offset += PAGE_SIZE)
		image_l3[offset / PAGE_SIZE] = page_descriptor(hv_phys + offset, EL2_DATA);
	for (; offset + SZ_2M <= size; offset += SZ_2M)
		hv_l2[offset / SZ_2M] = (hv_phys + offset) | DESC_BLOCK | ATTR_DATA;
	publish_tables();
	return offset;
}

void *el2_map_device(paddr_t phys, size_t size)
{
	static u64 next = DEVICES;
	u64 virt = next;

	if (size > DEVICES + DEVICES_SIZE - virt)
		return NULL;
	for (u64 offset = 0; offset < size; offset += PAGE_SIZE)
		if (!el2_map(virt + offset, phys + offset, EL2_DEVICE))
			return NULL;
	next += ALIGN_UP(size, PAGE_SIZE);
	return (void *)virt;
}

void *window_map(paddr_t phys, size_t nr, enum el2_memory type)
{
	struct cpu *cpu = this_cpu();
	u64 window = (u64)cpu - CPU_SLOT_DATA + CPU_SLOT_WINDOW;
	u64 *entry = level3_entry(window);

	must(nr <= CPU_WINDOW_PAGES);
	if (cpu->window_used)
		window_unmap();
	for (size_t i = 0; i < nr; i++)
		entry[i] = page_descriptor(phys + i * PAGE_SIZE, type);
	cpu->window_used = (u8)nr;
	publish_tables();
	return (void *)window;
}

void window_unmap(void)
{
	struct cpu *cpu = this_cpu();
	u64 window = (u64)cpu - CPU_SLOT_DATA + CPU_SLOT_WINDOW;
	u64 *entry = level3_entry(window);

	for (size_t i = 0; i < cpu->window_used; i++)
		entry[i] = 0;
	/*
	 * All CPUs share these tables and may have walked them speculatively (D8.13.4). A guest can
	 * make EL2 decode as often as it likes: the others keep what else they have of EL2. Should
	 * one keep this page, too (erratum ERR050104 of i.MX8QM), it never accesses it.
	 */
	dsb(ishst);
	if (cpu->window_used == 1)
		__asm__ volatile("tlbi vae2is, %0" : : "r"(window / PAGE_SIZE));
	else
		__asm__ volatile("tlbi alle2is");
	cpu->window_used = 0;
	dsb(ish);
	isb();
}

bool window_answers(size_t nr)
{
	const u8 *window = (const u8 *)this_cpu() - CPU_SLOT_DATA + CPU_SLOT_WINDOW;
	u32 errors = bus_errors();

	for (size_t i = 0; i < nr; i++)
		readb(window + i * PAGE_SIZE);
	return bus_errors() == errors;
}

/* Bytes of the smallest data cache line of the system. */
static u64 cache_line_size(void)
{
	return 4UL << FIELD(read_sysreg(ctr_el0), 19, 16);
}

/*
 * Through a cacheable window the CPU could fetch a line again that was just cleaned. A guest that
 * starts with its caches off would change memory behind it, and find the line when they are on.
 * Maintenance by VA works with any attributes (D7.5.9). What is cleared is the root cell's next,
 * whose caches are on.
 */
bool memory_clean(paddr_t phys, size_t nr, bool clear)
{
	u8 *start = window_map(phys, nr, clear ? EL2_DATA : EL2_NON_CACHEABLE);
	u8 *end = start + nr * PAGE_SIZE;
	u64 line = cache_line_size();
	bool there = window_answers(nr);

	if (there) {
		if (clear)
			memset(start, 0, nr * PAGE_SIZE);
		for (u8 *p = start; p < end; p += line)
			__asm__ volatile("dc civac, %0" : : "r"(p) : "memory");
		dsb(sy); /* complete before the window goes and the new owner starts */
	}
	window_unmap();
	return there;
}

u64 cpu_pa_range(void)
{
	u64 range = read_sysreg(id_aa64mmfr0_el1) & 0xf;

	return MIN(range, 5UL);
}

unsigned int cpu_pa_bits(void)
{
	static const u8 bits[] = { 32, 36, 40, 42, 44, 48 };

	return bits[cpu_pa_range()];
}
