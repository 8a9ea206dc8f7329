// SPDX-License-Identifier: GPL-2.0-only
/*
 * The hands of a hostile root in kernel mode (hostile.h): calls to EL2 and the firmware with
 * any registers, accesses to any physical address, SGIs of any form. Checks nothing but what
 * would end its own Linux by mistake. For tests only.
 */
#include <linux/cpuhotplug.h>
#include <linux/fs.h>
#include <linux/gfp.h>
#include <linux/io.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include <asm/barrier.h>

#include "hostile.h"

struct hostile {
	void *pages;
	void *window;
	u64 window_size;
	bool window_memory;
};

/* ---- Calls ---- */

#define CALL(instruction)                                                                    \
	asm volatile(instruction                                                             \
		     : "+r"(x0), "+r"(x1), "+r"(x2), "+r"(x3), "+r"(x4), "+r"(x5), "+r"(x6), \
		       "+r"(x7)                                                              \
		     :                                                                       \
		     : "x8", "x9", "x10", "x11", "x12", "x13", "x14", "x15", "x16", "x17",   \
		       "memory", "cc")

static void make_call(void *element, struct hostile *hostile)
{
	struct hostile_call *call = element;
	register u64 x0 asm("x0") = call->x[0];
	register u64 x1 asm("x1") = call->x[1];
	register u64 x2 asm("x2") = call->x[2];
	register u64 x3 asm("x3") = call->x[3];
	register u64 x4 asm("x4") = call->x[4];
	register u64 x5 asm("x5") = call->x[5];
	register u64 x6 asm("x6") = call->x[6];
	register u64 x7 asm("x7") = call->x[7];

	if (call->conduit == HOSTILE_HVC)
		CALL("hvc #0");
	else if (call->conduit == HOSTILE_HVC_OTHER)
		CALL("hvc #0x5a5a");
	else
		CALL("smc #0");
	call->x[0] = x0;
	call->x[1] = x1;
	call->x[2] = x2;
	call->x[3] = x3;
	call->x[4] = x4;
	call->x[5] = x5;
	call->x[6] = x6;
	call->x[7] = x7;
}

/* Where CPU_ON lets a CPU begin that the attack has no more use for: PSCI CPU_OFF. */
asm("	.pushsection .text, \"ax\"\n"
    "	.balign 64\n"
    "hostile_entry:\n"
    "1:	mov	w0, #0x84000000\n"
    "	add	w0, w0, #2\n"
    "	smc	#0\n"
    "	b	1b\n"
    "	.popsection\n");
extern char hostile_entry[];

static u64 entry_phys(void)
{
	/* It is fetched with the MMU off. */
	asm volatile("dc cvac, %0" ::"r"(hostile_entry));
	dsb(sy);
	return page_to_phys(vmalloc_to_page(hostile_entry)) + offset_in_page(hostile_entry);
}

/* ---- Memory ---- */

static void close_window(struct hostile *hostile)
{
	if (!hostile->window)
		return;
	if (hostile->window_memory)
		memunmap(hostile->window);
	else
		iounmap((void __iomem *)hostile->window);
	hostile->window = NULL;
}

static int open_window(struct hostile *hostile, const struct hostile_window *window)
{
	close_window(hostile);
	if (window->memory)
		hostile->window = memremap(window->phys, window->size, MEMREMAP_WB);
	else
		hostile->window = (__force void *)ioremap(window->phys, window->size);
	hostile->window_size = window->size;
	hostile->window_memory = window->memory;
	return hostile->window ? 0 : -ENOMEM;
}

/* One instruction of that width, whatever the compiler thinks of it. */
static void make_access(void *element, struct hostile *hostile)
{
	struct hostile_access *access = element;
	void *at = hostile->window + access->offset;

	switch (access->width | (access->write ? 0x10 : 0)) {
	case 1:
		access->value = READ_ONCE(*(u8 *)at);
		break;
	case 2:
		access->value = READ_ONCE(*(u16 *)at);
		break;
	case 4:
		access->value = READ_ONCE(*(u32 *)at);
		break;
	case 8:
		access->value = READ_ONCE(*(u64 *)at);
		break;
	case 0x11:
		WRITE_ONCE(*(u8 *)at, access->value);
		break;
	case 0x12:
		WRITE_ONCE(*(u16 *)at, access->value);
		break;
	case 0x14:
		WRITE_ONCE(*(u32 *)at, access->value);
		break;
	case 0x18:
		WRITE_ONCE(*(u64 *)at, access->value);
		break;
	}
}

static bool is_in_window(const void *element, const struct hostile *hostile)
{
	const struct hostile_access *access = element;

	return hostile->window && access->width && access->width <= 8 &&
	       !(access->offset % access->width) && access->offset < hostile->window_size &&
	       hostile->window_size - access->offset >= access->width;
}

/* ---- SGIs: registers of a GICv3 ---- */

