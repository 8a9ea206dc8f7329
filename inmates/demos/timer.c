// SPDX-License-Identifier: GPL-2.0-only
/*
 * Takes virtual timer interrupts at an absolute period and measures how late they
 * arrive, and how many exits this CPU had meanwhile. It measures in windows and prints
 * between them: printing is not measured.
 *
 * Arguments:
 *	period=USEC	1000 by default
 *	count=N		interrupts to take; 0, the default: no end
 *	report=N	interrupts of a window, 1000 by default; 0: one window
 *	idle=wfi|spin	how to wait, wfi by default
 *	off		turns the cell off at the end; otherwise it stays, idle
 *
 * The last line is for programs; without a hypervisor, exits are "-":
 *	timer: N interrupts, N missed, latency min/avg/max N/N/N ns, N exits
 */
#include <hypercall.h>
#include <inmate.h>
#include <sysreg.h>

#define BUCKETS	  65 /* bucket n: latencies below 2^n ticks */
#define BAR_WIDTH 40

/* What interrupts add up, over a window or over all. */
struct statistics {
	uint64_t interrupts;
	uint64_t missed;	/* periods that passed before their interrupt was taken */
	uint64_t min, max, sum; /* ticks */
	uint64_t exits;
	uint64_t buckets[BUCKETS];
};

/* Changed by the handler while a window runs, by inmate_main() otherwise. */
static struct {
	uint64_t period; /* ticks */
	uint64_t deadline;
	uint64_t target; /* interrupts of this window */
	bool done;
	struct statistics statistics;
} window;

static void count_latency(struct statistics *statistics, uint64_t latency)
{
	if (!statistics->interrupts++ || latency < statistics->min)
		statistics->min = latency;
	if (latency > statistics->max)
		statistics->max = latency;
	statistics->sum += latency;
	statistics->buckets[latency ? 64 - __builtin_clzl(latency) : 0]++;
}

static void tick(uint32_t intid, void *context)
{
	uint64_t now = timer_now();

	(void)intid;
	(void)context;
	count_latency(&window.statistics, now - window.deadline);
	for (window.deadline += window.period; window.deadline <= now;
	     window.deadline += window.period)
		window.statistics.missed++;
	if (window.statistics.interrupts == window.target) {
		timer_stop();
		__atomic_store_n(&window.done, true, __ATOMIC_RELEASE);
	} else {
		timer_set(window.deadline);
	}
}

static bool window_done(void)
{
	return __atomic_load_n(&window.done, __ATOMIC_ACQUIRE);
}

/* Exits of this CPU, those of earlier calls of this function included. */
static uint64_t exits(void)
{
	uint64_t value = 0;

	if (hypervisor_present())
		hypercall_info(CB_INFO_EXITS, &value);
	return value;
}

/* Interrupts are masked between windows. */
static void run_window(uint64_t interrupts, bool spin)
{
	uint64_t before;

	memset(&window.statistics, 0, sizeof(window.statistics));
	window.target = interrupts;
	window.done = false;
	before = exits();
	window.deadline = timer_now() + window.period;
	timer_set(window.deadline);
	while (!window_done()) {
		if (!spin)
			wfi();
		irq_enable();
		while (spin && !window_done())
			;
		isb();
		irq_disable();
	}
	/* The second call counts itself, but the first one is in both figures. */
	if (hypervisor_present())
		window.statistics.exits = exits() - before - 1;
}

static void add(struct statistics *total, const struct statistics *part)
{
	unsigned int i;

	if (!total->interrupts || part->min < total->min)
		total->min = part->min;
	if (part->max > total->max)
		total->max = part->max;
	total->interrupts += part->interrupts;
	total->missed += part->missed;
	total->sum += part->sum;
	total->exits += part->exits;
	for (i = 0; i < BUCKETS; i++)
		total->buckets[i] += part->buckets[i];
}

static void print_summary(const char *who, const struct statistics *s)
{
	char exits_text[24] = "-";

	if (hypervisor_present())
		snprintf(exits_text, sizeof(exits_text), "%lu", s->exits);
	printf("%s: %lu interrupts, %lu missed, latency min/avg/max %lu/%lu/%lu ns, %s exits\n",
	       who, s->interrupts, s->missed, timer_ns(s->min), timer_ns(s->sum / s->interrupts),
	       timer_ns(s->max), exits_text);
}

static void print_histogram(const struct statistics *s)
{
	static const char bar[BAR_WIDTH + 1] = "########################################";
	uint64_t highest = 1;
	unsigned int i, first = BUCKETS, last = 0;

	for (i = 0; i < BUCKETS; i++) {
		if (!s->buckets[i])
			continue;
		first = i < first ? i : first;
		last = i;
		highest = s->buckets[i] > highest ? s->buckets[i] : highest;
	}
	for (i = first; i <= last; i++)
		printf("timer: < %9lu ns %9lu %.*s\n", timer_ns(1ull << i % 64), s->buckets[i],
		       (int)((s->buckets[i] * BAR_WIDTH + highest - 1) / highest), bar);
}

static void run(uint64_t count, uint64_t report, bool spin)
{
	static struct statistics total;
	uint64_t now;

	while (!count || total.interrupts < count) {
		now = report;
		if (!report || (count && count - total.interrupts < report))
			now = count - total.interrupts; /* 0: no end */
		run_window(now, spin);
		add(&total, &window.statistics);
		if (count != total.interrupts)
			print_summary("timer: window", &window.statistics);
	}
	print_histogram(&total);
	printf("timer: latency min/avg/max %lu/%lu/%lu ticks of %lu Hz\n", total.min,
	       total.sum / total.interrupts, total.max, timer_frequency());
	print_summary("timer", &total);
}

void inmate_main(void)
{
	uint64_t period = arg_u64("period", 1000), count = arg_u64("count", 0);
	uint64_t report = arg_u64("report", 1000);
	char idle[8];
	bool spin = arg_string("idle", idle, sizeof(idle)) && !strcmp(idle, "spin");

	window.period = timer_ticks(period);
	if (!window.period)
		window.period = 1;
	printf("timer: period %lu us, %lu ticks, %s\n", period, window.period,
	       spin ? "spinning" : "waiting in WFI");
	irq_register(timer_intid(), tick, NULL);
	gic_enable(timer_intid(), GIC_PRIORITY_DEFAULT, timer_edge());
	run(count, report, spin);
	gic_disable(timer_intid());
	if (arg_flag("off"))
		psci_system_off();
	cpu_idle();
}
