/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The virtual addresses of EL2. Everything lies in one GiB at HV_BASE: the hypervisor region (image
 * first) linearly, then one slot per CPU; devices are in the first slot. Also for the linker
 * script and for assembly.
 */
#ifndef ARCH_LAYOUT_H
#define ARCH_LAYOUT_H

#define HV_BASE		    0xff8000000000
#define CPU_SLOTS	    (HV_BASE + 0x20000000)

/*
 * A CPU's slot. Page 0 stays unmapped: a stack that overflows faults there. Behind the stack, in
 * the same page, lies struct cpu. The window maps physical pages that this CPU works on.
 */
#define CPU_SLOT_SHIFT	    19
#define CPU_SLOT_STACK	    0x1000
#define CPU_SLOT_STACK_SIZE 0xd00
#define CPU_SLOT_DATA	    (CPU_SLOT_STACK + CPU_SLOT_STACK_SIZE)
#define CPU_SLOT_GICR	    0x4000 /* RD_base page, SGI_base page */
#define CPU_SLOT_WINDOW	    0x40000
#define CPU_WINDOW_PAGES    64

/* Between the pages and the window of the first slot, which has tables already. */
#define DEVICES		    (CPU_SLOTS + 0x10000)
#define DEVICES_SIZE	    0x30000

/* What boot_map() maps before the configuration is known: image, configuration, first pages. */
#define BOOT_MAP_SIZE	    0x100000

#ifndef __ASSEMBLER__
extern unsigned char image_end[]; /* by the linker script */
#define IMAGE_END ((unsigned long)image_end)
#endif

#endif
