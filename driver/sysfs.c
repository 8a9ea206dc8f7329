// SPDX-License-Identifier: GPL-2.0-only
/*
 * /sys/class/misc/cellblock:
 *
 *	enabled, pool_pages, pool_used
 *	cells/<id>/{name,state,cpus,pages,flags,crash}
 *	cpus/<n>/{cell,state,linux_cpu,mpidr} and exits/<reason>
 *
 * All of it is read from the hypervisor's public pages, without an exit. Files of
 * something that is going away read as ENODEV. What tells of a cell's work, crash and exits, is
 * for root; others may read it from the device if they may open that.
 */
#include <linux/device.h>
#include <linux/kobject.h>
#include <linux/slab.h>
#include <linux/sysfs.h>

#include "cellblock.h"
#include "names.h"

static struct kobject *cells_dir, *cpus_dir; /* NULL: there was no memory for it */

/* May be called more than once (sysfs_create_group() does since 6.9). */
static void make_directories(struct kobject *device)
{
	cells_dir = cells_dir ?: kobject_create_and_add("cells", device);
	cpus_dir = cpus_dir ?: kobject_create_and_add("cpus", device);
}

/* ---- The device ---- */

/* Defines a file of the device. Its expression is about *public. */
#define PUBLIC_ATTR(file, format, expression)                                                    \
	static ssize_t file##_show(struct device *dev, struct device_attribute *attr, char *buf) \
	{                                                                                        \
		const struct cb_public *public;                                                  \
		ssize_t size = -ENODEV;                                                          \
                                                                                                 \
		down_read(&cellblock.pages_lock);                                                \
		public = cellblock.public;                                                       \
		if (cellblock.enabled)                                                           \
			size = sysfs_emit(buf, format "\n", expression);                         \
		up_read(&cellblock.pages_lock);                                                  \
		return size;                                                                     \
	}                                                                                        \
	static DEVICE_ATTR_RO(file)

static u32 count_used(const struct cb_public *public)
{
	u32 use, used = 0;

	for (use = CB_POOL_FREE + 1; use < CB_POOL_USES; use++)
		used += READ_ONCE(public->pool_used[use]);
	return used;
}

PUBLIC_ATTR(pool_pages, "%u", public->pool_pages);
PUBLIC_ATTR(pool_used, "%u", count_used(public));

static ssize_t enabled_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%d\n", READ_ONCE(cellblock.enabled));
}
static DEVICE_ATTR_RO(enabled);

static struct attribute *device_attrs[] = { &dev_attr_enabled.attr, &dev_attr_pool_pages.attr,
					    &dev_attr_pool_used.attr, NULL };

/*
 * The files are made while the device is, before anybody hears of it. What is not made of
 * attributes is made along with them, so that it is there by then, too.
 */
static umode_t show_device_attr(struct kobject *device, struct attribute *attr, int which)
{
	if (!which)
		make_directories(device);
	return attr->mode;
}

static const struct attribute_group device_group = { .attrs = device_attrs,
						     .is_visible = show_device_attr };

const struct attribute_group *cb_device_groups[] = { &device_group, NULL };

void cb_sysfs_enabled_changed(void)
{
	struct kobject *device = &cellblock.misc.this_device->kobj;

	sysfs_notify(device, NULL, "enabled");
	kobject_uevent(device, KOBJ_CHANGE);
}

/* ---- Cells ---- */

static struct cell *to_cell(struct kobject *kobj)
{
	return container_of(kobj, struct cell, kobj);
}

/* Defines a file of a cell. Its expression is about *page. */
#define CELL_ATTR(file, format, ...)                                                             \
	static ssize_t file##_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf) \
	{                                                                                        \
		const struct cb_cell_page *page;                                                 \
		ssize_t size = -ENODEV;                                                          \
                                                                                                 \
		down_read(&cellblock.pages_lock);                                                \
		page = to_cell(kobj)->page;                                                      \
		if (page)                                                                        \
			size = sysfs_emit(buf, format "\n", __VA_ARGS__);                        \
		up_read(&cellblock.pages_lock);                                                  \
		return size;                                                                     \
	}                                                                                        \
	static struct kobj_attribute cell_attr_##file = __ATTR_RO(file)

