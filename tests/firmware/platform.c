// SPDX-License-Identifier: GPL-2.0-only
/*
 * What QEMU's `virt` has beside CPUs and GIC: fw_cfg, from which the kernel comes
 * (docs/specs/fw_cfg.rst of QEMU), two PL011, and the Secure PL061 that turns power off.
 */
#include "firmware.h"

#define UART		   0x09000000UL
#define SECURE_UART	   0x09040000UL
#define UART_DR		   0x00
#define UART_FR		   0x18
#define UART_CR		   0x30
#define FR_TXFF		   BIT(5)
#define CR_ON		   0x301 /* UARTEN, TXE, RXE */

#define FW_CFG_DMA	   0x09020010UL
#define FW_CFG_KERNEL_SIZE 0x08
#define FW_CFG_INITRD_SIZE 0x0b
#define FW_CFG_KERNEL	   0x11
#define FW_CFG_INITRD	   0x12
#define DMA_ERROR	   BIT(0)
#define DMA_READ	   BIT(1)
#define DMA_SELECT	   BIT(3)

#define GPIO		   0x090b0000UL
#define GPIO_DIR	   0x400
#define GPIO_POWER_OFF	   BIT(0)
#define GPIO_RESTART	   BIT(1)

/* QEMU has put the device tree at the start of the RAM; scripts/qemu.py tells Linux where its
 * initrd is. */
#define KERNEL		   (RAM_BASE + 0x200000UL)
#define INITRD		   (RAM_BASE + 0x8000000UL)
#define SCRATCH		   (KERNEL - 0x1000)
#define IMAGE_ARM64	   0x644d5241

/* In RAM: that is where the device reads and writes. */
static volatile struct {
	u32 control;
	u32 length;
	u64 address;
	u32 value;
} *const dma = (void *)SCRATCH;

static void put(char c, u64 uart)
{
	while (read32(uart + UART_FR) & FR_TXFF)
		;
	write32(uart + UART_DR, c);
}

void say(const char *text)
{
	/* Its other registers are Linux', but for those of a UART that only the firmware has. */
	write32(SECURE_UART + UART_CR, CR_ON);
	for (; *text; text++) {
		put(*text, UART);
		put(*text, SECURE_UART);
	}
}

void say_hex(u64 value)
{
	char digits[] = "0x0000000000000000";

	for (u32 i = 17; i >= 2; i--, value >>= 4)
		digits[i] = "0123456789abcdef"[value & 0xf];
	say(digits);
}

void say_decimal(u32 value)
{
	char digits[11] = { 0 };
	u32 i = 10;

	do
		digits[--i] = '0' + value % 10;
	while (value /= 10);
	say(digits + i);
}

static _Noreturn void set_pin(u32 pin)
{
	dsb(); /* what was said is out */
	write32(GPIO + GPIO_DIR, pin);
	write32(GPIO + (pin << 2), 0);
	write32(GPIO + (pin << 2), pin); /* the address is the mask */
	for (;;)
		wfi();
}

void power_off(void)
{
	set_pin(GPIO_POWER_OFF);
}

void restart(void)
{
	set_pin(GPIO_RESTART);
}

static _Noreturn void give_up(const char *why)
{
	say("firmware: ");
	say(why);
	say("\r\n");
	power_off();
}

static void fw_cfg_read(u32 key, u64 address, u32 size)
{
	dma->control = __builtin_bswap32(key << 16 | DMA_SELECT | DMA_READ);
	dma->length = __builtin_bswap32(size);
	dma->address = __builtin_bswap64(address);
	dsb(); /* the device reads it */
	write32(FW_CFG_DMA, 0);
	write32(FW_CFG_DMA + 4, __builtin_bswap32(SCRATCH));
	while (dma->control & ~__builtin_bswap32(DMA_ERROR))
		;
	if (dma->control)
		give_up("fw_cfg failed");
	dsb(); /* before what it has written is read */
}

static u32 fw_cfg_value(u32 key)
{
	fw_cfg_read(key, (u64)&dma->value, sizeof(dma->value));
	return dma->value;
}

/* Kernel and initrd; where the kernel is entered. */
u64 load_linux(void)
{
	fw_cfg_read(FW_CFG_KERNEL, KERNEL, fw_cfg_value(FW_CFG_KERNEL_SIZE));
	if (read32(KERNEL + 56) != IMAGE_ARM64 || read32(KERNEL + 8))
		give_up("no Image for arm64 that begins at a multiple of 2 MiB");
	fw_cfg_read(FW_CFG_INITRD, INITRD, fw_cfg_value(FW_CFG_INITRD_SIZE));
	return KERNEL;
}
