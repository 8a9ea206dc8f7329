// SPDX-License-Identifier: GPL-2.0-only
/* What all of gic/ works on: the distributor, its lock, and accesses without a filter. */
#include <gic/internal.h>

u32 gic_version;
u8 *gicd;
spinlock_t gic_lock;
struct cb_frame gicd_frame;
u32 gicd_typer_of_cells;
u32 gic_nr_espis;

__noinline u64 gic_access_raw(void *address, u32 widths, mmio_t kind, u64 value)
{
	if (!(widths & MMIO_SIZE(kind)))
		return 0;
	switch (kind) {
	case MMIO_BYTE:
		return readb(address);
	case MMIO_WORD:
		return readl(address);
	case MMIO_DOUBLE:
		return readq(address);
	case MMIO_WRITE | MMIO_BYTE:
		writeb((u8)value, address);
		break;
	case MMIO_WRITE | MMIO_WORD:
		writel((u32)value, address);
		break;
	case MMIO_WRITE | MMIO_DOUBLE:
		writeq(value, address);
		break;
	}
	return 0;
}

__noinline void gic_write_ones(u8 *array, u32 nr)
{
	for (u32 n = 0; n < nr; n += 32)
		writel(~0U, array + n / 8);
}

void gic_reset_private(u8 *frame, u32 nr)
{
	for (u32 n = 4; n < nr / 4; n += 4) /* SGIs have one trigger */
		writel(0, frame + GICD_ICFGR + n);
	for (u32 n = 0; n < nr; n += 4)
		writel(0, frame + GICD_IPRIORITYR + n);
	gic_write_ones(frame + GICD_ICPENDR, nr);
	gic_write_ones(frame + GICD_ICACTIVER, nr);
	writel(BIT(MANAGEMENT_SGI), frame + GICD_ISENABLER);
}
