// SPDX-License-Identifier: GPL-2.0-only
/*
 * The device tree that an inmate gets: one function for each node, in the order of
 * the tree. Written with libfdt's sequential interface; the first error sticks in the
 * writer, so that nothing but the end needs to look at it.
 */
#include "devicetree.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <libfdt.h>

#include <config/check.h>
#include "livetree.h"

#define ARRAY_SIZE(a)	   (sizeof(a) / sizeof((a)[0]))

#define PHANDLE_GIC	   1u
#define PHANDLE_CLOCK	   2u

/* Interrupt specifiers of the GIC binding. */
#define GIC_SPI		   0u
#define GIC_PPI		   1u
#define GIC_FIRST_SPI	   32u
#define GIC_LEVEL_HIGH	   4u
#define GIC_LEVEL_LOW	   8u
#define GIC_PPI_CPUS(cpus) (((cpus)&0xff) << 8) /* GICv2 */
#define GIC_INTIDS	   1020u

#define GICC_SIZE	   0x2000u
#define DEFAULT_CLOCK_HZ   24000000u

struct writer {
	const struct devicetree_input *input;
	void *tree;
	int error;				/* first one, 0 or negative */
	uint8_t irq_used[(GIC_INTIDS + 7) / 8]; /* by INTID: a device has it */
};

static void check(struct writer *w, int result)
{
	if (!w->error && result < 0)
		w->error = result;
}

static void __attribute__((format(printf, 2, 3)))
begin_node(struct writer *w, const char *format, ...)
{
	char name[64];
	va_list ap;

	va_start(ap, format);
	vsnprintf(name, sizeof(name), format, ap);
	va_end(ap);
	check(w, fdt_begin_node(w->tree, name));
}

static void end_node(struct writer *w)
{
	check(w, fdt_end_node(w->tree));
}

static void put(struct writer *w, const char *name, const void *value, size_t size)
{
	check(w, fdt_property(w->tree, name, value, (int)size));
}

static void put_flag(struct writer *w, const char *name)
{
	put(w, name, NULL, 0);
}

static void put_string(struct writer *w, const char *name, const char *value)
{
	put(w, name, value, strlen(value) + 1);
}

/* Several strings: a literal with NULs between them. */
#define put_strings(w, name, literal) put(w, name, literal, sizeof(literal))

static void put_u32(struct writer *w, const char *name, uint32_t value)
{
	check(w, fdt_property_u32(w->tree, name, value));
}

static void put_u64(struct writer *w, const char *name, uint64_t value)
{
	check(w, fdt_property_u64(w->tree, name, value));
}

static void put_u32s(struct writer *w, const char *name, const uint32_t *values, size_t count)
{
	fdt32_t *cells = NULL;

	check(w, fdt_property_placeholder(w->tree, name, (int)(count * sizeof(*cells)),
					  (void **)&cells));
	for (size_t i = 0; cells && i < count; i++)
		fdt32_st(&cells[i], values[i]);
}

/* "reg" with two cells for addresses and two for sizes. */
static void put_reg(struct writer *w, const struct cb_frame *frames, size_t count)
{
	uint32_t cells[4 * CB_GIC_FRAMES];
	size_t n = 0;

	for (size_t i = 0; i < count && i < CB_GIC_FRAMES; i++) {
		cells[n++] = (uint32_t)(frames[i].phys >> 32);
		cells[n++] = (uint32_t)frames[i].phys;
		cells[n++] = (uint32_t)(frames[i].size >> 32);
		cells[n++] = (uint32_t)frames[i].size;
	}
	put_u32s(w, "reg", cells, n);
}

static void put_reg_one(struct writer *w, uint64_t address, uint64_t size)
{
	const struct cb_frame frame = { .phys = address, .size = size };

	put_reg(w, &frame, 1);
}

static void put_label(struct writer *w, const struct cb_region *region)
{
	if (region->name[0])
		put_string(w, "label", region->name);
}

