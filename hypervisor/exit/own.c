// SPDX-License-Identifier: GPL-2.0-only
/*
 * Exceptions that EL2 takes in its own code: an access that may fail goes on (fixup.h); anything
 * else ends the cell of this CPU, and harms nobody who waits for one of its locks.
 */
#include <arch/broken.h>
#include <arch/fixup.h>
#include <arch/sysreg.h>
#include <base/lock.h>
#include <base/log.h>
#include <base/model.h>
#include <exit/entry.h>
#include <exit/violation.h>

/* Linker script: the table of fixup.h. */
extern const int32_t fixups_start[], fixups_end[];

/* The error of an access: of a bus, or one that firmware has made undefined. */
static bool may_be_fixed(u64 esr)
{
	u64 class = esr >> ESR_EC_SHIFT & 0x3f;

	return class == ESR_EC_UNKNOWN || class == ESR_EC_SYS64 ||
	       (class == ESR_EC_DABT_CUR && (esr & ESR_FSC) == ESR_FSC_EXTERNAL);
}

bool trap_own(struct regs *regs, u64 esr)
{
	u64 at = read_sysreg(elr_el2);

	for (const int32_t *entry = fixups_start; entry < fixups_end && may_be_fixed(esr);
	     entry++) {
		if ((u64)entry + (u64)(s64)(*entry & ~FIXUP_LOAD) != at)
			continue;
		if (*entry & FIXUP_LOAD)
			regs->x[*(const u32 *)at & 31] = 0; /* Rt of all of them */
		this_cpu()->info->errors++;
		write_sysreg(at + 4, elr_el2);
		return true;
	}
	return false;
}

/* Made by the Makefile: names of files with promises, one behind the other. */
extern const char promising[];

/* What base/assert.h has found. */
static void log_broken(const struct cpu *cpu, u32 where)
{
	const char *name = promising;

	for (u32 file = BROKEN_FILE(where); file; name++)
		if (!*name)
			file--;
	log_message("hypervisor: CPU %u: %s:%u is broken\n", (u64)cpu->id, name,
		    (u64)BROKEN_LINE(where));
}

/*
 * The locks of this CPU are given up, so that others go on; what they protect may be half done. If
 * it fails in here again, the CPU is lost.
 */
void trap_panic(u64 vector)
{
	struct regs regs = { .elr = read_sysreg(elr_el2), .spsr = read_sysreg(spsr_el2) };
	u64 esr = read_sysreg(esr_el2), far = read_sysreg(far_el2);
	struct cpu *cpu = this_cpu();

	while (cpu->locks)
		spin_unlock(cpu->locks);
	store_release(&cpu->gic.sending, 0);
	while (cpu->failed)
		wfi();
	cpu->failed = true;
	log_message("hypervisor: CPU %u: exception %u at %x, esr %x, far %x\n", (u64)cpu->id,
		    vector, regs.elr, esr, far);
	if (esr >> ESR_EC_SHIFT == ESR_EC_BRK)
		log_broken(cpu, esr & ESR_BRK_NUMBER);
	write_sysreg(esr,
		     esr_el2); /* for the record: an error of the console may have changed them */
	write_sysreg(far, far_el2);
	violation(&regs, CB_CRASH_HYPERVISOR, 0, 0);
}