CELL_ATTR(name, "%.*s", CB_NAME_SIZE, page->name);
CELL_ATTR(state, "%s", cb_cell_state_name(READ_ONCE(page->state)));
CELL_ATTR(cpus, "0x%llx", READ_ONCE(page->cpus));
CELL_ATTR(pages, "%u", READ_ONCE(page->pages));
CELL_ATTR(flags, "0x%x", READ_ONCE(page->flags));

static ssize_t emit_crash(char *buf, const struct cb_cell_page *page)
{
	const struct cb_crash *crash = &page->crash;

	if (READ_ONCE(page->state) != CB_CELL_FAILED)
		return sysfs_emit(buf, "none\n");
	smp_rmb(); /* the record was written before the state */
	return sysfs_emit(buf,
			  "%s cpu=%u esr=0x%llx far=0x%llx ipa=0x%llx elr=0x%llx spsr=0x%llx\n",
			  cb_crash_reason_name(crash->reason), crash->cpu, crash->esr, crash->far,
			  crash->ipa, crash->elr, crash->spsr);
}

static ssize_t crash_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	ssize_t size = -ENODEV;

	down_read(&cellblock.pages_lock);
	if (to_cell(kobj)->page)
		size = emit_crash(buf, to_cell(kobj)->page);
	up_read(&cellblock.pages_lock);
	return size;
}
static struct kobj_attribute cell_attr_crash = __ATTR_RO_MODE(crash, 0400);

static struct attribute *cell_attrs[] = { &cell_attr_name.attr,
					  &cell_attr_state.attr,
					  &cell_attr_cpus.attr,
					  &cell_attr_pages.attr,
					  &cell_attr_flags.attr,
					  &cell_attr_crash.attr,
					  NULL };
ATTRIBUTE_GROUPS(cell);

static void cell_release(struct kobject *kobj)
{
	struct cell *cell = to_cell(kobj);

	if (cell->id != CB_ROOT_CELL)
		cb_free_config(cell->config);
	kfree(cell->claims);
	kfree(cell);
}

KTYPE_CONST struct kobj_type cb_cell_type = {
	.release = cell_release,
	.sysfs_ops = &kobj_sysfs_ops,
	.default_groups = cell_groups,
};

int cb_sysfs_add_cell(struct cell *cell)
{
	return cells_dir ? kobject_add(&cell->kobj, cells_dir, "%u", cell->id) : -ENOMEM;
}

void cb_sysfs_cell_changed(struct cell *cell)
{
	sysfs_notify(&cell->kobj, NULL, "state");
}

/* ---- CPUs ---- */

struct cpu_object {
	struct kobject kobj;
	u32 cpu;
};

static struct cpu_object *cpu_objects[CB_MAX_CPUS]; /* cellblock.lock */

static u32 to_cpu(struct kobject *kobj)
{
	return container_of(kobj, struct cpu_object, kobj)->cpu;
}

/* Defines a file of a CPU. Its expression is about *page and attr. */
#define CPU_SHOW(function, format, expression)                                                \
	static ssize_t function(struct kobject *kobj, struct kobj_attribute *attr, char *buf) \
	{                                                                                     \
		const struct cb_cpu_info *page;                                               \
		ssize_t size = -ENODEV;                                                       \
                                                                                              \
		down_read(&cellblock.pages_lock);                                             \
		page = cb_cpu_info(to_cpu(kobj));                                             \
		if (cellblock.enabled)                                                        \
			size = sysfs_emit(buf, format "\n", expression);                      \
		up_read(&cellblock.pages_lock);                                               \
		return size;                                                                  \
	}

static u32 exit_reason(const struct kobj_attribute *attr);

CPU_SHOW(cpu_cell_show, "%u", READ_ONCE(page->cell))
CPU_SHOW(cpu_state_show, "%s", cb_cpu_state_name(READ_ONCE(page->state)))
CPU_SHOW(cpu_linux_cpu_show, "%d", cellblock.linux_cpu[page->cpu])
CPU_SHOW(cpu_mpidr_show, "0x%llx", page->mpidr)
CPU_SHOW(cpu_exits_show, "%llu", READ_ONCE(page->exits[exit_reason(attr)]))

