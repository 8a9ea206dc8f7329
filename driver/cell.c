// SPDX-License-Identifier: GPL-2.0-only
/*
 * The life of a cell, as Linux takes part in it: it gives CPUs and claims on physical
 * addresses away, the hypervisor does the rest, and everything comes back when the
 * cell is destroyed. The hypervisor decides which state allows what.
 */
#include <linux/delay.h>
#include <linux/freezer.h>
#include <linux/io.h>
#include <linux/jiffies.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>

#include "cellblock.h"
#include "hypercall.h"

/* ---- The object ---- */

/* Keeps @config when it succeeds; the last reference frees it (not the root cell's). */
struct cell *cb_cell_new(u32 id, const struct cb_cell_config *config)
{
	struct cell *cell = kzalloc(sizeof(*cell), GFP_KERNEL);

	if (!cell)
		return NULL;
	cell->claims = kcalloc(config->regions.count, sizeof(*cell->claims), GFP_KERNEL);
	if (!cell->claims) {
		kfree(cell);
		return NULL;
	}
	cell->id = id;
	cell->config = config;
	INIT_LIST_HEAD(&cell->devices);
	mutex_init(&cell->lock);
	cell->silent.since = cell->silent.last = jiffies;
	cell->seen_generation = U32_MAX; /* so that the first state is announced */
	kobject_init(&cell->kobj, &cb_cell_type);
	return cell;
}

/* pages_lock is held for writing: no reader of a page is left, and none will come. */
static void drop_page(struct cell *cell)
{
	if (cellblock.cells[cell->id] == cell)
		cellblock.cells[cell->id] = NULL;
	cb_pages_unmap_cell(cell);
}

static void hide(struct cell *cell)
{
	down_write(&cellblock.pages_lock);
	drop_page(cell);
	up_write(&cellblock.pages_lock);
}

/* The hypervisor has this cell: maps its page and shows it. */
int cb_cell_publish(struct cell *cell)
{
	int err;

	down_write(&cellblock.pages_lock);
	err = cb_pages_map_cell(cell);
	if (err)
		drop_page(cell);
	else
		cellblock.cells[cell->id] = cell;
	up_write(&cellblock.pages_lock);
	if (err)
		return err;
	err = cb_sysfs_add_cell(cell);
	if (err)
		hide(cell);
	return err;
}

void cb_cell_unpublish(struct cell *cell)
{
	hide(cell);
	kobject_del(&cell->kobj);
}

/* ---- Calls that take their time ---- */

/* Locks a cell that is still there. It is held for a hypercall, or for a piece of a load. */
int cb_cell_lock(struct cell *cell, struct cb_error *error)
{
	mutex_lock(&cell->lock);
	if (cell->page)
		return 0;
	mutex_unlock(&cell->lock);
	return refuse_cell(error, CB_ERR_CELL_UNKNOWN, cell->id, CB_NO_CELL);
}

static int locked(struct cell *cell, struct cb_error *error,
		  int (*once)(struct cell *cell, struct cb_error *error))
{
	int err = cb_cell_lock(cell, error);

	if (err)
		return err;
	err = once(cell, error);
	mutex_unlock(&cell->lock);
	return err;
}

/* A CPU needs microseconds to stop, to begin to clear, or to turn itself off. */
#define ANSWER_TIMEOUT (10UL * HZ)

/* Who asks again within this time has not stopped asking, whatever signals came in between. */
#define ASKED_ON       HZ

/* A call that can be busy: while CPUs are to stop, or one is to begin, the record has them. */
static int ask(u64 function, struct cell *cell, struct cb_error *error)
{
	int err = hvc_run(function, cell->id, 0, 0, error);
	bool silent = err && error->code == CB_ERR_BUSY && error->cpus;

	if (!silent || time_after(jiffies, cell->silent.last + ASKED_ON))
		WRITE_ONCE(cell->silent.since, jiffies);
	cell->silent.last = jiffies;
	return err;
}

static bool is_silent(const struct cell *cell)
{
	return time_after(jiffies, READ_ONCE(cell->silent.since) + ANSWER_TIMEOUT);
}

/* Whoever asks next waits as long again. */
static int refuse_silent_cpu(struct cell *cell, struct cb_error *error)
{
	u32 cpu = __ffs64(error->cpus);

	WRITE_ONCE(cell->silent.since, jiffies);
	return refuse_cell(error, CB_ERR_CPU_NO_ANSWER, cell->id, CB_NO_CELL, .index = cpu);
}

/*
 * Without a lock in between, so that nobody waits for as long as this takes; a freezer, a
 * debugger and Ctrl-C need not wait either, as the same request goes on with it.
 */
static int repeat_while_busy(struct cell *cell, struct cb_error *error,
			     int (*once)(struct cell *cell, struct cb_error *error))
{
	int err;

	for (;;) {
		err = once(cell, error);
		if (!err || error->code != CB_ERR_BUSY)
			return err;
		if (READ_ONCE(cellblock.shutting_down))
			return refuse(error, CB_ERR_SHUTTING_DOWN);
		if (signal_pending(current))
			return -ERESTARTSYS;
		if (error->cpus && is_silent(cell))
			return refuse_silent_cpu(cell, error);
		usleep_range(500, 1000);
	}
}

