// SPDX-License-Identifier: GPL-2.0-only
/* What windows a cell has (window.h). */
#include <base/assert.h>
#include <vdev/window.h>

/* One of size 0 is behind the last. */
static void window_add(struct cell *cell, enum window_kind kind, ipa_t ipa, u64 size)
{
	u32 nr = 0;

	while (cell->windows[nr].size)
		nr++;
	must(nr < MAX_WINDOWS);
	cell->windows[nr] = (struct window){ ipa, size, kind };
}

/* Of the CPU interface the root cell has both pages mapped. */
static bool has_gic_window(const struct cell *cell, enum window_kind kind)
{
	return gic_frames[kind].size && !(kind == WINDOW_GICC && cell == &root_cell);
}

void windows_init(struct cell *cell)
{
	for (enum window_kind kind = 0; kind < WINDOW_GIC_KINDS; kind++)
		if (has_gic_window(cell, kind))
			window_add(cell, kind, gic_frames[kind].phys, gic_frames[kind].size);
	if (cell->config->console.type == CB_CONSOLE_VIRTUAL)
		window_add(cell, WINDOW_UART, cell->config->console.address, PAGE_SIZE);
}
