// SPDX-License-Identifier: GPL-2.0-only
/*
 * Calls to the firmware beside PSCI (SMCCC 1.2, DEN 0028): the workarounds, and what tests want of
 * the silicon partner's range. Calls are counted by the class of their number. A call changes x0
 * only.
 */
#include "firmware.h"

enum function {
	SMCCC_VERSION = 0x80000000,
	SMCCC_ARCH_FEATURES = 0x80000001,
	SMCCC_ARCH_WORKAROUND_1 = 0x80008000,
	SMCCC_ARCH_WORKAROUND_2 = 0x80007fff,
	SMCCC_ARCH_WORKAROUND_3 = 0x80003fff,
	/*
	 * (CPUs as bits): holds these CPUs, which are on, at EL3, as i.MX8M does while it changes
	 * the frequency of the memory; (0): lets them go.
	 */
	SIP_HOLD = 0xc2000004,
	/* (class of functions, or a workaround): calls so far. */
	SIP_COUNT = 0xc2000005,
};

enum result {
	SUCCESS = 0,
	NOT_SUPPORTED = -1,
	INVALID_PARAMETERS = -2,
	DENIED = -3,
};

#define VERSION_1_2 0x10002
#define FAST	    BIT(31)
#define SMC64	    BIT(30)
#define CLASSES	    64
#define ESR_IMM16   0xffff

static u64 count_of_class[CLASSES];
static u64 count_of_workaround[3];

/* CPUs that are to be held: none but by who finds it 0. Each held one sets its bit in the second
 * word. */
static u64 to_hold;
static u64 held;

static u32 class_of(u32 function)
{
	return function >> 24 & (CLASSES - 1);
}

static u64 *counter_of_workaround(u32 function)
{
	switch (function) {
	case SMCCC_ARCH_WORKAROUND_1:
		return &count_of_workaround[0];
	case SMCCC_ARCH_WORKAROUND_2:
		return &count_of_workaround[1];
	case SMCCC_ARCH_WORKAROUND_3:
		return &count_of_workaround[2];
	}
	return NULL;
}

static bool is_to_be_held(void)
{
	return __atomic_load_n(&to_hold, __ATOMIC_ACQUIRE) & BIT(this_cpu());
}

static void stay_held(void)
{
	__atomic_fetch_or(&held, BIT(this_cpu()), __ATOMIC_RELEASE);
	while (is_to_be_held()) {
		wfi();
		gic_take_secure();
	}
	__atomic_fetch_and(&held, ~BIT(this_cpu()), __ATOMIC_RELEASE);
}

void handle_secure_interrupts(void)
{
	while (gic_take_secure() != NO_INTERRUPT)
		;
	if (is_to_be_held())
		stay_held();
}

/* Once for all: only this CPU goes on. */
void hold_others_for_ever(void)
{
	static bool done;

	if (__atomic_exchange_n(&done, true, __ATOMIC_ACQ_REL)) {
		for (;;)
			wfi();
	}
	__atomic_store_n(&to_hold, ~BIT(this_cpu()), __ATOMIC_RELEASE);
	for (u32 cpu = 0; cpu < MAX_CPUS; cpu++) {
		if (cpu != this_cpu() && psci_is_on(cpu))
			gic_send(SGI_HOLD, cpu);
	}
}

static s64 hold(u64 mask)
{
	u64 none = 0;

	for (u32 cpu = 0; cpu < 64; cpu++) {
		if (mask & BIT(cpu) && (cpu == this_cpu() || !psci_is_on(cpu)))
			return INVALID_PARAMETERS;
	}
	if (!__atomic_compare_exchange_n(&to_hold, &none, mask, false, __ATOMIC_ACQ_REL,
					 __ATOMIC_RELAXED))
		return DENIED;
	for (u32 cpu = 0; cpu < MAX_CPUS; cpu++) {
		if (mask & BIT(cpu))
			gic_send(SGI_HOLD, cpu);
	}
	while ((__atomic_load_n(&held, __ATOMIC_ACQUIRE) & mask) != mask)
		;
	return SUCCESS;
}

static s64 let_go(void)
{
	u64 mask = __atomic_exchange_n(&to_hold, 0, __ATOMIC_ACQ_REL);

	for (u32 cpu = 0; cpu < MAX_CPUS; cpu++) {
		if (mask & BIT(cpu))
			gic_send(SGI_WAKE, cpu);
	}
	/* So that the next hold does not find them held. */
	while (__atomic_load_n(&held, __ATOMIC_ACQUIRE))
		;
	return SUCCESS;
}

static s64 count(u64 what)
{
	u64 *counter = counter_of_workaround(what);

	if (what < CLASSES)
		counter = &count_of_class[what];
	return counter ? (s64)__atomic_load_n(counter, __ATOMIC_RELAXED) : INVALID_PARAMETERS;
}

static s64 features(u32 function)
{
	if (function == SMCCC_VERSION || function == SMCCC_ARCH_FEATURES ||
	    counter_of_workaround(function))
		return SUCCESS;
	return NOT_SUPPORTED;
}

static s64 call(u32 function, const u64 *args)
{
	s64 result;

	if (psci_call(function, args, &result))
		return result;
	if (counter_of_workaround(function)) {
		__atomic_fetch_add(counter_of_workaround(function), 1, __ATOMIC_RELAXED);
		return SUCCESS;
	}
	switch (function) {
	case SMCCC_VERSION:
		return VERSION_1_2;
	case SMCCC_ARCH_FEATURES:
		return features(args[0]);
	case SIP_HOLD:
		return args[0] ? hold(args[0]) : let_go();
	case SIP_COUNT:
		return count(args[0]);
	}
	return NOT_SUPPORTED;
}

void handle_smc(struct frame *frame)
{
	u32 function = frame->x[0];
	u64 args[3];

	for (u32 i = 0; i < 3; i++)
		args[i] = function & SMC64 ? frame->x[1 + i] : (u32)frame->x[1 + i];
	if (!(function & FAST) || read_sysreg(esr_el3) & ESR_IMM16) {
		frame->x[0] = NOT_SUPPORTED;
		return;
	}
	__atomic_fetch_add(&count_of_class[class_of(function)], 1, __ATOMIC_RELAXED);
	frame->x[0] = call(function, args);
}
