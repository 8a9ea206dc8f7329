/* SPDX-License-Identifier: GPL-2.0-only */
/* The fields of the system registers; there are none to read. */
#ifndef STUB_ARCH_SYSREG_H
#define STUB_ARCH_SYSREG_H

#define __ASSEMBLER__ 1 /* without the accesses */
#include_next <arch/sysreg.h>
#undef __ASSEMBLER__

#include <base/types.h>

u64 no_sysreg(void);

#define read_sysreg(name)	   no_sysreg()
#define read_constant_sysreg(name) no_sysreg()
#define write_sysreg(value, name)  ((void)(value))

#endif
