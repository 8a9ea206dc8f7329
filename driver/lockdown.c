// SPDX-License-Identifier: GPL-2.0-only
/*
 * A Linux that is locked down (kernel_lockdown(7), as under Secure Boot) lets nobody bring code
 * into it, root included. Who can choose what runs at EL2, where it is written, or which memory
 * and devices a cell has, could. So then only this module's own image runs, memory comes from what
 * was kept for Cellblock when Linux booted, a cell's devices are some that never write to memory,
 * and no cell calls the firmware. docs/limits.md says what that covers.
 */
#include <crypto/sha2.h>
#include <linux/firmware.h>
#include <linux/kconfig.h>
#include <linux/mm.h>
#include <linux/of.h>
#include <linux/of_address.h>
#include <linux/security.h>

#include "cellblock.h"
#include <config/check.h>
#include <config/iterate.h>

/* In hexadecimal; "": built without an image (driver/Makefile). */
#ifndef CELLBLOCK_IMAGE_SHA256
#define CELLBLOCK_IMAGE_SHA256 ""
#endif

/* ---- The image ---- */

bool cb_lockdown_pins_image(void)
{
	return sizeof(CELLBLOCK_IMAGE_SHA256) > 1;
}

static bool is_own_image(const struct firmware *image)
{
#if IS_REACHABLE(CONFIG_CRYPTO_LIB_SHA256)
	char hex[2 * SHA256_DIGEST_SIZE + 1];
	u8 digest[SHA256_DIGEST_SIZE];

	sha256(image->data, image->size, digest);
	snprintf(hex, sizeof(hex), "%*phN", SHA256_DIGEST_SIZE, digest);
	return !strcmp(hex, CELLBLOCK_IMAGE_SHA256);
#else
	return false;
#endif
}

/* Any other one is told, and refused under lockdown. */
int cb_lockdown_check_image(const struct firmware *image, struct cb_error *error)
{
	if (is_own_image(image))
		return 0;
	if (security_locked_down(LOCKDOWN_KEXEC))
		return refuse(error, CB_ERR_LOCKED_IMAGE);
	pr_notice("the hypervisor's image is not the one that this module was built with\n");
	return 0;
}

/* ---- Memory ---- */

static bool contains(const struct resource *res, u64 start, u64 size)
{
	return cb_range_contains(res->start, resource_size(res), start, size);
}

static bool overlaps(const struct resource *res, u64 start, u64 size)
{
	return cb_ranges_overlap(res->start, resource_size(res), start, size);
}

static bool node_contains(struct device_node *node, u64 start, u64 size)
{
	struct resource res;
	int i;

	for (i = 0; !of_address_to_resource(node, i, &res); i++)
		if (contains(&res, start, size))
			return true;
	return false;
}

/* "cellblock@ADDRESS" below /reserved-memory, no-map. */
static bool is_reserved_for_us(u64 start, u64 size)
{
	struct device_node *parent = of_find_node_by_path("/reserved-memory"), *node;
	bool found = false;

	for_each_available_child_of_node(parent, node)
	{
		found = of_node_name_eq(node, "cellblock") &&
			of_property_read_bool(node, "no-map") && node_contains(node, start, size);
		if (!found)
			continue;
		of_node_put(node);
		break;
	}
	of_node_put(parent);
	return found;
}

static bool is_in_memory_node(u64 start, u64 size)
{
	struct device_node *node;
	bool found = false;

	for_each_node_by_type(node, "memory")
	{
		found = node_contains(node, start, size);
		if (!found)
			continue;
		of_node_put(node);
		break;
	}
	return found;
}

/*
 * By mem=: a memory node has it, and Linux neither uses it nor shows it as anybody's. (On a machine
 * with UEFI there are no memory nodes, and what the firmware keeps may lie anywhere.)
 */
static bool is_left_by_mem(u64 start, u64 size)
{
	struct cb_error ignored;

	return is_in_memory_node(start, size) && !cb_iomem_is_shown(start, size) &&
	       !cb_iomem_system_ram(start, size, &ignored);
}

static bool is_kept(u64 start, u64 size)
{
	return is_reserved_for_us(start, size) || is_left_by_mem(start, size);
}

/* ---- Devices ---- */

