// SPDX-License-Identifier: GPL-2.0-only
/*
 * Checks a binary configuration before anybody uses it. This is the trust boundary to
 * whoever wrote the file, so no count, offset or sum is used before it is checked.
 * Reads like the list of rules; each refusal fills in the record that explains it.
 * No libc, no pointers in tables: it also runs at EL2 before there are relocations.
 */
#include <config/check.h>

#define SIZE_4K	       0x1000u
#define SIZE_8K	       0x2000u
#define SIZE_64K       0x10000u
#define SIZE_128K      0x20000u
#define SIZE_1M	       0x100000u
#define SIZE_2M	       0x200000u
#define SIZE_256M      0x10000000u

#define FIRST_SPI      32u
#define LAST_SPI       1019u
#define GICV2_MAX_CPUS 8u	       /* GICD_ITARGETSR has 8 bits an interrupt */
#define GICR_STRIDE    SIZE_128K       /* RD_base and SGI_base of one CPU, GICv3 without VLPIs */
#define MPIDR_AFFINITY 0xff00ffffffull /* Aff3, Aff2, Aff1, Aff0 */

/* What a refusal says, without the fields that are the same for all of them. */
struct reason {
	uint32_t index;
	uint64_t address, size;
	uint64_t other_address, other_size;
};

/* Refuse with a record: fields that are not named are zero. */
#define refuse(err, why, ...) refuse_for(err, why, (struct reason){ __VA_ARGS__ })

