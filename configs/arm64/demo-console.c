// SPDX-License-Identifier: GPL-2.0-only
/*
 * QEMU `virt`, either GIC: a second Linux on two CPUs that has no device at all: its console is a
 * UART that the hypervisor plays, at which one types with "cellctl console".
 */
#include "qemu-virt-cell.h"

CELLBLOCK_CELL = {
	.name = "demo-console",
	.cpus = CPU(2) | CPU(3),
	.regions = REGIONS({ "ram", .phys = 0x70400000, .size = 184 * MiB, .flags = RAM | LOADABLE }),
	.irqs = IRQS({ .first = 44, .count = 1 }),
	.console = VUART(0x0b000000, 44),
	.log_size = 64 * KiB,
};