/* A node that is found by the region's name: "shared@7ff00000". */
static void begin_region(struct writer *w, const struct cb_region *region, const char *unnamed)
{
	begin_node(w, "%s@%" PRIx64, region->name[0] ? region->name : unnamed, region->virt);
}

/* Copies those properties that the node of the machine's tree has. */
static void copy_properties(struct writer *w, int node, const char *const *names, size_t count)
{
	for (size_t i = 0; node >= 0 && i < count; i++) {
		int length;
		const void *value = fdt_getprop(w->input->live, node, names[i], &length);

		if (value)
			put(w, names[i], value, (size_t)length);
	}
}

static bool cell_has_irq(const struct cb_cell_config *cell, uint32_t intid)
{
	const struct cb_irq_range *irqs = cb_config_irqs(cell);

	for (uint32_t i = 0; i < cell->irqs.count; i++)
		if (intid >= irqs[i].first && intid - irqs[i].first < irqs[i].count)
			return true;
	return false;
}

static void use_irq(struct writer *w, uint32_t intid)
{
	if (intid < GIC_INTIDS)
		w->irq_used[intid / 8] |= (uint8_t)(1u << intid % 8);
}

static uint64_t gicd_address(const struct writer *w)
{
	return w->input->system->gic.frames[CB_GIC_GICD].phys;
}

/* ---- CPUs ---- */

static bool mpidrs_need_two_cells(const struct cb_system_config *system)
{
	const uint64_t *mpidr = cb_config_cpus(system);

	for (uint32_t i = 0; i < system->cpus.count; i++)
		if (mpidr[i] >> 32)
			return true;
	return false;
}

static void put_cpu_compatible(struct writer *w, uint64_t mpidr)
{
	static const char *const copied[] = { "compatible" };
	int node = live_cpu(w->input->live, mpidr);

	if (node >= 0 && fdt_getprop(w->input->live, node, copied[0], NULL))
		copy_properties(w, node, copied, ARRAY_SIZE(copied));
	else
		put_string(w, "compatible", "arm,armv8");
}

static void put_cpu(struct writer *w, uint64_t mpidr, bool two_cells)
{
	begin_node(w, "cpu@%" PRIx64, mpidr);
	put_string(w, "device_type", "cpu");
	put_cpu_compatible(w, mpidr);
	if (two_cells)
		put_u64(w, "reg", mpidr);
	else
		put_u32(w, "reg", (uint32_t)mpidr);
	put_string(w, "enable-method", "psci");
	end_node(w);
}

static void put_cpus(struct writer *w)
{
	const struct cb_system_config *system = w->input->system;
	const uint64_t *mpidr = cb_config_cpus(system);
	bool two_cells = mpidrs_need_two_cells(system);

	begin_node(w, "cpus");
	put_u32(w, "#address-cells", two_cells ? 2 : 1);
	put_u32(w, "#size-cells", 0);
	for (uint32_t cpu = 0; cpu < system->cpus.count; cpu++)
		if (w->input->cell->cpus >> cpu & 1)
			put_cpu(w, mpidr[cpu], two_cells);
	end_node(w);
}

static void put_psci(struct writer *w)
{
	begin_node(w, "psci");
	put_strings(w, "compatible", "arm,psci-1.0\0arm,psci-0.2");
	put_string(w, "method", "hvc");
	end_node(w);
}

/* ---- Interrupts and timer ---- */

static size_t gic_frames(const struct cb_gic_config *gic, struct cb_frame frames[2])
{
	frames[0] = gic->frames[CB_GIC_GICD];
	if (gic->version == 3) {
		frames[1] = gic->frames[CB_GIC_GICR];
	} else {
		frames[1] = gic->frames[CB_GIC_GICC];
		frames[1].size = GICC_SIZE;
	}
	return 2;
}

