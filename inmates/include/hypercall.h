/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Calls to whatever is below EL1: SMC Calling Convention, and Cellblock's hypercalls
 * with their error record. Ask hypervisor_present() before the first hypercall: an
 * HVC is undefined where nobody implements it.
 */
#ifndef INMATE_HYPERCALL_H
#define INMATE_HYPERCALL_H

#include <cellblock/error.h>
#include <cellblock/hypercall.h>

#define SMCCC_NOT_SUPPORTED (-1)
#define SMCCC_VERSION	    0x80000000

/* x0 to x7 before and after the call. */
struct smccc {
	uint64_t x[8];
};

/* A firmware of SMCCC 1.0 may change x4 to x17. */
#define SMCCC_CALL(instruction, regs)                                                              \
	do {                                                                                       \
		register uint64_t x0_ asm("x0") = (regs)->x[0];                                    \
		register uint64_t x1_ asm("x1") = (regs)->x[1];                                    \
		register uint64_t x2_ asm("x2") = (regs)->x[2];                                    \
		register uint64_t x3_ asm("x3") = (regs)->x[3];                                    \
		register uint64_t x4_ asm("x4") = (regs)->x[4];                                    \
		register uint64_t x5_ asm("x5") = (regs)->x[5];                                    \
		register uint64_t x6_ asm("x6") = (regs)->x[6];                                    \
		register uint64_t x7_ asm("x7") = (regs)->x[7];                                    \
		asm volatile(instruction                                                           \
			     : "+r"(x0_), "+r"(x1_), "+r"(x2_), "+r"(x3_), "+r"(x4_), "+r"(x5_),   \
			       "+r"(x6_), "+r"(x7_)                                                \
			     :                                                                     \
			     : "x8", "x9", "x10", "x11", "x12", "x13", "x14", "x15", "x16", "x17", \
			       "memory");                                                          \
		*(regs) = (struct smccc){ { x0_, x1_, x2_, x3_, x4_, x5_, x6_, x7_ } };            \
	} while (0)

static inline void smccc_hvc(struct smccc *regs)
{
	SMCCC_CALL("hvc #0", regs);
}

static inline void smccc_smc(struct smccc *regs)
{
	SMCCC_CALL("smc #0", regs);
}

/* The error record that a refused hypercall leaves in the registers. */
static inline void hypercall_record(const struct smccc *regs, struct cb_error *error)
{
	*error = (struct cb_error){
		.code = (uint32_t)regs->x[0],
		.cell = (uint32_t)regs->x[1],
		.other_cell = (uint32_t)(regs->x[1] >> 32),
		.index = (uint32_t)regs->x[2],
		.address = regs->x[3],
		.size = regs->x[4],
		.other_address = regs->x[5],
		.other_size = regs->x[6],
	};
}

/* True and the value when the hypervisor knows about what. */
static inline bool hypercall_info(enum cb_info what, uint64_t *value)
{
	struct smccc regs = { { CB_HVC_INFO, what } };

	smccc_hvc(&regs);
	*value = regs.x[1];
	return regs.x[0] == CB_OK;
}

/* Writes size bytes, at most CB_CONSOLE_WRITE_MAX. */
static inline void hypercall_console_write(const char *text, size_t size)
{
	struct smccc regs = { { CB_HVC_CONSOLE_WRITE, size } };
	size_t i;

	for (i = 0; i < size; i++)
		regs.x[2 + i / 8] |= (uint64_t)(uint8_t)text[i] << (i % 8 * 8);
	smccc_hvc(&regs);
}

#endif
