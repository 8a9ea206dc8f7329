// SPDX-License-Identifier: GPL-2.0-only
/*
 * The inmate `hostile`: does to everybody else what a cell can think of, attack by attack.
 *
 * Arguments:
 *	case=NAME		the attack
 *	at=N			its first attempt (0), to go on behind one that ended the cell
 *	target=NAME:ADDRESS	memory and registers that are not ours: any number of them;
 *"victim", "root" and "hypervisor" must be among them
 *	spi= foreign-spi= root-spi=	an SPI of ours, of the victim, of the root cell
 *	cpu= cpu-mask=		a CPU that is not ours: its affinity and its GICv2 interface
 *	life=N			a number for all that is printed (0)
 *	list			prints the names of all attacks instead
 *
 * Lines are "hostile[LIFE]: NAME N OUTCOME: <what>" before attempt N, and one of
 * "hostile[LIFE]: NAME done: <n> attempts" at the end, "... BREACH: <what>" for broken isolation,
 * "... MISSED: <what>" for an attempt that did not come about. With a second CPU both make each
 * attempt at the same time.
 */
#include <atomic.h>
#include <inmate.h>
#include <sysreg.h>
#include "hostile.h"

#define NOWHERE 0x3f00000000ull /* no cell has memory there */

static const char *const outcomes[] = { "RETURNS", "ENDS", "EITHER", "LOOPS" };

static const struct {
	const struct attack *attacks;
	const unsigned int *nr;
} groups[] = {
	{ memory_attacks, &nr_memory_attacks },	  { gic_attacks, &nr_gic_attacks },
	{ call_attacks, &nr_call_attacks },	  { exception_attacks, &nr_exception_attacks },
	{ cpu_attacks, &nr_cpu_attacks },	  { register_attacks, &nr_register_attacks },
	{ inspect_attacks, &nr_inspect_attacks },
};

static const struct attack *attack;
static unsigned int life;
static struct attempt attempt;

static uint32_t ready; /* the second CPU is about to make the attempt */

/* Each written by its own CPU only. */
static struct {
	uint32_t count;
	uint64_t esr;
	unsigned int steps; /* to go */
} caught[INMATE_MAX_CPUS];

void allow_steps(unsigned int nr)
{
	caught[cpu_id()].steps = nr;
}

static void step(struct regs *regs)
{
	unsigned int *steps = &caught[cpu_id()].steps;

	regs->spsr |= SPSR_SS;
	if (!*steps || !--*steps)
		write_sysreg(mdscr_el1, 0);
}

/* Skips the instruction, or leaves the function that cannot be fetched. */
static bool note_exception(struct regs *regs, uint64_t esr)
{
	unsigned int cpu = cpu_id();

	caught[cpu].count++;
	caught[cpu].esr = esr;
	regs->spsr &= ~(uint64_t)(SPSR_IL | SPSR_SS);
	if (ESR_EC(esr) == ESR_EC_STEP)
		step(regs);
	else if (ESR_EC(esr) == ESR_EC_INSTR_ABORT || ESR_EC(esr) == ESR_EC_PC_ALIGNMENT)
		regs->elr = regs->x[30];
	else if (ESR_EC(esr) != ESR_EC_SVC && ESR_EC(esr) != ESR_EC_SERROR)
		regs->elr += 4;
	return true;
}

unsigned int exceptions(uint64_t *esr)
{
	unsigned int cpu = cpu_id(), count;

	isb();
	count = caught[cpu].count;
	caught[cpu].count = 0;
	if (esr)
		*esr = caught[cpu].esr;
	return count;
}

void describe(struct attempt *made_up, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(made_up->text, sizeof(made_up->text), format, args);
	va_end(args);
	made_up->what = made_up->text;
}

static void say(const char *kind, const char *format, va_list args)
{
	char text[128];

	vsnprintf(text, sizeof(text), format, args);
	printf("hostile[%u]: %s %s%s\n", life, attack->name, kind, text);
}

void breach(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say("BREACH: ", format, args);
	va_end(args);
	for (;;)
		wfi();
}

void end_cell(void)
{
	(void)read32(window(NOWHERE, 3, WINDOW_NORMAL, 0));
}

void detail(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say("- ", format, args);
	va_end(args);
}

/* An attempt did not come about. */
static void __attribute__((format(printf, 1, 2))) missed(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say("MISSED: ", format, args);
	va_end(args);
}

