// SPDX-License-Identifier: GPL-2.0-only
/*
 * /dev/cellblock: the module's beginning and end, and its requests. A request is copied
 * in as a whole, run, and copied out with its error record, whether it failed or not.
 */
#include <linux/capability.h>
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/poll.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "cellblock.h"

/*
 * What changes which cells there are comes one at a time. Only a dying process does not wait for
 * its turn.
 */
static int lock_operations(struct cb_error *error)
{
	return mutex_lock_killable(&cellblock.lock) ? refuse(error, CB_ERR_BUSY) : 0;
}

static int require_zero(u32 reserved, struct cb_error *error)
{
	return reserved ? refuse(error, CB_ERR_ARGUMENT, .address = reserved) : 0;
}

/* ---- The whole ---- */

static int enable_locked(struct cb_system_config *config, struct cb_error *error)
{
	int err = lock_operations(error);

	if (err)
		return err;
	err = cb_enable(config, error);
	mutex_unlock(&cellblock.lock);
	return err;
}

static int run_enable(struct file *file, void *arg, struct cb_error *error)
{
	struct cb_ioc_config *request = arg;
	struct cb_system_config *config;
	int err;

	config = cb_copy_config(request->data, request->size, CB_CONFIG_SYSTEM, error);
	if (!config)
		return cb_error_errno(error->code);
	err = enable_locked(config, error);
	if (err)
		cb_free_config(config);
	return err;
}

static int run_disable(struct file *file, void *arg, struct cb_error *error)
{
	int err = lock_operations(error);

	if (err)
		return err;
	err = cb_require_enabled(error) ?: cb_disable(error);
	mutex_unlock(&cellblock.lock);
	return err;
}

/* ---- Cells ---- */

static int create_locked(struct cb_cell_config *config, u32 *id, struct cb_error *error)
{
	int err = lock_operations(error);

	if (err) {
		cb_free_config(config);
		return err;
	}
	err = cb_cell_create(config, id, error);
	mutex_unlock(&cellblock.lock);
	return err;
}

static int run_create(struct file *file, void *arg, struct cb_error *error)
{
	struct cb_ioc_config *request = arg;
	struct cb_cell_config *config;

	config = cb_copy_config(request->data, request->size, CB_CONFIG_CELL, error);
	if (!config)
		return cb_error_errno(error->code);
	return create_locked(config, &request->cell, error);
}

/* A reference to the cell that a request is for. Operations take locks themselves. */
static struct cell *get_cell(u32 id, u32 reserved, struct cb_error *error)
{
	return require_zero(reserved, error) ? NULL : cb_get_nonroot_cell(id, error);
}

static int run_on_cell(struct cb_ioc_cell *request, struct cb_error *error,
		       int (*operation)(struct cell *cell, struct cb_error *error))
{
	struct cell *cell = get_cell(request->cell, request->reserved, error);
	int err;

	if (!cell)
		return cb_error_errno(error->code);
	err = operation(cell, error);
	kobject_put(&cell->kobj);
	cb_watch_start();
	return err;
}

static int run_load_begin(struct file *file, void *arg, struct cb_error *error)
{
	return run_on_cell(arg, error, cb_cell_load_begin);
}

static int run_stop(struct file *file, void *arg, struct cb_error *error)
{
	return run_on_cell(arg, error, cb_cell_stop);
}

static int run_destroy(struct file *file, void *arg, struct cb_error *error)
{
	return run_on_cell(arg, error, cb_cell_destroy);
}

static int run_load(struct file *file, void *arg, struct cb_error *error)
{
	const struct cb_ioc_load *request = arg;
	struct cell *cell = get_cell(request->cell, request->reserved, error);
	int err;

	if (!cell)
		return cb_error_errno(error->code);
	err = cb_cell_load(cell, request, error);
	kobject_put(&cell->kobj);
	return err;
}

static int run_start(struct file *file, void *arg, struct cb_error *error)
{
	const struct cb_ioc_start *request = arg;
	struct cell *cell = get_cell(request->cell, request->reserved, error);
	int err;

	if (!cell)
		return cb_error_errno(error->code);
	err = cb_cell_start(cell, request->entry, request->argument, error);
	kobject_put(&cell->kobj);
	cb_watch_start();
	return err;
}