static void put_gic(struct writer *w)
{
	static const char *const copied[] = { "redistributor-stride" };
	const struct cb_gic_config *gic = &w->input->system->gic;
	struct cb_frame frames[2];
	size_t count = gic_frames(gic, frames);

	begin_node(w, "interrupt-controller@%" PRIx64, frames[0].phys);
	put_string(w, "compatible", gic->version == 3 ? "arm,gic-v3" : "arm,cortex-a15-gic");
	put_reg(w, frames, count);
	put_flag(w, "interrupt-controller");
	put_u32(w, "#interrupt-cells", 3);
	put_u32(w, "#address-cells", 0);
	put_u32(w, "phandle", PHANDLE_GIC);
	copy_properties(w, live_compatible(w->input->live, "arm,gic-v3"), copied,
			ARRAY_SIZE(copied));
	end_node(w);
}

/* Secure, non-secure, virtual and hypervisor timer: Arm's usual PPIs. */
static const uint32_t usual_timer_ppis[4] = { 13, 14, 11, 10 };

/* Properties that say what the hardware is like, errata included. */
static const char *const timer_properties[] = {
	"always-on",
	"clock-frequency",
	"arm,no-tick-in-suspend",
	"arm,cpu-registers-not-fw-configured",
	"allwinner,erratum-unknown1",
	"fsl,erratum-a008585",
	"hisilicon,erratum-161010101",
};

static void put_timer(struct writer *w)
{
	const struct cb_gic_config *gic = &w->input->system->gic;
	int node = live_compatible(w->input->live, "arm,armv8-timer");
	uint32_t cpus = gic->version == 2 ? (uint32_t)GIC_PPI_CPUS(w->input->cell->cpus) : 0;
	struct live_irq irq;
	uint32_t cells[ARRAY_SIZE(usual_timer_ppis)][3];

	for (uint32_t i = 0; i < ARRAY_SIZE(usual_timer_ppis); i++) {
		if (node < 0 ||
		    !live_interrupt(w->input->live, node, (int)i, gicd_address(w), &irq))
			irq = (struct live_irq){ GIC_PPI, usual_timer_ppis[i], GIC_LEVEL_LOW };
		cells[i][0] = irq.type;
		cells[i][1] = irq.number;
		cells[i][2] = irq.flags | cpus;
	}
	begin_node(w, "timer");
	put_string(w, "compatible", "arm,armv8-timer");
	put_u32s(w, "interrupts", cells[0], sizeof(cells) / sizeof(cells[0][0]));
	copy_properties(w, node, timer_properties, ARRAY_SIZE(timer_properties));
	end_node(w);
}

/* ---- Memory ---- */

/* RAM that an operating system may use for anything: its own, writable and executable. */
static bool is_main_memory(const struct cb_region *region)
{
	const uint32_t needed = CB_REGION_READ | CB_REGION_WRITE | CB_REGION_EXECUTE;

	return (region->flags & (needed | CB_REGION_IO | CB_REGION_SHARED)) == needed;
}

static bool is_memory_node(const struct cb_region *region, bool loadable)
{
	return is_main_memory(region) && !(region->flags & CB_REGION_LOADABLE) == !loadable;
}

/* What is loaded comes first: simple inmates take the first node. */
static void put_memory(struct writer *w, bool loadable)
{
	const struct cb_region *regions = cb_config_regions(w->input->cell);

	for (uint32_t i = 0; i < w->input->cell->regions.count; i++) {
		if (!is_memory_node(&regions[i], loadable))
			continue;
		begin_node(w, "memory@%" PRIx64, regions[i].virt);
		put_string(w, "device_type", "memory");
		put_reg_one(w, regions[i].virt, regions[i].size);
		put_label(w, &regions[i]);
		end_node(w);
	}
}

