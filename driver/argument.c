// SPDX-License-Identifier: GPL-2.0-only
/*
 * Arguments of ioctls between callers and modules of different versions: ioctl.h says what either
 * may rely on. That the layout stays, and is the same for callers of 32 bits, is checked here.
 */
#include <linux/build_bug.h>
#include <linux/minmax.h>
#include <linux/uaccess.h>

#include "cellblock.h"
#include "hypercall.h"

/* Without padding, and so the same wherever uint64_t is aligned to 4 or to 8 bytes. */
#define CHECK(type, member, offset) static_assert(offsetof(struct type, member) == (offset))
#define CHECK_SIZE(type, size)	    static_assert(sizeof(struct type) == (size))

CHECK_SIZE(cb_error, 80);
CHECK(cb_error, address, 16);
CHECK(cb_error, name, 48);

CHECK_SIZE(cb_ioc, 88);
CHECK(cb_ioc, argsz, 0);
CHECK(cb_ioc, flags, 4);
CHECK(cb_ioc, error, 8);

/* Every argument begins as struct cb_ioc does. */
#define CHECK_HEAD(type)       \
	CHECK(type, argsz, 0); \
	CHECK(type, flags, 4); \
	CHECK(type, error, 8)
CHECK_HEAD(cb_ioc_version);
CHECK_HEAD(cb_ioc_config);
CHECK_HEAD(cb_ioc_cell);
CHECK_HEAD(cb_ioc_load);
CHECK_HEAD(cb_ioc_start);
CHECK_HEAD(cb_ioc_info);
CHECK_HEAD(cb_ioc_get_config);

CHECK_SIZE(cb_ioc_version, 136);
CHECK(cb_ioc_version, abi, 88);
CHECK(cb_ioc_version, features, 96);
CHECK(cb_ioc_version, module, 104);
CHECK_SIZE(cb_ioc_config, 104);
CHECK(cb_ioc_config, data, 88);
CHECK(cb_ioc_config, size, 96);
CHECK(cb_ioc_config, cell, 100);
CHECK_SIZE(cb_ioc_cell, 96);
CHECK(cb_ioc_cell, cell, 88);
CHECK_SIZE(cb_ioc_load, 120);
CHECK(cb_ioc_load, cell, 88);
CHECK(cb_ioc_load, virt, 96);
CHECK(cb_ioc_load, data, 104);
CHECK(cb_ioc_load, size, 112);
CHECK_SIZE(cb_ioc_start, 112);
CHECK(cb_ioc_start, cell, 88);
CHECK(cb_ioc_start, entry, 96);
CHECK(cb_ioc_start, argument, 104);
CHECK_SIZE(cb_ioc_info, 112);
CHECK(cb_ioc_info, number, 88);
CHECK(cb_ioc_info, size, 92);
CHECK(cb_ioc_info, data, 96);
CHECK(cb_ioc_info, linux_cpu, 104);
CHECK_SIZE(cb_ioc_get_config, 104);
CHECK(cb_ioc_get_config, cell, 88);
CHECK(cb_ioc_get_config, size, 92);
CHECK(cb_ioc_get_config, data, 96);

CHECK_SIZE(cb_system_info, 1088);
CHECK(cb_system_info, pool_used, 16);
CHECK(cb_system_info, cells, 48);
CHECK(cb_system_info, touched, 64);
CHECK_SIZE(cb_cpu_info, 24 + 8 * CB_EXIT_COUNT);
CHECK(cb_cpu_info, exits, 24);
CHECK_SIZE(cb_cell_page, 120 + sizeof(struct cb_crash));
CHECK(cb_cell_page, log_size, 104 + sizeof(struct cb_crash));
CHECK(cb_cell_page, console_head, 56);
CHECK(cb_cell_page, crash, 72);
CHECK_SIZE(cb_crash, 360);
static_assert(CB_POOL_USES <= CB_INFO_POOL_USES);
static_assert(sizeof(struct cb_text) == CB_CELL_INPUT_MAX);

/* Nothing that a caller of today knows is so large; a page of zeros is not worth reading. */
#define MAX_ARGUMENT CB_PAGE_SIZE

/* What the module does not know of an argument must be zero. */
static int check_tail(const void __user *user, u32 argsz, u32 known)
{
	int zero;

	if (argsz <= known)
		return 0;
	if (argsz > MAX_ARGUMENT)
		return -E2BIG;
	zero = check_zeroed_user(user + known, argsz - known);
	return zero > 0 ? 0 : zero ?: -E2BIG;
}

/*
 * Fills @arg, which has @known bytes and is zero. @error is that of the argument when 0 or -E2BIG
 * is returned: there is a caller that can be told.
 */
int cb_argument_read(struct cb_ioc *arg, u32 known, const void __user *user)
{
	u32 argsz;

	if (get_user(argsz, (const u32 __user *)user))
		return -EFAULT;
	if (argsz < sizeof(*arg))
		return -EINVAL;
	if (copy_from_user(arg, user, min(argsz, known)))
		return -EFAULT;
	arg->argsz = argsz; /* whatever the second look at it saw */
	return check_tail(user, argsz, known);
}

/* Gives back what the caller has room for. */
int cb_argument_write(void __user *user, const struct cb_ioc *arg, u32 known)
{
	return copy_to_user(user, arg, min(arg->argsz, known)) ? -EFAULT : 0;
}

/*
 * Whether request and module are of one mind: @least bytes are no use without more, @read is what
 * cb_argument_read() returned.
 */
int cb_argument_check(struct cb_ioc *arg, u32 least, u32 known, int read)
{
	if (read == -E2BIG || arg->argsz < least) {
		refuse(&arg->error, CB_ERR_REQUEST_SIZE, .size = arg->argsz, .other_size = known);
		return read ?: -EINVAL;
	}
	if (arg->flags)
		return refuse(&arg->error, CB_ERR_REQUEST_FLAGS, .flags = arg->flags);
	return 0;
}
