// SPDX-License-Identifier: GPL-2.0-only
/*
 * PSCI for every cell (DEN 0022): CPUs go on and off within the cell that has them, and the
 * system that a cell can turn off or reset is itself. The root cell's is the machine.
 */
#include <arch/guest.h>
#include <arch/smc.h>
#include <arch/sysreg.h>
#include <cell/cell.h>
#include <exit/park.h>
#include <exit/psci.h>
#include <gic/request.h>
#include <mm/stage2.h>

#define PSCI_1_1	    0x10001
#define MIGRATE_NOT_NEEDED  2

/* Bits of power_state that say that the CPU is powered down (5.4). */
#define POWER_DOWN	    BIT(16)
#define POWER_DOWN_EXTENDED BIT(30)
#define EXTENDED_FORMAT	    BIT(1) /* in what PSCI_FEATURES says of CPU_SUSPEND (5.15) */

/* The root cell has asked the firmware which format power_state has, and goes on with that. */
static bool root_has_extended;

void psci_init(void)
{
	u64 x[4] = { PSCI_FEATURES, PSCI_CPU_SUSPEND | SMCCC_64 };

	has_firmware = !system_config->spin_table.count;
	if (!has_firmware)
		return;
	smc_call(x);
	root_has_extended = (int)x[0] > 0 && x[0] & EXTENDED_FORMAT;
}

void firmware_call(u64 *x)
{
	if (has_firmware)
		smc_forward(x);
	else
		x[0] = (u64)SMCCC_NOT_SUPPORTED;
}

static bool has_extended(const struct cell *cell)
{
	return cell == &root_cell && root_has_extended;
}

static bool is_entry(struct cell *cell, ipa_t entry)
{
	paddr_t phys;

	return !(entry & 3) && stage2_lookup(&cell->stage2, entry, &phys) & CB_REGION_EXECUTE;
}

/*
 * Nobody creates a cell meanwhile. A CPU that waits for the lock is not kept from answering the
 * firmware: an interrupt that EL3 takes is not masked by PSTATE of EL2 (D1.3.6).
 */
void firmware_call_alone(u64 *x)
{
	if (cells_lock_and_look())
		x[0] = (u64)SMCCC_NOT_SUPPORTED;
	else
		firmware_call(x);
	cells_unlock();
}

static s64 cpu_on(struct cell *cell, u64 affinity, u64 entry, u64 context)
{
	cpuid_t id = cpu_by_mpidr(affinity);
	struct cpu *cpu = cpu_of(id);
	s64 result;

	if (!is_entry(cell, entry))
		return PSCI_INVALID_ADDRESS;
	spin_lock(&cell->lock);
	if (id >= nr_cpus || !(cell->cpus & BIT(id))) {
		result = PSCI_INVALID_PARAMETERS;
	} else if (cell->stopping != STOP_NONE) {
		result = PSCI_DENIED;
	} else if (cpu->power != CB_CPU_OFF) {
		result = cpu->power == CB_CPU_ON ? PSCI_ALREADY_ON : PSCI_ON_PENDING;
	} else {
		cpu->entry = entry;
		cpu->context = context;
		cpu_set_power(cpu, CB_CPU_PENDING);
		cpu_request(id, REQUEST_START);
		result = PSCI_SUCCESS;
	}
	spin_unlock(&cell->lock);
	return result;
}

/*
 * No CPU is ever powered down. But who asked for it has saved what would be lost, goes on at the
 * entry point, and takes it for a failure if the call returns. What is not lost may stay as it is.
 * A stop that comes meanwhile makes the first fetch fault.
 */
static s64 cpu_suspend(struct cell *cell, u64 state, u64 entry, u64 context)
{
	if (!(state & (has_extended(cell) ? POWER_DOWN_EXTENDED : POWER_DOWN))) {
		cpu_wait();
		return PSCI_SUCCESS;
	}
	if (!is_entry(cell, entry))
		return PSCI_INVALID_ADDRESS;
	cpu_wait();
	write_sysreg(SCTLR_EL1_RESET, sctlr_el1);
	write_sysreg(entry, elr_el2);
	write_sysreg(SPSR_EL1H_DAIF, spsr_el2);
	guest_enter(context);
}

