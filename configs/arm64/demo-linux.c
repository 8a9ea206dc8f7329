// SPDX-License-Identifier: GPL-2.0-only
/*
 * QEMU `virt`, either GIC: a second Linux on two CPUs, with the second UART as its console.
 * Needs QEMU 9.1, two -serial options, and the UART kept from the first Linux
 * (scripts/cell-uart.dtso).
 */
#include "qemu-virt-cell.h"

CELLBLOCK_CELL = {
	.name = "demo-linux",
	.cpus = CPU(2) | CPU(3),
	.regions = REGIONS({ "ram", .phys = 0x70400000, .size = 184 * MiB, .flags = RAM | LOADABLE },
			   { "uart1", .phys = 0x09040000, .size = 4 * KiB, .flags = MMIO }),
	.irqs = IRQS({ .first = 40, .count = 1 }),
	.console = PL011(0x09040000, 40),
};
