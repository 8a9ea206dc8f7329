// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * UARTs, output only, polled: Arm PL011, 8250 with registers four bytes apart, Cadence, i.MX. Baud
 * rate and format stay as firmware or the root cell set them; one that does not transmit yet is
 * turned on, with 8N1, unless it is an 8250.
 */
#include <libfdt.h>
#include <sysreg.h>
#include "internal.h"

#define UARTLCR_H	  0x2c
#define UARTCR		  0x30
#define UARTIMSC	  0x38
#define UARTLCR_H_8N1	  (3u << 5 | 1u << 4) /* 8 bits, FIFOs */
#define UARTCR_ENABLE	  (1u << 0)
#define UARTCR_TXE	  (1u << 8)

#define UART_8250_IER	  0x04

#define CADENCE_CR	  0x00
#define CADENCE_MR	  0x04
#define CADENCE_IDR	  0x0c
#define CADENCE_CR_RESET  0x03 /* both FIFOs */
#define CADENCE_CR_TX_EN  (1u << 4)
#define CADENCE_CR_TX_DIS (1u << 5)
#define CADENCE_MR_8N1	  0x20

#define IMX_UCR1	  0x80
#define IMX_UCR2	  0x84
#define IMX_UCR4	  0x8c
#define IMX_UCR1_UARTEN	  (1u << 0)
#define IMX_UCR2_SRST	  (1u << 0) /* 0 resets it */
#define IMX_UCR2_TXEN	  (1u << 2)
#define IMX_UCR2_WS	  (1u << 5)  /* 8 bits */
#define IMX_UCR2_IRTS	  (1u << 14) /* sends without RTS */
#define IMX_UCR4_ENABLES  0x18fu     /* of interrupts; those in UCR1 are 0 with the rest of it */

static void pl011_start(uint64_t base)
{
	uint32_t control = read32(base + UARTCR);

	write32(base + UARTIMSC, 0);
	if ((control & (UARTCR_ENABLE | UARTCR_TXE)) == (UARTCR_ENABLE | UARTCR_TXE))
		return;
	write32(base + UARTLCR_H, UARTLCR_H_8N1);
	write32(base + UARTCR, control | UARTCR_ENABLE | UARTCR_TXE);
}

static void uart_8250_start(uint64_t base)
{
	write32(base + UART_8250_IER, 0);
}

static void cadence_start(uint64_t base)
{
	write32(base + CADENCE_IDR, ~0u);
	if ((read32(base + CADENCE_CR) & (CADENCE_CR_TX_EN | CADENCE_CR_TX_DIS)) ==
	    CADENCE_CR_TX_EN)
		return;
	write32(base + CADENCE_MR, CADENCE_MR_8N1);
	write32(base + CADENCE_CR, CADENCE_CR_RESET | CADENCE_CR_TX_EN);
}

static void imx_start(uint64_t base)
{
	const uint32_t running = IMX_UCR2_SRST | IMX_UCR2_TXEN;

	write32(base + IMX_UCR1, IMX_UCR1_UARTEN);
	write32(base + IMX_UCR4, read32(base + IMX_UCR4) & ~IMX_UCR4_ENABLES);
	if ((read32(base + IMX_UCR2) & running) != running)
		write32(base + IMX_UCR2, running | IMX_UCR2_WS | IMX_UCR2_IRTS);
}

/* Where a character goes, and what the status register says while there is room for it. */
static const struct uart {
	const char *compatible;
	void (*start)(uint64_t base);
	uint8_t data, status;
	uint8_t mask, ready;
} uarts[] = {
	{ "arm,pl011", pl011_start, 0x00, 0x18, 1u << 5, 0 },	       /* UARTFR.TXFF */
	{ "ns16550a", uart_8250_start, 0x00, 0x14, 1u << 5, 1u << 5 }, /* LSR.THRE */
	{ "brcm,bcm2835-aux-uart", uart_8250_start, 0x00, 0x14, 1u << 5, 1u << 5 },
	{ "cdns,uart-r1p12", cadence_start, 0x30, 0x2c, 1u << 4, 0 }, /* SR.TXFULL */
	{ "fsl,imx6q-uart", imx_start, 0x40, 0xb4, 1u << 4, 0 },      /* UTS.TXFULL */
};

static const struct uart *uart;
static uint64_t base;

static void put(char c)
{
	while ((read32(base + uart->status) & uart->mask) != uart->ready)
		;
	write32(base + uart->data, (uint8_t)c);
}

void uart_write(const char *text, size_t size)
{
	while (size--) {
		if (*text == '\n')
			put('\r');
		put(*text++);
	}
}

bool uart_init(int node)
{
	struct range reg;
	size_t i = 0;

	while (i < ARRAY_SIZE(uarts) &&
	       fdt_node_check_compatible(dt_blob(), node, uarts[i].compatible))
		i++;
	if (i == ARRAY_SIZE(uarts) || !dt_reg(node, 0, &reg) ||
	    !mmu_map(reg.base, reg.size, MEMORY_DEVICE))
		return false;
	uart = &uarts[i];
	base = reg.base;
	uart->start(base);
	return true;
}
