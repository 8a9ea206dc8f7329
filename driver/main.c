// SPDX-License-Identifier: GPL-2.0-only
/*
 * /dev/cellblock: the module's beginning and end, and its requests. A request is copied
 * in as a whole, run, and copied out with its error record, whether it failed or not.
 * Argument sizes: argument.c.
 */
#include <linux/capability.h>
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/nospec.h>
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
	return reserved ? refuse(error, CB_ERR_ARGUMENT, .value = reserved) : 0;
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

	if (require_zero(request->cell, error))
		return cb_error_errno(error->code);
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

	if (require_zero(request->cell, error))
		return cb_error_errno(error->code);
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

static int run_version(struct file *file, void *arg, struct cb_error *error)
{
	struct cb_ioc_version *request = arg;

	if (require_zero(request->reserved, error))
		return cb_error_errno(error->code);
	request->abi = CB_IOC_ABI;
	request->features = cb_lockdown_pins_image() ? CB_FEATURE_IMAGE_PINNED : 0;
	strscpy(request->module, CELLBLOCK_VERSION, sizeof(request->module));
	return 0;
}

static int run_info(struct file *file, void *arg, struct cb_error *error)
{
	return cb_info_give(arg, cb_info_of_all, error);
}

static int run_cell_info(struct file *file, void *arg, struct cb_error *error)
{
	return cb_info_give(arg, cb_info_of_cell, error);
}

static int run_cpu_info(struct file *file, void *arg, struct cb_error *error)
{
	return cb_info_give(arg, cb_info_of_cpu, error);
}

static int run_get_config(struct file *file, void *arg, struct cb_error *error)
{
	return cb_info_give_config(arg, error);
}

static int run_console(struct file *file, void *arg, struct cb_error *error)
{
	const struct cb_ioc_cell *request = arg;

	return cb_console_select(file->private_data, request->cell, request->from, error);
}

/* ---- Dispatch ---- */

struct request {
	unsigned int command;
	u16 least;  /* bytes of the argument that no caller can do without */
	u16 size;   /* of the argument as it is known here */
	bool admin; /* needs CAP_SYS_ADMIN */
	int (*run)(struct file *file, void *arg, struct cb_error *error);
};

#define REQUEST(command_, type, last, admin_, run_)                      \
	[_IOC_NR(command_)] = { .command = (command_),                   \
				.least = offsetofend(struct type, last), \
				.size = sizeof(struct type),             \
				.admin = (admin_),                       \
				.run = (run_) }

static const struct request requests[] = {
	REQUEST(CB_IOC_ENABLE, cb_ioc_config, size, true, run_enable),
	REQUEST(CB_IOC_DISABLE, cb_ioc, error, true, run_disable),
	REQUEST(CB_IOC_CREATE, cb_ioc_config, cell, true, run_create),
	REQUEST(CB_IOC_LOAD_BEGIN, cb_ioc_cell, cell, true, run_load_begin),
	REQUEST(CB_IOC_LOAD, cb_ioc_load, size, true, run_load),
	REQUEST(CB_IOC_START, cb_ioc_start, argument, true, run_start),
	REQUEST(CB_IOC_STOP, cb_ioc_cell, cell, true, run_stop),
	REQUEST(CB_IOC_DESTROY, cb_ioc_cell, cell, true, run_destroy),
	REQUEST(CB_IOC_INFO, cb_ioc_info, data, false, run_info),
	REQUEST(CB_IOC_CELL_INFO, cb_ioc_info, data, false, run_cell_info),
	REQUEST(CB_IOC_CPU_INFO, cb_ioc_info, linux_cpu, false, run_cpu_info),
	REQUEST(CB_IOC_GET_CONFIG, cb_ioc_get_config, data, false, run_get_config),
	REQUEST(CB_IOC_CONSOLE, cb_ioc_cell, cell, false, run_console),
	REQUEST(CB_IOC_VERSION, cb_ioc_version, features, false, run_version),
};

static const struct request *find_request(unsigned int command)
{
	unsigned int nr = _IOC_NR(command);

	if (nr >= ARRAY_SIZE(requests))
		return NULL;
	nr = array_index_nospec(nr, ARRAY_SIZE(requests));
	return requests[nr].command == command ? &requests[nr] : NULL;
}

/*
 * @read: what reading the argument ended with, 0 or -E2BIG. After success the record says CB_OK,
 * whatever was tried on the way.
 */
static int run_request(const struct request *request, struct file *file, struct cb_ioc *arg,
		       int read)
{
	int err;

	if (request->admin && !capable(CAP_SYS_ADMIN))
		return refuse(&arg->error, CB_ERR_NOT_ROOT_USER);
	err = cb_argument_check(arg, request->least, request->size, read);
	if (err)
		return err;
	err = request->run(file, arg, &arg->error);
	if (!err)
		refuse(&arg->error, CB_OK);
	return err;
}

static int read_and_run(const struct request *request, struct file *file, struct cb_ioc *arg,
			void __user *user)
{
	int err = cb_argument_read(arg, request->size, user);

	if (err && err != -E2BIG)
		return err;
	err = run_request(request, file, arg, err);
	return cb_argument_write(user, arg, request->size) ?: err;
}

static long device_ioctl(struct file *file, unsigned int command, unsigned long user)
{
	const struct request *request = find_request(command);
	struct cb_ioc *arg;
	int err;

	if (!request)
		return -ENOTTY;
	arg = kzalloc(request->size, GFP_KERNEL_ACCOUNT);
	if (!arg)
		return -ENOMEM;
	err = read_and_run(request, file, arg, (void __user *)user);
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

static ssize_t device_write(struct file *file, const char __user *from, size_t size, loff_t *unused)
{
	if (!capable(CAP_SYS_ADMIN))
		return -EPERM;
	return cb_console_write(file->private_data, from, size, file->f_flags & O_NONBLOCK);
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
	.write = device_write,
	.poll = device_poll,
	.unlocked_ioctl = device_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
};

/* The device comes last, and with its directories (sysfs.c): who can open it finds all ready. */
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
	err = cb_cpus_init();
	if (err)
		return err;
	err = cb_reboot_init();
	if (err)
		goto exit_cpus;
	err = cb_memory_init();
	if (err)
		goto exit_reboot;
	err = misc_register(&cellblock.misc);
	if (err)
		goto exit_memory;
	cb_sleep_init();
	cb_note_kernel();
	return 0;

exit_memory:
	cb_memory_exit();
exit_reboot:
	cb_reboot_exit();
exit_cpus:
	cb_cpus_exit();
	cb_sysfs_exit();
	return err;
}
module_init(cellblock_init);

/* Enabled, the module holds a reference to itself: here nothing is left to undo. */
static void __exit cellblock_exit(void)
{
	cb_sleep_exit();
	cb_sysfs_exit();
	misc_deregister(&cellblock.misc);
	cb_watch_stop();
	cb_memory_exit();
	cb_reboot_exit();
	cb_cpus_exit();
}
module_exit(cellblock_exit);

MODULE_DESCRIPTION("Cellblock: static partitioning of a running Linux system");
MODULE_AUTHOR("Cellblock maintainers <maintainers@cellblock.example>");
MODULE_VERSION(CELLBLOCK_VERSION);
MODULE_LICENSE("GPL");
