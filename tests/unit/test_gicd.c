// SPDX-License-Identifier: GPL-2.0-only
/* The filters in front of the GIC (gic/), with a GIC behind them that is a model (gic_model.h). */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gic_model.h"
#include "harness.h"

#define NR_OPERATIONS 40000

static int start_v2(void **state)
{
	(void)state;
	random_start();
	start_gic(2, plain_features);
	return 0;
}

static int start_v3(void **state)
{
	(void)state;
	random_start();
	start_gic(3, plain_features);
	return 0;
}

static void access_often_at_random(struct cell *cell)
{
	for (size_t i = 0; i < NR_OPERATIONS; i++) {
		if (i % 1000 == 0)
			share_out();
		if (!cell->cpus)
			continue;
		do
			current = (cpuid_t)random_below(NR_CPUS);
		while (!has_cpu(cell, current));
		access_at_random(cell);
	}
}

static void test_random_accesses_of_a_cell(void **state)
{
	(void)state;
	access_often_at_random(&guest);
}

static void test_random_accesses_of_the_root_cell(void **state)
{
	(void)state;
	access_often_at_random(&root_cell);
}

/* On GICs that have more and less; the model aborts where there is nothing. */
static void test_hardware_sees_only_what_it_has(void **state)
{
	u32 version = hardware_version;

	(void)state;
	for (size_t i = 0; i < 32; i++) {
		start_gic(version, random_features(version));
		for (size_t n = 0; n < NR_OPERATIONS / 32; n++) {
			struct cell *cell = random_chance(2) ? &guest : &root_cell;

			do
				current = (cpuid_t)random_below(NR_CPUS);
			while (cell->cpus && !has_cpu(cell, current));
			if (cell->cpus)
				access_at_random(cell);
		}
	}
}

/* ---- Promises, one by one ---- */

static void give_spi(struct cell *cell, intid_t intid)
{
	guest.irqs[intid / 32] &= ~(u32)BIT(intid % 32);
	root_cell.irqs[intid / 32] &= ~(u32)BIT(intid % 32);
	cell->irqs[intid / 32] |= (u32)BIT(intid % 32);
}

static cpuid_t last_cpu(const struct cell *cell)
{
	return 63 - (cpuid_t)__builtin_clzl(cell->cpus);
}

static void test_cell_cannot_enable_foreign_spi(void **state)
{
	(void)state;
	give_spi(&root_cell, 40);
	give_spi(&guest, 41);
	gic.spis[40].enabled = gic.spis[41].enabled = false;
	write_as_guest(GICD_ISENABLER + 4, 4, ~0U);
	assert_false(gic.spis[40].enabled);
	assert_true(gic.spis[41].enabled);
}

static void test_priority_of_neighbour_is_kept(void **state)
{
	(void)state;
	give_spi(&root_cell, 40);
	give_spi(&guest, 41);
	gic.spis[40].priority = 0xa0;
	write_as_guest(GICD_IPRIORITYR + 40, 4, 0x11223344);
	assert_int_equal(gic.spis[40].priority, 0xa0);
	assert_int_equal(gic.spis[41].priority, 0x33);
	assert_int_equal(read_as_guest(GICD_IPRIORITYR + 40, 1), 0);
	assert_int_equal(read_as_guest(GICD_IPRIORITYR + 41, 1), 0x33);
}

static void test_targets_stay_in_the_cell(void **state)
{
	(void)state;
	give_spi(&guest, 41);
	write_as_guest(GICD_ITARGETSR + 41, 1, 0xff);
	assert_int_equal(gic.spis[41].targets, guest.gic.targets);
	assert_true(guest.gic.targets != 0xff);
	write_as_guest(GICD_ITARGETSR + 41, 1, root_cell.gic.targets);
	assert_int_equal(gic.spis[41].targets, guest.gic.targets);
	write_as_guest(GICD_ITARGETSR + 40, 4, root_cell.gic.targets * 0x01010101UL);
	assert_int_equal(gic.spis[41].targets, guest.gic.targets);
}

static void test_route_to_any_cpu_is_not_offered(void **state)
{
	u64 route = boot_mpidrs[first_cpu(guest.cpus)];

	(void)state;
	give_spi(&guest, 41);
	write_as_guest(GICD_IROUTER + 41 * 8, 8, route);
	write_as_guest(GICD_IROUTER + 41 * 8, 8, route | BIT(31));
	assert_int_equal(gic.spis[41].route, route);
	write_as_guest(GICD_IROUTER + 41 * 8, 8, boot_mpidrs[first_cpu(root_cell.cpus)]);
	assert_int_equal(gic.spis[41].route, route);
}

static void test_distributor_cannot_be_turned_off(void **state)
{
	u32 ctlr = gic.ctlr;

	(void)state;
	write_as_guest(GICD_CTLR, 4, 0);
	current = first_cpu(root_cell.cpus);
	access_as_cell(&root_cell, GICD_PHYS + GICD_CTLR, 4, true, 0);
	assert_int_equal(gic.ctlr, ctlr);
}

static void test_moved_spi_is_quiet_and_goes_to_the_cell(void **state)
{
	(void)state;
	give_spi(&root_cell, 100);
	gic.spis[100] = (struct irq){ .enabled = true,
				      .pending = true,
				      .active = true,
				      .priority = 0xff,
				      .targets = 0xff,
				      .config = 2 };
	gic_move_spi(&root_cell, &guest, 100);
	assert_quiet(100, &guest);
	assert_true(owns_spi(&guest, 100));
	assert_false(owns_spi(&root_cell, 100));
}

