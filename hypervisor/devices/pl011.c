// SPDX-License-Identifier: GPL-2.0-only
/*
 * Arm PL011 (DDI 0183) as debug console. Linux or the firmware has set it up; only the
 * transmit side is used, so it can be shared with Linux' own console.
 */
#include <arch/io.h>
#include <arch/mmu.h>
#include <arch/spinlock.h>
#include <devices/uart.h>

#define UARTDR	    0x00
#define UARTFR	    0x18
#define UARTFR_TXFF BIT(5)

static u8 *pl011;
static spinlock_t lock; /* one message at a time */

bool uart_init(const struct cb_console_config *config)
{
	if (config->type != CB_CONSOLE_PL011)
		return true;
	pl011 = el2_map_device(config->address, PAGE_SIZE);
	return pl011 != NULL;
}

static void put(char c)
{
	while (readl(pl011 + UARTFR) & UARTFR_TXFF)
		cpu_relax();
	writel((u8)c, pl011 + UARTDR);
}

void uart_write(const char *text, size_t size)
{
	if (!pl011)
		return;
	spin_lock(&lock);
	for (; size--; text++) {
		if (*text == '\n')
			put('\r');
		put(*text);
	}
	spin_unlock(&lock);
}
