// SPDX-License-Identifier: GPL-2.0-only
/*
 * Our own hypercalls. What the root cell may do here is all it can do to other cells;
 * arguments are checked by the operations.
 */
#include <arch/guest.h>
#include <arch/smc.h>
#include <base/log.h>
#include <base/refuse.h>
#include <cell/cell.h>
#include <exit/hypercall.h>
#include <exit/takeover.h>

static __cold void refuse_call(struct call_regs *regs, enum cb_error_code code)
{
	struct cb_error error;

	refuse(&error, code, .value = code == CB_ERR_ARGUMENT ? regs->x[1] : 0);
	hypercall_result(regs->x, &error);
}

static u64 exits_of(const struct cb_cpu_info *page)
{
	u64 exits = 0;

	for (size_t i = 0; i < CB_EXIT_COUNT; i++)
		exits += page->exits[i];
	return exits;
}

static __noinline void info(struct call_regs *regs)
{
	const struct cpu *cpu = this_cpu();
	u64 value;

	switch (regs->x[1]) {
	case CB_INFO_CELL:
		value = cpu->cell->id;
		break;
	case CB_INFO_CPU:
		value = cpu->id;
		break;
	case CB_INFO_CPUS:
		value = cpu->cell->cpus;
		break;
	case CB_INFO_EXITS:
		value = exits_of(cpu->info);
		break;
	default:
		refuse_call(regs, CB_ERR_ARGUMENT);
		return;
	}
	regs->x[0] = CB_OK;
	regs->x[1] = value;
}

static __cold __noinline void write_console(struct call_regs *regs)
{
	if (regs->x[1] > CB_CONSOLE_WRITE_MAX) {
		refuse_call(regs, CB_ERR_ARGUMENT);
		return;
	}
	console_write(this_cpu()->cell, (const char *)&regs->x[2], regs->x[1]);
	regs->x[0] = CB_OK;
}

/* CB_HVC_CELL_CREATE returns the number of the new cell in x1, like no other; x3: only check. */
static __cold void create(struct call_regs *regs, struct cb_error *error)
{
	cell_create(regs->x[1], regs->x[2], regs->x[3], error);
	hypercall_result(regs->x, error);
	if (!error->code)
		regs->x[1] = error->cell;
}

/* CB_HVC_CELL_INPUT returns how much was taken in x1. */
static __cold void give_input(struct call_regs *regs, struct cb_error *error)
{
	u64 size = regs->x[2];
	u32 taken = 0;

	if (size > CB_CELL_INPUT_MAX)
		refuse(error, CB_ERR_ARGUMENT, .value = size);
	else
		cell_input(regs->x[1], (const u8 *)&regs->x[3], (u32)size, &taken, error);
	hypercall_result(regs->x, error);
	if (!error->code)
		regs->x[1] = taken;
}

/* What the root cell does to cells; true if the hypervisor was disabled. */
static __cold __noinline bool manage(struct call_regs *regs, u64 call)
{
	struct cb_error error = { .cell = CB_NO_CELL, .other_cell = CB_NO_CELL };
	u64 *x = regs->x;
	bool left = false;

	if (this_cpu()->cell != &root_cell) {
		refuse_call(regs, CB_ERR_NOT_PERMITTED);
		return false;
	}
	switch (call) {
	case CB_HVC_NUMBER(CB_HVC_DISABLE):
		left = takeover_leave(x[1], &error);
		break;
	case CB_HVC_NUMBER(CB_HVC_CELL_CREATE):
		create(regs, &error);
		return false;
	case CB_HVC_NUMBER(CB_HVC_CELL_INPUT):
		give_input(regs, &error);
		return false;
	case CB_HVC_NUMBER(CB_HVC_CELL_LOAD):
		cell_load(x[1], &error);
		break;
	case CB_HVC_NUMBER(CB_HVC_CELL_START):
		cell_start(x[1], x[2], x[3], &error);
		break;
	case CB_HVC_NUMBER(CB_HVC_CELL_STOP):
		cell_stop(x[1], &error);
		break;
	default:
		cell_destroy(x[1], &error);
	}
	hypercall_result(x, &error);
	return left;
}

bool hypercall(struct call_regs *regs, u64 call)
{
	if (call >= CB_HVC_NUMBER(CB_HVC_DISABLE))
		return manage(regs, call);
	if (call == CB_HVC_NUMBER(CB_HVC_INFO))
		info(regs);
	else if (call == CB_HVC_NUMBER(CB_HVC_CONSOLE_WRITE))
		write_console(regs);
	else
		regs->x[0] = (u64)SMCCC_NOT_SUPPORTED;
	return false;
}

/*
 * Linux' KVM calls its own code at EL2, which is not there now. This is its way to learn so
 * (ARM_EXCEPTION_HYP_GONE): starting a VM fails, and no call of KVM's does anything.
 */
#define KVM_CALLS      0xc6000000UL /* KVM_HOST_SMCCC_FUNC(0) to (63) */
#define KVM_CALLS_MASK (~0x3fUL)
#define KVM_HYP_GONE   0xbadca11

void hypercall_query(u64 *x)
{
	if (x[0] == CB_HVC_UID) {
		x[0] = CB_UID_0;
		x[1] = CB_UID_1;
		x[2] = CB_UID_2;
		x[3] = CB_UID_3;
	} else if (x[0] == CB_HVC_REVISION) {
		x[0] = CB_REVISION_MAJOR;
		x[1] = CB_REVISION_MINOR;
	} else if ((x[0] & KVM_CALLS_MASK) == KVM_CALLS && this_cpu()->cell == &root_cell) {
		x[0] = 0;
		x[1] = KVM_HYP_GONE;
	} else {
		x[0] = (u64)SMCCC_NOT_SUPPORTED;
	}
}