/* Other RAM: shared, read-only or not executable. Found by its name. */
static void put_ram_regions(struct writer *w)
{
	const struct cb_region *regions = cb_config_regions(w->input->cell);

	for (uint32_t i = 0; i < w->input->cell->regions.count; i++) {
		const struct cb_region *region = &regions[i];

		if ((region->flags & CB_REGION_IO) || is_main_memory(region))
			continue;
		begin_region(w, region, "region");
		put_string(w, "compatible", "cellblock,region");
		put_reg_one(w, region->virt, region->size);
		put_label(w, region);
		if (!(region->flags & CB_REGION_WRITE))
			put_flag(w, "read-only");
		if (region->flags & CB_REGION_EXECUTE)
			put_flag(w, "cellblock,executable");
		if (region->flags & CB_REGION_SHARED)
			put_flag(w, "cellblock,shared");
		end_node(w);
	}
}

/* ---- Devices ---- */

/* Where the cell sees registers; whether it has all of them. */
static bool find_registers(const struct cb_cell_config *cell, struct cb_frame *frame)
{
	const struct cb_region *regions = cb_config_regions(cell);

	for (uint32_t i = 0; i < cell->regions.count; i++) {
		const struct cb_region *region = &regions[i];
		uint64_t offset = frame->phys - region->phys;

		if ((region->flags & CB_REGION_IO) && frame->phys >= region->phys &&
		    offset < region->size && frame->size <= region->size - offset) {
			frame->phys = region->virt + offset;
			return true;
		}
	}
	return false;
}

static bool is_console(const struct writer *w, uint64_t ipa)
{
	const struct cb_console_config *console = &w->input->cell->console;

	return cb_console_size(console->type) && console->address == ipa;
}

/* The registers of a device of the machine's tree; 0 if the cell lacks any. */
static size_t device_frames(const struct writer *w, int node, struct cb_frame frames[CB_GIC_FRAMES])
{
	struct cb_frame *frame = frames;
	size_t count = 0;

	while (count < CB_GIC_FRAMES &&
	       live_reg(w->input->live, node, (int)count, &frame->phys, &frame->size)) {
		if (!find_registers(w->input->cell, frame))
			return 0;
		frame = &frames[++count];
	}
	return count;
}

#define MAX_DEVICE_IRQS 16

/* "interrupts", if all of them are the cell's. */
static void put_device_interrupts(struct writer *w, int node)
{
	uint32_t cells[3 * MAX_DEVICE_IRQS];
	struct live_irq irq;
	size_t count = 0;

	while (count < MAX_DEVICE_IRQS &&
	       live_interrupt(w->input->live, node, (int)count, gicd_address(w), &irq)) {
		if (irq.type != GIC_SPI ||
		    !cell_has_irq(w->input->cell, irq.number + GIC_FIRST_SPI))
			return;
		cells[3 * count] = irq.type;
		cells[3 * count + 1] = irq.number;
		cells[3 * count + 2] = irq.flags;
		count++;
	}
	for (size_t i = 0; i < count; i++)
		use_irq(w, cells[3 * i + 1] + GIC_FIRST_SPI);
	if (count)
		put_u32s(w, "interrupts", cells, 3 * count);
}

/* Properties that mean something without the nodes around. */
static const char *const device_properties[] = {
	"compatible",	   "reg-shift",	    "reg-io-width", "reg-names",  "interrupt-names",
	"clock-frequency", "current-speed", "dma-coherent", "bank-width",
};

static void put_clocks(struct writer *w, int node)
{
	if (fdt_node_check_compatible(w->input->live, node, "arm,primecell"))
		return;
	put_u32(w, "clocks", PHANDLE_CLOCK);
	put_string(w, "clock-names", "apb_pclk");
}