/* Linux programs neither again: its mask of priorities and its drivers rely on them. */
static void test_spi_comes_back_with_the_priority_and_trigger_of_linux(void **state)
{
	(void)state;
	give_spi(&root_cell, 100);
	give_spi(&root_cell, 101);
	gic.spis[100] = (struct irq){ .priority = 0xa0, .config = 2 };
	gic.spis[101] = (struct irq){ .priority = 0x40, .config = 0 };
	gic_move_spi(&root_cell, &guest, 100);
	gic_move_spi(&root_cell, &guest, 101);
	for (intid_t intid = 100; intid < 102; intid++)
		gic.spis[intid] = (struct irq){ .enabled = true,
						.pending = true,
						.active = true,
						.priority = 0x10,
						.targets = 0xff,
						.config = intid == 100 ? 0 : 2 };
	current = last_cpu(&root_cell);
	gic_move_spi(&guest, &root_cell, 100);
	gic_move_spi(&guest, &root_cell, 101);
	assert_quiet(100, &root_cell);
	assert_quiet(101, &root_cell);
	assert_int_equal(gic.spis[100].priority, 0xa0);
	assert_int_equal(gic.spis[100].config, 2);
	assert_int_equal(gic.spis[101].priority, 0x40);
	assert_int_equal(gic.spis[101].config, 0);
}

/* Other cells wait for the lock in each of their accesses. */
static void test_lock_is_given_up_between_words(void **state)
{
	u16 before = gic_lock.owner;

	(void)state;
	gic_reset_spis(&guest);
	assert_true((u16)(gic_lock.owner - before) >= features.nr_intids / 32 - 1);
	before = gic_lock.owner;
	gic_evict_spis(&guest);
	assert_true((u16)(gic_lock.owner - before) >= features.nr_intids / 32 - 1);
}

static void test_spis_of_a_cell_are_reset_and_no_others(void **state)
{
	(void)state;
	expected = gic;
	gic_reset_spis(&guest);
	for (intid_t intid = FIRST_SPI; intid < features.nr_intids; intid++) {
		if (owns_spi(&guest, intid))
			assert_quiet(intid, &guest);
		else
			assert_true(is_same_irq(&gic.spis[intid], &expected.spis[intid]));
	}
}

static void test_no_foreign_spi_reaches_the_cell(void **state)
{
	(void)state;
	current = last_cpu(&root_cell);
	expected = gic;
	gic_evict_spis(&guest);
	for (intid_t intid = FIRST_SPI; intid < features.nr_intids; intid++) {
		if (owns_spi(&guest, intid) || !reaches(&expected.spis[intid], &guest)) {
			assert_true(is_same_irq(&gic.spis[intid], &expected.spis[intid]));
			continue;
		}
		/* Linux' first CPU may be off. */
		assert_int_equal(gic.spis[intid].targets, hardware_version == 2
								  ? target_of(current)
								  : expected.spis[intid].targets);
		assert_int_equal(gic.spis[intid].route, hardware_version == 3
								? boot_mpidrs[current]
								: expected.spis[intid].route);
	}
}

static void test_reset_cpu_has_nothing_left(void **state)
{
	struct irq *irqs = gic.banked[current];

	(void)state;
	gic_cpu_reset(cpu_of(current));
	for (intid_t intid = 0; intid < FIRST_SPI; intid++) {
		assert_int_equal(irqs[intid].enabled, intid == MANAGEMENT_SGI);
		assert_false(irqs[intid].pending || irqs[intid].active);
		assert_int_equal(irqs[intid].priority, 0);
	}
}

/* ---- SGIs ---- */

static void test_sgis_by_system_register_stay_in_the_cell(void **state)
{
	(void)state;
	for (size_t i = 0; i < NR_OPERATIONS / 4; i++) {
		u64 value = random_sgi1r();

		if (i % 100 == 0)
			share_out();
		current = first_cpu(guest.cpus);
		no_sgi_pending();
		expected = gic;
		send_sgi1r(&expected, (struct accessor){ &guest, current }, value);
		assert_true(sysreg_as_cell(&guest, ISS_SGI1R, &value, true));
		assert_gic_is_as_expected();
	}
}

static u32 turns;

/* Another CPU of the root cell has looked at who is in it, and sends only now. */
static void send_late(void)
{
	if (++turns == 3)
		cpu_of(first_cpu(root_cell.cpus))->gic.sending = 0;
}

static void test_cpus_move_after_sgis_to_them_are_sent(void **state)
{
	cpuset_t cpus = BIT(first_cpu(guest.cpus));

	(void)state;
	turns = 0;
	host_other_cpu = send_late;
	gic_move_cpus(&guest, &root_cell, cpus);
	assert_int_equal(turns, 0);
	cpu_of(first_cpu(root_cell.cpus & ~cpus))->gic.sending = 1;
	gic_move_cpus(&root_cell, &guest, cpus);
	host_other_cpu = NULL;
	assert_int_equal(turns, 3);
}

