// SPDX-License-Identifier: GPL-2.0-only
/* Linux, as far as the driver uses it (kernel.h). */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/mman.h>

#include <cmocka.h>

#include "machine.h"

struct machine machine;
unsigned long jiffies;

static bool unlucky(void)
{
	return machine.failures && random_chance(machine.failures);
}

/* ---- Strings ---- */

size_t scnprintf(char *to, size_t size, const char *format, ...)
{
	va_list arguments;
	int n;

	va_start(arguments, format);
	n = vsnprintf(to, size, format, arguments);
	va_end(arguments);
	return size ? min_t(size_t, n, size - 1) : 0;
}

ssize_t strscpy(char *to, const char *from, size_t size)
{
	return snprintf(to, size, "%s", from) < (int)size ? (ssize_t)strlen(to) : -E2BIG;
}

/* ---- Memory ---- */

void *kmalloc(size_t size, int flags)
{
	void *p = unlucky() ? NULL : malloc(size ? size : 1);

	(void)flags;
	if (p)
		memset(p, 0xa5, size);
	machine.allocations += p != NULL;
	return p;
}

void *kzalloc(size_t size, int flags)
{
	void *p = kmalloc(size, flags);

	return p ? memset(p, 0, size) : NULL;
}

void *kcalloc(size_t count, size_t size, int flags)
{
	return kzalloc(count * size, flags);
}

void *kmemdup(const void *from, size_t size, int flags)
{
	void *p = kmalloc(size, flags);

	return p ? memcpy(p, from, size) : NULL;
}

void kfree(const void *p)
{
	machine.allocations -= p != NULL;
	free((void *)p);
}

void *alloc_pages_exact(size_t size, int flags)
{
	return kzalloc(size, flags);
}

void free_pages_exact(void *p, size_t size)
{
	(void)size;
	kfree(p);
}

u64 virt_to_phys(const void *p)
{
	return (u64)p;
}

/* Pages of the hypervisor are arrays of the machine; memory of cells is mapped sparsely. */
void *memremap(u64 phys, size_t size, int flags)
{
	void *page = unlucky() ? NULL : machine_page(phys, size);
	struct mapping *free = NULL;

	(void)flags;
	if (page || phys < MACHINE_PAGES_END)
		return page;
	for (size_t i = 0; i < ARRAY_SIZE(machine.mappings); i++)
		if (!machine.mappings[i].at)
			free = &machine.mappings[i];
	assert_non_null(free); /* not so many at a time */
	page = mmap(NULL, size + 0x20000, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE,
		    -1, 0);
	if (page == MAP_FAILED || mprotect(page + 0x10000, size, PROT_READ | PROT_WRITE))
		return NULL;
	*free = (struct mapping){ page + 0x10000, phys, size };
	return free->at;
}

void memunmap(void *p)
{
	for (size_t i = 0; i < ARRAY_SIZE(machine.mappings); i++) {
		if (machine.mappings[i].at != p)
			continue;
		munmap(p - 0x10000, machine.mappings[i].size + 0x20000);
		machine.mappings[i] = (struct mapping){ 0 };
		return;
	}
	assert_true(machine_is_page(p));
}

/* ---- User space ---- */

static bool is_user(const void *at, size_t size)
{
	size_t offset = (uintptr_t)at - (uintptr_t)machine.user;

	return offset <= USER_SIZE && size <= USER_SIZE - offset;
}

size_t copy_from_user(void *to, const void *from, size_t size)
{
	if (!size)
		return 0;
	if (!is_user(from, size))
		return size;
	memcpy(to, from, size);
	return 0;
}

size_t copy_to_user(void *to, const void *from, size_t size)
{
	if (!size)
		return 0;
	if (!is_user(to, size))
		return size;
	memcpy(to, from, size);
	return 0;
}

size_t clear_user(void *to, size_t size)
{
	if (!size)
		return 0;
	if (!is_user(to, size))
		return size;
	memset(to, 0, size);
	return 0;
}

int check_zeroed_user(const void *from, size_t size)
{
	const u8 *byte = from;

	if (!is_user(from, size))
		return -EFAULT;
	while (size && !*byte)
		byte++, size--;
	return !size;
}

/* ---- Locks: one thread finds each of them free ---- */

