/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The inmate library. An inmate defines inmate_main() and is linked with the library:
 * it is called on the boot CPU with the MMU and caches on, exceptions handled, the
 * device tree read, console, interrupt controller and timer ready, interrupts masked.
 * The same image runs in a cell and, for tests, on bare QEMU virt at EL1: all it knows
 * about the machine comes from the device tree in x0.
 *
 * The library does not use FP registers, and interrupts do not save them: handlers
 * must not call libfdt, which does.
 */
#ifndef INMATE_H
#define INMATE_H

#define INMATE_MAX_CPUS	  16
#define INMATE_STACK_SIZE 8192 /* of each CPU; nothing guards it */

#ifndef __ASSEMBLER__

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* The inmate. When it returns, its CPU is turned off. */
void inmate_main(void);

/* --- console.c, printf.c: text out ------------------------------------------- */

/*
 * Writes to what chosen/stdout-path names: a UART, or the hypervisor's ring
 * ("cellblock,console"). A call's text stays together when CPUs write at a time. From
 * the ring's side each 40 bytes are one exit.
 *
 * Format: d i u x X c s p %, with -, 0, width, .precision of strings, h hh l ll z.
 */
int printf(const char *format, ...) __attribute__((format(printf, 1, 2)));
int vsnprintf(char *buffer, size_t size, const char *format, va_list args)
	__attribute__((format(printf, 3, 0)));
