/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The guest of a CPU as an exit finds it: its registers, where it goes on, what it was about to
 * access, and the exceptions that it takes on behalf of EL2.
 */
#ifndef ARCH_GUEST_H
#define ARCH_GUEST_H

#include <base/cpu.h>
#include <base/mmio.h>

/*
 * Registers of the guest at an exit, and where it goes on. What is answered with arguments and
 * results only has no more saved than C may change, and is handed a struct call_regs; x18 to x29
 * are the guest's still. ELR_EL2 and SPSR_EL2 do not survive an error of EL2's own accesses
 * (fixup.h): elr and spsr do.
 */
struct call_regs {
	u64 x[18];
	u64 unsaved[12];
	u64 x30, zero;
	u64 elr, spsr;
};

/* All of them, in the same place. x[31] reads as zero, and nobody reads what is written to it. */
struct regs {
	union {
		struct {
			u64 x[32];
			u64 elr, spsr;
		};
		struct call_regs call;
	};
};

/* Where an exit of this CPU saved the guest's registers: its stack was empty. */
static inline struct call_regs *exit_regs(void)
{
	return &((struct regs *)this_cpu() - 1)->call;
}

/* Skip an instruction of A64 that trapped, as if it had been executed: so was a step of it (D2.12).
 */
static inline void skip_a64(struct call_regs *regs)
{
	regs->elr += 4;
	if (__builtin_expect(regs->spsr & SPSR_SS, 0))
		regs->spsr &= ~(u64)SPSR_SS;
}

/* What else there is to it in AArch32. */
void skip_aarch32(struct call_regs *regs);

/* The same of one that a process in AArch32 can execute, too. */
static inline void skip_instruction(struct call_regs *regs)
{
	skip_a64(regs);
	if (__builtin_expect(regs->spsr & SPSR_M_AARCH32, 0))
		skip_aarch32(regs);
}

/* What an access that stage 2 did not let pass was to do there. */
enum fault_kind { FAULT_READ, FAULT_WRITE, FAULT_EXECUTE, FAULT_MAINTAIN /* caches */ };

/* Why it did not. */
enum fault_cause {
	FAULT_UNMAPPED,
	FAULT_FORBIDDEN,
	FAULT_OTHER, /* too large an address, and what should not occur */
	FAULT_TYPE,  /* not stage 2, but what the type of the memory does not allow */
};

struct fault {
	ipa_t ipa;
	enum fault_kind kind;
	enum fault_cause cause;
	bool walk;  /* of the guest's tables, on the way to what it accessed */
	bool fetch; /* of an instruction */
	u64 syndrome;
};

/* What the CPU reports of an abort. */
void guest_fault(u64 esr, bool fetch, struct fault *fault);

/*
 * Make sure of its address: where the CPU does not report it, the guest's translation is asked.
 * False if that has changed meanwhile.
 */
bool guest_fault_locate(struct fault *fault);

/* The access, if the syndrome describes it. */
struct load_store;
bool guest_fault_access(const struct fault *fault, struct load_store *access);

/* The guest executes A64: what decode_load_store() is for (insn.h). */
bool guest_is_a64(void);

/* Where its next instruction lies. False if that is nowhere. */
bool guest_pc_ipa(ipa_t *ipa);

/* What an access with write-back leaves in its base register. */
void guest_write_back(struct regs *regs, const struct load_store *access);

/*
 * The access that nearly all are, seen before anything else is looked at: by the guest itself, to
 * what is not mapped, described by the syndrome, with nothing to sign-extend.
 */
#define ESR_DABT_PLAIN (ESR_IL | ESR_DABT_ISV | ESR_FSC_TRANSLATION)
#define ESR_DABT_PLAIN_MASK \
	(ESR_IL | ESR_DABT_ISV | ESR_DABT_SSE | ESR_DABT_CM | ESR_DABT_S1PTW | ESR_FSC_TYPE)

static inline bool is_plain_access(u64 esr)
{
	return (esr & ESR_DABT_PLAIN_MASK) == ESR_DABT_PLAIN;
}

/* What a syndrome says of the access that it describes (D19.2.37, Data Abort with ISV = 1). */
static inline struct mmio_access described_access(u64 esr)
{
	u64 log2 = FIELD(esr, 23, 22);

	return (struct mmio_access){ log2 | (esr & ESR_DABT_WNR ? MMIO_IS_WRITE : 0) };
}

/* Of a fault that is none of permission, or of a table walk (D19.2.62). */
static inline ipa_t reported_ipa(void)
{
	return ((read_sysreg(hpfar_el2) << 8) & PAGE_ADDRESS) |
	       (read_sysreg(far_el2) & (PAGE_SIZE - 1)); /* FIPA: bits 43 to 4 */
}

/*
 * Let EL1 take an exception at the instruction that trapped. If that is the first one of the
 * handler itself, EL1 would come back with it for ever: it is not taken, and the second is false.
 */
void inject_undefined(void);
bool inject_external_abort(const struct fault *fault);

/* Assembly. Start the guest at ELR_EL2 with all other registers zero. */
__noreturn void guest_enter(u64 x0);
/* Leave the hypervisor for the spin table that the image has in place of the firmware's. */
__noreturn void return_to_pen(paddr_t release, u64 sctlr);
/* The syndrome of an SError that was pending, and is no more; 0: there was none. */
u64 take_serror(void);
/* Registers of FP and SIMD, and of SVE, to zero. */
void fp_reset(void);
void sve_reset(void);

#endif
