// SPDX-License-Identifier: GPL-2.0-only
/*
 * Says where it runs and what it was given.
 *
 * Arguments: smc=N: calls function N of the firmware; off: turns the cell off; reset: starts it
 * again, and again; otherwise it stays, idle.
 */
#include <hypercall.h>
#include <inmate.h>
#include <sysreg.h>

static void print_cell(void)
{
	uint64_t cell = 0, cpu = 0, cpus = 0;

	if (!hypervisor_present()) {
		printf("hello: no hypervisor\n");
		return;
	}
	if (!hypercall_info(CB_INFO_CELL, &cell) || !hypercall_info(CB_INFO_CPU, &cpu) ||
	    !hypercall_info(CB_INFO_CPUS, &cpus))
		printf("hello: the hypervisor does not know all of CB_INFO\n");
	printf("hello: cell %lu, CPU %lu of CPU set 0x%lx\n", cell, cpu, cpus);
}

static void print_memory(void)
{
	struct range range;
	unsigned int i;

	for (i = 0; dt_memory(i, &range); i++)
		printf("hello: memory 0x%lx to 0x%lx, %lu KiB\n", range.base,
		       range.base + range.size - 1, range.size / 1024);
}

static void call_firmware(uint64_t function)
{
	struct smccc regs = { { function } };

	smccc_smc(&regs);
	printf("hello: SMC 0x%lx: %ld\n", function, (long)regs.x[0]);
}

void inmate_main(void)
{
	uint64_t function = arg_u64("smc", 0);

	printf("hello: Hello from EL%lu, MPIDR 0x%lx, %u CPU%s, MIDR 0x%lx\n",
	       read_sysreg(currentel) >> 2, cpu_mpidr(cpu_id()), cpu_count(),
	       cpu_count() == 1 ? "" : "s", read_sysreg(midr_el1));
	print_cell();
	print_memory();
	printf("hello: arguments \"%s\"\n", dt_bootargs());
	if (function)
		call_firmware(function);
	if (arg_flag("off")) {
		printf("hello: off\n");
		psci_system_off();
	}
	if (arg_flag("reset")) {
		printf("hello: reset\n");
		psci_system_reset();
	}
	printf("hello: idle\n");
	cpu_idle();
}
