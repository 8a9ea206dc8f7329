/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the files of the driver share: its state, who may look at which part of it
 * when, and one paragraph for each file.
 */
#ifndef CELLBLOCK_DRIVER_H
#define CELLBLOCK_DRIVER_H

#include <linux/cpumask.h>
#include <linux/fs.h>
#include <linux/ioport.h>
#include <linux/kobject.h>
#include <linux/miscdevice.h>
#include <linux/mutex.h>
#include <linux/poll.h>
#include <linux/rwsem.h>

#include <cellblock/config.h>
#include <cellblock/error.h>
#include <cellblock/ioctl.h>
#include <cellblock/public.h>
#include <config/refuse.h>

#include "compat.h"

struct cell;

/*
 * Three locks, in this order; none is held while the memory of a cell is cleared.
 * @lock: which cells there are, and what Linux gives to them and gets back; as long as CPU
 * hotplug takes. A cell's lock: what is done to it, a hypercall or a piece of a load at a time.
 * @pages_lock is for those who only look (consoles, sysfs, information): it guards that a mapped
 * page may be read. Whoever changes anything below holds @lock and, for what is marked "pages",
 * @pages_lock for writing too.
 */
struct cellblock {
	struct mutex lock;
	struct rw_semaphore pages_lock;
	struct miscdevice misc;

	bool enabled;			       /* pages */
	bool shutting_down;		       /* READ_ONCE(): who waits looks at it, too */
	struct cb_system_config *config;       /* pages; whole file */
	struct resource *claim;		       /* lock; the hypervisor region */
	const struct cb_system_config *memory; /* pages; what added memory must fit, or NULL */
	int linux_cpu[CB_MAX_CPUS]; /* pages; by CPU number of the configuration, -1: not its */

	const struct cb_public *public;	  /* pages */
	const void *cpu_infos;		  /* pages; one CB_PAGE_SIZE each */
	struct cell *cells[CB_MAX_CELLS]; /* pages; by number, the root cell is 0 */
};

extern struct cellblock cellblock;

/* A cell. References are those of its kobject; sysfs and open consoles hold some. */
struct cell {
	struct kobject kobj;
	u32 id;
	const struct cb_cell_config *config; /* the root cell's is that of the system */
	struct resource *claims;	     /* cellblock.lock; by region */
	u64 offlined;			     /* cellblock.lock; CPUs taken from Linux */
	struct list_head devices;	     /* cellblock.lock; devices.c only */
	unsigned int *spis; /* cellblock.lock; Linux' numbers of those that are claimed */
	u32 nr_spis;	    /* cellblock.lock */
	struct mutex lock;
	struct {
		void *map; /* lock; a piece of the region that is being loaded */
		u32 region;
		u64 start; /* of the piece in the region */
	} load;
	struct {
		unsigned long since, last; /* jiffies, lock: when CPUs did not answer */
	} silent;
	const struct cb_cell_page *page; /* pages, and lock; NULL once the cell is gone */
	const char *ring;		 /* pages; what the cell wrote */
	u32 ring_size;			 /* pages */
	u32 seen_generation;		 /* watch.c only */
	u64 seen_head;			 /* watch.c only */
};

/* A piece of input for a cell, as it goes over a hypercall: little endian. */
struct cb_text {
	union {
		char bytes[32];
		u64 words[4];
	};
};

#define for_each_cpu_of(cpu, set)                     \
	for ((cpu) = 0; (cpu) < CB_MAX_CPUS; (cpu)++) \
		if ((set) >> (cpu)&1)

/*
 * error.c: refusals, by the one way there is (config/refuse.h); here all return the -errno that
 * stands for the code.
 */
