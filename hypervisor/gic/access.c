// SPDX-License-Identifier: GPL-2.0-only
/* Accesses to registers of the GIC that nobody shares: as they come, but of the widths that exist.
 */
#include <gic/internal.h>

__noinline u64 gic_access_raw(void *address, u32 widths, struct mmio_access access, u64 value)
{
	if (!(widths & mmio_size(access)))
		return 0;
	switch (access.kind) {
	case MMIO_READ(MMIO_BYTE):
		return readb(address);
	case MMIO_READ(MMIO_WORD):
		return readl(address);
	case MMIO_READ(MMIO_DOUBLE):
		return readq(address);
	case MMIO_WRITE(MMIO_BYTE):
		writeb((u8)value, address);
		break;
	case MMIO_WRITE(MMIO_WORD):
		writel((u32)value, address);
		break;
	case MMIO_WRITE(MMIO_DOUBLE):
		writeq(value, address);
		break;
	}
	return 0;
}