static struct kobj_attribute cpu_attr_cell = __ATTR(cell, 0444, cpu_cell_show, NULL);
static struct kobj_attribute cpu_attr_state = __ATTR(state, 0444, cpu_state_show, NULL);
static struct kobj_attribute cpu_attr_linux_cpu = __ATTR(linux_cpu, 0444, cpu_linux_cpu_show, NULL);
static struct kobj_attribute cpu_attr_mpidr = __ATTR(mpidr, 0444, cpu_mpidr_show, NULL);

static struct attribute *cpu_attrs[] = { &cpu_attr_cell.attr, &cpu_attr_state.attr,
					 &cpu_attr_linux_cpu.attr, &cpu_attr_mpidr.attr, NULL };

#define EXIT_ATTR(reason, file) [reason] = __ATTR(file, 0400, cpu_exits_show, NULL)

static struct kobj_attribute exit_attributes[CB_EXIT_COUNT] = {
	EXIT_ATTR(CB_EXIT_HVC, hvc),
	EXIT_ATTR(CB_EXIT_SMC, smc),
	EXIT_ATTR(CB_EXIT_WFI, wfi),
	EXIT_ATTR(CB_EXIT_SGI, sgi),
	EXIT_ATTR(CB_EXIT_GICD, gicd),
	EXIT_ATTR(CB_EXIT_GICR, gicr),
	EXIT_ATTR(CB_EXIT_GICC, gicc),
	EXIT_ATTR(CB_EXIT_ITS, its),
	EXIT_ATTR(CB_EXIT_SYSREG, sysreg),
	EXIT_ATTR(CB_EXIT_PERMISSIVE, permissive),
	EXIT_ATTR(CB_EXIT_RETRY, retry),
	EXIT_ATTR(CB_EXIT_ABORT, abort),
	EXIT_ATTR(CB_EXIT_MANAGEMENT, management),
	EXIT_ATTR(CB_EXIT_VIOLATION, violation),
	EXIT_ATTR(CB_EXIT_OTHER, other),
	EXIT_ATTR(CB_EXIT_UART, uart),
};

static u32 exit_reason(const struct kobj_attribute *attr)
{
	return attr - exit_attributes;
}

static struct attribute *exit_attrs[CB_EXIT_COUNT + 1]; /* filled in by cb_sysfs_add_cpus() */

static const struct attribute_group cpu_group = { .attrs = cpu_attrs };
static const struct attribute_group exit_group = { .name = "exits", .attrs = exit_attrs };
static const struct attribute_group *cpu_groups[] = { &cpu_group, &exit_group, NULL };

static void cpu_release(struct kobject *kobj)
{
	kfree(container_of(kobj, struct cpu_object, kobj));
}

static KTYPE_CONST struct kobj_type cpu_type = {
	.release = cpu_release,
	.sysfs_ops = &kobj_sysfs_ops,
	.default_groups = cpu_groups,
};

static int add_cpu_object(u32 cpu)
{
	struct cpu_object *object = kzalloc(sizeof(*object), GFP_KERNEL);
	int err;

	if (!object)
		return -ENOMEM;
	object->cpu = cpu;
	err = kobject_init_and_add(&object->kobj, &cpu_type, cpus_dir, "%u", cpu);
	if (err)
		kobject_put(&object->kobj);
	else
		cpu_objects[cpu] = object;
	return err;
}

int cb_sysfs_add_cpus(u32 nr_cpus)
{
	int err = cpus_dir ? 0 : -ENOMEM;
	u32 cpu;

	for (cpu = 0; cpu < CB_EXIT_COUNT; cpu++)
		exit_attrs[cpu] = &exit_attributes[cpu].attr;
	for (cpu = 0; cpu < nr_cpus && !err; cpu++)
		err = add_cpu_object(cpu);
	if (err)
		cb_sysfs_remove_cpus();
	return err;
}

void cb_sysfs_remove_cpus(void)
{
	u32 cpu;

	for (cpu = 0; cpu < CB_MAX_CPUS; cpu++) {
		if (!cpu_objects[cpu])
			continue;
		kobject_del(&cpu_objects[cpu]->kobj);
		kobject_put(&cpu_objects[cpu]->kobj);
		cpu_objects[cpu] = NULL;
	}
}

void cb_sysfs_exit(void)
{
	kobject_put(cpus_dir);
	kobject_put(cells_dir);
	cpus_dir = NULL;
	cells_dir = NULL;
}
