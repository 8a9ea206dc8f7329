// SPDX-License-Identifier: GPL-2.0-only
/*
 * Notices what another cell does to this one: interrupts that nobody here raised,
 * changes of its memory, of its SPI's state and of its GIC. For tests.
 *
 * Arguments:
 *	irq=N		SPI that this cell has; never raised by anybody
 *	period=USEC	of its timer, 1000 by default
 *	report=N	periods between two lines of output, 100 by default
 *
 * Each line is "witness: N periods, N stray interrupts, N early (of the timer), N words changed,
 *SPI ...".
 */
#include <gic.h>
#include <inmate.h>
#include <sysreg.h>

#define PATTERN 0x600dda7aull

static struct range data;
static uint32_t spi, strays, early;
static uint64_t start, period, deadline;

static void stray(uint32_t intid, void *context)
{
	(void)intid;
	(void)context;
	strays++;
}

static void tick(uint32_t intid, void *context)
{
	uint64_t now = timer_now();

	(void)intid;
	(void)context;
	early += now < deadline;
	while (deadline <= now)
		deadline += period;
	timer_set(deadline);
}

static void watch_interrupts(void)
{
	uint32_t sgi;

	for (sgi = 0; sgi < GIC_NR_SGIS; sgi++) {
		irq_register(sgi, stray, NULL);
		gic_enable(sgi, GIC_PRIORITY_DEFAULT, true);
	}
	if (!spi)
		return;
	irq_register(spi, stray, NULL);
	gic_enable(spi, GIC_PRIORITY_DEFAULT, true);
}

static void fill_memory(void)
{
	uint64_t *word = (uint64_t *)data.base;
	uint64_t i;

	mmu_map(data.base, data.size, MEMORY_NORMAL);
	for (i = 0; i < data.size / sizeof(*word); i++)
		word[i] = PATTERN + i;
}

static unsigned int words_changed(void)
{
	const volatile uint64_t *word = (const volatile uint64_t *)data.base;
	unsigned int changed = 0;
	uint64_t i;

	for (i = 0; i < data.size / sizeof(*word); i++)
		changed += word[i] != PATTERN + i;
	return changed;
}

static uint32_t bit_of(uint64_t frame, uint32_t reg, uint32_t intid)
{
	return read32(frame + reg + intid / 32 * 4) >> intid % 32 & 1;
}

static void report(void)
{
	uint64_t gicd = gic.gicd.base;
	uint64_t route = gic.version == 2 ? read8(gicd + GICD_ITARGETSR + spi)
					  : read64(gicd + GICD_IROUTER + 8 * spi);

	printf("witness: %lu periods, %u stray interrupts, %u early, %u words changed, SPI %u "
	       "enabled %u, "
	       "pending %u, active %u, priority 0x%x, trigger %u, route 0x%lx, SGIs 0x%x, "
	       "GICD_CTLR 0x%x\n",
	       (timer_now() - start) / period, strays, early, words_changed(), spi,
	       bit_of(gicd, GICD_ISENABLER, spi), bit_of(gicd, GICD_ISPENDR, spi),
	       bit_of(gicd, GICD_ISACTIVER, spi), read8(gicd + GICD_IPRIORITYR + spi),
	       read32(gicd + GICD_ICFGR + spi / 16 * 4) >> spi % 16 * 2 & 3, route,
	       read32(gic_frame(0) + GICD_ISENABLER) & 0xffff, read32(gicd + GICD_CTLR));
}

void inmate_main(void)
{
	uint64_t every = arg_u64("report", 100), next = 0;

	period = timer_ticks(arg_u64("period", 1000));
	spi = (uint32_t)arg_u64("irq", 0);
	if (!dt_named_region("data", &data)) {
		printf("witness: no region named \"data\"\n");
		return;
	}
	fill_memory();
	watch_interrupts();
	irq_register(timer_intid(), tick, NULL);
	gic_enable(timer_intid(), GIC_PRIORITY_DEFAULT, timer_edge());
	start = timer_now();
	deadline = start + period;
	timer_set(deadline);
	for (;;) {
		if (timer_now() >= start + next * period) {
			report();
			next += every;
		}
		wfi();
		irq_enable();
		isb();
		irq_disable();
	}
}
