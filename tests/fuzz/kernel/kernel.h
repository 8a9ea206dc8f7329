/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the driver uses of Linux, for one thread of a host process: all <linux/...> headers that
 * driver/ includes lead here. Locks know that they are held, allocations are counted and may
 * fail, user space is one array.
 */
#ifndef FUZZ_KERNEL_H
#define FUZZ_KERNEL_H

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/types.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int32_t s32;
typedef int64_t s64;
typedef unsigned int __poll_t;

#define KERNEL_VERSION(a, b, c) (((a) << 16) + ((b) << 8) + (c))
#define LINUX_VERSION_CODE	KERNEL_VERSION(6, 1, 0)

struct list_head {
	struct list_head *next, *prev;
};

static inline void INIT_LIST_HEAD(struct list_head *list)
{
	list->next = list->prev = list;
}

#define __user
#define __init
#define __exit
#define U32_MAX			  0xffffffffu
#define SZ_64K			  0x10000u
#define SZ_16M			  0x1000000ull
#define ERESTARTSYS		  512
#define BIT(n)			  (1UL << (n))
#define BIT_ULL(n)		  (1ULL << (n))
#define ARRAY_SIZE(a)		  (sizeof(a) / sizeof((a)[0]))
#define min3(a, b, c)		  min_t(u64, min_t(u64, a, b), c)
#define ALIGN_DOWN(n, to)	  ((n) / (to) * (to))
#define DIV_ROUND_UP(n, d)	  (((n) + (d)-1) / (d))
#define min_t(type, a, b)	  ((type)(a) < (type)(b) ? (type)(a) : (type)(b))
#define ALIGN(x, a)		  (((x) + (a)-1) / (a) * (a))
#define min(a, b)		  ((a) < (b) ? (a) : (b))
#define READ_ONCE(x)		  (*(const volatile __typeof__(x) *)&(x))
#define WRITE_ONCE(x, v)	  ((x) = (v))
#define BUILD_BUG_ON(x)		  _Static_assert(!(x), #x)
#define lower_32_bits(x)	  ((u32)(x))
#define upper_32_bits(x)	  ((u32)((u64)(x) >> 32))
#define hweight64(x)		  ((u32)__builtin_popcountll(x))
#define __ffs64(x)		  ((u32)__builtin_ctzll(x))
#define smp_rmb()		  __asm__ volatile("" ::: "memory")
#define cond_resched()		  ((void)0)
#define IS_ERR(p)		  ((uintptr_t)(p) >= (uintptr_t)-4095)
#define PTR_ERR(p)		  ((long)(p))
#define ERR_PTR(err)		  ((void *)(long)(err))
#define offsetofend(type, member) (offsetof(type, member) + sizeof(((type *)NULL)->member))
#define static_assert(x) _Static_assert(x, #x)
#define array_index_nospec(i, n) ((i) < (n) ? (i) : 0)

#define pr_info(...)		 ((void)0)
#define pr_err(...)		 ((void)0)
#define pr_crit(...)		 ((void)0)
size_t scnprintf(char *to, size_t size, const char *format, ...);
ssize_t strscpy(char *to, const char *from, size_t size);

/* SMCCC */
#define SMCCC_RET_NOT_SUPPORTED (-1)
#define HVC_STUB_ERR		0xbadca11

/* Memory */
#define GFP_KERNEL		0
#define GFP_KERNEL_ACCOUNT	0
#define __GFP_ZERO		0
#define MEMREMAP_WB		0
void *kmalloc(size_t size, int flags);
void *kzalloc(size_t size, int flags);
#define kvmalloc(size, flags) kmalloc(size, flags)
#define kvfree(p)	      kfree(p)
void *kcalloc(size_t count, size_t size, int flags);
void *kmemdup(const void *from, size_t size, int flags);
void kfree(const void *p);
void *alloc_pages_exact(size_t size, int flags);
void free_pages_exact(void *p, size_t size);
void *memremap(u64 phys, size_t size, int flags);
void memunmap(void *p);
u64 virt_to_phys(const void *p);

/* User space; the functions return how many bytes could not be copied. */
#define u64_to_user_ptr(address) ((void *)(uintptr_t)(address))
size_t copy_from_user(void *to, const void *from, size_t size);
size_t copy_to_user(void *to, const void *from, size_t size);
size_t clear_user(void *to, size_t size);
int check_zeroed_user(const void *from, size_t size);
#define get_user(to, from) (copy_from_user(&(to), from, sizeof(to)) ? -EFAULT : 0)

/* Locks */
struct mutex {
	int held;
};
struct rw_semaphore {
	int readers, writers;
};
#define __MUTEX_INITIALIZER(name) \
	{                         \
		0                 \
	}