static void test_other_groups_get_no_sgi(void **state)
{
	u64 value = BIT(40);

	(void)state;
	no_sgi_pending();
	expected = gic;
	assert_true(sysreg_as_cell(&guest, ISS_ASGI1R, &value, true));
	assert_true(sysreg_as_cell(&guest, ISS_SGI0R, &value, true));
	assert_gic_is_as_expected();
	assert_false(sysreg_as_cell(&guest, ISS_SGI1R, &value, false));
}

static void test_random_sgis_by_distributor_stay_in_the_cell(void **state)
{
	(void)state;
	for (size_t i = 0; i < NR_OPERATIONS / 4; i++) {
		u64 value = random_bits() & 0x03ff800f;

		if (i % 100 == 0)
			share_out();
		current = first_cpu(guest.cpus);
		no_sgi_pending();
		expected = gic;
		access_sgir(&expected, (struct accessor){ &guest, current }, (u32)value);
		write_as_guest(GICD_SGIR, 4, value);
		assert_gic_is_as_expected();
	}
}

static void test_deactivation_by_system_register_is_checked(void **state)
{
	(void)state;
	for (u64 intid = 0; intid < 5200; intid++) {
		u64 value = intid;

		if (intid >= FIRST_EPPI && intid - FIRST_EPPI >= 32 * (features.ppi_words - 1) &&
		    intid < FIRST_ESPI)
			continue; /* the hardware ignores what it does not have */

		randomize_gic();
		expected = gic;
		deactivate(&expected, (struct accessor){ &guest, current }, (intid_t)intid);
		assert_true(sysreg_as_cell(&guest, ISS_DIR, &value, true));
		assert_gic_is_as_expected();
	}
}

static void test_deactivation_by_cpu_interface_is_checked(void **state)
{
	(void)state;
	for (u64 intid = 0; intid < 1024; intid++) {
		randomize_gic();
		expected = gic;
		deactivate(&expected, (struct accessor){ &guest, current }, (intid_t)intid);
		access_as_cell(&guest, GICC_PHYS + GICC_DIR, 4, true, intid);
		assert_gic_is_as_expected();
	}
}

/* ---- The management SGI ---- */

static bool woken, waited;

static void wake_from_another_cpu(void)
{
	cpuid_t sleeper = current;

	current = (sleeper + 1) % NR_CPUS;
	gic_wake(sleeper);
	current = sleeper;
}

/* Another CPU asks for the one that sleeps here. */
void host_wfi(void)
{
	waited = true;
	wake_from_another_cpu();
	woken = wakes(current);
}

/* The CPU waits at EL2 for its guest, which did to its interrupts what it could. */
static void assert_sleeper_can_be_woken(void)
{
	woken = waited = false;
	gic_wait();
	assert_true(waited);
	assert_true(woken);
}

static void sgi_array_write(u64 array, size_t size, u64 value)
{
	if (gic_version == 2)
		write_as_guest(array, size, value);
	else
		access_as_cell(&guest, GICR_PHYS + redistributor_of(current) + 0x10000 + array,
			       size, true, value);
}

static void test_management_sgi_wakes_when_disabled(void **state)
{
	(void)state;
	sgi_array_write(GICD_ICENABLER, 4, ~0U);
	assert_sleeper_can_be_woken();
}

static void test_management_sgi_wakes_at_any_priority(void **state)
{
	(void)state;
	sgi_array_write(GICD_IPRIORITYR + MANAGEMENT_SGI, 1, 0xff);
	assert_sleeper_can_be_woken();
	sgi_array_write(GICD_IPRIORITYR + 4, 4, ~0U);
	assert_sleeper_can_be_woken();
}

static void test_management_sgi_wakes_when_made_active(void **state)
{
	(void)state;
	sgi_array_write(GICD_ISACTIVER, 4, BIT(MANAGEMENT_SGI));
	assert_sleeper_can_be_woken();
}

/* With EOImode = 1 the priority is dropped, the SGI still active, and the guest sleeps. */
static void test_management_sgi_wakes_when_the_guest_has_one_active(void **state)
{
	(void)state;
	gic.banked[current][MANAGEMENT_SGI].active = true;
	assert_sleeper_can_be_woken();
}

static void test_management_sgi_wakes_after_random_accesses(void **state)
{
	(void)state;
	for (size_t i = 0; i < 200; i++) {
		current = first_cpu(guest.cpus);
		for (size_t n = 0; n < 50; n++)
			access_at_random(&guest);
		gic.banked[current][MANAGEMENT_SGI].active = false; /* has a test of its own */
		assert_sleeper_can_be_woken();
		randomize_gic();
	}
}

static void test_waking_sgi_is_taken_away(void **state)
{
	(void)state;
	no_sgi_pending();
	assert_false(gic_acknowledge_wake(cpu_of(current)));
	gic_wake(current);
	assert_true(gic_acknowledge_wake(cpu_of(current)));
	assert_false(gic.banked[current][MANAGEMENT_SGI].pending);
	assert_false(gic_acknowledge_wake(cpu_of(current)));
}

/* It comes when the CPU has just seen that there is none. */
static void test_waking_sgi_is_not_lost_while_looking_for_it(void **state)
{
	(void)state;
	no_sgi_pending();
	after_read = wake_from_another_cpu;
	if (!gic_acknowledge_wake(cpu_of(current)))
		assert_true(gic_acknowledge_wake(cpu_of(current)));
}

/* With an interrupt active, what it waits for might not reach the CPU. */
static void test_guest_within_a_handler_does_not_wait(void **state)
{
	(void)state;
	gic.gicc[2][current] = 0x80;
	*sysreg(NAME(ICC_RPR_EL1)) = 0x80;
	waited = false;
	gic_wait();
	assert_false(waited);
}