/* ---- Information: needs no privilege but the open file, and waits for no operation ---- */

static int run_info(struct file *file, void *arg, struct cb_error *error)
{
	struct cb_ioc_info *request = arg;
	int err;

	down_read(&cellblock.pages_lock);
	err = cb_require_enabled(error);
	if (!err)
		request->info = *cellblock.public;
	up_read(&cellblock.pages_lock);
	return err;
}

static int run_cell_info(struct file *file, void *arg, struct cb_error *error)
{
	struct cb_ioc_cell_info *request = arg;
	const struct cell *cell;

	if (require_zero(request->reserved, error))
		return cb_error_errno(error->code);
	down_read(&cellblock.pages_lock);
	cell = cb_find_cell(request->cell, error);
	if (cell)
		request->info = *cell->page;
	up_read(&cellblock.pages_lock);
	return cell ? 0 : cb_error_errno(error->code);
}

static int copy_cpu_info(struct cb_ioc_cpu_info *request, struct cb_error *error)
{
	int err = cb_require_enabled(error);

	if (err)
		return err;
	if (request->cpu >= cellblock.config->cpus.count)
		return refuse(error, CB_ERR_CPU_UNKNOWN, .index = request->cpu);
	request->linux_cpu = cellblock.linux_cpu[request->cpu];
	request->info = *cb_cpu_info(request->cpu);
	return 0;
}

static int run_cpu_info(struct file *file, void *arg, struct cb_error *error)
{
	int err;

	down_read(&cellblock.pages_lock);
	err = copy_cpu_info(arg, error);
	up_read(&cellblock.pages_lock);
	return err;
}

/* A copy, so that no lock is held while it goes to user space. */
static void *copy_of_config(struct cb_ioc_get_config *request, struct cb_error *error)
{
	const struct cell *cell = cb_find_cell(request->cell, error);
	u32 room = request->size;
	void *copy;

	if (!cell)
		return NULL;
	request->size = cell->config->header.size;
	if (request->size > room) {
		refuse(error, CB_ERR_CONFIG_TOO_LARGE, .size = request->size, .other_size = room);
		return NULL;
	}
	copy = kmemdup(cell->config, request->size, GFP_KERNEL);
	if (!copy)
		refuse(error, CB_ERR_HOST_MEMORY);
	return copy;
}

static int run_get_config(struct file *file, void *arg, struct cb_error *error)
{
	struct cb_ioc_get_config *request = arg;
	void *copy;
	int err = 0;

	down_read(&cellblock.pages_lock);
	copy = copy_of_config(request, error);
	up_read(&cellblock.pages_lock);
	if (!copy)
		return cb_error_errno(error->code);
	if (copy_to_user(u64_to_user_ptr(request->data), copy, request->size))
		err = refuse(error, CB_ERR_HOST_FAULT, .address = request->data,
			     .size = request->size);
	kfree(copy);
	return err;
}

static int run_console(struct file *file, void *arg, struct cb_error *error)
{
	const struct cb_ioc_cell *request = arg;

	return require_zero(request->reserved, error)
		       ?: cb_console_select(file->private_data, request->cell, error);
}

/* ---- Dispatch ---- */

struct request {
	unsigned int command;
	u32 error;  /* offset of the record in the argument */
	bool admin; /* needs CAP_SYS_ADMIN */
	int (*run)(struct file *file, void *arg, struct cb_error *error);
};

#define REQUEST(command_, type, admin_, run_)                          \
	[_IOC_NR(command_)] = { .command = (command_),                 \
				.error = offsetof(struct type, error), \
				.admin = (admin_),                     \
				.run = (run_) }