/* The same, about a region: its place in the file and its address are in the record. */
#define refuse_region(err, why, i, region, ...)                                           \
	refuse(err, why, .index = (i), .address = (region)->phys, .size = (region)->size, \
	       ##__VA_ARGS__)

/* Out of line and by value, for these are most of what there is to say in this file. */
static __attribute__((__noinline__)) int fill_record(struct cb_error *err, enum cb_error_code code,
						     uint32_t index, uint64_t address,
						     uint64_t size, uint64_t other_address,
						     uint64_t other_size)
{
	*err = (struct cb_error){
		.code = code,
		.cell = CB_NO_CELL,
		.other_cell = CB_NO_CELL,
		.index = index,
		.address = address,
		.size = size,
		.other_address = other_address,
		.other_size = other_size,
	};
	return (int)code;
}

static inline int refuse_for(struct cb_error *err, enum cb_error_code code, struct reason reason)
{
	return fill_record(err, code, reason.index, reason.address, reason.size,
			   reason.other_address, reason.other_size);
}

static const char *bytes_at(const void *data, size_t offset)
{
	return (const char *)data + offset;
}

/* ---- The file ---- */

static uint32_t crc32_update(uint32_t crc, const void *data, size_t size)
{
	/* CRC-32 (IEEE 802.3), reflected, four bits at a time. */
	static const uint32_t nibble[16] = {
		0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac, 0x76dc4190, 0x6b6b51f4,
		0x4db26158, 0x5005713c, 0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c,
		0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c,
	};
	const uint8_t *byte = data;

	while (size--) {
		crc ^= *byte++;
		crc = (crc >> 4) ^ nibble[crc & 15];
		crc = (crc >> 4) ^ nibble[crc & 15];
	}
	return crc;
}

uint32_t cb_config_checksum(const void *data, size_t size)
{
	static const uint8_t zero[sizeof(uint32_t)];
	const size_t field = offsetof(struct cb_config_header, checksum);
	const size_t behind = field + sizeof(zero);
	uint32_t crc = ~0u;

	crc = crc32_update(crc, data, field);
	crc = crc32_update(crc, zero, sizeof(zero));
	crc = crc32_update(crc, bytes_at(data, behind), size - behind);
	return ~crc;
}

static bool has_signature(const struct cb_config_header *header)
{
	for (size_t i = 0; i < sizeof(header->signature); i++)
		if (header->signature[i] != CB_CONFIG_SIGNATURE[i])
			return false;
	return true;
}

/* Bytes of the structure at the start of the file; arrays lie behind it. */
static size_t head_size(uint32_t kind)
{
	return kind == CB_CONFIG_SYSTEM ? sizeof(struct cb_system_config)
					: sizeof(struct cb_cell_config);
}

/* That it is a configuration at all, of the right kind, whole and undamaged. */
static int check_file(const struct cb_config_header *header, size_t size, uint32_t kind,
		      struct cb_error *err)
{
	uint32_t checksum;

	if (size < sizeof(*header))
		return refuse(err, CB_ERR_CONFIG_TRUNCATED, .size = size,
			      .other_size = sizeof(*header));
	if (!has_signature(header))
		return refuse(err, CB_ERR_CONFIG_SIGNATURE);
	if (header->revision != CB_CONFIG_REVISION)
		return refuse(err, CB_ERR_CONFIG_REVISION, .address = header->revision,
			      .other_address = CB_CONFIG_REVISION);
	if (header->arch != CB_ARCH_ARM64)
		return refuse(err, CB_ERR_CONFIG_ARCH, .address = header->arch,
			      .other_address = CB_ARCH_ARM64);
	if (header->kind != kind)
		return refuse(err, CB_ERR_CONFIG_KIND, .address = header->kind,
			      .other_address = kind);
	if (size > CB_CONFIG_MAX_SIZE)
		return refuse(err, CB_ERR_CONFIG_TOO_LARGE, .size = size,
			      .other_size = CB_CONFIG_MAX_SIZE);
	if (size < head_size(kind))
		return refuse(err, CB_ERR_CONFIG_TRUNCATED, .size = size,
			      .other_size = head_size(kind));
	if (size < header->size)
		return refuse(err, CB_ERR_CONFIG_TRUNCATED, .size = size,
			      .other_size = header->size);
	if (size != header->size)
		return refuse(err, CB_ERR_CONFIG_SIZE, .size = header->size, .other_size = size);

	checksum = cb_config_checksum(header, size);
	if (checksum != header->checksum)
		return refuse(err, CB_ERR_CONFIG_CHECKSUM, .address = checksum,
			      .other_address = header->checksum);
	return CB_OK;
}

/* ---- What all structures have ---- */

static bool is_name_char(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
	       c == '.' || c == '_' || c == '-';
}

/* Whether a field holds name characters, then one NUL or more up to its end. */
static bool is_name(const char *field, size_t size)
{
	size_t i = 0;

	while (i < size && is_name_char(field[i]))
		i++;
	if (i == size)
		return false;
	while (i < size && !field[i])
		i++;
	return i == size;
}

static int check_name(const struct cb_config_header *header, struct cb_error *err)
{
	if (!header->name[0])
		return refuse(err, CB_ERR_CONFIG_NAME_EMPTY);
	if (!is_name(header->name, sizeof(header->name)))
		return refuse(err, CB_ERR_CONFIG_NAME_LONG);
	return CB_OK;
}

static int check_reserved(uint32_t reserved, struct cb_error *err)
{
	if (reserved)
		return refuse(err, CB_ERR_ARGUMENT, .address = reserved);
	return CB_OK;
}

/* Where the arrays are described and what they hold, by enum cb_config_array. */
static const struct {
	uint16_t where;	  /* offset of the struct cb_array */
	uint16_t element; /* size in bytes */
} arrays[] = {
	[CB_ARRAY_REGIONS] = { offsetof(struct cb_cell_config, regions), sizeof(struct cb_region) },
	[CB_ARRAY_IRQS] = { offsetof(struct cb_cell_config, irqs), sizeof(struct cb_irq_range) },
	[CB_ARRAY_SMCS] = { offsetof(struct cb_cell_config, smcs), sizeof(uint32_t) },
	[CB_ARRAY_CPUS] = { offsetof(struct cb_system_config, cpus), sizeof(uint64_t) },
	[CB_ARRAY_SPIN_TABLE] = { offsetof(struct cb_system_config, spin_table), sizeof(uint64_t) },
};

/* Whether an array lies in the file, aligned and behind the head, or is empty and nowhere. */
static bool is_array_inside(const struct cb_config_header *header, struct cb_array array,
			    uint32_t element)
{
	const size_t head = head_size(header->kind);

	if (!array.count)
		return !array.offset;
	return array.offset % sizeof(uint64_t) == 0 &&
	       cb_range_contains(head, header->size - head, array.offset,
				 (uint64_t)array.count * element);
}

static int check_arrays(const struct cb_config_header *header, struct cb_error *err)
{
	const uint32_t last =
		header->kind == CB_CONFIG_SYSTEM ? CB_ARRAY_SPIN_TABLE : CB_ARRAY_SMCS;

	for (uint32_t i = 0; i <= last; i++) {
		const struct cb_array *array = (const void *)bytes_at(header, arrays[i].where);

		if (!is_array_inside(header, *array, arrays[i].element))
			return refuse(err, CB_ERR_CONFIG_ARRAY, .index = i,
				      .address = array->offset, .size = array->count);
	}
	return CB_OK;
}

/* ---- Cells, the root cell too ---- */

static bool exceeds_address_width(uint64_t address, uint64_t size)
{
	return !cb_range_contains(0, 1ull << CB_ADDRESS_BITS, address, size);
}

static bool are_region_flags_sane(uint32_t flags)
{
	if (flags & ~CB_REGION_FLAGS || !(flags & CB_REGION_READ))
		return false;
	if (flags & CB_REGION_IO && flags & (CB_REGION_EXECUTE | CB_REGION_LOADABLE))
		return false;
	/* Others could change what was loaded before the cell starts. */
	return !(flags & CB_REGION_LOADABLE && flags & CB_REGION_SHARED);
}

static int check_region(const struct cb_region *region, uint32_t i, struct cb_error *err)
{
	if (!region->size)
		return refuse_region(err, CB_ERR_REGION_EMPTY, i, region);
	if ((region->phys | region->virt | region->size) % CB_PAGE_SIZE)
		return refuse_region(err, CB_ERR_REGION_UNALIGNED, i, region,
				     .other_address = CB_PAGE_SIZE);
	if (exceeds_address_width(region->phys, region->size))
		return refuse_region(err, CB_ERR_REGION_WRAPS, i, region,
				     .other_address = CB_ADDRESS_BITS);
	if (exceeds_address_width(region->virt, region->size))
		return refuse(err, CB_ERR_REGION_WRAPS, .index = i, .address = region->virt,
			      .size = region->size, .other_address = CB_ADDRESS_BITS);
	if (!are_region_flags_sane(region->flags))
		return refuse_region(err, CB_ERR_REGION_FLAGS, i, region,
				     .other_address = region->flags);
	if (!is_name(region->name, sizeof(region->name)))
		return refuse_region(err, CB_ERR_CONFIG_NAME_LONG, i, region);
	if (region->reserved)
		return refuse(err, CB_ERR_ARGUMENT, .index = i, .address = region->reserved);
	return CB_OK;
}

/*
 * Nothing may appear twice, shared or not: two IPAs for one page would let a cell see it
 * with two sets of attributes, and ownership would be counted twice.
 */
static int check_region_pair(const struct cb_region *region, uint32_t i,
			     const struct cb_region *other, struct cb_error *err)
{
	if (cb_ranges_overlap(region->phys, region->size, other->phys, other->size))
		return refuse_region(err, CB_ERR_REGION_SELF_OVERLAP, i, region,
				     .other_address = other->phys, .other_size = other->size);
	if (cb_ranges_overlap(region->virt, region->size, other->virt, other->size))
		return refuse(err, CB_ERR_REGION_SELF_OVERLAP, .index = i, .address = region->virt,
			      .size = region->size, .other_address = other->virt,
			      .other_size = other->size);
	return CB_OK;
}

static int check_regions(const struct cb_cell_config *cell, struct cb_error *err)
{
	const struct cb_region *regions = cb_config_regions(cell);
	int ret = CB_OK;

	for (uint32_t i = 0; i < cell->regions.count && !ret; i++) {
		ret = check_region(&regions[i], i, err);
		for (uint32_t j = 0; j < i && !ret; j++)
			ret = check_region_pair(&regions[i], i, &regions[j], err);
	}
	return ret;
}

static int check_irq_range(const struct cb_irq_range *range, uint32_t i, struct cb_error *err)
{
	const uint32_t nr_spis = LAST_SPI - FIRST_SPI + 1;

	if (!range->count || !cb_range_contains(FIRST_SPI, nr_spis, range->first, range->count))
		return refuse(err, CB_ERR_IRQ_RANGE, .index = i, .address = range->first,
			      .size = range->count, .other_address = LAST_SPI);
	return CB_OK;
}

static int check_irq_pair(const struct cb_irq_range *range, uint32_t i,
			  const struct cb_irq_range *other, struct cb_error *err)
{
	if (cb_ranges_overlap(range->first, range->count, other->first, other->count))
		return refuse(err, CB_ERR_IRQ_DUPLICATE, .index = i,
			      .address = range->first > other->first ? range->first : other->first);
	return CB_OK;
}

static int check_irqs(const struct cb_cell_config *cell, struct cb_error *err)
{
	const struct cb_irq_range *irqs = cb_config_irqs(cell);
	int ret = CB_OK;

	for (uint32_t i = 0; i < cell->irqs.count && !ret; i++) {
		ret = check_irq_range(&irqs[i], i, err);
		for (uint32_t j = 0; j < i && !ret; j++)
			ret = check_irq_pair(&irqs[i], i, &irqs[j], err);
	}
	return ret;
}

static int check_cpu_set(const struct cb_cell_config *cell, struct cb_error *err)
{
	if (!cell->cpus)
		return refuse(err, CB_ERR_CPU_NONE);
	return CB_OK;
}

static int check_cell_flags(const struct cb_cell_config *cell, uint32_t allowed,
			    struct cb_error *err)
{
	const uint32_t refused = cell->flags & ~allowed;

	if (refused)
		return refuse(err, CB_ERR_CONFIG_FLAGS, .address = refused);
	return CB_OK;
}

/* What holds for every cell. */
static int check_common(const struct cb_cell_config *cell, struct cb_error *err)
{
	return check_reserved(cell->header.reserved, err) ?:
	       check_name(&cell->header, err) ?:
	       check_reserved(cell->reserved, err) ?:
	       check_arrays(&cell->header, err) ?:
	       check_cpu_set(cell, err) ?:
	       check_regions(cell, err) ?:
	       check_irqs(cell, err);
}

/* ---- A cell that is not the root cell ---- */

static bool has_irq(const struct cb_cell_config *cell, uint32_t irq)
{
	const struct cb_irq_range *irqs = cb_config_irqs(cell);

	for (uint32_t i = 0; i < cell->irqs.count; i++)
		if (cb_range_contains(irqs[i].first, irqs[i].count, irq, 1))
			return true;
	return false;
}

/* Whether the cell can drive a device whose registers are at this IPA. */
static bool has_registers(const struct cb_cell_config *cell, uint64_t address, uint64_t size)
{
	const uint32_t needed = CB_REGION_IO | CB_REGION_READ | CB_REGION_WRITE;
	const struct cb_region *regions = cb_config_regions(cell);

	for (uint32_t i = 0; i < cell->regions.count; i++)
		if ((regions[i].flags & needed) == needed &&
		    cb_range_contains(regions[i].virt, regions[i].size, address, size))
			return true;
	return false;
}

/* A console without registers says nothing about them. */
static int check_console_unused(const struct cb_console_config *console, struct cb_error *err)
{
	if (console->address || console->irq)
		return refuse(err, CB_ERR_ARGUMENT,
			      .address = console->address ? console->address : console->irq);
	return CB_OK;
}

static int check_cell_console(const struct cb_cell_config *cell, struct cb_error *err)
{
	const struct cb_console_config *console = &cell->console;
	const uint32_t size = cb_console_size(console->type);

	if (console->type == CB_CONSOLE_NONE || console->type == CB_CONSOLE_RING)
		return check_console_unused(console, err);
	if (!size)
		return refuse(err, CB_ERR_ARGUMENT, .address = console->type);
	if (console->address % size || !has_registers(cell, console->address, size))
		return refuse(err, CB_ERR_ARGUMENT, .address = console->address);
	if (console->irq && !has_irq(cell, console->irq))
		return refuse(err, CB_ERR_ARGUMENT, .address = console->irq);
	return CB_OK;
}

static int check_cell(const struct cb_cell_config *cell, struct cb_error *err)
{
	return check_common(cell, err) ?:
	       check_cell_flags(cell, CB_CELL_NATIVE_IDLE | CB_CELL_ACCEPT_LPIS, err) ?:
	       check_cell_console(cell, err);
}

/* ---- The system and its root cell ---- */

static int check_mpidrs(const struct cb_system_config *system, struct cb_error *err)
{
	const uint64_t *mpidr = cb_config_cpus(system);

	for (uint32_t i = 0; i < system->cpus.count; i++) {
		if (mpidr[i] & ~MPIDR_AFFINITY)
			return refuse(err, CB_ERR_CPU_MPIDR, .index = i, .address = mpidr[i]);
		for (uint32_t j = 0; j < i; j++)
			if (mpidr[i] == mpidr[j])
				return refuse(err, CB_ERR_CPU_DUPLICATE, .index = i,
					      .address = mpidr[i]);
	}
	return CB_OK;
}

/* The root cell's CPU set is exactly the CPUs that are listed. */
static int check_cpus(const struct cb_system_config *system, struct cb_error *err)
{
	const uint32_t count = system->cpus.count;

	if (!count)
		return refuse(err, CB_ERR_CPU_NONE);
	if (count > CB_MAX_CPUS || (system->gic.version == 2 && count > GICV2_MAX_CPUS))
		return refuse(err, CB_ERR_CONFIG_ARRAY, .index = CB_ARRAY_CPUS,
			      .address = system->cpus.offset, .size = count);
	for (uint32_t i = 0; i < CB_MAX_CPUS; i++)
		if ((system->root.cpus >> i & 1) != (i < count))
			return refuse(err, CB_ERR_CPU_UNKNOWN, .index = i);
	return check_mpidrs(system, err);
}

/*
 * A CPU that Linux never took: GICv3 would need its redistributor woken. At least one is Linux'.
 */
static int check_spin_table(const struct cb_system_config *system, struct cb_error *err)
{
	const uint32_t count = system->spin_table.count;

	if (count && (count != system->cpus.count || system->gic.version != 2))
		return refuse(err, CB_ERR_CONFIG_ARRAY, .index = CB_ARRAY_SPIN_TABLE,
			      .address = system->spin_table.offset, .size = count);
	for (uint32_t i = 0; i < count; i++) {
		const uint64_t release = cb_config_release(system, i);

		if (release % sizeof(release) || exceeds_address_width(release, sizeof(release)))
			return refuse(err, CB_ERR_CPU_RELEASE, .index = i,
				      .other_address = release);
	}
	if (!cb_config_linux_cpus(system))
		return refuse(err, CB_ERR_CPU_LAST);
	return CB_OK;
}

static int check_hypervisor(const struct cb_frame *hypervisor, struct cb_error *err)
{
	const uint64_t phys = hypervisor->phys, size = hypervisor->size;

	if (size < SIZE_1M)
		return refuse(err, CB_ERR_HV_TOO_SMALL, .size = size, .other_size = SIZE_1M);
	if (size > SIZE_256M)
		return refuse(err, CB_ERR_CONFIG_TOO_LARGE, .address = phys, .size = size,
			      .other_size = SIZE_256M);
	if (phys % SIZE_2M)
		return refuse(err, CB_ERR_HV_UNALIGNED, .address = phys, .size = size,
			      .other_address = SIZE_2M);
	if (size % CB_PAGE_SIZE)
		return refuse(err, CB_ERR_HV_UNALIGNED, .address = phys, .size = size,
			      .other_address = CB_PAGE_SIZE);
	/* In the last 512 GiB of its address space EL2 maps itself. */
	if (exceeds_address_width(phys, size) || phys >> 39 == (1 << (CB_ADDRESS_BITS - 39)) - 1)
		return refuse(err, CB_ERR_REGION_WRAPS, .address = phys, .size = size,
			      .other_address = CB_ADDRESS_BITS);
	return CB_OK;
}

/* What each version of the GIC has. A frame with no minimum must not be there. */
static const struct gic_frame_rule {
	uint32_t min_size;
	uint32_t align;
	bool optional;
} gic_frame_rules[2][CB_GIC_FRAMES] = {
	{ /* GICv2 */
	  [CB_GIC_GICD] = { .min_size = SIZE_4K, .align = SIZE_4K },
	  [CB_GIC_GICC] = { .min_size = SIZE_8K, .align = SIZE_4K },
	  [CB_GIC_GICH] = { .min_size = SIZE_4K, .align = SIZE_4K },
	  [CB_GIC_GICV] = { .min_size = SIZE_8K, .align = SIZE_4K } },
	{ /* GICv3 */
	  [CB_GIC_GICD] = { .min_size = SIZE_64K, .align = SIZE_64K },
	  [CB_GIC_GICR] = { .min_size = GICR_STRIDE, .align = SIZE_64K },
	  [CB_GIC_ITS] = { .min_size = SIZE_128K, .align = SIZE_64K, .optional = true } },
};

static int check_gic_frame(const struct cb_frame *frame, uint32_t i,
			   const struct gic_frame_rule *rule, struct cb_error *err)
{
	if (!frame->size && !frame->phys && (rule->optional || !rule->min_size))
		return CB_OK;
	if (!frame->size && rule->min_size)
		return refuse(err, CB_ERR_GIC_MISSING, .index = i, .address = frame->phys);
	if (!rule->min_size || frame->size < rule->min_size || frame->phys % rule->align ||
	    frame->size % CB_PAGE_SIZE || exceeds_address_width(frame->phys, frame->size))
		return refuse(err, CB_ERR_GIC_ADDRESS, .index = i, .size = frame->size,
			      .other_address = frame->phys);
	return CB_OK;
}

static int check_gic_frames(const struct cb_gic_config *gic, struct cb_error *err)
{
	const struct gic_frame_rule *rules = gic_frame_rules[gic->version - 2];
	const struct cb_frame *frames = gic->frames;
	int ret = CB_OK;

	for (uint32_t i = 0; i < CB_GIC_FRAMES && !ret; i++) {
		ret = check_gic_frame(&frames[i], i, &rules[i], err);
		for (uint32_t j = 0; j < i && !ret; j++)
			if (cb_ranges_overlap(frames[i].phys, frames[i].size, frames[j].phys,
					      frames[j].size))
				ret = refuse(err, CB_ERR_GIC_ADDRESS, .index = i,
					     .size = frames[i].size,
					     .other_address = frames[i].phys);
	}
	return ret;
}

static int check_gic(const struct cb_system_config *system, struct cb_error *err)
{
	const struct cb_gic_config *gic = &system->gic;
	const struct cb_frame *gicr = &gic->frames[CB_GIC_GICR];

	if (gic->version != 2 && gic->version != 3)
		return refuse(err, CB_ERR_GIC_VERSION, .other_address = gic->version);
	/* The redistributors are one range: there is one for each CPU. */
	if (gic->version == 3 && gicr->size && gicr->size / GICR_STRIDE < system->cpus.count)
		return refuse(err, CB_ERR_GIC_ADDRESS, .index = CB_GIC_GICR, .size = gicr->size,
			      .other_address = gicr->phys);
	return check_reserved(gic->reserved, err) ?: check_gic_frames(gic, err);
}

/* That a range is neither the hypervisor's own nor a frame of the GIC, which are mediated. */
static int check_not_claimed(const struct cb_system_config *system, uint32_t i, uint64_t phys,
			     uint64_t size, struct cb_error *err)
{
	const struct cb_frame *hypervisor = &system->hypervisor;

	if (cb_ranges_overlap(phys, size, hypervisor->phys, hypervisor->size))
		return refuse(err, CB_ERR_REGION_HYPERVISOR, .index = i, .address = phys,
			      .size = size, .other_address = hypervisor->phys,
			      .other_size = hypervisor->size);
	for (uint32_t n = 0; n < CB_GIC_FRAMES; n++) {
		const struct cb_frame *frame = &system->gic.frames[n];

		if (cb_ranges_overlap(phys, size, frame->phys, frame->size))
			return refuse(err, CB_ERR_REGION_GIC, .index = i, .address = phys,
				      .size = size, .other_address = frame->phys,
				      .other_size = frame->size);
	}
	return CB_OK;
}

static int check_hypervisor_is_no_gic(const struct cb_system_config *system, struct cb_error *err)
{
	for (uint32_t i = 0; i < CB_GIC_FRAMES; i++) {
		const struct cb_frame *frame = &system->gic.frames[i];

		if (cb_ranges_overlap(system->hypervisor.phys, system->hypervisor.size, frame->phys,
				      frame->size))
			return refuse(err, CB_ERR_GIC_ADDRESS, .index = i, .size = frame->size,
				      .other_address = frame->phys);
	}
	return CB_OK;
}

/* The root cell sees what is there, where it is, and nobody loads it. */
static int check_root_region(const struct cb_system_config *system, const struct cb_region *region,
			     uint32_t i, struct cb_error *err)
{
	if (region->virt != region->phys)
		return refuse(err, CB_ERR_ARGUMENT, .index = i, .address = region->virt);
	if (region->flags & CB_REGION_LOADABLE)
		return refuse_region(err, CB_ERR_REGION_FLAGS, i, region,
				     .other_address = region->flags);
	return check_not_claimed(system, i, region->phys, region->size, err);
}

static int check_root_regions(const struct cb_system_config *system, struct cb_error *err)
{
	const struct cb_region *regions = cb_config_regions(&system->root);
	int ret = CB_OK;

	for (uint32_t i = 0; i < system->root.regions.count && !ret; i++)
		ret = check_root_region(system, &regions[i], i, err);
	return ret;
}

/* The root cell has its own console drivers. */
static int check_root_console(const struct cb_cell_config *root, struct cb_error *err)
{
	if (root->console.type != CB_CONSOLE_NONE)
		return refuse(err, CB_ERR_ARGUMENT, .address = root->console.type);
	return check_console_unused(&root->console, err);
}

static int check_debug_console(const struct cb_system_config *system, struct cb_error *err)
{
	const struct cb_console_config *console = &system->debug_console;
	const uint32_t size = cb_console_size(console->type);

	if (console->type == CB_CONSOLE_NONE)
		return check_console_unused(console, err);
	if (!size)
		return refuse(err, CB_ERR_ARGUMENT, .address = console->type);
	if (console->irq)
		return refuse(err, CB_ERR_ARGUMENT, .address = console->irq);
	if (console->address % size || exceeds_address_width(console->address, size))
		return refuse(err, CB_ERR_ARGUMENT, .address = console->address);
	return check_not_claimed(system, 0, console->address, size, err);
}

static int check_system(const struct cb_system_config *system, struct cb_error *err)
{
	return check_common(&system->root, err) ?:
	       check_cell_flags(&system->root, CB_CELL_PERMISSIVE, err) ?:
	       check_cpus(system, err) ?:
	       check_spin_table(system, err) ?:
	       check_hypervisor(&system->hypervisor, err) ?:
	       check_gic(system, err) ?:
	       check_hypervisor_is_no_gic(system, err) ?:
	       check_root_regions(system, err) ?:
	       check_root_console(&system->root, err) ?:
	       check_debug_console(system, err);
}

int cb_config_check(const void *data, size_t size, uint32_t kind, struct cb_error *err)
{
	int ret = check_file(data, size, kind, err);

	if (ret)
		return ret;
	return kind == CB_CONFIG_SYSTEM ? check_system(data, err) : check_cell(data, err);
}