/* ---- From Linux to the hypervisor, and back ---- */

#define VMCR_ENG1    BIT(1)
#define VMCR_EOIM    BIT(9)
#define CTLR_EOIMODE BIT(1)
#define HCR_FMO	     BIT(3)
#define LINUX_PMR    0xf0UL

/* As Linux leaves them, booted at EL2. */
static void linux_interface(u64 pmr)
{
	*sysreg(NAME(ICH_HCR_EL2)) = 0x5;
	*sysreg(NAME(ICH_VMCR_EL2)) = 0x4c0000;
	*sysreg(NAME(ICC_SRE_EL2)) = 0x9;
	gic.icc_pmr[current] = pmr;
	gic.icc_ctlr[current] = CTLR_EOIMODE | 0x400;
	cpu_of(current)->traps.hcr = 0;
}

static void assert_linux_interface(u64 pmr)
{
	assert_int_equal(*sysreg(NAME(ICH_HCR_EL2)), 0x5);
	assert_int_equal(*sysreg(NAME(ICH_VMCR_EL2)), 0x4c0000);
	assert_int_equal(*sysreg(NAME(ICC_SRE_EL2)), 0x9);
	assert_int_equal(gic.icc_pmr[current], pmr);
	assert_int_equal(gic.icc_ctlr[current], CTLR_EOIMODE | 0x400);
}

static void test_linux_gets_a_virtual_interface_and_its_own_back(void **state)
{
	struct cpu *cpu = cpu_of(current);

	(void)state;
	linux_interface(LINUX_PMR);
	gic_cpu_enable(cpu);
	assert_int_equal(public_page->root_mode, CB_ROOT_MODE_DIRECT);
	assert_int_equal(gic.icc_pmr[current], 0xff);
	assert_int_equal(gic.icc_ctlr[current], 0x400);
	assert_int_equal(*sysreg(NAME(ICH_VMCR_EL2)), LINUX_PMR << 24 | VMCR_EOIM | VMCR_ENG1);
	assert_int_equal(*sysreg(NAME(ICH_HCR_EL2)), 0);
	assert_int_equal(*sysreg(NAME(ICC_SRE_EL2)), 0xf);
	assert_int_equal(cpu->traps.hcr & HCR_FMO, HCR_FMO);
	for (intid_t intid = 0; intid < FIRST_SPI; intid++)
		assert_false(gic.banked[current][intid].active);
	gic_cpu_disable(cpu);
	assert_linux_interface(LINUX_PMR);
}

/* A Linux with pseudo-NMI needs its own mask: SGIs trap by ICH_HCR_EL2.TC. */
static void test_linux_with_pseudo_nmi_keeps_its_mask(void **state)
{
	struct cpu *cpu = cpu_of(current);

	(void)state;
	linux_interface(0xe0);
	gic_cpu_enable(cpu);
	assert_int_equal(public_page->root_mode, CB_ROOT_MODE_PSEUDO_NMI);
	assert_int_equal(gic.icc_pmr[current], 0xe0);
	assert_int_equal(*sysreg(NAME(ICH_HCR_EL2)), ICH_HCR_TC | ICH_HCR_TALL0);
	assert_int_equal(cpu->traps.hcr & HCR_FMO, 0);
	gic_cpu_disable(cpu);
	assert_linux_interface(0xe0);
}

static void test_sgis_of_every_guest_trap(void **state)
{
	struct cpu *cpu = cpu_of(current);

	(void)state;
	cpu->cell = &guest;
	gic_cpu_start(cpu);
	assert_int_equal(*sysreg(NAME(ICH_HCR_EL2)), ICH_HCR_TC | ICH_HCR_TALL0);
	assert_int_equal(cpu->traps.hcr & HCR_FMO, 0);
	assert_int_equal(*sysreg(NAME(ICC_SRE_EL2)), 7); /* ICC_SRE_EL1 traps */
	cpu->cell = &root_cell;
	gic_cpu_start(cpu);
	assert_int_equal(*sysreg(NAME(ICC_SRE_EL2)), 0xf);
	assert_int_equal(*sysreg(NAME(ICH_HCR_EL2)), 0);
	assert_int_equal(cpu->traps.hcr & HCR_FMO, HCR_FMO);
	assert_int_equal(gic.icc_pmr[current], 0xff);
	assert_int_equal(*sysreg(NAME(ICC_SRE_EL1)), 7);
	public_page->root_mode = CB_ROOT_MODE_PSEUDO_NMI;
	gic_cpu_start(cpu);
	assert_int_equal(*sysreg(NAME(ICH_HCR_EL2)), ICH_HCR_TC | ICH_HCR_TALL0);
}

static void test_nothing_stays_active_when_all_cpus_are_in(void **state)
{
	(void)state;
	gic_clear_active_spis();
	for (intid_t intid = FIRST_SPI; intid < features.nr_intids; intid++)
		if (gic_version == 3)
			assert_false(gic.spis[intid].active);
}

static void test_cpu_finds_its_interface(void **state)
{
	(void)state;
	cpu_of(current)->gic.target = 0;
	gic_cpu_discover(cpu_of(current));
	assert_int_equal(cpu_of(current)->gic.target, target_of(current));
}

