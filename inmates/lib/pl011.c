// SPDX-License-Identifier: GPL-2.0-only
/*
 * Arm PL011 UART, output only, polled. Baud rate and format stay as firmware or the
 * root cell set them; an UART that was never set up gets 8N1.
 */
#include <sysreg.h>
#include "internal.h"

#define UARTDR	      0x00
#define UARTFR	      0x18
#define UARTLCR_H     0x2c
#define UARTCR	      0x30
#define UARTIMSC      0x38
#define UARTFR_TXFF   (1u << 5)
#define UARTLCR_H_8N1 (3u << 5 | 1u << 4) /* 8 bits, FIFOs */
#define UARTCR_ENABLE (1u << 0)
#define UARTCR_TXE    (1u << 8)

static uint64_t uart;

static void put(char c)
{
	while (read32(uart + UARTFR) & UARTFR_TXFF)
		;
	write32(uart + UARTDR, (uint8_t)c);
}

void pl011_write(const char *text, size_t size)
{
	while (size--) {
		if (*text == '\n')
			put('\r');
		put(*text++);
	}
}

bool pl011_init(uint64_t base)
{
	uint32_t control;

	if (!mmu_map(base, 0x1000, MEMORY_DEVICE))
		return false;
	uart = base;
	write32(uart + UARTIMSC, 0);
	control = read32(uart + UARTCR);
	if ((control & (UARTCR_ENABLE | UARTCR_TXE)) != (UARTCR_ENABLE | UARTCR_TXE)) {
		write32(uart + UARTLCR_H, UARTLCR_H_8N1);
		write32(uart + UARTCR, control | UARTCR_ENABLE | UARTCR_TXE);
	}
	return true;
}
