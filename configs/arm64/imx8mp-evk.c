// SPDX-License-Identifier: GPL-2.0-only
/*
 * NXP i.MX8MPlus EVK board: system configuration, written by `cellctl config create` from its
 * device tree alone.
 *
 * Memory kept from Linux: 0x70000000 to 0x7fffffff by the node /reserved-memory/cellblock@70000000.
 * Linux's console: /soc@0/bus@30800000/spba-bus@30800000/serial@30890000.
 *
 * To be considered:
 * - the firmware changes the frequency of the memory for Linux, and a cell would go on using it:
 *   the call (.smcs) is refused while there are cells. Keep Linux's driver away, which goes on
 *   without it (modprobe.blacklist=imx8m_ddrc, or disable the node memory-controller@3d400000)
 */
#include <cellblock/board.h>

CELLBLOCK_SYSTEM = {
	.name = "imx8mp-evk",
	.hypervisor = { 0x70000000, 4 * MiB },
	.cpus = CPUS(0x0, 0x1, 0x2, 0x3),	/* cortex-a53 */
	.gic = {
		.version = 3,
		.gicd = { 0x38800000, 64 * KiB },
		.gicr = { 0x38880000, 768 * KiB },
	},
	/* For bring-up, the hypervisor's messages on Linux's console: .debug_console = UART_IMX(0x30890000), */
	.regions = REGIONS(
		/* Memory. */
		{ "ram", .phys = 0x40000000, .size = 768 * MiB, .flags = RAM },
		{ "cells", .phys = 0x70400000, .size = 252 * MiB, .flags = RAM },	/* kept from Linux */
		{ "ram-2", .phys = 0x80000000, .size = 0x142f0000, .flags = RAM },
		/* /reserved-memory/vdev0vring0@942f0000: no-map, a driver of Linux may use it */
		{ "vdev0vring0", .phys = 0x942f0000, .size = 32 * KiB, .flags = DATA },
		/* /reserved-memory/vdev0vring1@942f8000: no-map, a driver of Linux may use it */
		{ "vdev0vring1", .phys = 0x942f8000, .size = 32 * KiB, .flags = DATA },
		/* /reserved-memory/vdev0buffer@94300000: no-map, a driver of Linux may use it */
		{ "vdev0buffer", .phys = 0x94300000, .size = 1 * MiB, .flags = DATA },
		{ "ram-3", .phys = 0x94400000, .size = 0x12bc00000, .flags = RAM },

		/* Devices, by address. */
		{ "spi", .phys = 0x08000000, .size = 256 * MiB, .flags = MMIO },	/* spi@30bb0000 (spi0) */
		/* pcie@33800000: mem32 window, pcie-ep@33800000, pcie@33800000 ... */
		{ "pcie-mem32", .phys = 0x18000000, .size = 128 * MiB, .flags = MMIO },
		{ "etm-28440000", .phys = 0x28440000, .size = 4 * KiB, .flags = MMIO },
		{ "etm-28540000", .phys = 0x28540000, .size = 4 * KiB, .flags = MMIO },
		{ "etm-28640000", .phys = 0x28640000, .size = 4 * KiB, .flags = MMIO },
		{ "etm-28740000", .phys = 0x28740000, .size = 4 * KiB, .flags = MMIO },
		{ "funnel", .phys = 0x28c03000, .size = 4 * KiB, .flags = MMIO },
		{ "etf", .phys = 0x28c04000, .size = 4 * KiB, .flags = MMIO },
		{ "etr", .phys = 0x28c06000, .size = 4 * KiB, .flags = MMIO },
		/* bus@30000000, gpio@30200000 (gpio0), gpio@30210000 (gpio1) and 27 more */
		{ "bus-30000000", .phys = 0x30000000, .size = 8 * MiB, .flags = MMIO },
		/* spba-bus@30800000, bus@30800000, spi@30820000 and 42 more */
		{ "spba-bus", .phys = 0x30800000, .size = 8 * MiB, .flags = MMIO },
		{ "interconnect", .phys = 0x32700000, .size = 1 * MiB, .flags = MMIO },
		/* bus@32c00000, isi@32e00000, isp@32e10000 and 18 more */
		{ "bus-32c00000", .phys = 0x32c00000, .size = 4 * MiB, .flags = MMIO },
		/* pcie@33800000, pcie-ep@33800000 */
		{ "pcie-regs", .phys = 0x33800000, .size = 4 * MiB, .flags = MMIO },
		{ "gpu", .phys = 0x38000000, .size = 64 * KiB, .flags = MMIO },	/* gpu@38000000, gpu@38008000 */
		{ "usb-38100000", .phys = 0x38100000, .size = 64 * KiB, .flags = MMIO },	/* disabled */
		/* usb@32f10100, usb-phy@381f0040, disabled */
		{ "usb-381f0000", .phys = 0x381f0000, .size = 4 * KiB, .flags = MMIO },
		{ "usb-38200000", .phys = 0x38200000, .size = 64 * KiB, .flags = MMIO },
		/* usb@32f10108, usb-phy@382f0040 */
		{ "usb-382f0000", .phys = 0x382f0000, .size = 4 * KiB, .flags = MMIO },
		/* video-codec@38300000, video-codec@38310000 */
		{ "video-codec", .phys = 0x38300000, .size = 128 * KiB, .flags = MMIO },
		{ "blk-ctrl", .phys = 0x38330000, .size = 4 * KiB, .flags = MMIO },
		{ "npu", .phys = 0x38500000, .size = 2 * MiB, .flags = MMIO },
		{ "dsp", .phys = 0x3b6e8000, .size = 544 * KiB, .flags = MMIO },	/* disabled */
		{ "memory-controll", .phys = 0x3d400000, .size = 4 * MiB, .flags = MMIO },
		{ "ddr-pmu", .phys = 0x3d800000, .size = 4 * MiB, .flags = MMIO }),
	.irqs = IRQS(
		{ .first = 34, .count = 7 },	/* dma-controller@30bd0000, gpu@38000000, snvs-powerkey and 4 more */
		{ .first = 42, .count = 1 },	/* watchdog@302a0000 */
		{ .first = 45, .count = 1 },	/* npu@38500000 */
		{ .first = 48, .count = 5 },	/* isi@32e00000, csi@32e40000, dsi@32e60000, snvs-rtc-lp */
		{ .first = 54, .count = 8 },	/* mmc@30b40000, mmc@30b50000, mmc@30b60000 and 5 more */
		{ .first = 63, .count = 8 },	/* spi@30820000, spi@30830000, spi@30840000 and 5 more */
		{ .first = 72, .count = 6 },	/* usb@38100000, usb@38200000, isi@32e00000 and 2 more */
		{ .first = 79, .count = 1 },	/* timer@306a0000 */
		{ .first = 82, .count = 6 },	/* sai@30c30000, timer@306e0000, timer@306f0000 and 4 more */
		{ .first = 96, .count = 28 },	/* gpio@30200000, gpio@30210000, gpio@30220000 and 20 more */
		{ .first = 127, .count = 2 },	/* sai@30c10000, sai@30c20000 */
		{ .first = 130, .count = 1 },	/* ddr-pmu@3d800000 */
		{ .first = 132, .count = 1 },	/* dwe@32e30000 */
		{ .first = 135, .count = 1 },	/* dma-controller@30e10000 */
		{ .first = 137, .count = 3 },	/* jr@1000, jr@2000, spi@30bb0000 */
		{ .first = 141, .count = 3 },	/* audio-controller@30ca0000, sai@30c80000 */
		{ .first = 146, .count = 1 },	/* jr@3000 */
		{ .first = 150, .count = 13 },	/* ethernet@30be0000, easrc@30c90000, pcie@33800000 and 3 more */
		{ .first = 166, .count = 3 },	/* ethernet@30bf0000, mailbox@30e60000 */
		{ .first = 172, .count = 1 },	/* pcie@33800000 */
		{ .first = 174, .count = 1 },	/* can@308c0000 */
		{ .first = 176, .count = 1 },	/* can@308d0000 */
		/* xcvr@30cc0000, memory-controller@3d400000, usb@32f10100, usb@32f10108 */
		{ .first = 178, .count = 4 }),
	/* Not for Linux while there is another cell. */
	.smcs = SMCS(
		0xc2000004),	/* DDR frequency: it stops the CPUs of Linux only */
};