/* Of 5 to 7 preemption bits: as many registers as there are (12.2.1). */
static void test_reset_clears_the_active_priorities_that_there_are(void **state)
{
	static const char *const names[] = { NAME(ICC_AP1R0_EL1), NAME(ICC_AP1R1_EL1),
					     NAME(ICC_AP1R2_EL1), NAME(ICC_AP1R3_EL1) };

	(void)state;
	for (u64 bits = 5; bits <= 7; bits++) {
		size_t nr = 1UL << (bits - 5);

		*sysreg(NAME(ICH_VTR_EL2)) = (bits - 1) << 26;
		for (size_t i = 0; i < ARRAY_SIZE(names); i++)
			*sysreg(names[i]) = 1;
		gic_cpu_reset(cpu_of(current));
		for (size_t i = 0; i < ARRAY_SIZE(names); i++)
			assert_int_equal(*sysreg(names[i]), i >= nr);
	}
}

/* Any other order is UNPREDICTABLE. */
static void test_active_priorities_of_group_0_are_first(void **state)
{
	(void)state;
	gic_cpu_reset(cpu_of(current));
	assert_true(written_at(NAME(ICC_AP0R0_EL1)));
	assert_true(written_at(NAME(ICC_AP0R0_EL1)) < written_at(NAME(ICC_AP1R0_EL1)));
}

/* What is no interrupt's comes from another controller while the interface is off. */
static void test_bypass_of_the_interface_is_the_firmwares(void **state)
{
	(void)state;
	gic.gicc[0][current] = 0x61;
	gic_cpu_discover(cpu_of(current));
	gic.gicc[0][current] = 0x21; /* a guest */
	gic_cpu_reset(cpu_of(current));
	assert_int_equal(gic.gicc[0][current], 0x60);
}

static void test_interrupt_of_group_0_is_dropped(void **state)
{
	(void)state;
	*sysreg(NAME(ICC_IAR0_EL1)) = 40;
	gic_drop_fiq();
	assert_int_equal(*sysreg(NAME(ICC_EOIR0_EL1)), 40);
	*sysreg(NAME(ICC_EOIR0_EL1)) = 0;
	*sysreg(NAME(ICC_IAR0_EL1)) = 1023;
	gic_drop_fiq();
	assert_int_equal(*sysreg(NAME(ICC_EOIR0_EL1)), 0);
}

/* ---- Extended interrupts, GICv3.1 ---- */

static int start_v31(void **state)
{
	struct features extended = plain_features;

	(void)state;
	extended.nr_espis = 96;
	extended.ppi_words = 3;
	random_start();
	start_gic(3, extended);
	return 0;
}

static void test_extended_spis_are_the_root_cells(void **state)
{
	u64 route = GICD_IROUTER_E + 8 * 70, linux_cpu = boot_mpidrs[first_cpu(root_cell.cpus)];
	u64 own = boot_mpidrs[first_cpu(guest.cpus)];

	(void)state;
	gic.espis[70] = (struct irq){ .route = linux_cpu };
	write_as_guest(GICD_ISENABLER_E + 8, 4, ~0U);
	write_as_guest(GICD_IPRIORITYR_E + 70, 1, 0x10);
	write_as_guest(route, 8, own);
	assert_true(is_same_irq(&gic.espis[70], &(struct irq){ .route = linux_cpu }));
	assert_int_equal(read_as_guest(GICD_TYPER, 4) & (GICD_TYPER_ESPI | GICD_TYPER_ESPI_RANGE),
			 0);

	current = first_cpu(root_cell.cpus);
	access_as_cell(&root_cell, GICD_PHYS + GICD_ISENABLER_E + 8, 4, true, BIT(70 % 32));
	access_as_cell(&root_cell, GICD_PHYS + GICD_IPRIORITYR_E + 70, 1, true, 0x10);
	access_as_cell(&root_cell, GICD_PHYS + route, 8, true, own);
	access_as_cell(&root_cell, GICD_PHYS + route, 8, true, linux_cpu | GICD_IROUTER_IRM);
	assert_true(is_same_irq(&gic.espis[70], &(struct irq){ .enabled = true,
							       .priority = 0x10,
							       .route = linux_cpu }));
}

static void test_no_extended_spi_reaches_the_cell(void **state)
{
	(void)state;
	current = last_cpu(&root_cell);
	gic.espis[0].route = gic.espis[95].route = boot_mpidrs[first_cpu(guest.cpus)];
	expected = gic;
	gic_evict_spis(&guest);
	for (size_t i = 0; i < features.nr_espis; i++)
		assert_int_equal(gic.espis[i].route, reaches(&expected.espis[i], &guest)
							     ? boot_mpidrs[current]
							     : expected.espis[i].route);
}

static void test_no_extended_interrupt_stays_active_when_all_cpus_are_in(void **state)
{
	(void)state;
	linux_interface(LINUX_PMR);
	gic_cpu_enable(cpu_of(current));
	gic_clear_active_spis();
	for (size_t i = 0; i < features.nr_espis; i++)
		assert_false(gic.espis[i].active);
	for (size_t i = 0; i < NR_PRIVATE; i++)
		assert_false(gic.banked[current][i].active);
}

static void test_reset_cpu_has_no_extended_ppi_left(void **state)
{
	(void)state;
	gic_cpu_reset(cpu_of(current));
	for (size_t i = FIRST_SPI; i < NR_PRIVATE; i++)
		assert_true(is_same_irq(&gic.banked[current][i],
					&(struct irq){ .group1 = true,
						       .targets = target_of(current),
						       .route = gic.banked[current][i].route }));
}

