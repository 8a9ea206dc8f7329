// SPDX-License-Identifier: GPL-2.0-only
/*
 * Enable and disable on each CPU (takeover.h). The driver makes all online CPUs call within
 * one stop_machine(), so they arrive together; a CPU that does not come makes all turn back.
 * tests/models/rendezvous.pml is this protocol: a change here is a change there.
 */
#include <arch/barrier.h>
#include <arch/guest.h>
#include <arch/smc.h>
#include <arch/traps.h>
#include <base/assert.h>
#include <base/log.h>
#include <base/refuse.h>
#include <cell/cell.h>
#include <exit/entry.h>
#include <exit/hypercall.h>
#include <exit/park.h>
#include <exit/takeover.h>
#include <gic/gic.h>
#include <gic/request.h>
#include <mm/el2map.h>
#include <mm/stage2.h>

#define PATIENCE_SECONDS 5

enum decision { WAITING, GO, REFUSED };

/*
 * Where CPUs meet. Whoever calls without the others harms nobody but itself: they go only if
 * all are here at once, and the meeting is as new when nobody is.
 */
static struct {
	spinlock_t lock;
	u32 decision;	       /* enum decision, changes once while somebody is here */
	cpuset_t here;	       /* CPUs that have come and not left */
	struct cb_error error; /* of the first CPU that refuses */
} meeting;

/* Firmware may have left it zero on some CPUs: then it is the highest that there is (D12.1.1). */
static bool is_late(u64 start)
{
	u64 frequency = read_sysreg(cntfrq_el0);

	isb(); /* CNTPCT_EL0 may be read early otherwise (D12.1.2) */
	return read_sysreg(cntpct_el0) - start >
	       PATIENCE_SECONDS * (frequency ? frequency : 1000000000);
}

/* The first refusal counts. All are waited for nevertheless, so that all hear of it. */
static void note_refusal(const struct cb_error *error)
{
	assert_held(&meeting.lock);
	if (!meeting.error.code)
		meeting.error = *error;
}

/* Who enters or leaves together. One that is about to start is none that can be left behind. */
static cpuset_t expected(bool entering)
{
	return entering ? root_cell.cpus : cpus_not_off(root_cell.cpus);
}

static void give_up(bool entering)
{
	struct cb_error late;
	cpuset_t missing;

	spin_lock(&meeting.lock);
	missing = expected(entering) & ~meeting.here;
	if (meeting.decision == WAITING) {
		refuse(&late, CB_ERR_CPU_NO_ANSWER,
		       .index = missing ? first_cpu(missing) : this_cpu()->id);
		note_refusal(&late);
		store_release(&meeting.decision, REFUSED);
	}
	spin_unlock(&meeting.lock);
}

/* Which CPU interfaces and banks there are is known once each CPU was here. */
static void all_have_come(void)
{
	gic_update_cell(&root_cell);
	gic_clear_active_spis();
}

/*
 * Wait until all CPUs are here, to enter the hypervisor or to leave it. The last one decides, and
 * prepares what is there once. While they wait none of them can do anything else.
 */
static bool meet(bool entering, const struct cb_error *refusal)
{
	u64 start = read_sysreg(cntpct_el0);

	spin_lock(&meeting.lock);
	meeting.here |= BIT(this_cpu()->id);
	if (refusal->code)
		note_refusal(refusal);
	if (meeting.decision == WAITING && meeting.here == expected(entering)) {
		if (entering && !meeting.error.code)
			all_have_come();
		store_release(&meeting.decision, meeting.error.code ? REFUSED : GO);
	}
	spin_unlock(&meeting.lock);
	while (load_acquire(&meeting.decision) == WAITING) {
		cpu_relax();
		if (is_late(start))
			give_up(entering);
	}
	return meeting.decision == GO;
}

/* What was decided, for the result; the last CPU makes the meeting ready for the next time. */
static void part(struct cb_error *error)
{
	spin_lock(&meeting.lock);
	if (meeting.decision == REFUSED)
		*error = meeting.error;
	meeting.here &= ~BIT(this_cpu()->id);
	if (!meeting.here) {
		meeting.error.code = CB_OK;
		meeting.decision = WAITING;
	}
	spin_unlock(&meeting.lock);
}

/* nr: CPUs that Linux has; 0: this one is not among them. */
static void check_here(const struct cpu *cpu, u64 nr, struct cb_error *error)
{
	u64 expect = cpu->release ? 0 : cb_config_linux_cpus(system_config);

	if (nr != expect)
		refuse(error, CB_ERR_CPU_COUNT, .index = cpu->id, .found = nr, .expected = expect);
	else if (BIT(cpu_pa_bits()) < stage2_limit())
		refuse(error, CB_ERR_CPU_MISMATCH, .index = cpu->id,
		       .found = read_sysreg(id_aa64mmfr0_el1));
}

/* What Linux chose for EL2: CPUs that it never had get the same, as those of a machine are alike.
 */
