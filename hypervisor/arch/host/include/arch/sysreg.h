/* SPDX-License-Identifier: GPL-2.0-only */
/* The real names and fields; the registers are the program's, by name. */
#ifndef HOST_ARCH_SYSREG_H
#define HOST_ARCH_SYSREG_H

#define __ASSEMBLER__ 1 /* without the accesses */
#include_next <arch/sysreg.h>
#undef __ASSEMBLER__

#include <arch/fixup.h>
#include <arch/host.h>

#define read_sysreg_(name)	      host_sysreg_read(#name)
#define write_sysreg_(value, name)    host_sysreg_write(#name, (u64)(value))

#define read_sysreg(name)	      read_sysreg_(name)
#define read_constant_sysreg(name)    read_sysreg_(name)
#define write_sysreg(value, name)     write_sysreg_(value, name)

#define try_read_sysreg(name)	      read_sysreg_(name)
#define try_write_sysreg(value, name) write_sysreg_(value, name)

#endif