uint64_t random64(void)
{
	static uint64_t states[INMATE_MAX_CPUS];
	uint64_t *x = &states[cpu_id()];

	if (!*x)
		*x = 0x9e3779b97f4a7c15 + cpu_id();
	/* Marsaglia's xorshift64 */
	*x ^= *x << 13;
	*x ^= *x >> 7;
	*x ^= *x << 17;
	return *x;
}

bool target(unsigned int n, const char **name, uint64_t *address)
{
	static char names[INMATE_MAX_CPUS][16];
	char *copy = names[cpu_id()];
	const char *word = dt_bootargs(), *colon;

	for (; word; word = strchr(word, ' ')) {
		while (*word == ' ')
			word++;
		if (strncmp(word, "target=", 7) || n--)
			continue;
		word += 7;
		colon = strchr(word, ':');
		if (!colon || (size_t)(colon - word) >= sizeof(names[0]))
			return false;
		memcpy(copy, word, (size_t)(colon - word));
		copy[colon - word] = '\0';
		*name = copy;
		*address = strtoul(colon + 1, NULL, 0);
		return true;
	}
	return false;
}

uint64_t target_named(const char *wanted)
{
	const char *name;
	uint64_t address;
	unsigned int n;

	for (n = 0; target(n, &name, &address); n++)
		if (!strcmp(name, wanted))
			return address;
	return 0;
}

/* --- attempts ------------------------------------------------------------------------ */

/* Why an attempt that should have ended the cell did not come about; else it is a breach. */
static void check_end(unsigned int count, uint64_t esr)
{
	if (!count)
		breach("%s: done, and nobody objects", attempt.what);
	if (ESR_EC(esr) == ESR_EC_UNKNOWN)
		detail("this CPU has no such instruction");
	else
		missed("%s: %s, esr 0x%lx", attempt.what, esr_class(esr), esr);
}

static void make_attempt(void)
{
	unsigned int count;
	uint64_t esr;

	exceptions(NULL);
	attempt.run(&attempt);
	count = exceptions(&esr);
	window_close();
	if (attempt.outcome == ENDS)
		check_end(count, esr);
}

static void join(void)
{
	atomic_store(&ready, 1);
	make_attempt();
}

/* The second CPU is on for the attempt only: off, it takes no time from others. */
static void make_attempt_on_all(void)
{
	int result;

	if (cpu_count() < 2 || attack->alone) {
		make_attempt();
		return;
	}
	atomic_store(&ready, 0);
	result = cpu_start(1, join);
	if (result) {
		missed("CPU_ON: %d", result);
		return;
	}
	while (!atomic_load(&ready))
		asm volatile("yield");
	make_attempt();
	while (psci_affinity_info(cpu_mpidr(1)) != PSCI_AFFINITY_OFF)
		asm volatile("yield");
}

static bool prepare(unsigned int n)
{
	if (attack->make) {
		attempt = (struct attempt){ 0 };
		return attack->make(n, &attempt);
	}
	if (n >= attack->nr)
		return false;
	attempt = attack->attempts[n];
	return true;
}

static void carry_out(unsigned int first)
{
	unsigned int n;

	for (n = first; prepare(n); n++) {
		printf("hostile[%u]: %s %u %s: %s\n", life, attack->name, n,
		       outcomes[attempt.outcome], attempt.what);
		make_attempt_on_all();
	}
	printf("hostile[%u]: %s done: %u attempts\n", life, attack->name, n);
}

static const struct attack *find(const char *name)
{
	size_t group;
	unsigned int i;

	for (group = 0; group < ARRAY_SIZE(groups); group++)
		for (i = 0; i < *groups[group].nr; i++)
			if (!strcmp(groups[group].attacks[i].name, name))
				return &groups[group].attacks[i];
	return NULL;
}

static void list(void)
{
	unsigned int i, count = 0;
	size_t group;

	for (group = 0; group < ARRAY_SIZE(groups); group++)
		for (i = 0; i < *groups[group].nr; i++, count++)
			printf("hostile: %-18s %s\n", groups[group].attacks[i].name,
			       groups[group].attacks[i].what);
	printf("hostile: %u attacks\n", count);
}

void inmate_main(void)
{
	char name[32];

	if (arg_flag("list")) {
		list();
		return;
	}
	arg_string("case", name, sizeof(name));
	attack = find(name);
	if (!attack) {
		printf("hostile: no attack \"%s\": start with \"list\" for their names\n", name);
		return;
	}
	on_exception = note_exception;
	life = (unsigned int)arg_u64("life", 0);
	carry_out((unsigned int)arg_u64("at", 0));
	for (;;)
		wfi();
}
