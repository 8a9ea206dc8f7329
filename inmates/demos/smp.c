// SPDX-License-Identifier: GPL-2.0-only
/*
 * Starts every other CPU of its device tree, exchanges SGIs with all of them, turns one
 * off and on again, and exchanges SGIs once more.
 *
 * Arguments:
 *	rounds=N	SGIs from and to each CPU, 1000 by default
 *	off		turns the cell off at the end; otherwise it stays, idle
 *
 * The last line starts with "smp: PASS" or "smp: FAIL".
 */
#include <atomic.h>
#include <inmate.h>
#include <sysreg.h>

#define SGI_PING   1u
#define SGI_PONG   2u
#define SGI_QUIT   3u
#define SGI_ALL	   4u /* not answered: answers of several CPUs may merge */
#define TIMEOUT_US 10000000

static uint32_t ready;			/* CPUs that have come up, atomic */
static uint32_t pings[INMATE_MAX_CPUS]; /* received; each written by its CPU */
static uint32_t pongs;			/* received by CPU 0 */
static uint32_t quit;			/* logical CPU that leaves, atomic */

static void ping(uint32_t intid, void *context)
{
	(void)context;
	atomic_add(&pings[cpu_id()], 1);
	if (intid == SGI_PING)
		gic_send_sgi(SGI_PONG, 1u << 0);
}

static void pong(uint32_t intid, void *context)
{
	(void)intid;
	(void)context;
	atomic_add(&pongs, 1);
}

/* Only wakes its CPU. */
static void quit_sgi(uint32_t intid, void *context)
{
	(void)intid;
	(void)context;
}

static void secondary(void)
{
	gic_enable(SGI_PING, GIC_PRIORITY_DEFAULT, true);
	gic_enable(SGI_ALL, GIC_PRIORITY_DEFAULT, true);
	gic_enable(SGI_QUIT, GIC_PRIORITY_DEFAULT, true);
	atomic_add(&ready, 1);
	while (atomic_load(&quit) != cpu_id()) {
		irq_disable();
		if (atomic_load(&quit) != cpu_id())
			wfi();
		irq_enable();
		isb();
	}
	irq_disable();
}

/* False when *counter does not get there in time. */
static bool wait_for(const uint32_t *counter, uint32_t value)
{
	uint64_t limit = timer_now() + timer_ticks(TIMEOUT_US);

	while (atomic_load(counter) < value)
		if (timer_now() > limit)
			return false;
	return true;
}

/* One SGI to each other CPU and one back, a CPU at a time. */
static bool exchange(uint32_t rounds)
{
	uint32_t others = cpu_count() - 1, cpu, round;

	for (round = 0; round < rounds; round++) {
		for (cpu = 1; cpu <= others; cpu++) {
			uint32_t seen = atomic_load(&pongs), had = atomic_load(&pings[cpu]);

			gic_send_sgi(SGI_PING, 1u << cpu);
			if (!wait_for(&pongs, seen + 1) || !wait_for(&pings[cpu], had + 1)) {
				printf("smp: CPU %u does not answer in round %u\n", cpu, round);
				return false;
			}
		}
	}
	return true;
}

/* To all at once: each gets one. */
static bool broadcast(const char *how, bool list)
{
	uint32_t had[INMATE_MAX_CPUS], cpu;

	for (cpu = 1; cpu < cpu_count(); cpu++)
		had[cpu] = atomic_load(&pings[cpu]);
	if (list)
		gic_send_sgi(SGI_ALL, ((1u << cpu_count()) - 1) & ~1u);
	else
		gic_send_sgi_others(SGI_ALL);
	for (cpu = 1; cpu < cpu_count(); cpu++) {
		if (!wait_for(&pings[cpu], had[cpu] + 1)) {
			printf("smp: CPU %u misses the SGI to %s\n", cpu, how);
			return false;
		}
	}
	return true;
}

static bool start(uint32_t cpu)
{
	uint32_t before = atomic_load(&ready);
	int result = cpu_start(cpu, secondary);

	if (result != PSCI_SUCCESS) {
		printf("smp: CPU_ON of CPU %u: %d\n", cpu, result);
		return false;
	}
	if (!wait_for(&ready, before + 1)) {
		printf("smp: CPU %u does not come up\n", cpu);
		return false;
	}
	if (cpu_start(cpu, secondary) != PSCI_ALREADY_ON) {
		printf("smp: CPU_ON of CPU %u, which is on, is not refused\n", cpu);
		return false;
	}
	return true;
}

static bool stop(uint32_t cpu)
{
	uint64_t limit = timer_now() + timer_ticks(TIMEOUT_US);

	atomic_store(&quit, cpu);
	gic_send_sgi(SGI_QUIT, 1u << cpu);
	while (psci_affinity_info(cpu_mpidr(cpu)) != PSCI_AFFINITY_OFF) {
		if (timer_now() > limit) {
			printf("smp: CPU %u does not turn off\n", cpu);
			return false;
		}
	}
	atomic_store(&quit, 0);
	return true;
}

/* Nobody got an SGI too many. */
static bool counts_match(uint32_t exchanged, uint32_t broadcasts)
{
	uint32_t cpu, expected = exchanged + broadcasts;

	if (atomic_load(&pongs) != exchanged * (cpu_count() - 1)) {
		printf("smp: CPU 0 got %u SGIs, not %u\n", atomic_load(&pongs),
		       exchanged * (cpu_count() - 1));
		return false;
	}
	for (cpu = 1; cpu < cpu_count(); cpu++) {
		if (atomic_load(&pings[cpu]) != expected) {
			printf("smp: CPU %u got %u SGIs, not %u\n", cpu, atomic_load(&pings[cpu]),
			       expected);
			return false;
		}
	}
	return true;
}

static bool run(uint32_t rounds)
{
	uint32_t cpu;

	for (cpu = 1; cpu < cpu_count(); cpu++)
		if (!start(cpu))
			return false;
	printf("smp: %u CPUs up\n", cpu_count());
	if (!exchange(rounds) || !broadcast("all others", false) || !broadcast("a list", true))
		return false;
	printf("smp: %u rounds\n", rounds);
	if (!stop(1))
		return false;
	printf("smp: CPU 1 off\n");
	if (!start(1))
		return false;
	printf("smp: CPU 1 on again\n");
	return exchange(rounds) && counts_match(2 * rounds, 2);
}

void inmate_main(void)
{
	uint32_t rounds = (uint32_t)arg_u64("rounds", 1000);

	printf("smp: %u CPUs in the device tree\n", cpu_count());
	irq_register(SGI_PING, ping, NULL);
	irq_register(SGI_ALL, ping, NULL);
	irq_register(SGI_PONG, pong, NULL);
	irq_register(SGI_QUIT, quit_sgi, NULL);
	gic_enable(SGI_PONG, GIC_PRIORITY_DEFAULT, true);
	irq_enable();
	if (cpu_count() < 2)
		printf("smp: FAIL there is no second CPU\n");
	else if (run(rounds))
		printf("smp: PASS %u CPUs, %u SGIs each way\n", cpu_count(),
		       2 * rounds * (cpu_count() - 1));
	else
		printf("smp: FAIL\n");
	if (arg_flag("off"))
		psci_system_off();
	cpu_idle();
}