/* A device of the machine's tree that the cell has. Returns whether it was written. */
static bool put_live_device(struct writer *w, const struct cb_region *region, int node)
{
	struct cb_frame frames[CB_GIC_FRAMES];
	size_t count = device_frames(w, node, frames);
	int length;
	const char *name = fdt_get_name(w->input->live, node, &length);

	if (!count || !name || is_console(w, frames[0].phys))
		return false;
	begin_node(w, "%.*s@%" PRIx64, (int)strcspn(name, "@"), name, frames[0].phys);
	put_reg(w, frames, count);
	copy_properties(w, node, device_properties, ARRAY_SIZE(device_properties));
	put_device_interrupts(w, node);
	put_clocks(w, node);
	put_label(w, region);
	end_node(w);
	return true;
}

static bool put_live_devices(struct writer *w, const struct cb_region *region)
{
	const void *live = w->input->live;
	bool any = false;
	int node = -1;

	while ((node = live_next_device(live, node, region->phys, region->size)) >= 0)
		any |= put_live_device(w, region, node);
	return any;
}

/* The node of the machine's tree that has the console's registers, or a negative number. */
static int live_uart(const struct writer *w)
{
	const struct cb_console_config *console = &w->input->cell->console;
	const struct cb_region *region = cb_config_regions(w->input->cell);

	for (uint32_t i = 0; i < w->input->cell->regions.count; i++, region++)
		if (cb_range_contains(region->virt, region->size, console->address, 1))
			return live_next_device(w->input->live, -1,
						region->phys + (console->address - region->virt),
						1);
	return -FDT_ERR_NOTFOUND;
}

/* Of some UARTs there are many kinds: which one this is, the machine's tree may know. */
static void put_kind(struct writer *w, const char *otherwise)
{
	static const char *const copied[] = { "compatible" };
	int node = live_uart(w);

	if (node >= 0)
		copy_properties(w, node, copied, ARRAY_SIZE(copied));
	else
		put_string(w, "compatible", otherwise);
}

static void put_8250(struct writer *w)
{
	put_kind(w, "ns16550a");
	put_u32(w, "reg-shift", 2);
	put_u32(w, "reg-io-width", 4);
}

static void put_uart_kind(struct writer *w)
{
	static const uint32_t clocks[] = { PHANDLE_CLOCK, PHANDLE_CLOCK };

	switch (w->input->cell->console.type) {
	case CB_CONSOLE_8250:
		put_8250(w);
		put_u32(w, "clocks", PHANDLE_CLOCK);
		return;
	case CB_CONSOLE_CADENCE:
		put_strings(w, "compatible", "xlnx,zynqmp-uart\0cdns,uart-r1p12");
		put_strings(w, "clock-names", "uart_clk\0pclk");
		break;
	case CB_CONSOLE_IMX:
		put_kind(w, "fsl,imx6q-uart");
		put_strings(w, "clock-names", "ipg\0per");
		break;
	default:
		put_strings(w, "compatible", "arm,pl011\0arm,primecell");
		put_strings(w, "clock-names", "uartclk\0apb_pclk");
	}
	put_u32s(w, "clocks", clocks, ARRAY_SIZE(clocks));
}

static void put_uart_irq(struct writer *w)
{
	const struct cb_console_config *console = &w->input->cell->console;
	const uint32_t irq[] = { GIC_SPI, console->irq - GIC_FIRST_SPI, GIC_LEVEL_HIGH };

	if (!console->irq)
		return;
	put_u32s(w, "interrupts", irq, ARRAY_SIZE(irq));
	use_irq(w, console->irq);
}

/*
 * The hypervisor's. For Linux it is none of the devices that tell by registers what they are ("arm,
 * primecell"); the speed means nothing, but the driver wants one.
 */
static void put_virtual_uart(struct writer *w)
{
	const struct cb_console_config *console = &w->input->cell->console;

	if (console->type != CB_CONSOLE_VIRTUAL)
		return;
	begin_node(w, "serial@%" PRIx64, console->address);
	put_strings(w, "compatible", "arm,sbsa-uart\0arm,pl011");
	put_reg_one(w, console->address, CB_PAGE_SIZE);
	put_uart_irq(w);
	put_u32(w, "current-speed", 115200);
	end_node(w);
}

