// SPDX-License-Identifier: GPL-2.0-only
/* CPUs at EL2: asking one for something, and waiting (request.h). */
#include <arch/barrier.h>
#include <arch/sysreg.h>
#include <base/assert.h>
#include <base/lock.h>
#include <gic/gic.h>
#include <gic/request.h>

void cpu_request(cpuid_t cpu, u32 requests)
{
	must(cpu < nr_cpus);
	fetch_or(&cpu_of(cpu)->requests, requests);
	gic_wake(cpu);
}

/*
 * An interrupt wakes a CPU from WFI at EL2 only if it is routed to EL2 (Arm ARM D1.6.3, D1.3.6).
 * It is never taken: PSTATE masks it, and the routing is back before a guest runs.
 */
void cpu_wait(void)
{
	u64 hcr = read_sysreg(hcr_el2);

	write_sysreg(hcr | HCR_EL2_IMO | HCR_EL2_FMO | HCR_EL2_AMO, hcr_el2);
	isb();
	gic_wait();
	write_sysreg(hcr, hcr_el2);
	isb();
}
