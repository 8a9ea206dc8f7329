// SPDX-License-Identifier: GPL-2.0-only
/*
 * Numbers that assembly needs of C: compiled, never linked. The Makefile makes offsets.h of the
 * lines "->NAME VALUE" of the assembler file.
 */
#include <arch/guest.h>
#include <cellblock/config.h>
#include <cellblock/error.h>
#include <cellblock/hypercall.h>

#define DEFINE(name, value) __asm__ volatile("\n.ascii \"->" #name " %0\"" : : "i"((u64)(value)))

void offsets(void);

void offsets(void)
{
	DEFINE(REGS_SIZE, sizeof(struct regs));
	DEFINE(REGS_ELR, offsetof(struct regs, elr));

	DEFINE(CPU_SCTLR, offsetof(struct cpu, saved.sctlr));
	DEFINE(CPU_INFO, offsetof(struct cpu, info));
	/* The number of HVCs; that of SMCs is behind it. */
	_Static_assert(CB_EXIT_SMC == CB_EXIT_HVC + 1, "vectors.S counts both");
	DEFINE(CPU_INFO_CALLS, offsetof(struct cb_cpu_info, exits[CB_EXIT_HVC]));

	DEFINE(ABI_VERSION, CB_ABI_VERSION);
	DEFINE(ARCH_ARM64, CB_ARCH_ARM64);
	DEFINE(BOOT_INIT, CB_HVC_BOOT_INIT);
	DEFINE(BOOT_CPU, CB_HVC_BOOT_CPU);
	DEFINE(ERR_CPU_MPIDR, CB_ERR_CPU_MPIDR);
	DEFINE(ERR_KERNEL_AT_EL2, CB_ERR_KERNEL_AT_EL2);
}
