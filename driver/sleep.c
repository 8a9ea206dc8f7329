// SPDX-License-Identifier: GPL-2.0-only
/*
 * A sleep that only firmware ends (PSCI SYSTEM_SUSPEND) is nothing that the hypervisor passes on:
 * it would stop the cells. Linux would find out when all its devices are suspended, clocks and
 * pins that cells live on among them. So it is told when it asks the devices to prepare, the
 * first moment at which the kind of sleep can be known; s2idle goes on.
 */
#include <linux/device.h>
#include <linux/pm.h>
#include <linux/pm_domain.h>
#include <linux/suspend.h>

#include "cellblock.h"

static int prepare_sleep(struct device *device)
{
	suspend_state_t state = pm_suspend_target_state;

	if (!READ_ONCE(cellblock.enabled) || state == PM_SUSPEND_ON || state == PM_SUSPEND_TO_IDLE)
		return 0;
	pr_err("no sleep but s2idle while the hypervisor is enabled: write \"s2idle\" to "
	       "/sys/power/mem_sleep, or \"cellctl disable\" first\n");
	return -EBUSY;
}

static struct dev_pm_domain domain = { .ops = { .prepare = prepare_sleep } };

void cb_sleep_init(void)
{
	dev_pm_domain_set(cellblock.misc.this_device, &domain);
}

void cb_sleep_exit(void)
{
	dev_pm_domain_set(cellblock.misc.this_device, NULL);
}
