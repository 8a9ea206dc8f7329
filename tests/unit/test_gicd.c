// SPDX-License-Identifier: GPL-2.0-only
/* The filters in front of the GIC (gic/), with a GIC behind them that is a model (gic_model.h). */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gic_model.h"
#include "stub/stub.h"

#define NR_OPERATIONS 40000

static int start_v2(void **state)
{
	(void)state;
	start_gic(2);
	return 0;
}

static int start_v3(void **state)
{
	(void)state;
	start_gic(3);
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

static void test_hardware_sees_only_widths_that_it_offers(void **state)
{
	(void)state;
	access_often_at_random(&guest);
	assert_int_equal(bad_accesses, 0);
}

/* ---- Promises, one by one ---- */

static void give_spi(struct cell *cell, intid_t intid)
{
	guest.irqs[intid / 32] &= ~(u32)BIT(intid % 32);
	root_cell.irqs[intid / 32] &= ~(u32)BIT(intid % 32);
	cell->irqs[intid / 32] |= (u32)BIT(intid % 32);
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
	assert_int_equal(gic.spis[41].targets, guest.gic_targets);
	assert_true(guest.gic_targets != 0xff);
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

static void test_spis_of_a_cell_are_reset_and_no_others(void **state)
{
	(void)state;
	expected = gic;
	gic_reset_spis(&guest);
	for (intid_t intid = FIRST_SPI; intid < NR_INTIDS; intid++) {
		if (owns_spi(&guest, intid))
			assert_quiet(intid, &guest);
		else
			assert_true(is_same_irq(&gic.spis[intid], &expected.spis[intid]));
	}
}

static void test_no_foreign_spi_reaches_the_cell(void **state)
{
	(void)state;
	expected = gic;
	gic_evict_spis(&guest);
	for (intid_t intid = FIRST_SPI; intid < NR_INTIDS; intid++) {
		if (owns_spi(&guest, intid) || !reaches(&expected.spis[intid], &guest))
			assert_true(is_same_irq(&gic.spis[intid], &expected.spis[intid]));
		else
			assert_false(reaches(&gic.spis[intid], &guest));
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
		assert_true(gic_sysreg(&guest, ISS_SGI1R, &value, true));
		assert_gic_is_as_expected();
	}
}

static void test_other_groups_get_no_sgi(void **state)
{
	u64 value = BIT(40);

	(void)state;
	no_sgi_pending();
	expected = gic;
	assert_true(gic_sysreg(&guest, ISS_ASGI1R, &value, true));
	assert_true(gic_sysreg(&guest, ISS_SGI0R, &value, true));
	assert_gic_is_as_expected();
	assert_false(gic_sysreg(&guest, ISS_SGI1R, &value, false));
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
	for (u64 intid = 0; intid < 1100; intid++) {
		u64 value = intid;

		randomize_gic();
		expected = gic;
		deactivate(&expected, (struct accessor){ &guest, current }, (intid_t)intid);
		assert_true(gic_sysreg(&guest, ISS_DIR, &value, true));
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
void stub_wfi(void)
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
		access_as_cell(&guest, GICR_PHYS + current * GICR_STRIDE + 0x10000 + array, size,
			       true, value);
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

static void test_frames_that_trap(void **state)
{
	bool v2 = gic_version == 2;

	(void)state;
	assert_true(gic_traps(&guest, GICD_PHYS));
	assert_true(gic_traps(&root_cell, GICD_PHYS + 0xfff));
	assert_false(gic_traps(&guest, GICD_PHYS - 1));
	assert_int_equal(gic_traps(&guest, GICD_PHYS + 0x1000), !v2);
	assert_false(gic_traps(&guest, GICC_PHYS));
	assert_int_equal(gic_traps(&guest, GICC_PHYS + 0x1000), v2);
	assert_false(gic_traps(&root_cell, GICC_PHYS + 0x1000));
	assert_false(gic_traps(&guest, GICC_PHYS + 0x2000));
	assert_int_equal(gic_traps(&guest, GICR_PHYS), !v2);
	assert_int_equal(gic_traps(&guest, GICR_PHYS + NR_CPUS * GICR_STRIDE - 1), !v2);
	assert_false(gic_traps(&guest, GICR_PHYS + NR_CPUS * GICR_STRIDE));
}

#define V2(function)                                                 \
	{                                                            \
#function " (GICv2)", function, start_v2, NULL, NULL \
	}
#define V3(function)                                                 \
	{                                                            \
#function " (GICv3)", function, start_v3, NULL, NULL \
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
		V2(test_spis_of_a_cell_are_reset_and_no_others),
		V3(test_spis_of_a_cell_are_reset_and_no_others),
		V2(test_no_foreign_spi_reaches_the_cell),
		V3(test_no_foreign_spi_reaches_the_cell),
		V2(test_reset_cpu_has_nothing_left),
		V3(test_reset_cpu_has_nothing_left),
		V2(test_frames_that_trap),
		V3(test_frames_that_trap),
		V2(test_random_accesses_of_a_cell),
		V3(test_random_accesses_of_a_cell),
		V2(test_random_accesses_of_the_root_cell),
		V3(test_random_accesses_of_the_root_cell),
		V2(test_hardware_sees_only_widths_that_it_offers),
		V3(test_hardware_sees_only_widths_that_it_offers),
		V3(test_sgis_by_system_register_stay_in_the_cell),
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

	return run_stub_tests(tests);
}