static void test_interrupt_of_group_0_is_dropped_even_if_extended(void **state)
{
	(void)state;
	*sysreg(NAME(ICC_IAR0_EL1)) = FIRST_ESPI + 40;
	gic_drop_fiq();
	assert_int_equal(*sysreg(NAME(ICC_EOIR0_EL1)), FIRST_ESPI + 40);
}

/* ---- Finding one's redistributor ---- */

/* GICv4.1, with CPUs that are not in the configuration: the first and the last among them. */
static int start_v4(void **state)
{
	struct features vlpis = plain_features;

	(void)state;
	vlpis.vlpis = vlpis.sparse = true;
	random_start();
	start_gic(3, vlpis);
	return 0;
}

/* GICR_TYPER of the first CPU is zero. */
static int start_bare(void **state)
{
	struct features bare = { .nr_intids = plain_features.nr_intids, .ppi_words = 1 };

	(void)state;
	random_start();
	start_gic(3, bare);
	return 0;
}

static int start_gaps(void **state)
{
	struct features gaps = plain_features;

	(void)state;
	gaps.gaps = true;
	random_start();
	start_gic(3, gaps);
	return 0;
}

static u64 read_redistributor(struct cell *cell, u64 offset, size_t size)
{
	return access_as_cell(cell, GICR_PHYS + offset, size, false, 0);
}

/* As Linux does it. How many it saw on the way, and where that of affinity is. */
static size_t walk(struct cell *cell, u64 affinity, u64 *found)
{
	u64 offset = 0, typer;
	size_t nr = 0;

	do {
		assert_true(offset < redistributors_size());
		assert_int_equal(read_redistributor(cell, offset + GIC_PIDR2, 4) & 0xf0, 0x30);
		typer = read_redistributor(cell, offset + GICR_TYPER, 8);
		if (typer >> 32 == affinity)
			*found = offset;
		offset += typer & GICR_TYPER_VLPIS ? 0x40000 : 0x20000;
		nr++;
	} while (!(typer & GICR_TYPER_LAST));
	return nr;
}

static void test_every_cpu_finds_its_redistributor(void **state)
{
	(void)state;
	for (cpuid_t cpu = 0; cpu < NR_CPUS; cpu++) {
		struct cell *cell = has_cpu(&guest, cpu) ? &guest : &root_cell;
		u64 mpidr = boot_mpidrs[cpu], found = ~0UL;

		current = cpu;
		assert_int_equal(walk(cell, (mpidr >> 32) << 24 | (mpidr & 0xffffff), &found),
				 redistributors_size() / redistributor_stride());
		assert_int_equal(found, redistributor_of(cpu));
	}
}

/* Linux steps by "redistributor-stride" or, as in a cell, by what it reads on the way. */
static void test_room_between_redistributors_is_nobodys(void **state)
{
	(void)state;
	for (cpuid_t cpu = 0; cpu < NR_CPUS; cpu++) {
		struct cell *cell = has_cpu(&guest, cpu) ? &guest : &root_cell;
		u64 mpidr = boot_mpidrs[cpu], found = ~0UL;

		assert_int_equal(cpu_of(cpu)->gic.rd_phys, GICR_PHYS + redistributor_of(cpu));
		current = cpu;
		walk(cell, (mpidr >> 32) << 24 | (mpidr & 0xffffff), &found);
		assert_int_equal(found, redistributor_of(cpu));
	}
}

static void test_cell_sees_neither_lpis_nor_resident_vpes(void **state)
{
	u64 typer = read_redistributor(&guest, redistributor_of(current) + GICR_TYPER, 8);

	(void)state;
	assert_int_equal(typer & (GICR_TYPER_PLPIS | GICR_TYPER_DIRECT_LPI | GICR_TYPER_RVPEID), 0);
	typer = read_redistributor(&root_cell, redistributor_of(current) + GICR_TYPER, 8);
	assert_true(typer & GICR_TYPER_PLPIS && typer & GICR_TYPER_RVPEID);
}

/* ---- LPIs of a CPU that changes hands ---- */

static void test_lpis_can_be_disabled_if_the_hardware_says_so(void **state)
{
	bool v3 = gic_version == 3;

	(void)state;
	assert_true(gic_can_disable_lpis(cpu_of(current)));
	gic.rd_ctlr[current] = GICR_CTLR_ENABLE_LPIS;
	assert_int_equal(gic_can_disable_lpis(cpu_of(current)), !v3);
	gic.rd_ctlr[current] |= GICR_CTLR_CES;
	assert_true(gic_can_disable_lpis(cpu_of(current)));
}

/* Linux turned them on after somebody looked. */
static void test_cpu_with_lpis_that_stay_on_becomes_no_cells(void **state)
{
	cpuid_t cpu = first_cpu(root_cell.cpus);
	cpuset_t of_root = root_cell.cpus, of_guest = guest.cpus;

	(void)state;
	gic.rd_ctlr[cpu] = GICR_CTLR_ENABLE_LPIS;
	expected = gic;
	assert_false(gic_move_cpus(&root_cell, &guest, BIT(cpu)));
	assert_true(root_cell.cpus == of_root && guest.cpus == of_guest);
	guest_config.flags = CB_CELL_ACCEPT_LPIS;
	assert_true(gic_move_cpus(&root_cell, &guest, BIT(cpu)));
	assert_true(has_cpu(&guest, cpu) && !has_cpu(&root_cell, cpu));
	guest_config.flags = 0;
	assert_true(gic_move_cpus(&guest, &root_cell, BIT(cpu)));
	assert_true(root_cell.cpus == of_root);
	gic.rd_ctlr[cpu] |= GICR_CTLR_CES;
	assert_true(gic_move_cpus(&root_cell, &guest, BIT(cpu)));
}

