// SPDX-License-Identifier: GPL-2.0-only
/*
 * The firmware image, and what the hypervisor region holds before the hypervisor runs:
 *
 *	0			the image, zero-filled up to memory_size
 *	memory_size		the system configuration, zero-filled up to a page
 *
 * EL2 will read it with the MMU off, so all of it is cleaned to the point of coherency.
 */
#include <linux/firmware.h>
#include <linux/io.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/stop_machine.h>

#include <asm/barrier.h>
#include <asm/cpufeature.h>
#include <asm/sysreg.h>

#include "cellblock.h"

#define IMAGE_NAME "cellblock.bin"
MODULE_FIRMWARE(IMAGE_NAME);

#define VECTORS_SIZE 0x800u /* of an AArch64 vector table */

static const struct cb_image_header *header_of(const struct firmware *image)
{
	return (const struct cb_image_header *)image->data;
}

/* Where the configuration lies: the first page behind the image. */
static u64 config_offset_of(const struct firmware *image)
{
	return ALIGN(header_of(image)->memory_size, CB_PAGE_SIZE);
}

static u64 size_used(const struct firmware *image, const struct cb_system_config *config)
{
	return config_offset_of(image) + ALIGN(config->root.header.size, CB_PAGE_SIZE);
}

/* ---- Checks ---- */

static bool is_layout_sane(const struct cb_image_header *header)
{
	return header->file_size >= CB_IMAGE_VECTORS + VECTORS_SIZE &&
	       header->file_size <= header->memory_size;
}

static int check_header(const struct firmware *image, struct cb_error *error)
{
	const struct cb_image_header *header = header_of(image);

	if (image->size < sizeof(*header))
		return refuse(error, CB_ERR_IMAGE_TRUNCATED, .size = image->size,
			      .other_size = sizeof(*header));
	if (memcmp(header->signature, CB_IMAGE_SIGNATURE, sizeof(header->signature)))
		return refuse(error, CB_ERR_IMAGE_SIGNATURE);
	if (header->abi != CB_ABI_VERSION)
		return refuse(error, CB_ERR_IMAGE_ABI, .found = header->abi,
			      .expected = CB_ABI_VERSION);
	if (header->arch != CB_ARCH_ARM64)
		return refuse(error, CB_ERR_IMAGE_ARCH, .found = header->arch,
			      .expected = CB_ARCH_ARM64);
	if (image->size < header->file_size)
		return refuse(error, CB_ERR_IMAGE_TRUNCATED, .size = image->size,
			      .other_size = header->file_size);
	if (!is_layout_sane(header))
		return refuse(error, CB_ERR_IMAGE_SIGNATURE);
	return 0;
}

static int check_fits(const struct firmware *image, const struct cb_system_config *config,
		      struct cb_error *error)
{
	const struct cb_frame *region = &config->hypervisor;

	/* memory_size first: beyond the region it could wrap the sum. */
	if (header_of(image)->memory_size > region->size || size_used(image, config) > region->size)
		return refuse(error, CB_ERR_HV_TOO_SMALL, .address = region->phys,
			      .size = region->size,
			      .other_size = header_of(image)->memory_size + CB_CONFIG_MAX_SIZE);
	return 0;
}

/* Reads the image and checks it. NULL, with a record, when it cannot be used. */
const struct firmware *cb_image_get(const struct cb_system_config *config, struct cb_error *error)
{
	const struct firmware *image;
	int err;

	err = firmware_request_nowarn(&image, IMAGE_NAME, cellblock.misc.this_device);
	if (err) {
		cb_refuse_named(error, CB_ERR_IMAGE_MISSING, IMAGE_NAME);
		error->linux_error = (s64)err;
		return NULL;
	}
	if (check_header(image, error) || check_fits(image, config, error) ||
	    cb_lockdown_check_image(image, error)) {
		release_firmware(image);
		return NULL;
	}
	return image;
}

/* ---- Caches ---- */

static size_t dcache_line_size(void)
{
	u64 ctr = read_sanitised_ftr_reg(SYS_CTR_EL0);

	return 4 << cpuid_feature_extract_unsigned_field(ctr, CTR_EL0_DminLine_SHIFT);
}

static void dcache_clean_invalidate_poc(const void *start, size_t size)
{
	size_t line = dcache_line_size();
	uintptr_t va = ALIGN_DOWN((uintptr_t)start, line);

	for (; va < (uintptr_t)start + size; va += line)
		asm volatile("dc civac, %0" : : "r"(va) : "memory");
	dsb(sy); /* complete for every observer, EL2 with its MMU off among them */
}

/* Whatever was fetched from the region before is forgotten on all CPUs. */
static void icache_invalidate_all(void)
{
	asm volatile("ic ialluis" : : : "memory");
	dsb(ish); /* the invalidation is complete only after it */
	isb();
}

/* ---- Writing ---- */

struct first_page {
	void *to;
	const void *from;
};

static int write_first_page_stopped(void *arg)
{
	const struct first_page *page = arg;

	memcpy(page->to, page->from, CB_PAGE_SIZE);
	dcache_clean_invalidate_poc(page->to, CB_PAGE_SIZE);
	icache_invalidate_all();
	return 0;
}

/*
 * Once enabled and disabled, VBAR_EL2 of every CPU points into the first page: the stub
 * there must work at all times. It is left alone when it is what it should be, and
 * replaced while no CPU can call it otherwise.
 */
static int write_first_page(void *map, const struct firmware *image)
{
	struct first_page page = { .to = map };
	void *copy;

	copy = kzalloc(CB_PAGE_SIZE, GFP_KERNEL);
	if (!copy)
		return -ENOMEM;
	memcpy(copy, image->data, min_t(u64, header_of(image)->file_size, CB_PAGE_SIZE));
	page.from = copy;
	if (memcmp(map, copy, CB_PAGE_SIZE))
		stop_machine(write_first_page_stopped, &page, NULL);
	kfree(copy);
	return 0;
}

/* Everything behind the first page. */
static void write_rest(void *map, const struct firmware *image,
		       const struct cb_system_config *config)
{
	u64 used = size_used(image, config), file_size = header_of(image)->file_size;
	u64 behind = max_t(u64, file_size, CB_PAGE_SIZE);

	if (file_size > CB_PAGE_SIZE)
		memcpy(map + CB_PAGE_SIZE, image->data + CB_PAGE_SIZE, file_size - CB_PAGE_SIZE);
	memset(map + behind, 0, used - behind);
	cond_resched();
	memcpy(map + config_offset_of(image), config, config->root.header.size);
	dcache_clean_invalidate_poc(map + CB_PAGE_SIZE, used - CB_PAGE_SIZE);
	icache_invalidate_all();
}

/* The region is mapped no longer than this takes: the hypervisor will own it. */
int cb_image_write(const struct firmware *image, const struct cb_system_config *config,
		   u64 *config_offset, struct cb_error *error)
{
	void *map = memremap(config->hypervisor.phys, size_used(image, config), MEMREMAP_WB);
	int err;

	if (!map)
		return refuse(error, CB_ERR_HOST_MEMORY);
	err = write_first_page(map, image);
	if (!err)
		write_rest(map, image, config);
	memunmap(map);
	*config_offset = config_offset_of(image);
	return err ? refuse(error, CB_ERR_HOST_MEMORY) : 0;
}
