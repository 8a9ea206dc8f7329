// SPDX-License-Identifier: GPL-2.0-only
/*
 * Frames of the GIC that a cell has as memory (gic.h). The CPU interface of GICv2 is banked: each
 * CPU finds its own there.
 */
#include <gic/gic.h>

#define ALL 0xffff

/*
 * How many pages of each frame. KVM looks at the virtual interface of its CPU, in the first page of
 * GICH, and clears its list registers for a VM, even if that is refused then; it does nothing while
 * interrupts go to EL1. GICC_DIR, in the second page of GICC, is checked for other cells. LPIs,
 * which the ITS makes, are the root cell's.
 */
static const u16 pages_of_root[CB_GIC_FRAMES] = {
	[CB_GIC_GICC] = 2, [CB_GIC_GICH] = 1, [CB_GIC_ITS] = ALL
};
static const u16 pages_of_cells[CB_GIC_FRAMES] = { [CB_GIC_GICC] = 1 };

struct cb_frame gic_direct_frame(const struct cell *cell, enum cb_gic_frame which)
{
	u64 pages = (cell == &root_cell ? pages_of_root : pages_of_cells)[which];
	struct cb_frame frame = system_config->gic.frames[which];

	if (pages != ALL)
		frame.size = MIN(frame.size, pages * PAGE_SIZE);
	return frame;
}
