// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Exceptions taken at EL1: interrupts go to gic.c, the rest to the inmate's hook, and
 * what that does not want is printed before the CPU is parked.
 */
#include <sysreg.h>
#include "internal.h"

bool (*on_exception)(struct regs *regs, uint64_t esr);

_Static_assert(offsetof(struct regs, elr) == 32 * 8 && sizeof(struct regs) == 34 * 8,
	       "vectors.S builds struct regs");

#define VECTOR_KIND(vector) ((vector) % 4)
#define VECTOR_IRQ	    1

#define ESR_IL_ISS_WNR	    (1u << 6)
#define ESR_FSC(esr)	    ((uint32_t)(esr)&0x3f)

static const char *const vector_kinds[] = { "synchronous exception", "IRQ", "FIQ", "SError" };

static const struct {
	uint8_t ec;
	const char *text;
} classes[] = {
	{ 0x00, "undefined instruction" },
	{ 0x01, "trapped WFI or WFE" },
	{ 0x07, "FP access disabled" },
	{ 0x0e, "illegal execution state" },
	{ 0x11, "SVC of AArch32" },
	{ 0x15, "SVC" },
	{ 0x18, "trapped system register" },
	{ 0x20, "instruction abort from EL0" },
	{ 0x21, "instruction abort" },
	{ 0x22, "PC alignment fault" },
	{ 0x24, "data abort from EL0" },
	{ 0x25, "data abort" },
	{ 0x26, "SP alignment fault" },
	{ 0x2c, "FP exception" },
	{ 0x2f, "SError" },
	{ 0x30, "breakpoint" },
	{ 0x31, "breakpoint" },
	{ 0x32, "software step" },
	{ 0x33, "software step" },
	{ 0x34, "watchpoint" },
	{ 0x35, "watchpoint" },
	{ 0x3c, "BRK" },
};

const char *esr_class(uint64_t esr)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(classes); i++)
		if (classes[i].ec == ESR_EC(esr))
			return classes[i].text;
	return "unknown exception class";
}

/* xFSC of an abort; the level is in its low bits. */
static const char *fault_status(uint64_t esr)
{
	switch (ESR_FSC(esr)) {
	case 0x00 ... 0x03:
		return "address size fault";
	case 0x04 ... 0x07:
		return "translation fault";
	case 0x08 ... 0x0b:
		return "access flag fault";
	case 0x0c ... 0x0f:
		return "permission fault";
	case 0x10:
		return "external abort";
	case 0x14 ... 0x17:
		return "external abort on a table walk";
	case 0x21:
		return "alignment fault";
	case 0x30:
		return "TLB conflict";
	default:
		return "other fault";
	}
}

static void dump(const struct regs *regs, unsigned int vector, uint64_t esr)
{
	uint32_t ec = ESR_EC(esr);
	unsigned int i;

	console_break_lock();
	printf("\n*** CPU %u: %s: %s", cpu_id(), vector_kinds[VECTOR_KIND(vector)], esr_class(esr));
	if (ec == ESR_EC_INSTR_ABORT)
		printf(", %s, fetch from", fault_status(esr));
	if (ec == ESR_EC_DATA_ABORT)
		printf(", %s, %s", fault_status(esr),
		       esr & ESR_IL_ISS_WNR ? "write to" : "read of");
	if (ec == ESR_EC_INSTR_ABORT || ec == ESR_EC_DATA_ABORT)
		printf(" 0x%llx", (unsigned long long)read_sysreg(far_el1));
	printf("\n    esr 0x%08llx  far 0x%016llx  elr 0x%016llx (image + 0x%llx)\n",
	       (unsigned long long)esr, (unsigned long long)read_sysreg(far_el1),
	       (unsigned long long)regs->elr, (unsigned long long)(regs->elr - (uint64_t)_start));
	printf("   spsr 0x%08llx   sp 0x%016llx\n", (unsigned long long)regs->spsr,
	       (unsigned long long)regs->sp);
	for (i = 0; i < ARRAY_SIZE(regs->x); i++)
		printf("%s%sx%u 0x%016llx%s", i % 4 ? "  " : "    ", i < 10 ? " " : "", i,
		       (unsigned long long)regs->x[i], i % 4 == 3 ? "\n" : "");
	printf("\n");
}

void exception_entry(struct regs *regs, unsigned int vector)
{
	uint64_t esr;

	if (VECTOR_KIND(vector) == VECTOR_IRQ) {
		irq_dispatch();
		return;
	}
	esr = read_sysreg(esr_el1);
	if (on_exception && on_exception(regs, esr))
		return;
	dump(regs, vector, esr);
	cpu_park();
}

void exceptions_init_cpu(void)
{
	write_sysreg(vbar_el1, (uint64_t)vectors);
	isb();
	asm volatile("msr daifclr, #4" : : : "memory"); /* SErrors are reported, too */
}