static s64 affinity_info(struct cell *cell, u64 affinity, u64 level)
{
	static const u8 states[] = { [CB_CPU_OFF] = 1, [CB_CPU_PENDING] = 2, [CB_CPU_ON] = 0 };
	cpuid_t id = cpu_by_mpidr(affinity);

	if (level || id >= nr_cpus || !(cell->cpus & BIT(id)))
		return PSCI_INVALID_PARAMETERS;
	return states[load_acquire(&cpu_of(id)->power)];
}

static bool firmware_may_reset(const struct cell *cell, u32 function)
{
	return cell == &root_cell && (function & ~SMCCC_64) == PSCI_SYSTEM_RESET2;
}

static s64 features(const struct cell *cell, u32 function, bool *mine)
{
	switch (function) {
	case PSCI_CPU_SUSPEND:
	case PSCI_CPU_SUSPEND | SMCCC_64:
		return has_extended(cell) ? EXTENDED_FORMAT : 0;
	case PSCI_VERSION:
	case PSCI_CPU_OFF:
	case PSCI_CPU_ON:
	case PSCI_CPU_ON | SMCCC_64:
	case PSCI_AFFINITY_INFO:
	case PSCI_AFFINITY_INFO | SMCCC_64:
	case PSCI_MIGRATE_INFO_TYPE:
	case PSCI_SYSTEM_OFF:
	case PSCI_SYSTEM_RESET:
	case PSCI_FEATURES:
	case SMCCC_VERSION:
		return PSCI_SUCCESS;
	default:
		*mine = !firmware_may_reset(cell, function);
		return PSCI_NOT_SUPPORTED;
	}
}

/* The machine's for the root cell, which the firmware does; else the cell's own. */
static bool system_stop(struct cell *cell, enum stop_reason reason)
{
	if (cell == &root_cell)
		return false;
	cell_request_stop(cell, reason);
	cpu_park();
}

static __noinline void other_call(u32 function, u64 *x)
{
	u64 argument = function & SMCCC_64 ? ~0UL : ~0U;
	struct cell *cell = this_cpu()->cell;
	bool mine = true;
	s64 result;

	switch (function) {
	case PSCI_CPU_ON:
	case PSCI_CPU_ON | SMCCC_64:
		result = cpu_on(cell, x[1] & argument, x[2] & argument, x[3] & argument);
		break;
	case PSCI_CPU_OFF:
		cpu_park();
	case PSCI_CPU_SUSPEND:
	case PSCI_CPU_SUSPEND | SMCCC_64:
		result = cpu_suspend(cell, x[1], x[2] & argument, x[3] & argument);
		break;
	case PSCI_AFFINITY_INFO:
	case PSCI_AFFINITY_INFO | SMCCC_64:
		result = affinity_info(cell, x[1] & argument, x[2] & argument);
		break;
	case PSCI_MIGRATE_INFO_TYPE:
		result = MIGRATE_NOT_NEEDED;
		break;
	case PSCI_FEATURES:
		result = features(cell, (u32)x[1], &mine);
		break;
	case PSCI_SYSTEM_OFF:
		mine = system_stop(cell, STOP_ORDERLY);
		result = PSCI_NOT_SUPPORTED;
		break;
	case PSCI_SYSTEM_RESET:
		mine = system_stop(cell, STOP_RESTART);
		result = PSCI_NOT_SUPPORTED;
		break;
	default:
		mine = !firmware_may_reset(cell, function);
		result = PSCI_NOT_SUPPORTED;
	}
	if (mine)
		x[0] = (u64)result;
	else
		firmware_call(x);
}

void psci_call(u32 function, u64 *x)
{
	if (function == PSCI_VERSION)
		x[0] = PSCI_1_1;
	else
		other_call(function, x);
}
