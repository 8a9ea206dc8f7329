/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The virtual UART of a cell: a PL011 (DDI 0183) as far as the generic UART of the Server Base
 * System Architecture is one (DEN 0029), so that drivers work unmodified. What is written goes into
 * the cell's console ring, and is there at once, so there is always room to transmit. Line settings
 * are ignored.
 */
#ifndef VDEV_UART_H
#define VDEV_UART_H

#include <base/mmio.h>
#include <base/model.h>

/* As after power-on: nothing to read, no interrupt. No CPU runs in the cell. */
void uart_reset(struct cell *cell);

/* An access to the window: what is read, or 0. */
u64 uart_access(struct cell *cell, u64 offset, struct mmio_access access, u64 value);

/*
 * Input for a cell that runs. Returns how many of the bytes there was room for; the page says how
 * many more would fit.
 */
u32 uart_input(struct cell *cell, const u8 *text, u32 size);

#endif