int snprintf(char *buffer, size_t size, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
void console_write(const char *text, size_t size);

/* For the last words of a CPU that may hold the lock: writes in any case. */
void console_break_lock(void);

/* --- cmdline.c: arguments in chosen/bootargs, "key=value" and "flag", by spaces -- */

bool arg_flag(const char *name);
uint64_t arg_u64(const char *key, uint64_t otherwise);
/* Copies the value, cut to size - 1. False, and an empty string, without the key. */
bool arg_string(const char *key, char *value, size_t size);

/* --- dt.c: the device tree ------------------------------------------------------ */

struct range {
	uint64_t base;
	uint64_t size;
};

/* For libfdt. */
const void *dt_blob(void);
/* The first node, or the next behind one, compatible with this; negative: none. */
int dt_next_compatible(int node, const char *compatible);
/* Entry index of the node's reg. The tree is flat: no ranges are applied. */
bool dt_reg(int node, unsigned int index, struct range *range);
/* Entry index of the node's interrupts (GIC binding) as INTID; edge: trigger. */
bool dt_interrupt(int node, unsigned int index, uint32_t *intid, bool *edge);
/* Range index of the system's RAM. */
bool dt_memory(unsigned int index, struct range *range);
/* The "cellblock,region" or "cellblock,device" node whose name starts with this. */
bool dt_named_region(const char *name, struct range *range);
const char *dt_bootargs(void);

/* --- boot.c -------------------------------------------------------------------- */

/* True in a cell: the device tree says so and the UID call answers. */
bool hypervisor_present(void);

/* --- smp.c, psci.c: CPUs -------------------------------------------------------- */

/* Logical numbers: 0 is the boot CPU, the others in the order of the device tree. */
unsigned int cpu_count(void);
unsigned int cpu_id(void);
uint64_t cpu_mpidr(unsigned int cpu); /* affinity fields only */

/*
 * Turns a CPU on. It calls entry as the boot CPU calls inmate_main(), and is turned
 * off when that returns. Returns a PSCI result.
 */
int cpu_start(unsigned int cpu, void (*entry)(void));
/*
 * Powers this CPU down until an interrupt comes, by a power_state of PSCI CPU_SUSPEND that says so.
 * It goes on at entry as if it had been turned on: with interrupts masked, on another stack.
 * Returns a PSCI result if it does not.
 */
int cpu_power_down(uint32_t state, void (*entry)(void));
/* Where PSCI CPU_ON of this library's CPUs begins, for CPU_ON by hand. */
uint64_t cpu_entry_point(void);
/* Turns this CPU off, or waits for ever where that is refused. */
void cpu_park(void) __attribute__((noreturn));
/* Waits for interrupts for ever and serves them. */
void cpu_idle(void) __attribute__((noreturn));

#define PSCI_SUCCESS		0
#define PSCI_NOT_SUPPORTED	(-1)
#define PSCI_INVALID_PARAMETERS (-2)
#define PSCI_DENIED		(-3)
#define PSCI_ALREADY_ON		(-4)
#define PSCI_INVALID_ADDRESS	(-9)
#define PSCI_AFFINITY_ON	0
#define PSCI_AFFINITY_OFF	1

/* By the method that the tree names; PSCI_NOT_SUPPORTED when it names none. */
uint32_t psci_version(void);
int psci_cpu_on(uint64_t mpidr, uint64_t entry, uint64_t context);
int psci_cpu_off(void);
int psci_cpu_suspend(uint32_t state, uint64_t entry, uint64_t context);
int psci_affinity_info(uint64_t mpidr);
void psci_system_off(void) __attribute__((noreturn));
void psci_system_reset(void) __attribute__((noreturn));

/* --- exceptions.c --------------------------------------------------------------- */

/* Registers of the interrupted code; changes take effect on return. */
struct regs {
	uint64_t x[31];
	uint64_t sp;
	uint64_t elr;
	uint64_t spsr;
};

#define ESR_EC(esr)	    ((uint32_t)((esr) >> 26) & 0x3f)
#define ESR_EC_UNKNOWN	    0x00
#define ESR_EC_SVC_A32	    0x11 /* from AArch32 */
#define ESR_EC_SVC	    0x15
#define ESR_EC_INSTR_ABORT  0x21
#define ESR_EC_PC_ALIGNMENT 0x22
#define ESR_EC_DATA_ABORT   0x25
#define ESR_EC_SERROR	    0x2f
#define ESR_EC_STEP	    0x33 /* from the same exception level */

/* ESR_ELx.EC in words. */
const char *esr_class(uint64_t esr);

/*
 * Called for exceptions other than IRQs. True: go on with the registers as they are
 * now. Without a hook, or false: dump the registers and park the CPU.
 */
extern bool (*on_exception)(struct regs *regs, uint64_t esr);

/* --- mmu.c ---------------------------------------------------------------------- */

enum memory_type {
	MEMORY_DEVICE, /* Device-nGnRnE, never executable */
	MEMORY_NORMAL, /* write-back, executable */
};

/*
 * Adds an identity mapping, in whole pages; what is mapped already stays as it is.
 * False: out of tables, or beyond 48 bits. One CPU at a time.
 */
bool mmu_map(uint64_t address, uint64_t size, enum memory_type type);

/*
 * Maps the pages of some code of this image at address, for EL0 to execute and nobody to write.
 * Returns where the code begins there, or 0 as above.
 */
uint64_t mmu_map_user(uint64_t address, const void *code, size_t size);

/* --- gic.c: interrupts ---------------------------------------------------------- */

typedef void irq_handler(uint32_t intid, void *context);

/* Handlers run with interrupts masked. One handler serves an INTID on all CPUs. */
void irq_register(uint32_t intid, irq_handler *handler, void *context);
/* SGIs and PPIs: of this CPU. SPIs: also routes it to this CPU. */
void gic_enable(uint32_t intid, uint8_t priority, bool edge);
void gic_disable(uint32_t intid);
void gic_route(uint32_t spi, unsigned int cpu);
/* To a set of logical CPUs, and to all but this one (of the cell). */
void gic_send_sgi(uint32_t sgi, uint32_t cpus);
void gic_send_sgi_others(uint32_t sgi);

#define GIC_PRIORITY_DEFAULT 0xa0

/* --- timer.c: the virtual timer --------------------------------------------------- */

uint64_t timer_frequency(void);
uint64_t timer_now(void);
uint32_t timer_intid(void);
bool timer_edge(void);
/* Interrupts when the count reaches deadline, until moved or stopped. */
void timer_set(uint64_t deadline);
void timer_stop(void);
uint64_t timer_ns(uint64_t ticks);
uint64_t timer_ticks(uint64_t microseconds);

#endif /* __ASSEMBLER__ */
#endif
