/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What the files of the library call in each other and inmates do not.
 */
#ifndef INMATE_INTERNAL_H
#define INMATE_INTERNAL_H

#include <inmate.h>

/* Where the boot CPU tells a starting CPU what to do; start.S reads stack. */
struct secondary {
	uint64_t stack;
	void (*entry)(void);
	unsigned int cpu;
};

void primary_main(const void *blob);
void secondary_main(struct secondary *self);
void exception_entry(struct regs *regs, unsigned int vector);
void secondary_entry(void);   /* start.S; MMU off */
extern char vectors[];	      /* vectors.S */
extern char _start[], _end[]; /* inmate.lds */

void dt_init(const void *blob);
void mmu_init(void);
void mmu_init_cpu(void);
void exceptions_init_cpu(void);
void console_init(void);
void psci_init(void);
void cpus_init(void);
void gic_init(void);
void gic_init_cpu(void);
void irq_dispatch(void);
void timer_init(void);

/* False: the node is no UART that there is a driver for. */
bool uart_init(int node);
void uart_write(const char *text, size_t size);

#endif