/* Those of which it is known that they never access memory by themselves. */
static const struct of_device_id plain_devices[] = { { .compatible = "arm,pl011" },
						     { .compatible = "arm,sbsa-uart" },
						     { .compatible = "snps,dw-apb-uart" },
						     { .compatible = "ns16550" },
						     { .compatible = "ns16550a" },
						     { .compatible = "ti,am654-uart" },
						     { .compatible = "brcm,bcm2835-aux-uart" },
						     { .compatible = "cdns,uart-r1p12" },
						     { .compatible = "fsl,imx6q-uart" },
						     { .compatible = "fsl,imx7ulp-lpuart" },
						     { .compatible = "arm,sp804" },
						     { .compatible = "arm,pl031" },
						     {} };

/* The pages of a node's registers that lie in the range. */
static bool has_registers_in(struct device_node *node, u64 start, u64 size, bool *covers)
{
	struct resource res;
	bool found = false;
	int i;

	for (i = 0; !of_address_to_resource(node, i, &res); i++) {
		if (!overlaps(&res, start, size))
			continue;
		found = true;
		res.start = ALIGN_DOWN(res.start, CB_PAGE_SIZE);
		res.end = ALIGN(res.end + 1, CB_PAGE_SIZE) - 1;
		*covers |= contains(&res, start, size);
	}
	return found;
}

/* A bus says what it passes on to its children: that is no device of its own. */
static bool is_bus(struct device_node *node)
{
	return of_property_read_bool(node, "ranges") || of_node_is_type(node, "memory");
}

/* Whether the range is registers of plain devices and of nothing else. @name: who else it is. */
static bool is_plain(u64 start, u64 size, char *name)
{
	bool covered = false, plain = true;
	struct device_node *node;

	for_each_node_with_property(node, "reg")
	{
		if (is_bus(node) || !has_registers_in(node, start, size, &covered) ||
		    of_match_node(plain_devices, node))
			continue;
		snprintf(name, CB_NAME_SIZE, "%pOFf", node);
		plain = false;
		of_node_put(node);
		break;
	}
	return plain && covered;
}

/* ---- The system ---- */

/* The hypervisor writes its messages there. */
static int check_debug_console(const struct cb_console_config *console, struct cb_error *error)
{
	char name[CB_NAME_SIZE] = "";

	if (console->type == CB_CONSOLE_NONE ||
	    is_plain(ALIGN_DOWN(console->address, CB_PAGE_SIZE), CB_PAGE_SIZE, name) ||
	    !security_locked_down(LOCKDOWN_DEV_MEM))
		return 0;
	cb_refuse_named(error, CB_ERR_LOCKED_CONSOLE, name);
	error->address = console->address;
	return cb_error_errno(error->code);
}

/* The hypervisor's image is written there. */
static int check_hypervisor(const struct cb_frame *region, struct cb_error *error)
{
	if (is_kept(region->phys, region->size) || !security_locked_down(LOCKDOWN_DEV_MEM))
		return 0;
	return refuse(error, CB_ERR_LOCKED_HYPERVISOR, .address = region->phys,
		      .size = region->size);
}

int cb_lockdown_check_system(const struct cb_system_config *config, struct cb_error *error)
{
	return check_hypervisor(&config->hypervisor, error)
		       ?: check_debug_console(&config->debug_console, error);
}

/* ---- Cells ---- */

static int check_device(const struct cb_region *region, u32 i, struct cb_error *error)
{
	char name[CB_NAME_SIZE] = "";

	if (is_plain(region->phys, region->size, name) || !security_locked_down(LOCKDOWN_DEV_MEM))
		return 0;
	cb_refuse_named(error, CB_ERR_LOCKED_DEVICE, name);
	error->index = i;
	error->address = region->phys;
	error->size = region->size;
	return cb_error_errno(error->code);
}

static int check_region(const struct cb_region *region, u32 i, struct cb_error *error)
{
	if (region->flags & CB_REGION_IO)
		return check_device(region, i, error);
	if (is_kept(region->phys, region->size) || !security_locked_down(LOCKDOWN_DEV_MEM))
		return 0;
	return refuse(error, CB_ERR_LOCKED_REGION, .index = i, .address = region->phys,
		      .size = region->size);
}

int cb_lockdown_check_cell(const struct cb_cell_config *config, struct cb_error *error)
{
	int err;

	for_each_region (region, config) {
		err = check_region(region, cb_region_index(config, region), error);
		if (err)
			return err;
	}
	if (config->smcs.count && security_locked_down(LOCKDOWN_DEV_MEM))
		return refuse(error, CB_ERR_LOCKED_SMC, .function = cb_config_smcs(config)[0]);
	return 0;
}
