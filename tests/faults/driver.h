/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Included before each file of the driver's test build: what the driver calls in Linux can
 * fail, and its sources know nothing of it.
 */
#ifndef FAULTS_DRIVER_H
#define FAULTS_DRIVER_H

#include <linux/cpu.h>
#include <linux/err.h>
#include <linux/firmware.h>
#include <linux/io.h>
#include <linux/kobject.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "faults.h"

/* It takes each kernel for a newer one than was tested. */
#define KERNEL_NEWEST_TESTED KERNEL_VERSION(5, 16, 0)

/* Counts a call; true if it is the one that is to fail. */
bool fault_is_due(enum driver_fault fault);

/* Tells the hypervisor's image of its faults. */
int fault_request_image(const struct firmware **image, const char *name, struct device *device);

#define FAULT_MEMORY	 fault_is_due(DRIVER_FAULT_MEMORY)

#define FAULT_NULL(call) (FAULT_MEMORY ? NULL : call)

/* Names that are macros in some kernels are called from functions. */
static inline void *fault_kmalloc(size_t size, gfp_t flags)
{
	return FAULT_NULL(kmalloc(size, flags));
}

static inline void *fault_kzalloc(size_t size, gfp_t flags)
{
	return FAULT_NULL(kzalloc(size, flags));
}

static inline void *fault_kcalloc(size_t nr, size_t size, gfp_t flags)
{
	return FAULT_NULL(kcalloc(nr, size, flags));
}

static inline void *fault_kmemdup(const void *from, size_t size, gfp_t flags)
{
	return FAULT_NULL(kmemdup(from, size, flags));
}

static inline void *fault_alloc_pages_exact(size_t size, gfp_t flags)
{
	return FAULT_NULL(alloc_pages_exact(size, flags));
}

#undef kmalloc
#undef kzalloc
#undef kcalloc
#undef kmemdup
#undef alloc_pages_exact
#define kmalloc			    fault_kmalloc
#define kzalloc			    fault_kzalloc
#define kcalloc			    fault_kcalloc
#define kmemdup			    fault_kmemdup
#define alloc_pages_exact	    fault_alloc_pages_exact

#define memremap(...)		    FAULT_NULL(memremap(__VA_ARGS__))
#define memdup_user(from, size)	    (FAULT_MEMORY ? ERR_PTR(-ENOMEM) : memdup_user(from, size))
#define kobject_create_and_add(...) FAULT_NULL(kobject_create_and_add(__VA_ARGS__))
#define kobject_add(...)	    (FAULT_MEMORY ? -ENOMEM : kobject_add(__VA_ARGS__))
#define kobject_init_and_add(kobj, type, ...)               \
	(FAULT_MEMORY ? (kobject_init(kobj, type), -ENOMEM) \
		      : kobject_init_and_add(kobj, type, __VA_ARGS__))

#define remove_cpu(cpu)		     (fault_is_due(DRIVER_FAULT_CPU_DOWN) ? -EBUSY : remove_cpu(cpu))
#define add_cpu(cpu)		     (fault_is_due(DRIVER_FAULT_CPU_UP) ? -EIO : add_cpu(cpu))

#define firmware_request_nowarn(...) (FAULT_MEMORY ? -ENOMEM : fault_request_image(__VA_ARGS__))

#endif
