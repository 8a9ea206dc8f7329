// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* An interrupt each millisecond; says once a second how many there were. */
#include <inmate.h>
#include <sysreg.h>

#define PERIOD_US 1000
#define A_SECOND  1000 /* periods */

static uint32_t ticks;

static void tick(uint32_t intid, void *context)
{
	(void)intid;
	(void)context;
	timer_set(timer_now() + timer_ticks(PERIOD_US));
	if (++ticks % A_SECOND == 0)
		printf("tick: %u\n", ticks);
}

void inmate_main(void)
{
	printf("tick: %u CPUs, arguments: %s\n", cpu_count(), dt_bootargs());
	irq_register(timer_intid(), tick, NULL);
	gic_enable(timer_intid(), GIC_PRIORITY_DEFAULT, timer_edge());
	timer_set(timer_now() + timer_ticks(PERIOD_US));
	irq_enable();
	cpu_idle();
}
