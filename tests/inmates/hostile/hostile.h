/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the attacks of the inmate `hostile` have in common.
 *
 * An attack is a series of attempts. Each is announced on the console before it is made,
 * with what must become of it, since many end the cell: whoever drives the inmate starts
 * it again behind the attempt that did.
 */
#ifndef HOSTILE_H
#define HOSTILE_H

#include <inmate.h>

#define TEXT_SIZE 72

/* What isolation makes of an attempt. */
enum outcome {
	RETURNS, /* it has no effect on others: the inmate goes on */
	ENDS,	 /* it is a violation: the cell fails */
	EITHER,	 /* the architecture leaves it open */
	LOOPS,	 /* the CPU does not come back: the root cell stops the cell */
};

struct attempt {
	const char *what;
	enum outcome outcome;
	void (*run)(const struct attempt *attempt);
	uint64_t argument; /* for attempts that share a function; often an address */
	uint64_t more;
	char text[TEXT_SIZE]; /* room for what, where it is made up */
};

struct attack {
	const char *name;
	const char *what;
	/* Either a table, */
	const struct attempt *attempts;
	unsigned int nr;
	/* or a function that fills in attempt n, and returns false behind the last. */
	bool (*make)(unsigned int n, struct attempt *attempt);
	bool alone; /* the second CPU stays off */
};

#define TABLE(table) .attempts = (table), .nr = ARRAY_SIZE(table)

extern const struct attack memory_attacks[], gic_attacks[], call_attacks[], exception_attacks[];
extern const struct attack cpu_attacks[], register_attacks[], inspect_attacks[];
extern const unsigned int nr_memory_attacks, nr_gic_attacks, nr_call_attacks, nr_exception_attacks;
extern const unsigned int nr_cpu_attacks, nr_register_attacks, nr_inspect_attacks;

/* --- main.c -------------------------------------------------------------------- */

/* Makes up attempt->what. */
void describe(struct attempt *attempt, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Isolation is broken: says so, and nothing else is attempted. */
void breach(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));

/* A line of detail. */
void detail(const char *format, ...) __attribute__((format(printf, 1, 2)));

/*
 * Exceptions are skipped and counted, on each CPU. How many since the last call; the syndrome of
 * the last one, unless NULL.
 */
unsigned int exceptions(uint64_t *esr);

/* Ends the cell by a violation. */
void end_cell(void);

/* Makes software step exceptions for so many instructions when MDSCR_EL1.SS is set. */
void allow_steps(unsigned int nr);

/* A number that differs each time; the same series in each run. */
uint64_t random64(void);

/* --- addresses, from the arguments ------------------------------------------------ */

/* The n-th "target=NAME:ADDRESS" of the arguments. */
bool target(unsigned int n, const char **name, uint64_t *address);
/* The one of that name, or 0. */
uint64_t target_named(const char *name);

/* --- stage1.c: a window onto any address ------------------------------------------- */

/* Descriptor attributes, by MAIR index, for windows. */
enum window_type {
	WINDOW_DEVICE_nGnRnE,
	WINDOW_NORMAL,
	WINDOW_DEVICE_nGnRE,
	WINDOW_DEVICE_nGRE,
	WINDOW_DEVICE_GRE,
	WINDOW_NON_CACHEABLE,
	WINDOW_WRITE_THROUGH,
	WINDOW_TAGGED,
	NR_WINDOW_TYPES,
};

#define WINDOW_USER	  (1ull << 6) /* AP[1] */
#define WINDOW_CONTIGUOUS (1ull << 52)

/*
 * Maps the block of that level (1: 1 GiB, 2: 2 MiB, 3: 4 KiB) around address and the next one, for
 * this CPU only, and returns where address is now. extra is or-ed to the descriptors.
 */
uint64_t window(uint64_t address, unsigned int level, enum window_type type, uint64_t extra);
/* The same with the table of that level (1, 2, 3) at table instead. */
uint64_t window_by_table(uint64_t table, unsigned int level);
/* Back to the library's tables. */
void window_close(void);

/* --- calls.c, exceptions.c: ends of an attempt that others have, too ------------------ */

#define PSCI(n)	     (0x84000000u | (n))
#define PSCI_CPU_OFF 2

/* Calls the function attempt->argument, which may not return. */
void call_psci(const struct attempt *attempt);

/* Loops with everything masked. */
void spin(const struct attempt *attempt);

/* --- fpstate.S --------------------------------------------------------------------- */

void fill_vectors(uint64_t value);
void fill_scalable(uint64_t value);
uint64_t store_scalable(uint8_t *vectors, uint8_t *predicates);

#endif
