/* SPDX-License-Identifier: GPL-2.0-only */
/* Register accesses go to the model of the test. */
#ifndef STUB_ARCH_IO_H
#define STUB_ARCH_IO_H

#include "../stub.h"

#define DEFINE_STUB_IO(type, name)                                           \
	static inline type read##name(const volatile void *address)          \
	{                                                                    \
		return (type)stub_io_read((uintptr_t)address, sizeof(type)); \
	}                                                                    \
	static inline void write##name(type value, volatile void *address)   \
	{                                                                    \
		stub_io_write((uintptr_t)address, sizeof(type), value);      \
	}

DEFINE_STUB_IO(u8, b)
DEFINE_STUB_IO(u16, w)
DEFINE_STUB_IO(u32, l)
DEFINE_STUB_IO(u64, q)

#endif
