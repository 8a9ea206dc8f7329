/* SPDX-License-Identifier: GPL-2.0-only */
/* Registers of devices are the program's. */
#ifndef HOST_ARCH_IO_H
#define HOST_ARCH_IO_H

#include <arch/host.h>

#define DEFINE_HOST_IO(type, name)                                           \
	static inline type read##name(const volatile void *address)          \
	{                                                                    \
		return (type)host_io_read((uintptr_t)address, sizeof(type)); \
	}                                                                    \
	static inline void write##name(type value, volatile void *address)   \
	{                                                                    \
		host_io_write((uintptr_t)address, sizeof(type), value);      \
	}

DEFINE_HOST_IO(u8, b)
DEFINE_HOST_IO(u16, w)
DEFINE_HOST_IO(u32, l)
DEFINE_HOST_IO(u64, q)

#endif
