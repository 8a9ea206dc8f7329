// SPDX-License-Identifier: GPL-2.0-only
/* What is wrong with a given device tree (dtbcheck.h). */
#include "dtbcheck.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <libfdt.h>

#include "livetree.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define FIRST_SPI     32u
#define MAX_ENTRIES   64 /* of "reg" and "interrupts" that are looked at */

static const char *const psci_versions[] = { "arm,psci-1.0", "arm,psci-0.2", "arm,psci" };
static const char *const gicv2_names[] = { "arm,cortex-a15-gic", "arm,gic-400", "arm,cortex-a7-gic",
					   "arm,cortex-a9-gic" };

__attribute__((format(printf, 2, 3))) static void say(struct dtbcheck *check, const char *format,
						      ...)
{
	char sentence[256];
	va_list args;

	if (check->count++ >= DTBCHECK_MAX)
		return;
	va_start(args, format);
	vsnprintf(sentence, sizeof(sentence), format, args);
	va_end(args);
	check->say(check->context, sentence);
}

static const char *name_of(const struct dtbcheck *check, int node)
{
	const char *name = fdt_get_name(check->tree, node, NULL);

	return name ? name : "";
}

static bool has_text(const struct dtbcheck *check, int node, const char *property, const char *text)
{
	return fdt_stringlist_search(check->tree, node, property, text) >= 0;
}

static bool is_one_of(const struct dtbcheck *check, int node, const char *const *names,
		      size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (!fdt_node_check_compatible(check->tree, node, names[i]))
			return true;
	return false;
}

static bool is_enabled(const struct dtbcheck *check, int node)
{
	int length;
	const char *status = fdt_getprop(check->tree, node, "status", &length);

	return !status || has_text(check, node, "status", "okay") ||
	       has_text(check, node, "status", "ok");
}

/* The bytes from @address on that regions of the cell have without a gap; all must have the flags.
 */
static uint64_t covered(const struct dtbcheck *check, uint64_t address, uint32_t wanted,
			uint32_t unwanted)
{
	const struct cb_region *regions = cb_config_regions(check->cell);
	uint64_t end = address;

	for (uint32_t i = 0; i < check->cell->regions.count; i++) {
		const struct cb_region *region = &regions[i];

		if ((region->flags & wanted) != wanted || region->flags & unwanted ||
		    end - region->virt >= region->size)
			continue;
		end = region->virt + region->size;
		i = UINT32_MAX; /* and begin again: regions have no order */
	}
	return end - address;
}

static void check_memory(struct dtbcheck *check, int node)
{
	uint64_t address, size;

	for (int i = 0; i < MAX_ENTRIES && live_reg(check->tree, node, i, &address, &size); i++)
		if (covered(check, address, CB_REGION_READ | CB_REGION_WRITE, CB_REGION_IO) < size)
			say(check,
			    "%s has memory from 0x%" PRIx64 " to 0x%" PRIx64
			    ", which is not all in regions of the cell",
			    name_of(check, node), address, address + size - 1);
}

/* ---- CPUs ---- */

static bool is_cells_cpu(const struct dtbcheck *check, uint64_t mpidr)
{
	const uint64_t *mpidrs = cb_config_cpus(check->system);

	for (uint32_t cpu = 0; cpu < check->system->cpus.count; cpu++)
		if (check->cell->cpus >> cpu & 1 && mpidrs[cpu] == mpidr)
			return true;
	return false;
}

static void check_cpu(struct dtbcheck *check, int node, bool has_psci)
{
	int length;
	const fdt32_t *reg = fdt_getprop(check->tree, node, "reg", &length);
	uint64_t mpidr;

	if (!reg || (length != 4 && length != 8))
		return;
	mpidr = length == 4 ? fdt32_ld(reg) : (uint64_t)fdt32_ld(reg) << 32 | fdt32_ld(reg + 1);
	if (!is_cells_cpu(check, mpidr))
		say(check, "%s (MPIDR 0x%" PRIx64 ") is no CPU of the cell", name_of(check, node),
		    mpidr);
	if (!has_psci && has_text(check, node, "enable-method", "psci"))
		say(check, "%s is started by PSCI, and the tree has no node for it (arm,psci-1.0)",
		    name_of(check, node));
}

static bool has_psci(const struct dtbcheck *check)
{
	for (size_t i = 0; i < ARRAY_SIZE(psci_versions); i++)
		if (live_compatible(check->tree, psci_versions[i]) >= 0)
			return true;
	return false;
}

