// SPDX-License-Identifier: GPL-2.0-only
/*
 * The virtual UART (uart.h). Its interrupt is an SPI that no device has. Three conditions raise it:
 * input, the same once more as the receive timeout, and room to transmit, which there always is;
 * each is a level, as long as it holds and is enabled. So a write to UARTICR has nothing to clear.
 */
#include <base/log.h>
#include <gic/gic.h>
#include <vdev/uart.h>

#define UARTDR	      0x000
#define UARTFR	      0x018
#define FR_RXFE	      BIT(4)
#define FR_RXFF	      BIT(6)
#define FR_TXFE	      BIT(7)
#define UARTCR	      0x030
#define CR_ENABLED    (BIT(0) | BIT(8) | BIT(9)) /* UARTEN, TXE, RXE */
#define UARTIMSC      0x038
#define UARTRIS	      0x03c
#define UARTMIS	      0x040
#define INT_RX	      BIT(4)
#define INT_TX	      BIT(5)
#define INT_RT	      BIT(6)
#define UARTPERIPHID0 0xfe0

/* UARTPeriphID0 to 3 and UARTPCellID0 to 3, a byte each: r1p5. */
static const u8 identification[] = { 0x11, 0x10, 0x34, 0x00, 0x0d, 0xf0, 0x05, 0xb1 };

static u64 raw_interrupts(const struct cell_console *console)
{
	return INT_TX | (console->nr ? INT_RX | INT_RT : 0);
}

/* The CPU that took the interrupt has cleared its pending state, so a line that is high says so
 * again. */
static void drive_line(const struct cell *cell, struct cell_console *console)
{
	bool high = raw_interrupts(console) & console->enabled;

	if (cell->config->console.irq && (high || console->raised))
		gic_drive_spi(cell->config->console.irq, high);
	console->raised = high;
}

static void publish_room(struct cell *cell)
{
	WRITE_ONCE(cell->page->input_room, CB_CELL_INPUT_MAX - cell->console.nr);
}

static u64 take_input(struct cell *cell)
{
	struct cell_console *console = &cell->console;
	u8 byte;

	if (!console->nr)
		return 0;
	byte = console->input[console->first];
	console->first = (console->first + 1) % CB_CELL_INPUT_MAX;
	console->nr--;
	publish_room(cell);
	return byte;
}

static u64 flags(const struct cell_console *console)
{
	return FR_TXFE | (console->nr ? 0 : FR_RXFE) |
	       (console->nr == CB_CELL_INPUT_MAX ? FR_RXFF : 0);
}

static u64 read_register(struct cell *cell, u64 offset)
{
	const struct cell_console *console = &cell->console;

	switch (offset) {
	case UARTDR:
		return take_input(cell);
	case UARTFR:
		return flags(console);
	case UARTCR:
		return CR_ENABLED;
	case UARTIMSC:
		return console->enabled;
	case UARTRIS:
		return raw_interrupts(console);
	case UARTMIS:
		return raw_interrupts(console) & console->enabled;
	}
	return offset >= UARTPERIPHID0 ? identification[(offset - UARTPERIPHID0) / 4] : 0;
}

static void write_register(struct cell *cell, u64 offset, u64 value)
{
	char byte = (char)value;

	if (offset == UARTDR)
		console_write_locked(cell, &byte, 1);
	else if (offset == UARTIMSC)
		cell->console.enabled = value & (INT_RX | INT_TX | INT_RT);
}

u64 uart_access(struct cell *cell, u64 offset, struct mmio_access access, u64 value)
{
	u64 result = 0;

	count_exit(this_cpu(), CB_EXIT_UART);
	/* Registers are words, accessed as bytes, halfwords or words at their address (DEN 0029).
	 */
	if (offset % 4 || mmio_size(access) > 4)
		return 0;
	spin_lock(&cell->console.lock);
	if (mmio_is_write(access))
		write_register(cell, offset, value);
	else
		result = mmio_part(read_register(cell, offset), 0, access);
	drive_line(cell, &cell->console);
	spin_unlock(&cell->console.lock);
	return result;
}

u32 uart_input(struct cell *cell, const u8 *text, u32 size)
{
	struct cell_console *console = &cell->console;
	u32 done = 0;

	spin_lock(&cell->console.lock);
	for (; done < size && console->nr < CB_CELL_INPUT_MAX; console->nr++)
		console->input[(console->first + console->nr) % CB_CELL_INPUT_MAX] = text[done++];
	publish_room(cell);
	drive_line(cell, console);
	spin_unlock(&cell->console.lock);
	return done;
}

void uart_reset(struct cell *cell)
{
	struct cell_console *console = &cell->console;

	spin_lock(&cell->console.lock);
	console->enabled = 0;
	console->raised = false;
	console->nr = 0;
	publish_room(cell);
	spin_unlock(&cell->console.lock);
}
