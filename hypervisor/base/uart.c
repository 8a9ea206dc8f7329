// SPDX-License-Identifier: GPL-2.0-only
/*
 * The debug console (uart.h): Arm PL011 (DDI 0183), the 8250 with its registers four bytes apart,
 * as in the BCM2711, Cadence's UART (UG1085, chapter 21) and that of the i.MX (IMX8MPRM, "UART").
 * Linux or the firmware has set it up; only the transmit side is used, so it can be shared with
 * Linux' own console. What it does not take in time is lost; the root cell's ring has it. Nor does
 * anybody wait long for one that is stopped, or whose clock is off: then its status may read as
 * anything.
 */
#include <arch/io.h>
#include <base/cpu.h>
#include <base/lock.h>
#include <base/uart.h>

/* Where a character goes, and what the status register says while there is room for it. */
static const struct uart {
	u8 data, status;
	u8 mask, ready;
} uarts[] = {
	[CB_CONSOLE_PL011] = { .data = 0x00, .status = 0x18, .mask = BIT(5) },	 /* UARTFR.TXFF */
	[CB_CONSOLE_8250] = { 0x00, 0x14, .mask = BIT(5), .ready = BIT(5) },	 /* LSR.THRE */
	[CB_CONSOLE_CADENCE] = { .data = 0x30, .status = 0x2c, .mask = BIT(4) }, /* SR.TXFULL */
	[CB_CONSOLE_IMX] = { .data = 0x40, .status = 0xb4, .mask = BIT(4) },	 /* UTS.TXFULL */
};

static const struct uart *uart;
static u8 *base;
static spinlock_t lock; /* one message at a time */

void uart_init(enum cb_console_type type, void *registers)
{
	base = registers;
	uart = &uarts[type];
}

/* Reads of the status, 10 ms at least, that a character waits for room: 1 ms at 9600 baud. */
#define PATIENCE 100000

static bool stuck; /* the last message was lost: now there must be room at once; under lock */

/*
 * False if there is never room: whoever shares the UART may have stopped it. One whose bus answers
 * with an error is not written: the error of a store may come late, as an SError, to whoever has
 * the CPU then.
 */
static bool put(char c)
{
	u32 n = stuck ? PATIENCE : 0;
	bool room;

	do {
		u32 errors = bus_errors();

		room = (readl(base + uart->status) & uart->mask) == uart->ready;
		stuck = bus_errors() != errors || (!room && n++ == PATIENCE);
		if (stuck)
			return false;
	} while (!room);
	writel((u8)c, base + uart->data);
	return true;
}

void uart_write(const char *text, size_t size)
{
	if (!base)
		return;
	spin_lock(&lock);
	for (; size--; text++)
		if ((*text == '\n' && !put('\r')) || !put(*text))
			break;
	spin_unlock(&lock);
}