static bool put_uart(struct writer *w, const struct cb_region *region)
{
	const struct cb_console_config *console = &w->input->cell->console;

	if (!is_console(w, console->address) || console->address < region->virt ||
	    console->address - region->virt >= region->size)
		return false;
	begin_node(w, "serial@%" PRIx64, console->address);
	put_uart_kind(w);
	put_reg_one(w, console->address, cb_console_size(console->type));
	put_uart_irq(w);
	put_label(w, region);
	end_node(w);
	return true;
}

/* Registers that nothing is known about but their name. */
static void put_unknown_device(struct writer *w, const struct cb_region *region)
{
	begin_region(w, region, "device");
	put_string(w, "compatible", "cellblock,device");
	put_reg_one(w, region->virt, region->size);
	put_label(w, region);
	end_node(w);
}

static void put_devices(struct writer *w)
{
	const struct cb_region *regions = cb_config_regions(w->input->cell);

	for (uint32_t i = 0; i < w->input->cell->regions.count; i++) {
		bool known;

		if (!(regions[i].flags & CB_REGION_IO))
			continue;
		known = put_uart(w, &regions[i]);
		known |= put_live_devices(w, &regions[i]);
		if (!known)
			put_unknown_device(w, &regions[i]);
	}
	put_virtual_uart(w);
}

/* The rate that the console's UART has in the machine's tree, or any PL011. */
static uint32_t clock_rate(const struct writer *w)
{
	int uart = live_uart(w);
	int node = uart >= 0 ? uart : live_compatible(w->input->live, "arm,pl011");
	uint32_t rate = node < 0 ? 0 : live_clock_rate(w->input->live, node);

	return rate ? rate : DEFAULT_CLOCK_HZ;
}

static void put_clock(struct writer *w)
{
	begin_node(w, "apb-pclk");
	put_string(w, "compatible", "fixed-clock");
	put_u32(w, "#clock-cells", 0);
	put_u32(w, "clock-frequency", clock_rate(w));
	put_string(w, "clock-output-names", "apb_pclk");
	put_u32(w, "phandle", PHANDLE_CLOCK);
	end_node(w);
}

/* ---- Hypervisor, chosen, root ---- */

/* INTIDs of the cell's interrupts that no device node has: doorbells, for instance. */
static void put_other_irqs(struct writer *w)
{
	uint32_t intids[GIC_INTIDS];
	size_t count = 0;

	for (uint32_t intid = GIC_FIRST_SPI; intid < GIC_INTIDS; intid++)
		if (cell_has_irq(w->input->cell, intid) &&
		    !(w->irq_used[intid / 8] >> intid % 8 & 1))
			intids[count++] = intid;
	if (count)
		put_u32s(w, "cellblock,irqs", intids, count);
}

static void put_hypervisor(struct writer *w)
{
	begin_node(w, "hypervisor");
	put_string(w, "compatible", "cellblock,hypervisor");
	put_string(w, "method", "hvc");
	put_string(w, "cellblock,cell", w->input->cell->header.name);
	put_other_irqs(w);
	begin_node(w, "console");
	put_string(w, "compatible", "cellblock,console");
	end_node(w);
	end_node(w);
}

static void uart_path(const struct writer *w, char path[32])
{
	snprintf(path, 32, "/serial@%" PRIx64, w->input->cell->console.address);
}

static void put_stdout(struct writer *w)
{
	char path[32];

	if (w->input->cell->console.type == CB_CONSOLE_RING) {
		put_string(w, "stdout-path", "/hypervisor/console");
	} else if (w->input->cell->console.type) {
		uart_path(w, path);
		put_string(w, "stdout-path", path);
	}
}

