// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The boot CPU's way from start.S to inmate_main().
 */
#include <hypercall.h>
#include "internal.h"

static bool in_cell;

bool hypervisor_present(void)
{
	return in_cell;
}

static bool find_hypervisor(void)
{
	struct smccc regs = { { CB_HVC_UID } };

	if (dt_next_compatible(-1, "cellblock,hypervisor") < 0)
		return false;
	smccc_hvc(&regs);
	return (uint32_t)regs.x[0] == CB_UID_0 && (uint32_t)regs.x[1] == CB_UID_1 &&
	       (uint32_t)regs.x[2] == CB_UID_2 && (uint32_t)regs.x[3] == CB_UID_3;
}

void primary_main(const void *blob)
{
	exceptions_init_cpu();
	dt_init(blob);
	cpus_init();
	mmu_init();
	in_cell = find_hypervisor();
	console_init();
	psci_init();
	gic_init();
	timer_init();
	inmate_main();
	cpu_park();
}

/* For libfdt.a, which Debian builds with the stack protector. */
void __stack_chk_fail(void);
extern uintptr_t __stack_chk_guard;
uintptr_t __stack_chk_guard = 0x5b7ec1a9d4f0a300;

void __stack_chk_fail(void)
{
	console_break_lock();
	printf("\n*** CPU %u: stack overflow in libfdt\n", cpu_id());
	cpu_park();
}
