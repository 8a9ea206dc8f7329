// SPDX-License-Identifier: GPL-2.0-only
/* Calls of guests that are the architecture's or the firmware's (smccc.h), and who may make them.
 */
#include <arch/smc.h>
#include <base/model.h>
#include <exit/psci.h>
#include <exit/smccc.h>

#define SMCCC_1_2	0x10002
#define SMCCC_FAST	0x80000000
#define SMCCC_FAST_ZERO 0x00fe0000

static bool is_listed(const struct cell *cell, u32 function)
{
	const u32 *smcs = cb_config_smcs(cell->config);

	for (u32 i = 0; i < cell->config->smcs.count; i++)
		if (smcs[i] == function)
			return true;
	return false;
}

/* Mitigations of CPU errata: harmless, and needed by every guest. */
static bool is_workaround(u32 function)
{
	return function == SMCCC_ARCH_WORKAROUND_1 || function == SMCCC_ARCH_WORKAROUND_2 ||
	       function == SMCCC_ARCH_WORKAROUND_3;
}

/* PSCI, and SDEI, which registers an entry point that the firmware would enter at EL2. */
static bool is_standard(u32 function)
{
	return (function & SMCCC_OWNER) == SMCCC_OWNER_STANDARD;
}

#define NUMBER(function) ((function)&0xffff)
#define PSCI_END	 0x20
#define SDEI_END	 0x40
#define FFA_END		 0x100 /* before it TRNG and FF-A; behind it what may replace or enter EL2 */

/*
 * Numbers of fast calls that nobody has (DEN 0028, 2.5 and 6). Firmware may have PSCI 0.1 there,
 * which is older, and would start CPUs at EL2.
 */
static bool is_reserved(u32 function)
{
	u32 owner = function >> 24 & 0x3f;

	return function & SMCCC_FAST && (function & SMCCC_FAST_ZERO || (owner >= 8 && owner < 48));
}

static bool may_forward(const struct cell *cell, u32 function, const u64 *x)
{
	if (is_standard(function) && (NUMBER(function) < SDEI_END || NUMBER(function) >= FFA_END))
		return false;
	if (is_workaround(function))
		return true;
	if (cell == &root_cell)
		return !is_reserved(function);
	return is_listed(cell, function) ||
	       (function == SMCCC_ARCH_FEATURES && is_workaround((u32)x[1]));
}

/* What the list of the root cell has acts on the CPUs of all cells. */
static __noinline void forward(u64 *x, u32 function, const struct cell *cell)
{
	if (cell == &root_cell && is_listed(cell, function) && !is_workaround(function))
		firmware_call_alone(x);
	else
		firmware_call(x);
}

/* What every implementation has of the architecture's calls (DEN 0028, 7.3). */
static bool is_basic(u32 function)
{
	return function == SMCCC_VERSION || function == SMCCC_ARCH_FEATURES;
}

void standard_call(struct call_regs *regs)
{
	u32 function = (u32)regs->x[0] & ~SMCCC_SVE_HINT;
	u64 *x = regs->x;

	if (is_standard(function) && NUMBER(function) < PSCI_END) {
		psci_call(function, x);
	} else if (function == SMCCC_VERSION) {
		x[0] = SMCCC_1_2;
	} else if (function == SMCCC_ARCH_FEATURES && is_basic((u32)x[1])) {
		x[0] = 0;
	} else if (may_forward(this_cpu()->cell, function, x)) {
		forward(x, function, this_cpu()->cell);
	} else {
		x[0] = (u64)SMCCC_NOT_SUPPORTED;
	}
}