static int stop_locked(struct cell *cell, struct cb_error *error)
{
	cb_cell_unmap_load(cell);
	return ask(CB_HVC_CELL_STOP, cell, error);
}

static int stop_once(struct cell *cell, struct cb_error *error)
{
	return locked(cell, error, stop_locked);
}

/* As long as it is not being destroyed, the call does not end it. Busy, but for a refusal. */
static int begin_to_destroy(struct cell *cell, struct cb_error *error)
{
	cb_cell_unmap_load(cell);
	if (READ_ONCE(cell->page->state) == CB_CELL_DESTROYING)
		return 0;
	return ask(CB_HVC_CELL_DESTROY, cell, error);
}

/* When it succeeds the cell's pages are the hypervisor's again: nobody may read on. */
static int destroy_locked(struct cell *cell, struct cb_error *error)
{
	int err;

	cb_cell_unmap_load(cell);
	down_write(&cellblock.pages_lock);
	err = ask(CB_HVC_CELL_DESTROY, cell, error);
	if (!err)
		drop_page(cell);
	up_write(&cellblock.pages_lock);
	return err;
}

/* ---- Claims on physical addresses ---- */

static int claim_region(struct cell *cell, u32 i, struct cb_error *error)
{
	const struct cb_region *region = &cb_config_regions(cell->config)[i];
	struct cb_error record = {};

	if (region->flags & CB_REGION_SHARED)
		return 0;
	if (!cb_iomem_claim(&cell->claims[i], cell->config->header.name, region->phys, region->size,
			    &record))
		return 0;
	refuse(error, CB_ERR_REGION_IN_USE, .index = i, .address = region->phys,
	       .size = region->size, .other_address = record.other_address,
	       .other_size = record.other_size);
	strscpy(error->name, record.name, sizeof(error->name));
	return cb_error_errno(error->code);
}

static int claim_regions(struct cell *cell, struct cb_error *error)
{
	int err = 0;
	u32 i;

	for (i = 0; i < cell->config->regions.count && !err; i++)
		err = claim_region(cell, i, error);
	return err;
}

static void release_regions(struct cell *cell)
{
	u32 i;

	for (i = 0; i < cell->config->regions.count; i++)
		cb_iomem_release(&cell->claims[i]);
}

/* ---- Create ---- */

/* Others go on meanwhile: lock is given back. */
static void let_others_go_on(void)
{
	mutex_unlock(&cellblock.lock);
	usleep_range(500, 1000);
	try_to_freeze();
	mutex_lock(&cellblock.lock);
}

/* A cell that nobody knows of: if the process dies, nobody could resume it. */
static int destroy_unseen(struct cell *cell, struct cb_error *error)
{
	int err;

	for (;;) {
		err = destroy_locked(cell, error);
		if (!err || error->code != CB_ERR_BUSY)
			return err;
		if (error->cpus && is_silent(cell))
			return refuse_silent_cpu(cell, error);
		let_others_go_on();
	}
}

/*
 * What exists and cannot be shown is destroyed, or else shown for somebody to destroy it, as soon
 * as Linux has the memory for that: it keeps off the cell's CPUs and memory in any case.
 */
static void withdraw(struct cell *cell, struct cb_error *error)
{
	struct cb_error why;

	if (!destroy_unseen(cell, &why)) {
		cell->id = CB_NO_CELL;
		return;
	}
	*error = why;
	while (cb_cell_publish(cell))
		let_others_go_on();
}

/* What the hypervisor would refuse, asked while nothing has been taken from Linux yet. */
static int check_by_hypervisor(const struct cell *cell, struct cb_error *error)
{
	return hvc_run(CB_HVC_CELL_CREATE, virt_to_phys(cell->config), cell->config->header.size, 1,
		       error);
}

/* Linux goes on when a CPU has not turned itself off after 100 ms. Sets cell->id. */
static int create_when_off(struct cell *cell, struct cb_error *error)
{
	unsigned long since = jiffies;
	struct hvc_result result;
	int err;

	for (;;) {
		result = hvc_call(CB_HVC_CELL_CREATE, virt_to_phys(cell->config),
				  cell->config->header.size, 0);
		err = hvc_refusal(&result, error);
		if (!err)
			cell->id = result.x[1];
		if (!err || error->code != CB_ERR_CPU_ONLINE ||
		    time_after(jiffies, since + ANSWER_TIMEOUT) || fatal_signal_pending(current) ||
		    READ_ONCE(cellblock.shutting_down))
			return err;
		usleep_range(500, 1000);
	}
}

/* Linux has given everything: the hypervisor makes the cell. It has an id as long as it exists. */
static int hand_over(struct cell *cell, struct cb_error *error)
{
	int err = create_when_off(cell, error);

	if (err)
		return err;
	err = cb_cell_publish(cell);
	if (!err)
		return 0;
	err = cb_refuse_errno(error, "publish", err);
	withdraw(cell, error);
	return err;
}

