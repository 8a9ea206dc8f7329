// SPDX-License-Identifier: GPL-2.0-only
/*
 * Restart, power-off and kexec: every cell is destroyed and EL2 given back, so that
 * firmware or the next kernel finds the machine as Linux would leave it. A panic does
 * not come by here, and leaves the cells running. Hibernation is refused while enabled.
 */
#include <linux/delay.h>
#include <linux/reboot.h>
#include <linux/suspend.h>

#include "cellblock.h"

#define PATIENCE (30UL * HZ) /* a reboot waits no longer for cells */

/* Asks all cells to go, so that they clear their memory at the same time. True if one is busy. */
static bool end_cells(void)
{
	bool busy = false;
	u32 id;

	for (id = CB_ROOT_CELL + 1; id < CB_MAX_CELLS; id++) {
		struct cb_error error = {};

		if (cellblock.cells[id] && cb_cell_try_destroy(cellblock.cells[id], &error))
			busy |= error.code == CB_ERR_BUSY;
	}
	return busy;
}

/* Once more, and what is in the way. */
static void report_cells(void)
{
	u32 id;

	for (id = CB_ROOT_CELL + 1; id < CB_MAX_CELLS; id++) {
		struct cb_error error = {};

		if (cellblock.cells[id] && cb_cell_try_destroy(cellblock.cells[id], &error))
			pr_err("cell %u cannot be destroyed (code %u): it goes on, and a kernel "
			       "that kexec "
			       "starts must keep off its CPUs and memory\n",
			       id, error.code);
	}
}

static void end_all(void)
{
	unsigned long end = jiffies + PATIENCE;
	struct cb_error error = {};

	while (end_cells() && time_before(jiffies, end))
		usleep_range(500, 1000);
	report_cells();
	if (cb_disable(&error))
		pr_err("the hypervisor stays enabled (code %u): reset the machine\n", error.code);
}

/* From here on every request is refused, and what waits for a cell ends. */
static int shut_down(struct notifier_block *block, unsigned long event, void *command)
{
	WRITE_ONCE(cellblock.shutting_down, true);
	mutex_lock(&cellblock.lock);
	if (cellblock.enabled)
		end_all();
	mutex_unlock(&cellblock.lock);
	return NOTIFY_DONE;
}

/* The image of an enabled Linux would wake up where nothing is at EL2, and no cell either. */
static int refuse_hibernation(void)
{
	if (!cellblock.enabled) {
		WRITE_ONCE(cellblock.shutting_down, true);
		return NOTIFY_OK;
	}
	pr_err("no hibernation while the hypervisor is enabled: \"cellctl disable\" first\n");
	return notifier_from_errno(-EBUSY);
}

static int change_sleep(struct notifier_block *block, unsigned long event, void *unused)
{
	int answer = NOTIFY_OK;

	mutex_lock(&cellblock.lock);
	if (event == PM_HIBERNATION_PREPARE || event == PM_RESTORE_PREPARE)
		answer = refuse_hibernation();
	else if (event == PM_POST_HIBERNATION || event == PM_POST_RESTORE)
		WRITE_ONCE(cellblock.shutting_down, false);
	mutex_unlock(&cellblock.lock);
	return answer;
}

static struct notifier_block reboot_block = { .notifier_call = shut_down };
static struct notifier_block sleep_block = { .notifier_call = change_sleep };

int cb_reboot_init(void)
{
	int err = register_pm_notifier(&sleep_block);

	if (err)
		return err;
	err = register_reboot_notifier(&reboot_block);
	if (err)
		unregister_pm_notifier(&sleep_block);
	return err;
}

void cb_reboot_exit(void)
{
	unregister_pm_notifier(&sleep_block);
	unregister_reboot_notifier(&reboot_block);
}