static struct traps linux_choice;

static void make_same_choice(struct cpu *cpu)
{
	cpu->linux_traps = linux_choice;
	traps_write(&linux_choice);
	write_sysreg(read_sysreg(midr_el1), vpidr_el2);
	write_sysreg(read_sysreg(mpidr_el1), vmpidr_el2);
	isb();
}

/* Linux goes on when it can have the CPUs from the spin table: they are parked. */
static void wait_for_parked(void)
{
	cpuid_t id;

	for_each_cpu (id, root_cell.cpus)
		while (load_acquire(&cpu_of(id)->power) == CB_CPU_PENDING)
			cpu_relax();
}

/* Everything of this CPU that depends on the others having come. */
static void take_over(struct cpu *cpu)
{
	cpu->saved.vtcr = read_sysreg(vtcr_el2);
	cpu->saved.vttbr = read_sysreg(vttbr_el2);
	traps_choose(cpu);
	gic_cpu_enable(cpu);
	write_sysreg(stage2_vtcr() | cpu_pa_range() << VTCR_EL2_PS_SHIFT, vtcr_el2);
	write_sysreg(root_cell.stage2.vttbr, vttbr_el2);
	traps_write(&cpu->traps);
	isb();
	/* Nothing that was cached without stage 2 may be used with it (D8.13.4). */
	__asm__ volatile("tlbi alle1");
	dsb(nsh);
	isb();
}

static __noreturn void enter_from_spin_table(struct cpu *cpu, struct cb_error *error)
{
	bool go;

	cpu_set_power(cpu, CB_CPU_PENDING);
	go = meet(true, error);
	part(error);
	if (!go)
		return_to_pen(cpu->release, cpu->saved.sctlr);
	make_same_choice(cpu);
	take_over(cpu);
	cpu_park();
}

bool takeover_enter(u64 nr, u64 sctlr, u64 *x)
{
	struct cb_error error = { .cell = CB_NO_CELL, .other_cell = CB_NO_CELL };
	struct cpu *cpu = this_cpu();
	bool go;

	cpu->saved.sctlr = sctlr;
	gic_cpu_discover(cpu);
	check_here(cpu, nr, &error);
	if (!nr)
		enter_from_spin_table(cpu, &error);
	traps_save(cpu);
	linux_choice = cpu->linux_traps;
	go = meet(true, &error);
	if (go) {
		take_over(cpu);
		cpu_set_power(cpu, CB_CPU_ON);
		wait_for_parked();
	}
	part(&error);
	hypercall_result(x, &error);
	return go;
}

/* Of no use to wait: all that call together are told the same. */
static bool may_leave(u64 nr, struct cb_error *error)
{
	u64 online = 0;

	if (cells_exist(error))
		return false;
	for (cpuset_t cpus = cpus_not_off(root_cell.cpus); cpus; cpus &= cpus - 1)
		online++;
	if (online == nr)
		return true;
	refuse(error, CB_ERR_CPU_COUNT, .found = nr, .expected = online);
	return false;
}

/* One of those that are here does what is to be done once. */
static bool is_first_running(const struct cpu *cpu)
{
	cpuid_t id;

	for_each_cpu (id, root_cell.cpus & (BIT(cpu->id) - 1)) {
		if (cpu_of(id)->power == CB_CPU_ON)
			return false;
	}
	return true;
}

/* CPUs that Linux has offline wait here. They go where Linux would have sent them. */
static void release_parked(void)
{
	cpuid_t id;

	for_each_cpu (id, root_cell.cpus) {
		u64 start = read_sysreg(cntpct_el0), x[4] = { 0 };

		if (cpu_of(id)->power != CB_CPU_OFF)
			continue;
		cpu_request(id, REQUEST_RELEASE);
		if (cpu_of(id)->release)
			continue; /* the driver sees when it is in the pen */
		do {
			x[0] = PSCI_AFFINITY_INFO | SMCCC_64;
			x[1] = boot_mpidrs[id];
			x[2] = 0;
			smc_call(x);
		} while (x[0] != PSCI_AFFINITY_OFF && !is_late(start));
	}
}

static void give_back(struct cpu *cpu)
{
	gic_cpu_disable(cpu);
	write_sysreg(cpu->saved.vtcr, vtcr_el2);
	write_sysreg(cpu->saved.vttbr, vttbr_el2);
	traps_write(&cpu->linux_traps);
	isb();
	__asm__ volatile("tlbi alle1"); /* what was cached with stage 2 (D8.13.4) */
	dsb(nsh);
	isb();
}

bool takeover_leave(u64 nr, struct cb_error *error)
{
	bool go;

	if (!may_leave(nr, error))
		return false;
	go = meet(false, error);
	if (go) {
		if (is_first_running(this_cpu()))
			release_parked();
		give_back(this_cpu());
	}
	part(error);
	return go;
}