static void send_sgi(void *element, struct hostile *hostile)
{
	const struct hostile_sgi_write *sgi = element;

	switch (sgi->which) {
	case HOSTILE_SGI1R:
		asm volatile("msr s3_0_c12_c11_5, %0" ::"r"(sgi->value));
		break;
	case HOSTILE_ASGI1R:
		asm volatile("msr s3_0_c12_c11_6, %0" ::"r"(sgi->value));
		break;
	case HOSTILE_SGI0R:
		asm volatile("msr s3_0_c12_c11_7, %0" ::"r"(sgi->value));
		break;
	}
	isb();
}

/* ---- A panic while a CPU goes offline ---- */

static int panic_state;
static long cpu_to_panic_at = -1;

static int offline(unsigned int cpu)
{
	if (cpu == READ_ONCE(cpu_to_panic_at))
		panic("hostile: CPU %u goes offline\n", cpu);
	return 0;
}

/* ---- The device ---- */

static long run_batch(struct hostile *hostile, unsigned long user, size_t size,
		      void (*run)(void *element, struct hostile *hostile),
		      bool (*check)(const void *element, const struct hostile *hostile))
{
	struct hostile_batch batch;
	void *elements;
	long err = 0;
	u32 i;

	if (copy_from_user(&batch, (void __user *)user, sizeof(batch)))
		return -EFAULT;
	if (!batch.count || batch.count > HOSTILE_BATCH_MAX)
		return -EINVAL;
	elements = memdup_user(u64_to_user_ptr(batch.elements), batch.count * size);
	if (IS_ERR(elements))
		return PTR_ERR(elements);
	for (i = 0; i < batch.count && !err; i++) {
		if (check && !check(elements + i * size, hostile))
			err = -EINVAL;
		else
			run(elements + i * size, hostile);
	}
	if (copy_to_user(u64_to_user_ptr(batch.elements), elements, batch.count * size))
		err = -EFAULT;
	kfree(elements);
	return err;
}

static long tell_addresses(const struct hostile *hostile, unsigned long user)
{
	struct hostile_addresses addresses = {
		.pages = virt_to_phys(hostile->pages),
		.entry = entry_phys(),
	};

	return copy_to_user((void __user *)user, &addresses, sizeof(addresses)) ? -EFAULT : 0;
}

static long set_window(struct hostile *hostile, unsigned long user)
{
	struct hostile_window window;

	if (copy_from_user(&window, (void __user *)user, sizeof(window)))
		return -EFAULT;
	return open_window(hostile, &window);
}

static long hostile_ioctl(struct file *file, unsigned int command, unsigned long arg)
{
	struct hostile *hostile = file->private_data;

	switch (command) {
	case HOSTILE_CALL:
		return run_batch(hostile, arg, sizeof(struct hostile_call), make_call, NULL);
	case HOSTILE_ACCESS:
		return run_batch(hostile, arg, sizeof(struct hostile_access), make_access,
				 is_in_window);
	case HOSTILE_SGI:
		return run_batch(hostile, arg, sizeof(struct hostile_sgi_write), send_sgi, NULL);
	case HOSTILE_WINDOW:
		return set_window(hostile, arg);
	case HOSTILE_ADDRESSES:
		return tell_addresses(hostile, arg);
	case HOSTILE_PANIC:
		WRITE_ONCE(cpu_to_panic_at, arg);
		return 0;
	default:
		return -ENOTTY;
	}
}

static int hostile_mmap(struct file *file, struct vm_area_struct *vma)
{
	struct hostile *hostile = file->private_data;

	return vm_iomap_memory(vma, virt_to_phys(hostile->pages), HOSTILE_PAGES_SIZE);
}

static int hostile_open(struct inode *inode, struct file *file)
{
	struct hostile *hostile = kzalloc(sizeof(*hostile), GFP_KERNEL);

	if (!hostile)
		return -ENOMEM;
	hostile->pages = alloc_pages_exact(HOSTILE_PAGES_SIZE, GFP_KERNEL | __GFP_ZERO);
	if (!hostile->pages) {
		kfree(hostile);
		return -ENOMEM;
	}
	file->private_data = hostile;
	return 0;
}

static int hostile_release(struct inode *inode, struct file *file)
{
	struct hostile *hostile = file->private_data;

	close_window(hostile);
	free_pages_exact(hostile->pages, HOSTILE_PAGES_SIZE);
	kfree(hostile);
	return 0;
}

static const struct file_operations hostile_operations = {
	.owner = THIS_MODULE,
	.open = hostile_open,
	.release = hostile_release,
	.mmap = hostile_mmap,
	.unlocked_ioctl = hostile_ioctl,
};

static struct miscdevice hostile_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "hostile",
	.fops = &hostile_operations,
	.mode = 0600,
};

static int __init hostile_init(void)
{
	int err;

	panic_state = cpuhp_setup_state_nocalls(CPUHP_AP_ONLINE_DYN, "hostile", NULL, offline);
	if (panic_state < 0)
		return panic_state;
	err = misc_register(&hostile_device);
	if (err)
		cpuhp_remove_state_nocalls(panic_state);
	return err;
}
module_init(hostile_init);

static void __exit hostile_exit(void)
{
	misc_deregister(&hostile_device);
	cpuhp_remove_state_nocalls(panic_state);
}
module_exit(hostile_exit);

MODULE_DESCRIPTION("Attacks on Cellblock from kernel mode, for tests");
MODULE_LICENSE("GPL");