#define __RWSEM_INITIALIZER(name) \
	{                         \
		0, 0              \
	}
void mutex_init(struct mutex *mutex);
void mutex_lock(struct mutex *mutex);
int mutex_lock_killable(struct mutex *mutex);
void mutex_unlock(struct mutex *mutex);
void down_read(struct rw_semaphore *sem);
void up_read(struct rw_semaphore *sem);
void down_write(struct rw_semaphore *sem);
void up_write(struct rw_semaphore *sem);

/* Time and signals */
#define HZ 100
extern unsigned long jiffies;
#define time_before(a, b) ((long)((a) - (b)) < 0)
#define time_after(a, b)  time_before(b, a)
#define current		  0
bool signal_pending(int task);
bool fatal_signal_pending(int task);
static inline void try_to_freeze(void)
{
}
void usleep_range(unsigned long low, unsigned long high);
void schedule_timeout_interruptible(long timeout);

/* CPUs */
struct cpumask {
	u64 bits;
};
#define cpumask_set_cpu(cpu, mask)   ((mask)->bits |= BIT(cpu))
#define cpumask_clear_cpu(cpu, mask) ((mask)->bits &= ~BIT(cpu))
#define cpumask_test_cpu(cpu, mask)  ((mask)->bits >> (cpu)&1)
#define CPUHP_BP_PREPARE_DYN	     0
int cpuhp_setup_state_nocalls(int state, const char *name, int (*up)(unsigned int cpu),
			      int (*down)(unsigned int cpu));
void cpuhp_remove_state_nocalls(int state);
int remove_cpu(unsigned int cpu);
int add_cpu(unsigned int cpu);
bool cpu_online(unsigned int cpu);
u32 num_online_cpus(void);

/* Objects */
struct kobject;
struct kobj_type {
	void (*release)(struct kobject *kobj);
};
struct kobject {
	const struct kobj_type *type;
	int references;
};
void kobject_init(struct kobject *kobj, const struct kobj_type *type);
struct kobject *kobject_get(struct kobject *kobj);
void kobject_put(struct kobject *kobj);
void kobject_del(struct kobject *kobj);

struct resource {
	u64 start, end;
	const char *name;
	unsigned long flags;
};

struct attribute_group;
struct firmware;
void release_firmware(const struct firmware *firmware);

/* The device and the module */
#define O_NONBLOCK	   0x800
#define MISC_DYNAMIC_MINOR 255
#define CAP_SYS_ADMIN	   21
#define EPOLLIN		   0x1u
#define EPOLLERR	   0x8u
#define EPOLLHUP	   0x10u
#define EPOLLRDNORM	   0x40u
#define EPOLLOUT	   0x04u
#define EPOLLWRNORM	   0x100u
#define THIS_MODULE	   NULL
struct inode;
struct file {
	void *private_data;
	unsigned int f_flags;
};
typedef struct {
	int unused;
} poll_table;
typedef struct {
	int unused;
} wait_queue_head_t;
struct file_operations {
	void *owner;
	int (*open)(struct inode *inode, struct file *file);
	int (*release)(struct inode *inode, struct file *file);
	ssize_t (*read)(struct file *file, char *to, size_t size, loff_t *offset);
	ssize_t (*write)(struct file *file, const char *from, size_t size, loff_t *offset);
	__poll_t (*poll)(struct file *file, poll_table *wait);
	long (*unlocked_ioctl)(struct file *file, unsigned int command, unsigned long user);
	long (*compat_ioctl)(struct file *file, unsigned int command, unsigned long user);
};
struct miscdevice {
	int minor;
	const char *name;
	const struct file_operations *fops;
	const struct attribute_group **groups;
	int mode;
};
#define compat_ptr_ioctl NULL
bool capable(int capability);
int stream_open(struct inode *inode, struct file *file);
#define wake_up_interruptible(queue) ((void)(queue))
void poll_wait(struct file *file, wait_queue_head_t *queue, poll_table *wait);
int misc_register(struct miscdevice *device);
void misc_deregister(struct miscdevice *device);
void __module_get(void *module);
void module_put(void *module);

#define module_init(function)	 int (*const kernel_module_init)(void) = function
#define module_exit(function)	 void (*const kernel_module_exit)(void) = function
#define MODULE_DESCRIPTION(text) _Static_assert(sizeof(text), "")
#define MODULE_AUTHOR(text)	 _Static_assert(sizeof(text), "")
#define MODULE_VERSION(text)	 _Static_assert(sizeof(text), "")
#define MODULE_LICENSE(text)	 _Static_assert(sizeof(text), "")
extern int (*const kernel_module_init)(void);
extern void (*const kernel_module_exit)(void);

#endif
