// SPDX-License-Identifier: GPL-2.0-only
/*
 * NXP i.MX8MPlus EVK board: the cell imx8mp-evk-timer, written by `cellctl config cell`.
 *
 * To be considered:
 * - /soc@0/bus@30800000/spba-bus@30800000/serial@30880000 has clocks (ipg, per) of
 *   /soc@0/bus@30000000/clock-controller@30380000: Linux holds them on, at the rate as it is at
 *   create, until the cell is destroyed; `cellctl show` of the cell lists them, or says what could
 *   not be had
 * - /soc@0/bus@30800000/spba-bus@30800000/serial@30880000 has DMA channels (rx, tx) of
 *   /soc@0/bus@30800000/dma-controller@30bd0000: the controller stays with Linux; use the device
 *   without DMA in the cell
 * - /soc@0/bus@30800000/spba-bus@30800000/serial@30880000 needs the pins of
 *   /soc@0/bus@30000000/pinctrl@30330000/uart3grp: Linux sets them up at create; `cellctl show` of
 *   the cell lists them, or says what could not be had
 */
#include <cellblock/board.h>

CELLBLOCK_CELL = {
	.name = "imx8mp-evk-timer",
	.cpus = CPU(3),
	.flags = NATIVE_IDLE,
	.regions = REGIONS(
		{ "ram", .phys = 0x70400000, .size = 16 * MiB, .flags = RAM | LOADABLE },
		{ "serial", .phys = 0x30880000, .size = 64 * KiB, .flags = MMIO }),	/* serial@30880000 (serial2) */
	.irqs = IRQS(
		{ .first = 60, .count = 1 }),	/* serial@30880000 */
	.console = UART_IMX(0x30880000, 60),
};
