// SPDX-License-Identifier: GPL-2.0-only
/*
 * PSCI 1.1 (DEN 0022): power of CPUs and of the machine. A CPU without power waits at EL3, with
 * nothing enabled but the firmware's own interrupts; one in a power state waits for any, and starts
 * anew at its entry point with nothing that it had, if the state costs it its registers.
 */
#include "firmware.h"

enum psci_function {
	PSCI_VERSION = 0x84000000,
	PSCI_CPU_SUSPEND = 0x84000001,
	PSCI_CPU_OFF = 0x84000002,
	PSCI_CPU_ON = 0x84000003,
	PSCI_AFFINITY_INFO = 0x84000004,
	PSCI_MIGRATE_INFO_TYPE = 0x84000006,
	PSCI_SYSTEM_OFF = 0x84000008,
	PSCI_SYSTEM_RESET = 0x84000009,
	PSCI_FEATURES = 0x8400000a,
	PSCI_CPU_SUSPEND_64 = 0xc4000001,
	PSCI_CPU_ON_64 = 0xc4000003,
	PSCI_AFFINITY_INFO_64 = 0xc4000004,
	SMCCC_VERSION = 0x80000000,
};

#define VERSION_1_1 0x10001

enum psci_result {
	SUCCESS = 0,
	NOT_SUPPORTED = -1,
	INVALID_PARAMETERS = -2,
	ALREADY_ON = -4,
	ON_PENDING = -5,
	INVALID_ADDRESS = -9,
};

enum { MIGRATION_NOT_NEEDED = 2 };

/* Parameters of CPU_SUSPEND, in the original format. */
enum power_state {
	STANDBY_CPU = 0x00000001,
	POWER_DOWN_CPU = 0x00010002,
	POWER_DOWN_CLUSTER = 0x01010003,
};

/* QEMU does not say how much of the area for RAM there is. */
#define RAM_END	    (RAM_BASE + (255ULL << 30))

#define ISR_PENDING 0xc0 /* IRQ, FIQ: at EL3 a Non-secure Group 1 interrupt of GICv3 is one */

/* Of a CPU that has not come yet it is 0. */
enum cpu_state { STATE_MISSING, STATE_OFF, STATE_CLAIMED, STATE_PENDING, STATE_ON };

/* Entry and context are written by who has made the state STATE_CLAIMED. */
static struct cpu {
	u32 state;
	u64 entry;
	u64 context;
} cpus[MAX_CPUS];

static u32 state_of(u32 cpu)
{
	return __atomic_load_n(&cpus[cpu].state, __ATOMIC_ACQUIRE);
}

static void set_state(u32 cpu, u32 state)
{
	__atomic_store_n(&cpus[cpu].state, state, __ATOMIC_RELEASE);
}

bool psci_is_on(u32 cpu)
{
	return cpu < MAX_CPUS && state_of(cpu) == STATE_ON;
}

void psci_boot_cpu_is_on(void)
{
	set_state(this_cpu(), STATE_ON);
}

bool psci_all_started(u32 count)
{
	for (u32 i = 0; i < count; i++) {
		if (state_of(i) == STATE_MISSING)
			return false;
	}
	return true;
}

static bool find_cpu(u64 target, u32 *cpu)
{
	*cpu = target;
	return target < MAX_CPUS && state_of(target) != STATE_MISSING;
}

static bool is_entry(u64 address)
{
	return !(address & 3) && address >= RAM_BASE && address < RAM_END;
}

static _Noreturn void start(u64 entry, u64 context)
{
	gic_reset_cpu_interface();
	set_up_el3();
	enter_el2(entry, context, RUBBISH);
}

void psci_wait_for_cpu_on(u32 cpu)
{
	gic_reset_cpu_interface();
	set_state(cpu, STATE_OFF);
	while (state_of(cpu) != STATE_PENDING) {
		wfi();
		handle_secure_interrupts();
	}
	set_state(cpu, STATE_ON);
	start(cpus[cpu].entry, cpus[cpu].context);
}

