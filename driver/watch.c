// SPDX-License-Identifier: GPL-2.0-only
/*
 * A cell can fail, or turn itself off, without a call of ours, and it writes to its
 * console whenever it likes; the hypervisor never interrupts Linux. So somebody looks:
 * as long as there are cells or readers, and not otherwise.
 */
#include <linux/kobject.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

#include "cellblock.h"
#include "names.h"

#define CELLS_PERIOD   (HZ / 10) /* there are cells */
#define CONSOLE_PERIOD (HZ / 20) /* somebody waits for a console */

DECLARE_WAIT_QUEUE_HEAD(cb_console_wait);

/* A uevent of the device: udev rules match CELL, NAME or STATE. */
void cb_announce(const struct cell *cell, const char *state)
{
	char id[16], name[CB_NAME_SIZE + 8], what[32];
	char *env[] = { id, name, what, NULL };

	snprintf(id, sizeof(id), "CELL=%u", cell->id);
	snprintf(name, sizeof(name), "NAME=%s", cell->config->header.name);
	snprintf(what, sizeof(what), "STATE=%s", state);
	kobject_uevent_env(&cellblock.misc.this_device->kobj, KOBJ_CHANGE, env);
	wake_up_interruptible(&cb_console_wait); /* the end of a console, perhaps */
}

static void look_at_state(struct cell *cell)
{
	u32 generation = READ_ONCE(cell->page->generation), state;

	if (generation == cell->seen_generation)
		return;
	cell->seen_generation = generation;
	smp_rmb(); /* the state is not older than the generation */
	cb_sysfs_cell_changed(cell);
	state = READ_ONCE(cell->page->state);
	if (state == CB_CELL_FAILED)
		pr_warn("cell %u \"%s\" failed, see \"cellctl show\"\n", cell->id,
			cell->config->header.name);
	cb_announce(cell, cb_cell_state_name(state));
}

static bool has_new_output(struct cell *cell)
{
	u64 head = READ_ONCE(cell->page->console_head);
	bool new = head != cell->seen_head;

	cell->seen_head = head;
	return new;
}

/* pages_lock is held. Returns how many cells there are. */
static u32 look_at_cells(void)
{
	u32 id, nr_cells = 0;
	bool output = false;

	for (id = 0; id < CB_MAX_CELLS; id++) {
		struct cell *cell = cellblock.cells[id];

		if (!cell)
			continue;
		nr_cells++;
		output |= has_new_output(cell);
		if (id != CB_ROOT_CELL)
			look_at_state(cell);
	}
	if (output)
		wake_up_interruptible(&cb_console_wait);
	return nr_cells;
}

static void look(struct work_struct *work)
{
	struct delayed_work *watch = to_delayed_work(work);
	u32 nr_cells;

	down_read(&cellblock.pages_lock);
	nr_cells = look_at_cells();
	up_read(&cellblock.pages_lock);

	if (nr_cells && waitqueue_active(&cb_console_wait))
		queue_delayed_work(cb_workqueue, watch, CONSOLE_PERIOD);
	else if (nr_cells > 1) /* not the root cell alone */
		queue_delayed_work(cb_workqueue, watch, CELLS_PERIOD);
}

static DECLARE_DELAYED_WORK(watch, look);

/* Something may have changed. */
void cb_watch_start(void)
{
	mod_delayed_work(cb_workqueue, &watch, 0);
}

/* Somebody waits, who has looked himself just now: soon is enough, however often he asks. */
void cb_watch_for_reader(void)
{
	schedule_delayed_work(&watch, CONSOLE_PERIOD);
}

void cb_watch_stop(void)
{
	cancel_delayed_work_sync(&watch);
	wake_up_interruptible(&cb_console_wait);
}
