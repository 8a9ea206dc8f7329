/* SPDX-License-Identifier: GPL-2.0-only */
/* An access to a register frame that trapped. */
#ifndef CORE_MMIO_H
#define CORE_MMIO_H

#include <core/types.h>

struct mmio_access {
	bool write;
	u8 size;   /* bytes: 1, 2, 4 or 8 */
	u64 value; /* written, or to be returned; zero-extended */
};

#endif
