/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Windows: register frames that no stage 2 maps, so that an access traps, and that are answered at
 * EL2. Each cell has a table of them, which does not change once a CPU runs in it.
 */
#ifndef VDEV_WINDOW_H
#define VDEV_WINDOW_H

#include <base/mmio.h>
#include <base/model.h>
#include <gic/gic.h>
#include <vdev/uart.h>

/* Fill the table of a cell that is made. */
void windows_init(struct cell *cell);

static inline bool window_has(const struct window *window, ipa_t ipa)
{
	return ipa - window->ipa < window->size;
}

/* Nearly all accesses are to the first kind. Returns what is read, or 0. */
static inline u64 window_answer(struct cell *cell, enum window_kind kind, u64 offset,
				struct mmio_access access, u64 value)
{
	if (__builtin_expect(kind == WINDOW_GICD, 1))
		return gic_distributor(cell, offset, access, value);
	if (kind == WINDOW_GICR)
		return gic_redistributor(cell, offset, access, value);
	if (kind == WINDOW_GICC)
		return gic_cpu_interface(cell, offset, access, value);
	return uart_access(cell, offset, access, value);
}

/*
 * An access as the cell sees it. value: what is written, and then what is read, or 0. False if
 * there is no window.
 */
static inline bool window_access(struct cell *cell, ipa_t ipa, struct mmio_access access,
				 u64 *value)
{
	const struct window *window = cell->windows;

	while (__builtin_expect(!window_has(window, ipa), 0))
		if (!(++window)->size)
			return false;
	*value = window_answer(cell, window->kind, ipa - window->ipa, access, *value);
	return true;
}

/* Whether there is one. */
static inline bool is_in_window(const struct cell *cell, ipa_t ipa)
{
	const struct window *window = cell->windows;

	while (!window_has(window, ipa))
		if (!(++window)->size)
			return false;
	return true;
}

#endif
