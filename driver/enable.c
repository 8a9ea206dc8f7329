// SPDX-License-Identifier: GPL-2.0-only
/*
 * ENABLE and DISABLE: the steps that make this Linux the root cell, and back. Each step
 * explains its own refusal; what was done before it is undone.
 */
#include <linux/firmware.h>
#include <linux/module.h>
#include <linux/slab.h>

#include "cellblock.h"

static int check_system(const struct cb_system_config *config, int *linux_cpu,
			struct cb_error *error)
{
	return cb_check_el2(error) ?:
	       cb_check_gic(config, error) ?:
	       cb_check_eoi_mode(config, error) ?:
	       cb_map_cpus(config, linux_cpu, error) ?:
	       cb_spin_table_check(config, error) ?:
	       cb_check_hypervisor_region(config, error) ?:
	       cb_check_linux_memory(config, error);
}

static int write_image(const struct cb_system_config *config, u64 *config_offset,
		       struct cb_error *error)
{
	const struct firmware *image = cb_image_get(config, error);
	int err;

	if (!image)
		return cb_error_errno(error->code);
	err = cb_image_write(image, config, config_offset, error);
	release_firmware(image);
	return err;
}

/* ---- What Linux shows of it ---- */

/* Makes the hypervisor visible; it is not yet enabled for others. */
static int publish(struct cb_system_config *config, struct cb_error *error)
{
	struct cell *root;
	int err;

	err = cb_pages_map_cpus();
	if (err)
		return refuse(error, CB_ERR_HOST_MEMORY);
	root = cb_cell_new(CB_ROOT_CELL, &config->root);
	if (!root)
		return refuse(error, CB_ERR_HOST_MEMORY);
	err = cb_cell_publish(root);
	if (err)
		goto put_root;
	err = cb_sysfs_add_cpus(config->cpus.count);
	if (err)
		goto unpublish_root;
	return 0;

unpublish_root:
	cb_cell_unpublish(root);
put_root:
	kobject_put(&root->kobj);
	return cb_refuse_errno(error, "sysfs", err);
}

/* The pages are gone for every reader when this returns. */
static void unpublish(void)
{
	struct cell *root = cellblock.cells[CB_ROOT_CELL];

	cb_sysfs_remove_cpus();
	cb_cell_unpublish(root);
	kobject_put(&root->kobj);
}

static void set_enabled(bool enabled)
{
	down_write(&cellblock.pages_lock);
	cellblock.enabled = enabled;
	up_write(&cellblock.pages_lock);
}

/* ---- Enable ---- */

/* What can fail in Linux comes before the takeover: nothing has to end a hypervisor that runs. */
static int run_hypervisor(struct cb_system_config *config, u64 config_offset,
			  struct cb_error *error)
{
	u64 public_offset;
	int err;

	err = cb_takeover_init(config, config_offset, &public_offset, error) ?:
	      cb_pages_map_public(config->hypervisor.phys + public_offset, error) ?:
	      publish(config, error);
	if (err)
		goto unmap;
	err = cb_spin_table_release(config, error) ?: cb_takeover_start(config, error);
	if (!err)
		return 0;
	unpublish();
unmap:
	cb_pages_unmap();
	return err;
}

static struct resource *claim_region(const struct cb_system_config *config, struct cb_error *error)
{
	const struct cb_frame *region = &config->hypervisor;
	struct resource *claim = kzalloc(sizeof(*claim), GFP_KERNEL);

	if (!claim) {
		refuse(error, CB_ERR_HOST_MEMORY);
		return NULL;
	}
	if (cb_stub_open(region->phys)) {
		refuse(error, CB_ERR_HOST_MEMORY);
		goto free;
	}
	if (cb_lockdown_check_system(config, error))
		goto restore;
	refuse(error, CB_ERR_REGION_IN_USE, .address = region->phys, .size = region->size);
	if (!cb_iomem_claim(claim, "cellblock", region->phys, region->size, error))
		return claim;
restore:
	cb_stub_restore();
free:
	kfree(claim);
	return NULL;
}

/* But for the stub's page: CPUs have their vectors there. */
static void release_region_claim(void)
{
	cb_stub_keep();
	cb_iomem_release(cellblock.claim);
	kfree(cellblock.claim);
	cellblock.claim = NULL;
}

/* With the region ours. */
static int start(struct cb_system_config *config, struct cb_error *error)
{
	u64 config_offset;

	cellblock.config = config;
	return write_image(config, &config_offset, error)
		       ?: run_hypervisor(config, config_offset, error);
}

/* With the system checked. */
static int claim_and_start(struct cb_system_config *config, struct cb_error *error)
{
	int err;

	cellblock.claim = claim_region(config, error);
	if (!cellblock.claim)
		return cb_error_errno(error->code);
	err = start(config, error);
	if (err) {
		cellblock.config = NULL;
		release_region_claim();
	}
	return err;
}

/* Keeps @config when it returns 0. */
int cb_enable(struct cb_system_config *config, struct cb_error *error)
{
	int err;

	if (READ_ONCE(cellblock.shutting_down))
		return refuse(error, CB_ERR_SHUTTING_DOWN);
	if (cellblock.enabled)
		return refuse(error, CB_ERR_ALREADY_ENABLED);
	cb_memory_follow(config); /* before it is checked what there is */
	err = check_system(config, cellblock.linux_cpu, error) ?: claim_and_start(config, error);
	if (err) {
		cb_memory_follow(NULL);
		return err;
	}
	cb_stub_drop_others(config->hypervisor.phys);
	pr_info("enabled for \"%s\", the hypervisor is at 0x%llx\n", config->root.header.name,
		config->hypervisor.phys);
	__module_get(THIS_MODULE); /* the open file that asked holds one already */
	set_enabled(true);
	wake_up_interruptible(&cb_console_wait); /* there is something to wait for */
	cb_sysfs_enabled_changed();
	return 0;
}

/* ---- Disable ---- */

static int refuse_while_cells_exist(struct cb_error *error)
{
	const struct cell *cell;
	u32 id;

	for (id = CB_ROOT_CELL + 1; id < CB_MAX_CELLS; id++) {
		cell = cellblock.cells[id];
		if (!cell)
			continue;
		refuse_cell(error, CB_ERR_CELLS_EXIST, CB_NO_CELL, id);
		strscpy(error->name, cell->config->header.name, sizeof(error->name));
		return cb_error_errno(error->code);
	}
	return 0;
}

/* The caller has seen that it is enabled. */
int cb_disable(struct cb_error *error)
{
	int err;

	err = refuse_while_cells_exist(error) ?: cb_takeover_end(error);
	if (err)
		return err;
	set_enabled(false);
	cb_watch_stop();
	unpublish();

	down_write(&cellblock.pages_lock);
	cb_pages_unmap();
	cellblock.memory = NULL;
	cb_free_config(cellblock.config);
	cellblock.config = NULL;
	up_write(&cellblock.pages_lock);

	release_region_claim();
	pr_info("disabled\n");
	wake_up_interruptible(&cb_console_wait); /* to see that there is nothing any more */
	cb_sysfs_enabled_changed();
	module_put(THIS_MODULE);
	return 0;
}