static void put_chosen(struct writer *w)
{
	const struct devicetree_input *input = w->input;

	begin_node(w, "chosen");
	if (input->bootargs)
		put_string(w, "bootargs", input->bootargs);
	put_stdout(w);
	if (input->initrd) {
		put_u64(w, "linux,initrd-start", 0);
		put_u64(w, "linux,initrd-end", 0);
	}
	put_u64(w, "kaslr-seed", input->kaslr_seed);
	put(w, "rng-seed", input->rng_seed, sizeof(input->rng_seed));
	end_node(w);
}

static void put_aliases(struct writer *w)
{
	char path[32];

	if (w->input->cell->console.type <= CB_CONSOLE_RING)
		return;
	uart_path(w, path);
	begin_node(w, "aliases");
	put_string(w, "serial0", path);
	end_node(w);
}

static void put_root(struct writer *w)
{
	static const char *const copied[] = { "dma-coherent" };
	char model[CB_NAME_SIZE + 32];

	snprintf(model, sizeof(model), "Cellblock cell %.31s", w->input->cell->header.name);
	begin_node(w, "%s", "");
	put_string(w, "compatible", "cellblock,cell");
	put_string(w, "model", model);
	put_u32(w, "#address-cells", 2);
	put_u32(w, "#size-cells", 2);
	put_u32(w, "interrupt-parent", PHANDLE_GIC);
	copy_properties(w, w->input->live ? 0 : -1, copied, ARRAY_SIZE(copied));
	put_aliases(w);
	put_chosen(w);
	put_memory(w, true);
	put_memory(w, false);
	put_cpus(w);
	put_psci(w);
	put_gic(w);
	put_timer(w);
	put_clock(w);
	put_devices(w);
	put_ram_regions(w);
	put_hypervisor(w); /* behind the devices: lists the interrupts they leave */
	end_node(w);
}

int devicetree_build(const struct devicetree_input *input, void *buffer, size_t size)
{
	struct writer w = { .input = input, .tree = buffer };

	check(&w, fdt_create(buffer, (int)size));
	check(&w, fdt_finish_reservemap(buffer));
	put_root(&w);
	check(&w, fdt_finish(buffer));
	return w.error ? w.error : (int)fdt_totalsize(buffer);
}

/* ---- A user's tree ---- */

static int chosen_node(void *tree)
{
	int node = fdt_path_offset(tree, "/chosen");

	return node == -FDT_ERR_NOTFOUND ? fdt_add_subnode(tree, 0, "chosen") : node;
}

static int set_chosen(void *tree, const char *bootargs, bool initrd)
{
	int chosen = chosen_node(tree);
	int ret = chosen < 0 ? chosen : 0;

	if (!ret && bootargs)
		ret = fdt_setprop(tree, chosen, "bootargs", bootargs, (int)strlen(bootargs) + 1);
	if (!ret && initrd)
		ret = fdt_setprop_u64(tree, chosen, "linux,initrd-start", 0);
	if (!ret && initrd)
		ret = fdt_setprop_u64(tree, chosen, "linux,initrd-end", 0);
	return ret;
}

int devicetree_adapt(const void *tree, size_t tree_size, const char *bootargs, bool initrd,
		     void *buffer, size_t size)
{
	int ret = fdt_check_full(tree, tree_size);

	if (!ret)
		ret = fdt_open_into(tree, buffer, (int)size);
	if (!ret)
		ret = set_chosen(buffer, bootargs, initrd);
	if (!ret)
		ret = fdt_pack(buffer);
	return ret ? ret : (int)fdt_totalsize(buffer);
}

int devicetree_set_initrd(void *tree, uint64_t start, uint64_t end)
{
	int chosen = fdt_path_offset(tree, "/chosen");
	int ret = chosen < 0 ? chosen : 0;

	if (!ret)
		ret = fdt_setprop_inplace_u64(tree, chosen, "linux,initrd-start", start);
	if (!ret)
		ret = fdt_setprop_inplace_u64(tree, chosen, "linux,initrd-end", end);
	return ret;
}