static s64 cpu_on(u64 target, u64 entry, u64 context)
{
	u32 cpu, off = STATE_OFF;

	if (!find_cpu(target, &cpu))
		return INVALID_PARAMETERS;
	if (!is_entry(entry))
		return INVALID_ADDRESS;
	if (!__atomic_compare_exchange_n(&cpus[cpu].state, &off, STATE_CLAIMED, false,
					 __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
		return off == STATE_ON ? ALREADY_ON : ON_PENDING;
	cpus[cpu].entry = entry;
	cpus[cpu].context = context;
	set_state(cpu, STATE_PENDING);
	gic_send(SGI_WAKE, cpu);
	return SUCCESS;
}

static s64 affinity_info(u64 target, u64 level)
{
	enum { INFO_ON, INFO_OFF, INFO_PENDING };
	u32 cpu;

	if (level || !find_cpu(target, &cpu))
		return INVALID_PARAMETERS;
	if (state_of(cpu) == STATE_ON)
		return INFO_ON;
	return state_of(cpu) == STATE_OFF ? INFO_OFF : INFO_PENDING;
}

static bool is_interrupt_pending(void)
{
	return read_sysreg(isr_el1) & ISR_PENDING;
}

/* They are masked at EL3, and wake it all the same (Arm ARM D1.6.2, WFI wake-up events). */
static void wait_for_interrupt(void)
{
	do {
		wfi();
		handle_secure_interrupts();
	} while (!is_interrupt_pending());
}

/* They are the CPU's, as idle states with local-timer-stop say. */
static void stop_timers(void)
{
	write_sysreg(cntp_ctl_el0, 0);
	write_sysreg(cntv_ctl_el0, 0);
	write_sysreg(cnthp_ctl_el2, 0);
	isb();
}

static s64 cpu_suspend(u64 state, u64 entry, u64 context)
{
	switch (state) {
	case STANDBY_CPU:
		wait_for_interrupt();
		return SUCCESS;
	case POWER_DOWN_CPU:
	case POWER_DOWN_CLUSTER:
		if (!is_entry(entry))
			return INVALID_ADDRESS;
		stop_timers();
		wait_for_interrupt();
		start(entry, context);
	}
	return INVALID_PARAMETERS;
}

static s64 features(u32 function)
{
	switch (function) {
	case PSCI_VERSION:
	case PSCI_CPU_SUSPEND: /* original format, platform coordinated */
	case PSCI_CPU_SUSPEND_64:
	case PSCI_CPU_OFF:
	case PSCI_CPU_ON:
	case PSCI_CPU_ON_64:
	case PSCI_AFFINITY_INFO:
	case PSCI_AFFINITY_INFO_64:
	case PSCI_MIGRATE_INFO_TYPE:
	case PSCI_SYSTEM_OFF:
	case PSCI_SYSTEM_RESET:
	case PSCI_FEATURES:
	case SMCCC_VERSION:
		return SUCCESS;
	}
	return NOT_SUPPORTED;
}

/* Whether there is such a function. */
bool psci_call(u32 function, const u64 *args, s64 *result)
{
	switch (function) {
	case PSCI_VERSION:
		*result = VERSION_1_1;
		return true;
	case PSCI_CPU_SUSPEND:
	case PSCI_CPU_SUSPEND_64:
		*result = cpu_suspend((u32)args[0], args[1], args[2]);
		return true;
	case PSCI_CPU_OFF:
		psci_wait_for_cpu_on(this_cpu());
	case PSCI_CPU_ON:
	case PSCI_CPU_ON_64:
		*result = cpu_on(args[0], args[1], args[2]);
		return true;
	case PSCI_AFFINITY_INFO:
	case PSCI_AFFINITY_INFO_64:
		*result = affinity_info(args[0], (u32)args[1]);
		return true;
	case PSCI_MIGRATE_INFO_TYPE:
		*result = MIGRATION_NOT_NEEDED;
		return true;
	case PSCI_SYSTEM_OFF:
		power_off();
	case PSCI_SYSTEM_RESET:
		restart();
	case PSCI_FEATURES:
		*result = features(args[0]);
		return true;
	}
	return false;
}