static void check_cpus(struct dtbcheck *check)
{
	const bool psci = has_psci(check);
	int node, parent = fdt_path_offset(check->tree, "/cpus");

	if (parent < 0)
		return;
	fdt_for_each_subnode(node, check->tree,
			     parent) if (has_text(check, node, "device_type", "cpu") &&
					 is_enabled(check, node)) check_cpu(check, node, psci);
}

/* ---- Interrupts ---- */

static int gic_version(const struct dtbcheck *check, int node)
{
	if (!fdt_node_check_compatible(check->tree, node, "arm,gic-v3"))
		return 3;
	return is_one_of(check, node, gicv2_names, ARRAY_SIZE(gicv2_names)) ? 2 : 0;
}

static void check_gic(struct dtbcheck *check, int node, uint32_t version)
{
	const struct cb_gic_config *gic = &check->system->gic;
	const struct cb_frame *cpus = &gic->frames[version == 3 ? CB_GIC_GICR : CB_GIC_GICC];
	const uint64_t expected[] = { gic->frames[CB_GIC_GICD].phys, cpus->phys };
	uint64_t address, size;

	if (version != gic->version) {
		say(check, "%s is a GICv%u, and the cell has a GICv%u", name_of(check, node),
		    version, gic->version);
		return;
	}
	for (int i = 0; i < (int)ARRAY_SIZE(expected); i++)
		if (!live_reg(check->tree, node, i, &address, &size) || address != expected[i])
			say(check, "%s: the cell has this frame of the GIC at 0x%" PRIx64,
			    name_of(check, node), expected[i]);
}

static bool has_irq(const struct dtbcheck *check, uint32_t intid)
{
	const struct cb_irq_range *irqs = cb_config_irqs(check->cell);

	for (uint32_t i = 0; i < check->cell->irqs.count; i++)
		if (intid - irqs[i].first < irqs[i].count)
			return true;
	return false;
}

static void check_interrupts(struct dtbcheck *check, int node)
{
	const uint64_t gicd = check->system->gic.frames[CB_GIC_GICD].phys;
	struct live_irq irq;

	for (int i = 0; i < MAX_ENTRIES && live_interrupt(check->tree, node, i, gicd, &irq); i++)
		if (irq.type == 0 && !has_irq(check, irq.number + FIRST_SPI))
			say(check,
			    "%s has the SPI %" PRIu32 " (INTID %" PRIu32
			    "), which is not the cell's",
			    name_of(check, node), irq.number, irq.number + FIRST_SPI);
}

/* ---- Devices ---- */

static void check_registers(struct dtbcheck *check, int node)
{
	uint64_t address, size;

	for (int i = 0; i < MAX_ENTRIES && live_reg(check->tree, node, i, &address, &size); i++)
		if (size && covered(check, address, CB_REGION_READ, 0) < size)
			say(check,
			    "%s has registers at 0x%" PRIx64
			    ", which are not all in regions of the cell",
			    name_of(check, node), address);
}

/* The subtree of a node that is not enabled is not looked at. */
static int next_enabled(const struct dtbcheck *check, int node, int *depth)
{
	int limit;

	node = fdt_next_node(check->tree, node, depth);
	while (node >= 0 && *depth > 0 && !is_enabled(check, node)) {
		limit = *depth;
		do
			node = fdt_next_node(check->tree, node, depth);
		while (node >= 0 && *depth > limit);
	}
	return *depth > 0 ? node : -1;
}

void dtbcheck(struct dtbcheck *check)
{
	int depth = 0, node = fdt_next_node(check->tree, -1, &depth);

	check->count = 0;
	check_cpus(check);
	while ((node = next_enabled(check, node, &depth)) >= 0) {
		const int version = gic_version(check, node);

		if (version)
			check_gic(check, node, (uint32_t)version);
		else if (has_text(check, node, "device_type", "memory"))
			check_memory(check, node);
		else if (!has_text(check, node, "device_type", "cpu"))
			check_registers(check, node);
		if (!version)
			check_interrupts(check, node);
	}
	if (check->count > DTBCHECK_MAX) {
		const unsigned int more = check->count - DTBCHECK_MAX;

		check->count = 0;
		say(check, "and %u more like these", more);
		check->count = DTBCHECK_MAX + 1;
	}
}