void mutex_init(struct mutex *mutex)
{
	mutex->held = 0;
}

void mutex_lock(struct mutex *mutex)
{
	assert_int_equal(mutex->held, 0);
	mutex->held = 1;
}

int mutex_lock_killable(struct mutex *mutex)
{
	if (unlucky())
		return -EINTR;
	mutex_lock(mutex);
	return 0;
}

void mutex_unlock(struct mutex *mutex)
{
	assert_int_equal(mutex->held, 1);
	mutex->held = 0;
}

void down_read(struct rw_semaphore *sem)
{
	assert_int_equal(sem->writers + sem->readers, 0);
	sem->readers = 1;
}

void up_read(struct rw_semaphore *sem)
{
	assert_int_equal(sem->readers, 1);
	sem->readers = 0;
}

void down_write(struct rw_semaphore *sem)
{
	assert_int_equal(sem->writers + sem->readers, 0);
	sem->writers = 1;
}

void up_write(struct rw_semaphore *sem)
{
	assert_int_equal(sem->writers, 1);
	sem->writers = 0;
}

/* ---- Time and signals ---- */

bool signal_pending(int task)
{
	(void)task;
	return unlucky();
}

bool fatal_signal_pending(int task)
{
	return signal_pending(task);
}

void usleep_range(unsigned long low, unsigned long high)
{
	(void)low, (void)high;
	jiffies += HZ;
	if (random_chance(4))
		machine.failures = 0; /* others have freed their memory */
}

void schedule_timeout_interruptible(long timeout)
{
	(void)timeout;
	machine.failures = 1; /* whoever waits is interrupted */
}

/* ---- CPUs ---- */

static int (*refuse_online)(unsigned int cpu);

int cpuhp_setup_state_nocalls(int state, const char *name, int (*up)(unsigned int cpu),
			      int (*down)(unsigned int cpu))
{
	(void)state, (void)name, (void)down;
	refuse_online = up;
	return 1;
}

void cpuhp_remove_state_nocalls(int state)
{
	(void)state;
	refuse_online = NULL;
}

int remove_cpu(unsigned int cpu)
{
	assert_true(cpu < MACHINE_CPUS);
	if (!cpu_online(cpu))
		return 1;
	if (unlucky() || num_online_cpus() == 1)
		return -EBUSY;
	machine.online &= ~BIT(cpu);
	return 0;
}

int add_cpu(unsigned int cpu)
{
	assert_true(cpu < MACHINE_CPUS);
	if (refuse_online(cpu))
		return -EBUSY;
	machine.online |= BIT(cpu);
	return 0;
}

bool cpu_online(unsigned int cpu)
{
	return machine.online >> cpu & 1;
}

u32 num_online_cpus(void)
{
	return hweight64(machine.online);
}

/* ---- Objects ---- */

void kobject_init(struct kobject *kobj, const struct kobj_type *type)
{
	*kobj = (struct kobject){ type, 1 };
}

struct kobject *kobject_get(struct kobject *kobj)
{
	assert_true(kobj->references > 0);
	kobj->references++;
	return kobj;
}

void kobject_put(struct kobject *kobj)
{
	assert_true(kobj->references > 0);
	if (!--kobj->references)
		kobj->type->release(kobj);
}

void kobject_del(struct kobject *kobj)
{
	assert_true(kobj->references > 0);
}

void release_firmware(const struct firmware *firmware)
{
	(void)firmware;
}

/* ---- The device and the module ---- */

bool capable(int capability)
{
	assert_int_equal(capability, CAP_SYS_ADMIN);
	return machine.admin;
}

int stream_open(struct inode *inode, struct file *file)
{
	(void)inode, (void)file;
	return 0;
}

void poll_wait(struct file *file, wait_queue_head_t *queue, poll_table *wait)
{
	(void)file, (void)queue, (void)wait;
}

int misc_register(struct miscdevice *device)
{
	if (unlucky())
		return -EBUSY;
	machine.device = device;
	return 0;
}

void misc_deregister(struct miscdevice *device)
{
	assert_ptr_equal(machine.device, device);
	machine.device = NULL;
}

void __module_get(void *module)
{
	(void)module;
	machine.module_references++;
}

void module_put(void *module)
{
	(void)module;
	machine.module_references--;
}
