// SPDX-License-Identifier: GPL-2.0-only
/*
 * The filters in front of the GIC (gic/), both versions, differential against the model of
 * tests/unit/gic_model.h: accesses of all widths everywhere, system registers, and interrupts
 * and CPUs that change hands in between. The input is what is done.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gic_model.h"
#include "input.h"
#include "harness.h"

static struct cell *owner_of(cpuid_t cpu)
{
	return has_cpu(&guest, cpu) ? &guest : &root_cell;
}

static struct cell *other_than(const struct cell *cell)
{
	return cell == &guest ? &root_cell : &guest;
}

static void system_register(struct cell *cell)
{
	static const u32 known[] = { ISS_SGI1R, ISS_ASGI1R, ISS_SGI0R, ISS_DIR,
				     ISS_PMR,	ISS_CTLR,   ISS_RPR };
	u32 iss = random_chance(8) ? (u32)random_bits() & 0x3ffc1e
				   : known[random_below(ARRAY_SIZE(known))];
	bool write = !random_chance(4), done;
	u64 value = iss == ISS_SGI1R   ? random_sgi1r()
		    : random_chance(2) ? random_below(random_chance(2) ? 1200 : 5200)
				       : random_bits();
	u64 expected_value = value;

	expected = gic;
	done = access_icc(&expected, (struct accessor){ cell, current }, iss, &expected_value,
			  write);
	/* Rt and the direction are in the syndrome, too, and the caller's business. */
	assert_int_equal(sysreg_as_cell(cell, iss | (u32)random_below(32) << 5 | !write, &value,
					write),
			 done);
	if (done && !write)
		assert_int_equal(value, expected_value);
	assert_gic_is_as_expected();
}

static bool was_taken[1024];

static void move_spi(void)
{
	intid_t intid = (intid_t)(FIRST_SPI + random_below(features.nr_intids - FIRST_SPI));
	struct cell *from = owns_spi(&guest, intid) ? &guest : &root_cell;
	struct cell *to = other_than(from);
	static struct irq taken[1024];

	if (!owns_spi(from, intid))
		return;
	current = first_cpu(root_cell.cpus); /* by a hypercall of Linux */
	if (from == &root_cell)
		taken[intid] = gic.spis[intid];
	expected = gic;
	gic_move_spi(from, to, intid);
	assert_quiet(intid, to);
	assert_true(owns_spi(to, intid) && !owns_spi(from, intid));
	if (to == &root_cell && was_taken[intid])
		assert_true(gic.spis[intid].priority == taken[intid].priority &&
			    gic.spis[intid].config == taken[intid].config);
	was_taken[intid] |= from == &root_cell;
	expected.spis[intid] = gic.spis[intid];
	assert_gic_is_as_expected();
}

static void move_cpu(void)
{
	cpuid_t cpu = (cpuid_t)random_below(NR_CPUS);
	struct cell *from = owner_of(cpu), *to = other_than(from);

	if (from->cpus == BIT(cpu))
		return; /* a cell has one at least */
	expected = gic;
	if (gic_move_cpus(from, to, BIT(cpu))) {
		cpu_of(cpu)->cell = to;
		assert_true(has_cpu(to, cpu) && !has_cpu(from, cpu));
	} else {
		assert_true(to == &guest && gic.rd_ctlr[cpu] & GICR_CTLR_ENABLE_LPIS);
		assert_true(has_cpu(from, cpu) && !has_cpu(to, cpu));
	}
	assert_gic_is_as_expected();
}

/* The cell's CPUs are its own: no SPI of others comes to them. */
static void evict(struct cell *cell)
{
	if (cell == &root_cell)
		return; /* where they would go to */
	current = first_cpu(root_cell.cpus);
	expected = gic;
	gic_evict_spis(cell);
	for (intid_t intid = FIRST_SPI; intid < features.nr_intids; intid++) {
		if (owns_spi(cell, intid) || !reaches(&expected.spis[intid], cell))
			continue;
		assert_false(reaches(&gic.spis[intid], cell));
		expected.spis[intid].targets = gic.spis[intid].targets;
		expected.spis[intid].route = gic.spis[intid].route;
	}
	for (size_t i = 0; i < features.nr_espis; i++) {
		if (!reaches(&expected.espis[i], cell))
			continue;
		assert_false(reaches(&gic.espis[i], cell));
		expected.espis[i].route = gic.espis[i].route;
	}
	assert_gic_is_as_expected();
}

static void reset_spis(struct cell *cell)
{
	expected = gic;
	gic_reset_spis(cell);
	for (intid_t intid = FIRST_SPI; intid < features.nr_intids; intid++) {
		if (!owns_spi(cell, intid))
			continue;
		assert_quiet(intid, cell);
		expected.spis[intid] = gic.spis[intid];
	}
	assert_gic_is_as_expected();
}

static void reset_cpu(void)
{
	const struct irq *irqs = gic.banked[current];

	gic_cpu_reset(cpu_of(current));
	for (intid_t intid = 0; intid < NR_PRIVATE; intid++) {
		assert_int_equal(irqs[intid].enabled, intid == MANAGEMENT_SGI);
		assert_false(irqs[intid].pending || irqs[intid].active);
		assert_int_equal(irqs[intid].priority, 0);
	}
}

static bool waited;

/* Another CPU asks for the one that sleeps here. */
void host_wfi(void)
{
	cpuid_t sleeper = current;

	current = (sleeper + 1) % NR_CPUS;
	gic_wake(sleeper);
	current = sleeper;
	waited = true;
	assert_true(wakes(sleeper));
}

/* Whatever the guest did to its interrupts, and the SGI is gone again afterwards. */
static void sleep_and_wake(void)
{
	bool found = false;

	gic.banked[current][MANAGEMENT_SGI].active = false;
	waited = false;
	gic_wait();
	assert_true(waited);
	for (u32 n = 0; n < NR_CPUS && gic_acknowledge_wake(cpu_of(current)); n++)
		found = true; /* one from each CPU on GICv2 */
	assert_true(found);
	assert_false(gic.banked[current][MANAGEMENT_SGI].pending);
}

static void step(void)
{
	struct cell *cell;

	current = (cpuid_t)random_below(NR_CPUS);
	cell = owner_of(current);
	switch (random_below(16)) {
	case 0:
		move_spi();
		break;
	case 1:
		move_cpu();
		break;
	case 2:
		evict(cell);
		break;
	case 3:
		reset_spis(cell);
		break;
	case 4:
		reset_cpu();
		break;
	case 5:
		sleep_and_wake();
		break;
	case 6:
	case 7:
	case 8:
		if (gic_version == 3) {
			system_register(cell);
			break;
		}
		__attribute__((fallthrough));
	default:
		access_at_random(cell);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct features chosen;
	u32 version;

	input_begin(data, size);
	version = random_chance(2) ? 2 : 3;
	chosen = random_features(version);
	input_pause();
	start_gic(version, chosen);
	memset(was_taken, 0, sizeof(was_taken));
	input_resume();
	while (input_left())
		step();
	return 0;
}
