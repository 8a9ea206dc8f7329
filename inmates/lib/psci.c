// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * PSCI (Arm DEN 0022) by the method that the device tree names.
 */
#include <libfdt.h>
#include <hypercall.h>
#include <sysreg.h>
#include "internal.h"

#define PSCI_FN_VERSION	      0x84000000
#define PSCI_FN_CPU_SUSPEND   0xc4000001
#define PSCI_FN_CPU_OFF	      0x84000002
#define PSCI_FN_CPU_ON	      0xc4000003
#define PSCI_FN_AFFINITY_INFO 0xc4000004
#define PSCI_FN_SYSTEM_OFF    0x84000008
#define PSCI_FN_SYSTEM_RESET  0x84000009

static enum { METHOD_NONE, METHOD_HVC, METHOD_SMC } method;

static int64_t psci_call(uint32_t function, uint64_t a1, uint64_t a2, uint64_t a3)
{
	struct smccc regs = { { function, a1, a2, a3 } };

	dsb(ish); /* a CPU that starts or stops here shares what was written */
	if (method == METHOD_HVC)
		smccc_hvc(&regs);
	else if (method == METHOD_SMC)
		smccc_smc(&regs);
	else
		return PSCI_NOT_SUPPORTED;
	return (int64_t)regs.x[0];
}

uint32_t psci_version(void)
{
	return (uint32_t)psci_call(PSCI_FN_VERSION, 0, 0, 0);
}

int psci_cpu_on(uint64_t mpidr, uint64_t entry, uint64_t context)
{
	return (int)psci_call(PSCI_FN_CPU_ON, mpidr, entry, context);
}

int psci_cpu_off(void)
{
	return (int)psci_call(PSCI_FN_CPU_OFF, 0, 0, 0);
}

int psci_cpu_suspend(uint32_t state, uint64_t entry, uint64_t context)
{
	return (int)psci_call(PSCI_FN_CPU_SUSPEND, state, entry, context);
}

int psci_affinity_info(uint64_t mpidr)
{
	return (int)psci_call(PSCI_FN_AFFINITY_INFO, mpidr, 0, 0);
}

void psci_system_off(void)
{
	psci_call(PSCI_FN_SYSTEM_OFF, 0, 0, 0);
	cpu_park();
}

void psci_system_reset(void)
{
	psci_call(PSCI_FN_SYSTEM_RESET, 0, 0, 0);
	cpu_park();
}

void psci_init(void)
{
	int node = fdt_path_offset(dt_blob(), "/psci");
	const char *text = node < 0 ? NULL : fdt_getprop(dt_blob(), node, "method", NULL);

	if (text && !strcmp(text, "hvc"))
		method = METHOD_HVC;
	else if (text && !strcmp(text, "smc"))
		method = METHOD_SMC;
}