static void test_lpis_come_back_with_the_tables_that_linux_had(void **state)
{
	(void)state;
	gic.rd_ctlr[current] = GICR_CTLR_ENABLE_LPIS;
	gic.propbaser[current] = 0x1234000;
	gic.pendbaser[current] = 0x5678000;
	gic_disable_lpis(cpu_of(current));
	assert_int_equal(gic.rd_ctlr[current] & GICR_CTLR_ENABLE_LPIS, 0);
	gic.propbaser[current] = gic.pendbaser[current] = 0;
	gic_restore_lpis(cpu_of(current));
	assert_int_equal(gic.rd_ctlr[current], GICR_CTLR_ENABLE_LPIS);
	assert_int_equal(gic.propbaser[current], 0x1234000);
	assert_int_equal(gic.pendbaser[current], 0x5678000);
}

static void test_lpis_that_were_off_stay_off(void **state)
{
	(void)state;
	gic.rd_ctlr[current] = 0;
	gic.propbaser[current] = 0x1234000;
	gic_disable_lpis(cpu_of(current));
	gic_restore_lpis(cpu_of(current));
	assert_int_equal(gic.rd_ctlr[current], 0);
	assert_int_equal(gic.propbaser[current], 0x1234000);
}

/* Tables in use cannot be set, and need not be. */
static void test_lpis_that_cannot_be_disabled_are_left_alone(void **state)
{
	(void)state;
	gic.rd_ctlr[current] = GICR_CTLR_ENABLE_LPIS;
	gic.propbaser[current] = 0x1234000;
	lpis_stuck = true;
	gic_disable_lpis(cpu_of(current));
	gic.propbaser[current] = 0x9999000;
	gic_restore_lpis(cpu_of(current));
	assert_int_equal(gic.propbaser[current], 0x9999000);
}

/* ---- A GIC that is not what the configuration says ---- */

static void assert_init_refused(const struct cb_system_config *config, u32 code, u64 index)
{
	struct cb_error error = { 0 };

	for (cpuid_t cpu = 0; cpu < NR_CPUS; cpu++)
		cpu_of(cpu)->gic.rd_phys = 0;
	assert_int_equal(gic_init(config, &error), code);
	assert_int_equal(error.code, code);
	assert_int_equal(error.index, index);
}

static void test_other_version_is_refused(void **state)
{
	(void)state;
	assert_init_refused(hardware_version == 2 ? &config_v3 : &config_v2, CB_ERR_GIC_VERSION, 0);
}

static void test_missing_redistributor_is_refused(void **state)
{
	struct cb_system_config config = config_v3;

	(void)state;
	config.gic.frames[CB_GIC_GICR].size = 5 * GICR_STRIDE;
	assert_init_refused(&config, CB_ERR_GIC_MISSING, 5);
	config.gic.frames[CB_GIC_GICR].size = GICR_STRIDE - 1;
	assert_init_refused(&config, CB_ERR_GIC_MISSING, 0);
}

static void test_no_memory_for_mappings_is_refused(void **state)
{
	(void)state;
	no_mappings = true;
	assert_init_refused(hardware_version == 2 ? &config_v2 : &config_v3, CB_ERR_NO_MEMORY, 0);
}

static void test_frames_that_trap(void **state)
{
	bool v2 = gic_version == 2;

	(void)state;
	assert_true(is_in_window(&guest, GICD_PHYS));
	assert_true(is_in_window(&root_cell, GICD_PHYS + 0xfff));
	assert_false(is_in_window(&guest, GICD_PHYS - 1));
	assert_int_equal(is_in_window(&guest, GICD_PHYS + 0x1000), !v2);
	assert_false(is_in_window(&guest, GICC_PHYS));
	assert_int_equal(is_in_window(&guest, GICC_PHYS + 0x1000), v2);
	assert_false(is_in_window(&root_cell, GICC_PHYS + 0x1000));
	assert_false(is_in_window(&guest, GICC_PHYS + 0x2000));
	assert_int_equal(is_in_window(&guest, GICR_PHYS), !v2);
	assert_int_equal(is_in_window(&guest, GICR_PHYS + NR_CPUS * GICR_STRIDE - 1), !v2);
	assert_false(is_in_window(&guest, GICR_PHYS + NR_CPUS * GICR_STRIDE));
}

#define V2(function)                                                 \
	{                                                            \
#function " (GICv2)", function, start_v2, NULL, NULL \
	}
#define V3(function)                                                 \
	{                                                            \
#function " (GICv3)", function, start_v3, NULL, NULL \
	}
#define V4(function)                                                   \
	{                                                              \
#function " (GICv4.1)", function, start_v4, NULL, NULL \
	}
#define V31(function)                                                   \
	{                                                               \
#function " (GICv3.1)", function, start_v31, NULL, NULL \
	}

