// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The generic timer's virtual timer: absolute deadlines in ticks of CNTVCT_EL0.
 */
#include <sysreg.h>
#include "internal.h"

#define CNTV_CTL_ENABLE	 (1u << 0)
#define DT_VIRTUAL_TIMER 2  /* secure, physical, virtual, hypervisor */
#define DEFAULT_INTID	 27 /* Base System Architecture */
#define NS_PER_SECOND	 1000000000ull
#define US_PER_SECOND	 1000000ull

static uint32_t intid = DEFAULT_INTID;
static bool edge;

uint64_t timer_frequency(void)
{
	return read_sysreg(cntfrq_el0);
}

uint64_t timer_now(void)
{
	isb(); /* not earlier than the code before it */
	return read_sysreg(cntvct_el0);
}

uint32_t timer_intid(void)
{
	return intid;
}

bool timer_edge(void)
{
	return edge;
}

void timer_set(uint64_t deadline)
{
	write_sysreg(cntv_cval_el0, deadline);
	write_sysreg(cntv_ctl_el0, CNTV_CTL_ENABLE);
	isb(); /* the line falls before the interrupt is ended */
}

void timer_stop(void)
{
	write_sysreg(cntv_ctl_el0, 0);
	isb();
}

uint64_t timer_ns(uint64_t ticks)
{
	uint64_t frequency = timer_frequency();

	return ticks / frequency * NS_PER_SECOND + ticks % frequency * NS_PER_SECOND / frequency;
}

uint64_t timer_ticks(uint64_t microseconds)
{
	return microseconds / US_PER_SECOND * timer_frequency() +
	       microseconds % US_PER_SECOND * timer_frequency() / US_PER_SECOND;
}

void timer_init(void)
{
	int node = dt_next_compatible(-1, "arm,armv8-timer");

	if (node < 0)
		node = dt_next_compatible(-1, "arm,armv7-timer");
	if (node < 0 || !dt_interrupt(node, DT_VIRTUAL_TIMER, &intid, &edge))
		intid = DEFAULT_INTID;
	timer_stop();
}