#define refuse(error, code, ...) cb_error_errno(cb_refuse(error, code, ##__VA_ARGS__))
#define refuse_cell(error, code, cell, other, ...) \
	cb_error_errno(cb_refuse_cell(error, code, cell, other, ##__VA_ARGS__))
int cb_refuse_named(struct cb_error *error, u32 code, const char *name);
int cb_refuse_errno(struct cb_error *error, const char *what, int err);
int cb_error_errno(u32 code);

/*
 * state.c: what every operation asks first. The caller holds lock or pages_lock, but for
 * cb_get_nonroot_cell(), which returns a reference to a cell that may be gone by now.
 */
int cb_require_enabled(struct cb_error *error);
struct cell *cb_find_cell(u32 id, struct cb_error *error);
struct cell *cb_get_nonroot_cell(u32 id, struct cb_error *error);
void *cb_copy_config(u64 data, u32 size, enum cb_config_kind kind, struct cb_error *error);
void cb_free_config(const void *config);

/* argument.c: arguments of ioctls, between callers and modules of different versions. */
int cb_argument_read(struct cb_ioc *arg, u32 known, const void __user *user);
int cb_argument_check(struct cb_ioc *arg, u32 least, u32 known, int read);
int cb_argument_write(void __user *user, const struct cb_ioc *arg, u32 known);

/* info.c: what is there, for who only looks. */
union cb_info_page;
int cb_info_give(struct cb_ioc_info *request,
		 int (*look)(struct cb_ioc_info *request, union cb_info_page *page,
			     struct cb_error *error),
		 struct cb_error *error);
int cb_info_of_all(struct cb_ioc_info *request, union cb_info_page *page, struct cb_error *error);
int cb_info_of_cell(struct cb_ioc_info *request, union cb_info_page *page, struct cb_error *error);
int cb_info_of_cpu(struct cb_ioc_info *request, union cb_info_page *page, struct cb_error *error);
int cb_info_give_config(struct cb_ioc_get_config *request, struct cb_error *error);

/* enable.c: the operations ENABLE and DISABLE. The caller holds lock. */
int cb_enable(struct cb_system_config *config, struct cb_error *error);
int cb_disable(struct cb_error *error);

/* image.c: the firmware image and what the hypervisor region holds before it runs. */
struct firmware;
const struct firmware *cb_image_get(const struct cb_system_config *config, struct cb_error *error);
int cb_image_write(const struct firmware *image, const struct cb_system_config *config,
		   u64 *config_offset, struct cb_error *error);

/* stub.c: the claim on the page that VBAR_EL2 points into while nothing is enabled. */
int cb_stub_open(u64 phys);
void cb_stub_keep(void);
void cb_stub_restore(void);
void cb_stub_drop_others(u64 phys);

/* lockdown.c: what is refused where not even root may bring code into the kernel. */
bool cb_lockdown_pins_image(void);
int cb_lockdown_check_image(const struct firmware *image, struct cb_error *error);
int cb_lockdown_check_system(const struct cb_system_config *config, struct cb_error *error);
int cb_lockdown_check_cell(const struct cb_cell_config *config, struct cb_error *error);

/* takeover.c: into EL2 and back. Linux is as it was when they return an error. */
int cb_takeover_init(const struct cb_system_config *config, u64 config_offset, u64 *public_offset,
		     struct cb_error *error);
int cb_takeover_start(const struct cb_system_config *config, struct cb_error *error);
int cb_takeover_end(struct cb_error *error);

/* check_system.c: whether this machine is what the configuration says. */
void cb_note_kernel(void);
int cb_check_el2(struct cb_error *error);
int cb_check_hypervisor_region(const struct cb_system_config *config, struct cb_error *error);
int cb_map_cpus(const struct cb_system_config *config, int *linux_cpu, struct cb_error *error);

/* spin_table.c: CPUs that Linux never took. */
int cb_spin_table_check(const struct cb_system_config *config, struct cb_error *error);
int cb_spin_table_release(const struct cb_system_config *config, struct cb_error *error);

/* gic.c: what Linux knows of the GIC. */
int cb_check_gic(const struct cb_system_config *config, struct cb_error *error);
int cb_check_eoi_mode(const struct cb_system_config *config, struct cb_error *error);
struct irq_domain;
struct irq_domain *cb_gic_domain(void);
bool cb_irq_user(struct irq_domain *domain, u32 intid, char *name, size_t size);

/* check_cell.c: whether a cell can be created, before anything changes. */
int cb_check_cell(const struct cb_cell_config *config, struct cb_error *error);
int cb_check_cell_memory(const struct cb_cell_config *config, struct cb_error *error);

/* iomem.c: physical addresses as Linux knows them. */
bool cb_iomem_system_ram(u64 start, u64 size, struct cb_error *record);
int cb_iomem_claim(struct resource *claim, const char *name, u64 start, u64 size,
		   struct cb_error *record);
void cb_iomem_release(struct resource *claim);
bool cb_iomem_is_shown(u64 start, u64 size);
struct resource *cb_iomem_find(const char *name, u64 start, bool there);

/* devices.c: clocks, power and pins of a cell's devices. */
void cb_devices_take(struct cell *cell);
void cb_devices_give_back(struct cell *cell);

/* memory.c: what memory the machine has, and what its firmware needs of it. */
int cb_check_is_memory(u64 start, u64 size, u32 index, struct cb_error *error);
int cb_check_not_firmware(u64 start, u64 size, u32 index, struct cb_error *error);
int cb_for_firmware(int (*check)(u64 start, u64 size, u32 rights, void *arg), void *arg);

/* reserved.c: what firmware has reserved of System RAM. */
bool cb_is_reserved(u64 start, u64 end);

/* check_memory.c: whether the board has all memory of Linux', now and later. */
int cb_check_linux_memory(const struct cb_system_config *config, struct cb_error *error);
void cb_memory_follow(const struct cb_system_config *config);
int cb_memory_init(void);
void cb_memory_exit(void);

/*
 * cell.c: the life of a cell. -ERESTARTSYS: a signal came, and the same request goes on with it.
 * The caller of those that create it or try to destroy it holds lock.
 */
int cb_cell_create(struct cb_cell_config *config, u32 *id, struct cb_error *error);
int cb_cell_try_destroy(struct cell *cell, struct cb_error *error);
int cb_cell_load_begin(struct cell *cell, struct cb_error *error);
int cb_cell_start(struct cell *cell, u64 entry, u64 argument, struct cb_error *error);
int cb_cell_stop(struct cell *cell, struct cb_error *error);
int cb_cell_destroy(struct cell *cell, struct cb_error *error);
int cb_cell_input(struct cell *cell, const struct cb_text *text, u32 size, struct cb_error *error);
int cb_cell_lock(struct cell *cell, struct cb_error *error);
struct cell *cb_cell_new(u32 id, const struct cb_cell_config *config);
int cb_cell_publish(struct cell *cell);
void cb_cell_unpublish(struct cell *cell);

/* load.c: filling a cell's memory. */
int cb_cell_load(struct cell *cell, const struct cb_ioc_load *load, struct cb_error *error);
void cb_cell_unmap_load(struct cell *cell);

/* cpus.c: CPUs between Linux and cells. */
int cb_cpus_init(void);
void cb_cpus_exit(void);
int cb_cpus_take(struct cell *cell, struct cb_error *error);
int cb_cpus_give_back(struct cell *cell, struct cb_error *error);

/* spi.c: claims on interrupts. */
int cb_spis_claim(struct cell *cell, struct cb_error *error);
void cb_spis_release(struct cell *cell);

/* pages.c: the hypervisor's public pages. */
const void *cb_map_page(u64 phys, size_t size);
void cb_unmap_page(const void *page);
int cb_pages_map_public(u64 phys, struct cb_error *error);
int cb_pages_map_cpus(void);
int cb_pages_map_cell(struct cell *cell);
void cb_pages_unmap_cell(struct cell *cell);
void cb_pages_unmap(void);
const struct cb_cpu_info *cb_cpu_info(u32 cpu);

/* console.c: read(), write() and poll(). */
struct console;
struct console *cb_console_new(void);
void cb_console_free(struct console *console);
int cb_console_select(struct console *console, u32 id, enum cb_console_from from,
		      struct cb_error *error);
ssize_t cb_console_read(struct console *console, char __user *to, size_t size, bool nonblock);
ssize_t cb_console_write(struct console *console, const char __user *from, size_t size,
			 bool nonblock);
__poll_t cb_console_poll(struct console *console, struct file *file, poll_table *wait);

/* sysfs.c: below /sys/class/misc/cellblock. */
extern const struct attribute_group *cb_device_groups[];
extern KTYPE_CONST struct kobj_type cb_cell_type;
void cb_sysfs_exit(void);
int cb_sysfs_add_cpus(u32 nr_cpus);
void cb_sysfs_remove_cpus(void);
int cb_sysfs_add_cell(struct cell *cell);
void cb_sysfs_cell_changed(struct cell *cell);
void cb_sysfs_enabled_changed(void);

/* watch.c: notices what happens without a call of ours. */
extern wait_queue_head_t cb_console_wait;
void cb_announce(const struct cell *cell, const char *state);
void cb_watch_start(void);
void cb_watch_for_reader(void);
void cb_watch_stop(void);

/* reboot.c: everything back before Linux restarts. */
int cb_reboot_init(void);
void cb_reboot_exit(void);

/* sleep.c: which kind of sleep Linux may try. */
void cb_sleep_init(void);
void cb_sleep_exit(void);

#endif