static const struct request requests[] = {
	REQUEST(CB_IOC_ENABLE, cb_ioc_config, true, run_enable),
	REQUEST(CB_IOC_DISABLE, cb_ioc_cell, true, run_disable),
	REQUEST(CB_IOC_CREATE, cb_ioc_config, true, run_create),
	REQUEST(CB_IOC_LOAD_BEGIN, cb_ioc_cell, true, run_load_begin),
	REQUEST(CB_IOC_LOAD, cb_ioc_load, true, run_load),
	REQUEST(CB_IOC_START, cb_ioc_start, true, run_start),
	REQUEST(CB_IOC_STOP, cb_ioc_cell, true, run_stop),
	REQUEST(CB_IOC_DESTROY, cb_ioc_cell, true, run_destroy),
	REQUEST(CB_IOC_INFO, cb_ioc_info, false, run_info),
	REQUEST(CB_IOC_CELL_INFO, cb_ioc_cell_info, false, run_cell_info),
	REQUEST(CB_IOC_CPU_INFO, cb_ioc_cpu_info, false, run_cpu_info),
	REQUEST(CB_IOC_GET_CONFIG, cb_ioc_get_config, false, run_get_config),
	REQUEST(CB_IOC_CONSOLE, cb_ioc_cell, false, run_console),
};

static const struct request *find_request(unsigned int command)
{
	unsigned int nr = _IOC_NR(command);

	if (nr >= ARRAY_SIZE(requests) || requests[nr].command != command)
		return NULL;
	return &requests[nr];
}

/* After success the record says CB_OK, whatever was tried on the way. */
static int run_request(const struct request *request, struct file *file, void *arg)
{
	struct cb_error *error = arg + request->error;
	int err;

	if (request->admin && !capable(CAP_SYS_ADMIN))
		return refuse(error, CB_ERR_NOT_ROOT_USER);
	err = request->run(file, arg, error);
	if (!err)
		refuse(error, CB_OK);
	return err;
}

static long device_ioctl(struct file *file, unsigned int command, unsigned long user)
{
	const struct request *request = find_request(command);
	void *arg;
	int err;

	if (!request)
		return -ENOTTY;
	arg = memdup_user((void __user *)user, _IOC_SIZE(command));
	if (IS_ERR(arg))
		return PTR_ERR(arg);
	err = run_request(request, file, arg);
	if (copy_to_user((void __user *)user, arg, _IOC_SIZE(command)))
		err = -EFAULT;
	kfree(arg);
	return err;
}

/* ---- The device ---- */

static int device_open(struct inode *inode, struct file *file)
{
	file->private_data = cb_console_new();
	return file->private_data ? stream_open(inode, file) : -ENOMEM;
}

static int device_release(struct inode *inode, struct file *file)
{
	cb_console_free(file->private_data);
	return 0;
}

static ssize_t device_read(struct file *file, char __user *to, size_t size, loff_t *unused)
{
	return cb_console_read(file->private_data, to, size, file->f_flags & O_NONBLOCK);
}

static __poll_t device_poll(struct file *file, poll_table *wait)
{
	return cb_console_poll(file->private_data, file, wait);
}

static const struct file_operations device_operations = {
	.owner = THIS_MODULE,
	.open = device_open,
	.release = device_release,
	.read = device_read,
	.poll = device_poll,
	.unlocked_ioctl = device_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
};

static int __init cellblock_init(void)
{
	int err;

	cellblock.misc = (struct miscdevice){
		.minor = MISC_DYNAMIC_MINOR,
		.name = "cellblock",
		.fops = &device_operations,
		.groups = cb_device_groups,
		.mode = 0600,
	};
	err = misc_register(&cellblock.misc);
	if (err)
		return err;
	err = cb_sysfs_init();
	if (err)
		goto deregister;
	err = cb_cpus_init();
	if (err)
		goto exit_sysfs;
	err = cb_reboot_init();
	if (err)
		goto exit_cpus;
	err = cb_memory_init();
	if (err)
		goto exit_reboot;
	cb_note_kernel();
	return 0;

exit_reboot:
	cb_reboot_exit();
exit_cpus:
	cb_cpus_exit();
exit_sysfs:
	cb_sysfs_exit();
deregister:
	misc_deregister(&cellblock.misc);
	return err;
}
module_init(cellblock_init);

/* Enabled, the module holds a reference to itself: here nothing is left to undo. */
static void __exit cellblock_exit(void)
{
	cb_memory_exit();
	cb_reboot_exit();
	cb_cpus_exit();
	cb_watch_stop();
	cb_sysfs_exit();
	misc_deregister(&cellblock.misc);
}
module_exit(cellblock_exit);

MODULE_DESCRIPTION("Cellblock: static partitioning of a running Linux system");
MODULE_LICENSE("GPL");