int main(void)
{
	const struct CMUnitTest tests[] = {
		V2(test_cell_cannot_enable_foreign_spi),
		V3(test_cell_cannot_enable_foreign_spi),
		V2(test_priority_of_neighbour_is_kept),
		V3(test_priority_of_neighbour_is_kept),
		V2(test_targets_stay_in_the_cell),
		V3(test_route_to_any_cpu_is_not_offered),
		V2(test_distributor_cannot_be_turned_off),
		V3(test_distributor_cannot_be_turned_off),
		V2(test_moved_spi_is_quiet_and_goes_to_the_cell),
		V3(test_moved_spi_is_quiet_and_goes_to_the_cell),
		V2(test_spi_comes_back_with_the_priority_and_trigger_of_linux),
		V3(test_spi_comes_back_with_the_priority_and_trigger_of_linux),
		V2(test_lock_is_given_up_between_words),
		V3(test_lock_is_given_up_between_words),
		V2(test_spis_of_a_cell_are_reset_and_no_others),
		V3(test_spis_of_a_cell_are_reset_and_no_others),
		V2(test_no_foreign_spi_reaches_the_cell),
		V3(test_no_foreign_spi_reaches_the_cell),
		V31(test_extended_spis_are_the_root_cells),
		V31(test_no_extended_spi_reaches_the_cell),
		V31(test_no_extended_interrupt_stays_active_when_all_cpus_are_in),
		V31(test_reset_cpu_has_no_extended_ppi_left),
		V31(test_interrupt_of_group_0_is_dropped_even_if_extended),
		V31(test_deactivation_by_system_register_is_checked),
		V31(test_management_sgi_wakes_after_random_accesses),
		V3(test_every_cpu_finds_its_redistributor),
		V4(test_every_cpu_finds_its_redistributor),
		cmocka_unit_test_setup(test_every_cpu_finds_its_redistributor, start_bare),
		cmocka_unit_test_setup(test_room_between_redistributors_is_nobodys, start_gaps),
		V4(test_cell_sees_neither_lpis_nor_resident_vpes),
		V2(test_reset_cpu_has_nothing_left),
		V3(test_reset_cpu_has_nothing_left),
		V2(test_guest_within_a_handler_does_not_wait),
		V3(test_guest_within_a_handler_does_not_wait),
		V3(test_linux_gets_a_virtual_interface_and_its_own_back),
		V3(test_linux_with_pseudo_nmi_keeps_its_mask),
		V3(test_sgis_of_every_guest_trap),
		V2(test_nothing_stays_active_when_all_cpus_are_in),
		V3(test_nothing_stays_active_when_all_cpus_are_in),
		V2(test_cpu_finds_its_interface),
		V3(test_reset_clears_the_active_priorities_that_there_are),
		V3(test_active_priorities_of_group_0_are_first),
		V2(test_bypass_of_the_interface_is_the_firmwares),
		V3(test_interrupt_of_group_0_is_dropped),
		V2(test_lpis_can_be_disabled_if_the_hardware_says_so),
		V3(test_lpis_can_be_disabled_if_the_hardware_says_so),
		V3(test_cpu_with_lpis_that_stay_on_becomes_no_cells),
		V3(test_lpis_come_back_with_the_tables_that_linux_had),
		V3(test_lpis_that_were_off_stay_off),
		V3(test_lpis_that_cannot_be_disabled_are_left_alone),
		V2(test_other_version_is_refused),
		V3(test_other_version_is_refused),
		V3(test_missing_redistributor_is_refused),
		V2(test_no_memory_for_mappings_is_refused),
		V3(test_no_memory_for_mappings_is_refused),
		V2(test_frames_that_trap),
		V3(test_frames_that_trap),
		V2(test_random_accesses_of_a_cell),
		V3(test_random_accesses_of_a_cell),
		V2(test_random_accesses_of_the_root_cell),
		V3(test_random_accesses_of_the_root_cell),
		V2(test_hardware_sees_only_what_it_has),
		V3(test_hardware_sees_only_what_it_has),
		V3(test_sgis_by_system_register_stay_in_the_cell),
		V2(test_cpus_move_after_sgis_to_them_are_sent),
		V3(test_cpus_move_after_sgis_to_them_are_sent),
		V3(test_other_groups_get_no_sgi),
		V2(test_random_sgis_by_distributor_stay_in_the_cell),
		V3(test_deactivation_by_system_register_is_checked),
		V2(test_deactivation_by_cpu_interface_is_checked),
		V2(test_management_sgi_wakes_when_disabled),
		V3(test_management_sgi_wakes_when_disabled),
		V2(test_management_sgi_wakes_at_any_priority),
		V3(test_management_sgi_wakes_at_any_priority),
		V2(test_management_sgi_wakes_when_made_active),
		V3(test_management_sgi_wakes_when_made_active),
		V2(test_management_sgi_wakes_when_the_guest_has_one_active),
		V3(test_management_sgi_wakes_when_the_guest_has_one_active),
		V2(test_management_sgi_wakes_after_random_accesses),
		V3(test_management_sgi_wakes_after_random_accesses),
		V2(test_waking_sgi_is_taken_away),
		V2(test_waking_sgi_is_not_lost_while_looking_for_it),
		V3(test_waking_sgi_is_taken_away),
		V3(test_waking_sgi_is_not_lost_while_looking_for_it),
	};

	return run_hv_tests(tests);
}
