/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * QEMU's arm64 machine `virt`, as far as its variants agree. The addresses are those of
 * QEMU's device tree (-machine virt,dumpdtb=...). One description serves every RAM size
 * from 1 GiB on: what lies behind the RAM that is there is simply never touched, and memory that is
 * added there is Linux'.
 *
 * 256 MiB at 0x70000000 are reserved from Linux, for the hypervisor and its cells.
 */
#include <cellblock/board.h>

#define QEMU_VIRT_HYPERVISOR	{ 0x70000000, 4 * MiB }

/* RAM around the hypervisor. "cells" and "shared" are reserved from Linux. */
#define QEMU_VIRT_RAM                                                                              \
	{ "ram", .phys = 0x40000000, .size = 768 * MiB, .flags = RAM },                            \
	{ "cells", .phys = 0x70400000, .size = 251 * MiB, .flags = RAM },                          \
	{ "shared", .phys = 0x7ff00000, .size = 1 * MiB, .flags = DATA | SHARED },                 \
	{ "ram-high", .phys = 0x80000000, .size = 254 * GiB, .flags = RAM }

/* The PL031 real-time clock and the PL061 GPIO, which holds the power button. */
#define QEMU_VIRT_RTC_GPIO                                                                         \
	{ "rtc", .phys = 0x09010000, .size = 4 * KiB, .flags = MMIO },                             \
	{ "gpio", .phys = 0x09030000, .size = 4 * KiB, .flags = MMIO }

/* uart1 is there since QEMU 9.1 when -serial is given twice; smmu with iommu=smmuv3. */
#define QEMU_VIRT_DEVICES                                                                          \
	{ "flash", .phys = 0x00000000, .size = 128 * MiB, .flags = MMIO },                         \
	{ "uart0", .phys = 0x09000000, .size = 4 * KiB, .flags = MMIO },                           \
	{ "fw-cfg", .phys = 0x09020000, .size = 4 * KiB, .flags = MMIO },                          \
	{ "uart1", .phys = 0x09040000, .size = 4 * KiB, .flags = MMIO },                           \
	{ "smmu", .phys = 0x09050000, .size = 128 * KiB, .flags = MMIO },                          \
	{ "virtio-mmio", .phys = 0x0a000000, .size = 16 * KiB, .flags = MMIO },                    \
	{ "platform-bus", .phys = 0x0c000000, .size = 32 * MiB, .flags = MMIO },                   \
	{ "pcie-mmio", .phys = 0x10000000, .size = 0x2eff0000, .flags = MMIO },                    \
	{ "pcie-pio", .phys = 0x3eff0000, .size = 64 * KiB, .flags = MMIO },                       \
	{ "pcie-ecam", .phys = 0x4010000000, .size = 256 * MiB, .flags = MMIO },                   \
	{ "pcie-mmio-high", .phys = 0x8000000000, .size = 512 * GiB, .flags = MMIO }

/* The frame that turns MSIs into SPIs, only with GICv2. */
#define QEMU_VIRT_V2M	{ "gicv2m", .phys = 0x08020000, .size = 4 * KiB, .flags = MMIO }

#define QEMU_VIRT_IRQS	IRQS({ .first = 32, .count = 256 })

#define QEMU_VIRT_GICV2                                                                            \
	{                                                                                          \
		.version = 2,                                                                      \
		.gicd = { 0x08000000, 64 * KiB },                                                  \
		.gicc = { 0x08010000, 8 * KiB },                                                   \
		.gich = { 0x08030000, 64 * KiB },                                                  \
		.gicv = { 0x08040000, 64 * KiB },                                                  \
	}

/* The range of redistributors has room for 123 CPUs. */
#define QEMU_VIRT_GICV3                                                                            \
	{                                                                                          \
		.version = 3,                                                                      \
		.gicd = { 0x08000000, 64 * KiB },                                                  \
		.gicr = { 0x080a0000, 0x00f60000 },                                                \
		.its = { 0x08080000, 128 * KiB },                                                  \
	}

/* MPIDRs: the first 8 CPUs are one cluster with either GIC. */
#define QEMU_VIRT_4_CPUS	CPUS(0x0, 0x1, 0x2, 0x3)
#define QEMU_VIRT_8_CPUS	CPUS(0x0, 0x1, 0x2, 0x3, 0x4, 0x5, 0x6, 0x7)
