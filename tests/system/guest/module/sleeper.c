// SPDX-License-Identifier: GPL-2.0-only
/*
 * A firmware that can suspend to RAM, as QEMU's cannot: "deep" is offered, and ends at once. For
 * tests only.
 */
#include <linux/module.h>
#include <linux/suspend.h>

static int wake_at_once(suspend_state_t state)
{
	return 0;
}

static const struct platform_suspend_ops operations = {
	.valid = suspend_valid_only_mem,
	.enter = wake_at_once,
};

static int __init sleeper_init(void)
{
	suspend_set_ops(&operations);
	return 0;
}
module_init(sleeper_init);

/* For ever: who asks for the operations asks without a lock. */
MODULE_DESCRIPTION("Suspend to RAM without firmware, for tests");
MODULE_LICENSE("GPL");
