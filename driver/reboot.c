// SPDX-License-Identifier: GPL-2.0-only
/*
 * Restart, power-off and kexec: every cell is destroyed and EL2 given back, so that
 * firmware or the next kernel finds the machine as Linux would leave it. A panic does
 * not come by here, and leaves the cells running.
 */
#include <linux/reboot.h>

#include "cellblock.h"

static void end_cell(struct cell *cell)
{
	struct cb_error error = {};
	u32 id = cell->id;

	cb_cell_stop(cell, &error); /* it may be stopped already */
	if (cb_cell_destroy(cell, &error))
		pr_err("destroying cell %u for shutdown: code %u\n", id, error.code);
}

static void end_all(void)
{
	struct cb_error error = {};
	u32 id;

	for (id = CB_ROOT_CELL + 1; id < CB_MAX_CELLS; id++)
		if (cellblock.cells[id])
			end_cell(cellblock.cells[id]);
	if (cb_disable(&error))
		pr_err("disabling for shutdown: code %u\n", error.code);
}

/* From here on every request is refused. */
static int shut_down(struct notifier_block *block, unsigned long event, void *command)
{
	mutex_lock(&cellblock.lock);
	cellblock.shutting_down = true;
	if (cellblock.enabled)
		end_all();
	mutex_unlock(&cellblock.lock);
	return NOTIFY_DONE;
}

static struct notifier_block reboot_block = { .notifier_call = shut_down };

int cb_reboot_init(void)
{
	return register_reboot_notifier(&reboot_block);
}

void cb_reboot_exit(void)
{
	unregister_reboot_notifier(&reboot_block);
}
