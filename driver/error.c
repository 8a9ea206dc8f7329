// SPDX-License-Identifier: GPL-2.0-only
/* The errno that an ioctl returns with each code, and records that name something. */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/string.h>

#include "cellblock.h"

/* Codes that are more than "invalid". */
static const struct {
	u8 code;
	u8 number;
} errnos[] = {
	{ CB_ERR_REGION_OTHER_CELL, EBUSY }, { CB_ERR_REGION_IN_USE, EBUSY },
	{ CB_ERR_REGION_SYSTEM_RAM, EBUSY }, { CB_ERR_IRQ_OTHER_CELL, EBUSY },
	{ CB_ERR_IRQ_IN_USE, EBUSY },	     { CB_ERR_CPU_NOT_ROOTS, EBUSY },
	{ CB_ERR_CPU_ONLINE, EBUSY },	     { CB_ERR_CPU_OFFLINE_FAILED, EBUSY },
	{ CB_ERR_CPU_NO_ANSWER, ETIMEDOUT }, { CB_ERR_CELL_UNKNOWN, ENOENT },
	{ CB_ERR_CELL_NAME_TAKEN, EEXIST },  { CB_ERR_CELL_STATE, EBUSY },
	{ CB_ERR_CELL_ROOT, EPERM },	     { CB_ERR_CELL_LIMIT, ENOSPC },
	{ CB_ERR_CELLS_EXIST, EBUSY },	     { CB_ERR_BUSY, EINTR },
	{ CB_ERR_NO_MEMORY, ENOMEM },	     { CB_ERR_ALREADY_ENABLED, EBUSY },
	{ CB_ERR_NOT_ENABLED, ENODEV },	     { CB_ERR_KERNEL_AT_EL2, ENODEV },
	{ CB_ERR_NO_EL2, ENODEV },	     { CB_ERR_EL2_IN_USE, EBUSY },
	{ CB_ERR_IMAGE_MISSING, ENOENT },    { CB_ERR_IMAGE_TRUNCATED, ENOEXEC },
	{ CB_ERR_IMAGE_SIGNATURE, ENOEXEC }, { CB_ERR_IMAGE_ABI, ENOEXEC },
	{ CB_ERR_IMAGE_ARCH, ENOEXEC },	     { CB_ERR_HV_SYSTEM_RAM, EBUSY },
	{ CB_ERR_GIC_VERSION, ENODEV },	     { CB_ERR_GIC_ADDRESS, ENODEV },
	{ CB_ERR_GIC_MISSING, ENODEV },	     { CB_ERR_NOT_ROOT_USER, EPERM },
	{ CB_ERR_HOST_MEMORY, ENOMEM },	     { CB_ERR_HOST_FAULT, EFAULT },
	{ CB_ERR_LINUX_ERRNO, EIO },	     { CB_ERR_NOT_PERMITTED, EPERM },
	{ CB_ERR_SHUTTING_DOWN, ESHUTDOWN }, { CB_ERR_CPU_TAKEN, EBUSY },
	{ CB_ERR_REGION_NO_MEMORY, ENXIO },  { CB_ERR_REGION_FIRMWARE, EBUSY },
	{ CB_ERR_CELL_MEMORY, EIO },	     { CB_ERR_REQUEST_SIZE, E2BIG },
	{ CB_ERR_LOCKED_IMAGE, EPERM },	     { CB_ERR_LOCKED_HYPERVISOR, EPERM },
	{ CB_ERR_LOCKED_REGION, EPERM },     { CB_ERR_LOCKED_DEVICE, EPERM },
	{ CB_ERR_LOCKED_SMC, EPERM },	     { CB_ERR_LOCKED_CONSOLE, EPERM },
	{ CB_ERR_GIC_UNKNOWN, ENODEV },	     { CB_ERR_CONSOLE_INPUT, EOPNOTSUPP },
};

int cb_error_errno(u32 code)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(errnos); i++)
		if (errnos[i].code == code)
			return -errnos[i].number;
	return -EINVAL;
}

int cb_refuse_named(struct cb_error *error, u32 code, const char *name)
{
	int err = refuse(error, code);

	strscpy(error->name, name, sizeof(error->name));
	return err;
}

/* @err is negative, as Linux returns it. */
int cb_refuse_errno(struct cb_error *error, const char *what, int err)
{
	cb_refuse_named(error, CB_ERR_LINUX_ERRNO, what);
	error->linux_error = (s64)err;
	return err;
}