/* After a refusal. A CPU that does not come back is worse news than why it was taken in vain. */
static int give_all_back(struct cell *cell, int err, struct cb_error *error)
{
	struct cb_error lost;
	int lost_err;

	cb_spis_release(cell);
	release_regions(cell);
	lost_err = cb_cpus_give_back(cell, &lost);
	if (!lost_err)
		return err;
	pr_err("cell \"%s\" was refused with code %u before\n", cell->config->header.name,
	       error->code);
	*error = lost;
	return lost_err;
}

static struct cell *new_checked(struct cb_cell_config *config, struct cb_error *error)
{
	struct cell *cell;

	if (cb_require_enabled(error) || cb_check_cell(config, error))
		return NULL;
	cell = cb_cell_new(CB_NO_CELL, config);
	if (!cell)
		refuse(error, CB_ERR_HOST_MEMORY);
	return cell;
}

/* Takes @config in any case. With an error the cell is there if it could not be destroyed again. */
int cb_cell_create(struct cb_cell_config *config, u32 *id, struct cb_error *error)
{
	struct cell *cell = new_checked(config, error);
	int err;

	if (!cell) {
		cb_free_config(config);
		return cb_error_errno(error->code);
	}
	err = check_by_hypervisor(cell, error) ?:
	      cb_check_cell_memory(config, error) ?:
	      claim_regions(cell, error) ?:
	      cb_spis_claim(cell, error) ?:
	      cb_cpus_take(cell, error) ?:
	      hand_over(cell, error);
	if (cell->id == CB_NO_CELL) {
		err = give_all_back(cell, err, error);
		kobject_put(&cell->kobj);
		return err;
	}
	*id = cell->id;
	if (!err)
		pr_info("cell %u \"%s\" created with CPUs 0x%llx\n", cell->id, config->header.name,
			config->cpus);
	cb_devices_take(cell);
	cb_watch_start();
	return err;
}

/* ---- Load, start, stop ---- */

static int load_begin_locked(struct cell *cell, struct cb_error *error)
{
	return hvc_run(CB_HVC_CELL_LOAD, cell->id, 0, 0, error);
}

int cb_cell_load_begin(struct cell *cell, struct cb_error *error)
{
	return locked(cell, error, load_begin_locked);
}

int cb_cell_start(struct cell *cell, u64 entry, u64 argument, struct cb_error *error)
{
	int err = cb_cell_lock(cell, error);

	if (err)
		return err;
	cb_cell_unmap_load(cell);
	err = hvc_run(CB_HVC_CELL_START, cell->id, entry, argument, error);
	mutex_unlock(&cell->lock);
	return err;
}

int cb_cell_stop(struct cell *cell, struct cb_error *error)
{
	return repeat_while_busy(cell, error, stop_once);
}

/* ---- Input ---- */

/* Gives text to the virtual UART of a cell, up to CB_CELL_INPUT_MAX bytes. Returns how many. */
int cb_cell_input(struct cell *cell, const struct cb_text *text, u32 size, struct cb_error *error)
{
	const u64 *words = text->words;
	struct hvc_result result;
	int ret = cb_cell_lock(cell, error);

	if (ret)
		return ret;
	result = hvc_raw(CB_HVC_CELL_INPUT, cell->id, size, words[0], words[1], words[2], words[3]);
	mutex_unlock(&cell->lock);
	return hvc_refusal(&result, error) ?: (int)min_t(u64, result.x[1], size);
}

/* ---- Destroy ---- */

/* Linux takes back what a cell had that is gone. Puts the reference of who made it. */
static int take_back(struct cell *cell, struct cb_error *error)
{
	int err;

	kobject_del(&cell->kobj);
	cb_announce(cell, "destroyed");
	pr_info("cell %u \"%s\" destroyed\n", cell->id, cell->config->header.name);
	cb_devices_give_back(cell);
	cb_spis_release(cell);
	release_regions(cell);
	err = cb_cpus_give_back(cell, error);
	kobject_put(&cell->kobj);
	return err;
}

/*
 * Once, without waiting. An error after the cell is gone is about a CPU that Linux could not bring
 * online.
 */
int cb_cell_try_destroy(struct cell *cell, struct cb_error *error)
{
	return locked(cell, error, destroy_locked) ?: take_back(cell, error);
}

/* The beginning, with what it takes to stop it, waits for no CPU that goes to another cell. */
static int destroy_once(struct cell *cell, struct cb_error *error)
{
	int err = locked(cell, error, begin_to_destroy);

	if (err && error->code != CB_ERR_CELL_UNKNOWN)
		return err;
	if (mutex_lock_killable(&cellblock.lock))
		return refuse(error, CB_ERR_BUSY);
	err = cb_cell_try_destroy(cell, error);
	mutex_unlock(&cellblock.lock);
	/* Gone meanwhile, with all that it had: somebody else has destroyed it. */
	return err && error->code == CB_ERR_CELL_UNKNOWN ? 0 : err;
}

int cb_cell_destroy(struct cell *cell, struct cb_error *error)
{
	return repeat_while_busy(cell, error, destroy_once);
}
