// SPDX-License-Identifier: GPL-2.0-only
/*
 * Raspberry Pi 4 without PSCI (rpi4-spin-table.c), for bring-up: what Linux touches of the local
 * peripherals is mapped at first touch and recorded, and the hypervisor prints its messages on
 * the mini UART.
 */
#include "rpi4.h"

CELLBLOCK_SYSTEM = {
	.name = "rpi4-spin-table-permissive",
	.hypervisor = RPI4_HYPERVISOR,
	.cpus = RPI4_CPUS,
	.spin_table = RPI4_SPIN_TABLE,
	.gic = RPI4_GIC,
	.debug_console = UART_8250(RPI4_MINI_UART),
	.flags = PERMISSIVE,
	.regions = REGIONS(RPI4_MEMORY(RPI4_BEHIND_STUB), RPI4_PERIPHERALS),
	.irqs = RPI4_IRQS,
};
