// SPDX-License-Identifier: GPL-2.0-only
/*
 * Words for the numbers of the ABI: one table for each enumeration.
 */
#include "names.h"

#include <stddef.h>

#include <cellblock/config.h>
#include <cellblock/error.h>
#include <cellblock/public.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

static const char *const cell_states[] = {
	[CB_CELL_CREATED] = "created", [CB_CELL_LOADING] = "loading",
	[CB_CELL_RUNNING] = "running", [CB_CELL_STOPPED] = "stopped",
	[CB_CELL_FAILED] = "failed",   [CB_CELL_DESTROYING] = "destroying",
};

static const char *const cpu_states[] = {
	[CB_CPU_OFF] = "off",
	[CB_CPU_PENDING] = "pending",
	[CB_CPU_ON] = "on",
};

static const char *const exits[] = {
	[CB_EXIT_HVC] = "hvc",
	[CB_EXIT_SMC] = "smc",
	[CB_EXIT_WFI] = "wfi",
	[CB_EXIT_SGI] = "sgi",
	[CB_EXIT_GICD] = "gicd",
	[CB_EXIT_GICR] = "gicr",
	[CB_EXIT_GICC] = "gicc",
	[CB_EXIT_ITS] = "its",
	[CB_EXIT_SYSREG] = "sysreg",
	[CB_EXIT_PERMISSIVE] = "permissive",
	[CB_EXIT_RETRY] = "retry",
	[CB_EXIT_ABORT] = "abort",
	[CB_EXIT_MANAGEMENT] = "management",
	[CB_EXIT_VIOLATION] = "violation",
	[CB_EXIT_OTHER] = "other",
	[CB_EXIT_UART] = "uart",
};
_Static_assert(ARRAY_SIZE(exits) == CB_EXIT_COUNT, "every exit reason has a name");

static const char *const crashes[] = {
	[CB_CRASH_NONE] = "none",     [CB_CRASH_READ] = "read",
	[CB_CRASH_WRITE] = "write",   [CB_CRASH_EXECUTE] = "execute",
	[CB_CRASH_DECODE] = "decode", [CB_CRASH_MMIO] = "mmio",
	[CB_CRASH_TRAP] = "trap",     [CB_CRASH_HYPERVISOR] = "hypervisor",
};

static const char *const clearings[] = {
	[CB_CLEAR_HALTED] = "does not answer",
	[CB_CLEAR_RUNS] = "is being cleared",
	[CB_CLEAR_DONE] = "is cleared",
	[CB_CLEAR_FAILED] = "does not answer",
};

static const char *const pool_uses[] = {
	[CB_POOL_FREE] = "free",
	[CB_POOL_HYPERVISOR] = "hypervisor",
	[CB_POOL_STAGE2] = "stage2",
	[CB_POOL_CELL] = "cells",
};
_Static_assert(ARRAY_SIZE(pool_uses) == CB_POOL_USES, "every use has a name");

static const char *const gic_frames[] = {
	[CB_GIC_GICD] = "GICD", [CB_GIC_GICC] = "GICC", [CB_GIC_GICH] = "GICH",
	[CB_GIC_GICV] = "GICV", [CB_GIC_GICR] = "GICR", [CB_GIC_ITS] = "ITS",
};
_Static_assert(ARRAY_SIZE(gic_frames) == CB_GIC_FRAMES, "every frame has a name");

static const char *const config_kinds[] = {
	[CB_CONFIG_SYSTEM] = "system",
	[CB_CONFIG_CELL] = "cell",
};

static const char *const config_arrays[] = {
	[CB_ARRAY_REGIONS] = "regions",
	[CB_ARRAY_IRQS] = "interrupts",
	[CB_ARRAY_SMCS] = "SMC function IDs",
	[CB_ARRAY_CPUS] = "CPUs",
	[CB_ARRAY_SPIN_TABLE] = "release addresses",
};

static const char *const archs[] = {
	[CB_ARCH_ARM64] = "arm64",
	[CB_ARCH_ARM] = "arm",
};

static const char *const consoles[] = {
	[CB_CONSOLE_NONE] = "none",	  [CB_CONSOLE_RING] = "ring",
	[CB_CONSOLE_PL011] = "pl011",	  [CB_CONSOLE_8250] = "8250",
	[CB_CONSOLE_CADENCE] = "cadence", [CB_CONSOLE_IMX] = "imx",
	[CB_CONSOLE_VIRTUAL] = "virtual",
};

static const char *const root_modes[] = {
	[CB_ROOT_MODE_DIRECT] = "direct",
	[CB_ROOT_MODE_PSEUDO_NMI] = "pseudo-NMI",
};

#define DEFINE_NAME(function, table)                                                             \
	const char *function(uint64_t value)                                                     \
	{                                                                                        \
		return value < ARRAY_SIZE(table) && (table)[value] ? (table)[value] : "unknown"; \
	}

DEFINE_NAME(name_cell_state, cell_states)
DEFINE_NAME(name_cpu_state, cpu_states)
DEFINE_NAME(name_exit, exits)
DEFINE_NAME(name_crash, crashes)
DEFINE_NAME(name_clearing, clearings)
DEFINE_NAME(name_pool_use, pool_uses)
DEFINE_NAME(name_gic_frame, gic_frames)
DEFINE_NAME(name_config_kind, config_kinds)
DEFINE_NAME(name_config_array, config_arrays)
DEFINE_NAME(name_arch, archs)
DEFINE_NAME(name_console, consoles)
DEFINE_NAME(name_root_mode, root_modes)

static const char *const region_flags[] = {
	"read", "write", "execute", "io", "shared", "loadable",
};
_Static_assert((1u << ARRAY_SIZE(region_flags)) - 1 == CB_REGION_FLAGS, "every flag has a name");

static const char *const cell_flags[] = { "native-idle", "permissive", "accept-lpis" };
_Static_assert((1u << ARRAY_SIZE(cell_flags)) - 1 == CB_CELL_FLAGS, "every flag has a name");

static void add_flags(struct text *text, uint32_t flags, const char *const *names, size_t count)
{
	const char *separator = "";

	if (!flags)
		text_add(text, "none");
	for (size_t bit = 0; bit < count; bit++) {
		if (flags & (1u << bit)) {
			text_add(text, "%s%s", separator, names[bit]);
			separator = ", ";
		}
	}
	if (flags >> count)
		text_add(text, "%s0x%x", separator, flags >> count << count);
}

void text_add_region_flags(struct text *text, uint32_t flags)
{
	add_flags(text, flags, region_flags, ARRAY_SIZE(region_flags));
}

void text_add_cell_flags(struct text *text, uint32_t flags)
{
	add_flags(text, flags, cell_flags, ARRAY_SIZE(cell_flags));
}

void text_add_states(struct text *text, uint64_t states)
{
	const char *separator = "";

	for (size_t state = 0; state < ARRAY_SIZE(cell_states); state++) {
		if (states & (1u << state)) {
			text_add(text, "%s%s", separator, cell_states[state]);
			separator = " or ";
		}
	}
	if (!*separator)
		text_add(text, "another one");
}
