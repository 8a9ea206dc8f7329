// SPDX-License-Identifier: GPL-2.0-only
/*
 * Faults of the driver's test build (make faults), and its way to those of the hypervisor:
 * "NAME COUNT" written to the module's parameter "fault". The parameter reads as the counts
 * that are left, a line each.
 */
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/string.h>

#include "cellblock.h"
#include "hypercall.h"

#undef firmware_request_nowarn

static atomic_t driver_counts[DRIVER_FAULTS];
static u64 hv_counts[HV_FAULTS]; /* cellblock.lock */

static const char *const driver_names[] = {
	[DRIVER_FAULT_MEMORY] = "memory",
	[DRIVER_FAULT_CPU_DOWN] = "cpu-down",
	[DRIVER_FAULT_CPU_UP] = "cpu-up",
};

static const char *const hv_names[] = {
	[HV_FAULT_POOL] = "pool",	    [HV_FAULT_WAKE] = "wake",
	[HV_FAULT_LATE] = "late",	    [HV_FAULT_CPU_ON] = "cpu-on",
	[HV_FAULT_FIRMWARE] = "firmware",   [HV_FAULT_OFF] = "off",
	[HV_FAULT_SERROR] = "serror",	    [HV_FAULT_LOCK] = "lock",
	[HV_FAULT_ROOT_LOCK] = "root-lock", [HV_FAULT_STARTUP] = "startup",
	[HV_FAULT_CLEAR] = "clear",	    [HV_FAULT_NO_MEMORY] = "no-memory",
	[HV_FAULT_PROMISE] = "promise",	    [HV_FAULT_ROOT_PROMISE] = "root-promise",
};

bool fault_is_due(enum driver_fault fault)
{
	return atomic_dec_if_positive(&driver_counts[fault]) == 0;
}

/* An image of the test build has its counts behind the signature; other images have none. */
static void write_counts(const struct firmware *image)
{
	size_t size = HV_FAULTS_SIGNATURE_SIZE + sizeof(hv_counts), at;

	for (at = 0; at + size <= image->size; at += sizeof(u64)) {
		u8 *here = (u8 *)image->data + at;

		if (memcmp(here, HV_FAULTS_SIGNATURE, HV_FAULTS_SIGNATURE_SIZE))
			continue;
		memcpy(here + HV_FAULTS_SIGNATURE_SIZE, hv_counts, sizeof(hv_counts));
		return;
	}
}

int fault_request_image(const struct firmware **image, const char *name, struct device *device)
{
	int err = firmware_request_nowarn(image, name, device);

	if (!err)
		write_counts(*image);
	return err;
}

static void set_hv_count(enum hv_fault fault, u64 count)
{
	mutex_lock(&cellblock.lock);
	hv_counts[fault] = count;
	if (cellblock.enabled)
		hvc_call(CB_HVC_FAULT, fault, count, 0);
	mutex_unlock(&cellblock.lock);
}

static int set_fault(const char *text, const struct kernel_param *unused)
{
	unsigned int count;
	char name[16];
	int i;

	if (sscanf(text, "%15s %u", name, &count) != 2)
		return -EINVAL;
	i = match_string(driver_names, DRIVER_FAULTS, name);
	if (i >= 0) {
		atomic_set(&driver_counts[i], count);
		return 0;
	}
	i = match_string(hv_names, HV_FAULTS, name);
	if (i < 0)
		return -EINVAL;
	set_hv_count(i, count);
	return 0;
}

static int get_faults(char *text, const struct kernel_param *unused)
{
	int i, size = 0;

	for (i = 0; i < DRIVER_FAULTS; i++)
		size += scnprintf(text + size, PAGE_SIZE - size, "%s %d\n", driver_names[i],
				  atomic_read(&driver_counts[i]));
	return size;
}

static const struct kernel_param_ops fault_ops = { .set = set_fault, .get = get_faults };
module_param_cb(fault, &fault_ops, NULL, 0600);
MODULE_PARM_DESC(fault, "NAME COUNT: what is to fail");
