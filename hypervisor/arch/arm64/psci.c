// SPDX-License-Identifier: GPL-2.0-only
/*
 * PSCI for every cell (DEN 0022): CPUs go on and off within the cell that has them, and the
 * system that a cell can turn off or reset is itself. The root cell's is the machine.
 */
#include <arch/cpu.h>
#include <arch/smc.h>
#include <core/cell.h>
#include <core/hypercall.h>

#define PSCI_1_1	   0x10001
#define MIGRATE_NOT_NEEDED 2

void firmware_call(u64 *x)
{
	if (system_config->spin_table.count)
		x[0] = (u64)SMCCC_NOT_SUPPORTED;
	else
		smc_forward(x);
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
	paddr_t phys;
	s64 result;

	if (!(stage2_lookup(&cell->stage2, entry, &phys) & CB_REGION_EXECUTE) || entry & 3)
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
	case PSCI_VERSION:
	case PSCI_CPU_SUSPEND:
	case PSCI_CPU_SUSPEND | SMCCC_64:
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
	struct cell *cell = this_cpu()->cell;
	bool mine = true;
	s64 result;

	switch (function) {
	case PSCI_CPU_ON | SMCCC_64:
		result = cpu_on(cell, x[1], x[2], x[3]);
		break;
	case PSCI_CPU_ON:
		result = cpu_on(cell, (u32)x[1], (u32)x[2], (u32)x[3]);
		break;
	case PSCI_CPU_OFF:
		cpu_park();
	case PSCI_CPU_SUSPEND:
	case PSCI_CPU_SUSPEND | SMCCC_64:
		cpu_wait(); /* a power-down state may be taken as standby (DEN 0022, 5.4) */
		result = PSCI_SUCCESS;
		break;
	case PSCI_AFFINITY_INFO:
		result = affinity_info(cell, (u32)x[1], (u32)x[2]);
		break;
	case PSCI_AFFINITY_INFO | SMCCC_64:
		result = affinity_info(cell, x[1], x[2]);
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
