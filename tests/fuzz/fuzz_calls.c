// SPDX-License-Identifier: GPL-2.0-only
/*
 * Calls of guests (exit/hypercall.c, exit/psci.c, trap.c) with everything behind them that
 * is cell/: sequences of hypercalls, PSCI and SMCCC calls with any arguments by CPUs of the root
 * cell and of cells, which come, run, fail and go meanwhile. What each may do is stated here
 * again, from docs/architecture.md; what must always hold is looked at after each step: every
 * CPU, interrupt and page has one owner, no page of the pool is lost, a refusal changes nothing.
 * At the end all cells can be destroyed, and the board is as it was.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <arch/smc.h>
#include <exit/takeover.h>
#include <exit/abort.h>
#include <exit/entry.h>
#include <exit/park.h>
#include <exit/psci.h>
#include <exit/violation.h>
#include <gic/gic.h>
#include <gic/request.h>
#include <mm/el2map.h>
#include <mm/stage2.h>
#include <cellblock/hypercall.h>
#include <exit/hypercall.h>
#include <base/log.h>
#include <cell/resource.h>
#include <base/uart.h>

#include "board.h"
#include "input.h"
#include "harness.h"

#define MAX_STEPS 200
#define ALL_CPUS  (BIT(NR_CPUS) - 1)

/* Entered from vectors.S. */
bool trap_hvc(struct call_regs *regs);
void trap_smc(struct call_regs *regs);
void trap_wfx(struct call_regs *regs, u64 esr);
void trap_fiq(struct call_regs *regs);
void trap_other(struct regs *regs, u64 esr);
__noreturn void trap_panic(u64 vector);

/* ---- CPUs, as exit/park.c has them ---- */

static cpuid_t current;
static bool in_guest[NR_CPUS];
static bool sgi_pending[NR_CPUS];
static jmp_buf parks;
static u64 pages_cleared[CB_MAX_CELLS];
static size_t forwarded; /* calls that the firmware got */
static bool suspended;	 /* a CPU left its call, and has not parked */
static u64 elr;

u64 host_sysreg_read(const char *name)
{
	return strcmp(name, "tpidr_el2") ? 0 : (u64)cpu_of(current);
}

void host_sysreg_write(const char *name, u64 value)
{
	if (!strcmp(name, "elr_el2"))
		elr = value;
}

void gic_wake(cpuid_t cpu)
{
	assert_true(cpu < NR_CPUS);
	sgi_pending[cpu] = true;
}

void cpu_request(cpuid_t cpu, u32 requests)
{
	cpu_of(cpu)->requests |= requests;
	gic_wake(cpu);
}

void cpu_wait(void)
{
}

static bool is_executable(struct cell *cell, u64 entry)
{
	paddr_t phys;

	return !(entry & 3) && stage2_lookup(&cell->stage2, entry, &phys) & CB_REGION_EXECUTE;
}

/* A CPU that was to be powered down goes on where it asked to; its cell can be there. */
void guest_enter(u64 x0)
{
	(void)x0;
	assert_true(in_guest[current] && is_executable(cpu_of(current)->cell, elr));
	suspended = true;
	longjmp(parks, 1);
}

void cpu_park(void)
{
	longjmp(parks, 1);
}

/* A piece of one region of the root cell's, which may write it. */
static bool root_may_write(paddr_t phys, u64 size)
{
	struct root_piece piece;

	return root_piece_at(phys, size, &piece) && piece.size == size &&
	       piece.flags & CB_REGION_WRITE;
}

/* Only memory that the cell has alone, and while none of its CPUs runs. */
bool memory_clean(paddr_t phys, size_t nr, bool clear)
{
	const struct cell *cell = cpu_of(current)->cell;
	const struct cb_region *r = cb_config_regions(cell->config);
	bool found = false;

	for (u32 i = 0; i < cell->config->regions.count; i++, r++)
		found |= phys >= r->phys && phys - r->phys <= r->size - nr * PAGE_SIZE &&
			 nr * PAGE_SIZE <= r->size &&
			 !(r->flags & (CB_REGION_SHARED | CB_REGION_IO));
	assert_true(found && root_may_write(phys, nr * PAGE_SIZE));
	if (clear) {
		assert_int_equal(cell->page->state, CB_CELL_DESTROYING);
		pages_cleared[cell->id] += nr;
	}
	return true;
}

/* Those of them that may be written. */
static u64 private_pages(const struct cell *cell)
{
	const struct cb_region *r = cb_config_regions(cell->config);
	u64 pages = 0;

	for (u32 i = 0; i < cell->config->regions.count; i++, r++)
		if (!(r->flags & (CB_REGION_SHARED | CB_REGION_IO)) &&
		    root_may_write(r->phys, r->size))
			pages += r->size / PAGE_SIZE;
	return pages;
}

static void enter_guest(u64 entry)
{
	struct cell *cell = cpu_of(current)->cell;

	cpu_set_power(cpu_of(current), CB_CPU_ON);
	in_guest[current] = true;
	assert_int_equal(entry & 3, 0);
	assert_true(cell->page->state == CB_CELL_RUNNING);
}

static void serve(struct cpu *cpu, u32 requests)
{
	if (requests & REQUEST_CLEAR)
		cell_clear_memory(cpu->cell);
	if (requests & REQUEST_START)
		enter_guest(cpu->entry);
	if (requests & REQUEST_BOOT) {
		cell_clean_memory(cpu->cell);
		if (!(cpu->requests & REQUEST_STOP))
			enter_guest(cpu->cell->entry);
	}
}

static void park(struct cpu *cpu)
{
	cpu->failed = false;
	if (suspended) {
		suspended = false;
		return;
	}
	in_guest[current] = false;
	cpu->requests &= ~(u32)REQUEST_STOP;
	cell_cpu_parked(cpu);
}

/* A parked CPU looks at its requests, if the SGI has come. */
static void look_at_requests(struct cpu *cpu)
{
	u32 requests = cpu->requests;

	if (!sgi_pending[current])
		return;
	sgi_pending[current] = false;
	cpu->requests = 0;
	assert_false(requests & REQUEST_RELEASE);
	if (requests & REQUEST_STOP) {
		cell_cpu_stopped(cpu);
		requests &= REQUEST_CLEAR;
	}
	serve(cpu, requests);
}

/* ---- What else surrounds them ---- */

void *window_map(paddr_t phys, size_t nr, enum el2_memory type)
{
	static u8 other[LINUX_MEMORY];
	u64 found;

	assert_int_equal(type, EL2_RODATA);
	assert_true(nr <= LINUX_MEMORY / PAGE_SIZE);
	for (size_t i = 0; i < nr; i++)
		assert_int_equal(
			stage2_lookup(&root_cell.stage2, phys + i * PAGE_SIZE, &found) & MMIO, RW);
	return phys == ALIGN_DOWN(CONFIG, PAGE_SIZE) ? linux_memory : other;
}

void window_unmap(void)
{
}

bool window_answers(size_t nr)
{
	(void)nr;
	return true;
}

void uart_write(const char *text, size_t size)
{
	(void)text, (void)size;
}

/* Mitigations of CPU errata, and whether there are any: DEN 0028, 7. */
static bool is_workaround(u32 function, u32 argument)
{
	if (function == 0x80000001) /* SMCCC_ARCH_FEATURES */
		function = argument;
	return function == 0x80008000 || function == 0x80007fff || function == 0x80003fff;
}

static bool is_listed(u32 function)
{
	const struct cb_cell_config *config = cpu_of(current)->cell->config;

	for (u32 i = 0; i < config->smcs.count; i++)
		if (cb_config_smcs(config)[i] == function)
			return true;
	return false;
}

void smc_forward(u64 *x)
{
	u32 function = (u32)x[0] & ~SMCCC_SVE_HINT;
	struct cb_error error;

	/* What the firmware would enter at EL2 never gets there. */
	assert_int_not_equal(function & ~SMCCC_64, PSCI_CPU_ON);
	assert_int_not_equal(function & ~SMCCC_64, PSCI_CPU_SUSPEND);
	assert_int_not_equal(function, PSCI_CPU_OFF);
	assert_false((function & 0x3f00ffe0) == 0x04000020); /* SDEI */
	if (cpu_of(current)->cell != &root_cell) {
		assert_true(is_workaround(function, (u32)x[1]) || is_listed(function));
	} else {
		assert_false(is_listed(function) && cells_exist(&error));
		if (function >> 31)
			assert_true(!(function >> 17 & 0x7f) &&
				    ((function >> 24 & 0x3f) < 8 || (function >> 24 & 0x3f) >= 48));
	}
	forwarded++;
	x[0] = random_bits();
}

/* Once, by psci_init(). */
void smc_call(u64 *x)
{
	assert_int_equal(x[0], PSCI_FEATURES);
	x[0] = random_chance(2) ? random_below(4) : (u32)PSCI_NOT_SUPPORTED;
}

bool takeover_leave(u64 nr, struct cb_error *error)
{
	(void)nr;
	assert_ptr_equal(cpu_of(current)->cell, &root_cell);
	if (!cells_exist(error))
		error->code = CB_ERR_CPU_COUNT;
	return false;
}

bool gicv3_sysreg(struct cell *cell, u32 iss, u64 *value, bool write)
{
	(void)cell;
	if (!write)
		*value = random_bits();
	return iss & 0x1000;
}

bool answer_register(u64 iss, u64 *value)
{
	*value = random_bits();
	return iss & 0x2000;
}

/* A CPU that fails twice would wait for ever. */
void host_wfi(void)
{
	fail();
}

/* EL2's own accesses do not fail here. */
const int32_t fixups_start[1], fixups_end[1];

void gicv3_send_sgi(const struct cell *cell, u64 value)
{
	(void)value;
	assert_ptr_equal(cell, cpu_of(current)->cell);
}

void gic_drop_fiq(void)
{
}

void inject_undefined(void)
{
}

const char promising[] = "";

/* While a CPU of Linux starts: test_startup.c. */
bool read_instruction(struct cell *cell, u32 *insn)
{
	(void)cell, (void)insn;
	return true;
}

bool startup_step(struct regs *regs, u32 insn)
{
	(void)regs, (void)insn;
	return true;
}

void startup_abandon(struct cpu *cpu)
{
	(void)cpu;
}

void cpu_start(u64 entry, u64 context)
{
	(void)entry, (void)context;
	abort();
}

void startup_at_el1(void)
{
}

void handle_abort(struct regs *regs, u64 esr, bool fetch)
{
	if (cpu_of(current)->requests & REQUEST_STOP)
		cpu_park();
	if (cpu_of(current)->cell != &root_cell)
		violation(regs, fetch ? CB_CRASH_EXECUTE : CB_CRASH_READ, esr, 0);
}

/* ---- Invariants ---- */

static struct snapshot first;
static u32 old_states[CB_MAX_CELLS]; /* as at the last step */
static const u32 no_cell = ~0U;

/* From a state to those that can follow, one step later. */
static const u8 successors[] = {
	[CB_CELL_CREATED] = BIT(CB_CELL_LOADING) | BIT(CB_CELL_DESTROYING),
	[CB_CELL_LOADING] = BIT(CB_CELL_RUNNING) | BIT(CB_CELL_DESTROYING),
	[CB_CELL_RUNNING] = BIT(CB_CELL_STOPPED) | BIT(CB_CELL_FAILED) | BIT(CB_CELL_DESTROYING),
	[CB_CELL_STOPPED] = BIT(CB_CELL_LOADING) | BIT(CB_CELL_DESTROYING),
	[CB_CELL_FAILED] = BIT(CB_CELL_LOADING) | BIT(CB_CELL_DESTROYING),
	[CB_CELL_DESTROYING] = 0,
};

static void check_state(u32 id)
{
	u32 old = old_states[id], now = cells[id] ? cells[id]->page->state : no_cell;

	if (old == no_cell)
		assert_true(now == no_cell || now == CB_CELL_CREATED);
	else if (now == no_cell)
		assert_int_equal(old, CB_CELL_DESTROYING);
	else
		assert_true(now == old || successors[old] >> now & 1);
	old_states[id] = now;
	if (now == no_cell || now == CB_CELL_CREATED)
		pages_cleared[id] = 0;
}

static void check_cpus(void)
{
	cpuset_t seen = 0;

	for (u32 id = 0; id < CB_MAX_CELLS; id++) {
		cpuid_t cpu;

		if (!cells[id])
			continue;
		assert_true(cells[id]->cpus && !(cells[id]->cpus & seen));
		seen |= cells[id]->cpus;
		for_each_cpu (cpu, cells[id]->cpus) {
			assert_ptr_equal(cpu_of(cpu)->cell, cells[id]);
			assert_int_equal(cpu_of(cpu)->info->cell, id);
			assert_int_equal(cpu_of(cpu)->info->state, cpu_of(cpu)->power);
			if (in_guest[cpu])
				assert_int_equal(cells[id]->page->state, CB_CELL_RUNNING);
		}
	}
	assert_int_equal(seen, ALL_CPUS);
}

static void check_irqs(void)
{
	for (intid_t intid = 0; intid < NR_INTIDS; intid++)
		for (u32 id = 0; id < CB_MAX_CELLS; id++) {
			bool has = cells[id] && cells[id]->irqs[intid / 32] >> intid % 32 & 1;
			bool roots = intid >= FIRST_IRQ && intid < FIRST_IRQ + NR_IRQS;

			assert_int_equal(has, roots && spi_owner[intid] == cells[id]);
		}
}

static void check_pool(void)
{
	u64 sum = IMAGE_PAGES + 1;

	for (u32 use = 0; use < CB_POOL_USES; use++)
		sum += public_page->pool_used[use];
	assert_int_equal(sum, POOL_PAGES);
	assert_int_equal(public_page->pool_used[CB_POOL_FREE], pool_available());
}

static void check_everything(void)
{
	for (u32 id = 1; id < CB_MAX_CELLS; id++)
		check_state(id);
	check_cpus();
	check_irqs();
	check_pool();
	assert_one_owner_everywhere();
}

/* ---- Calls ---- */

/* What the root cell is told about an operation on a cell, by the state of the cell. */
static u32 expected_refusal(u64 function, u64 id)
{
	static const struct {
		u64 function;
		u8 states;
	} rules[] = {
		{ CB_HVC_CELL_LOAD, BIT(CB_CELL_CREATED) | BIT(CB_CELL_LOADING) |
					    BIT(CB_CELL_STOPPED) | BIT(CB_CELL_FAILED) },
		{ CB_HVC_CELL_START, BIT(CB_CELL_LOADING) },
		{ CB_HVC_CELL_STOP,
		  BIT(CB_CELL_RUNNING) | BIT(CB_CELL_STOPPED) | BIT(CB_CELL_FAILED) },
		{ CB_HVC_CELL_DESTROY, 0xff },
		{ CB_HVC_CELL_INPUT, BIT(CB_CELL_RUNNING) },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rules); i++) {
		if (rules[i].function != function)
			continue;
		if (id >= CB_MAX_CELLS || !cells[id])
			return CB_ERR_CELL_UNKNOWN;
		if (id == CB_ROOT_CELL)
			return CB_ERR_CELL_ROOT;
		return rules[i].states >> cells[id]->page->state & 1 ? CB_OK : CB_ERR_CELL_STATE;
	}
	return CB_OK;
}

static bool is_operation(u64 function)
{
	return function >= CB_HVC_DISABLE && function <= CB_HVC_CELL_INPUT;
}

/* By the root cell: as expected by the cell's state. By others: not at all. */
static u32 expected_answer(const struct cell *caller, u64 function, u64 id)
{
	return caller == &root_cell ? expected_refusal(function, id) : CB_ERR_NOT_PERMITTED;
}

static void operate_cell(struct regs *regs)
{
	u64 function = regs->x[0], id = regs->x[1];
	u32 refusal = expected_answer(cpu_of(current)->cell, function, id);
	bool too_long = function == CB_HVC_CELL_INPUT && regs->x[2] > CB_CELL_INPUT_MAX;
	u64 private = id < CB_MAX_CELLS && cells[id] ? private_pages(cells[id]) : 0;
	struct snapshot old = take_snapshot();

	assert_false(trap_hvc(&regs->call));
	if (too_long && refusal != CB_ERR_NOT_PERMITTED)
		assert_int_equal(regs->x[0], CB_ERR_ARGUMENT);
	else if (refusal)
		assert_int_equal(regs->x[0], refusal);
	else if (function == CB_HVC_CELL_INPUT && regs->x[0] == CB_OK)
		assert_in_range(regs->x[1], 0, regs->x[2]);
	if (regs->x[0] != CB_OK && regs->x[0] != CB_ERR_BUSY)
		assert_nothing_changed(&old);
	if (function == CB_HVC_CELL_DESTROY && regs->x[0] == CB_OK)
		assert_int_equal(pages_cleared[id], private);
}

/* A call that the board lists reaches the firmware if the root cell is alone, and else does not. */
static bool is_root_listed(const struct regs *regs)
{
	return cpu_of(current)->cell == &root_cell && is_listed((u32)regs->x[0] & ~SMCCC_SVE_HINT);
}

static void assert_alone_or_refused(u64 answer, bool reached)
{
	struct cb_error error;

	assert_true(reached != cells_exist(&error));
	assert_true(reached || answer == (u64)SMCCC_NOT_SUPPORTED);
}

static void make_call(struct regs *regs, bool smc)
{
	size_t forwarded_before = forwarded;
	const struct regs before = *regs;

	if (setjmp(parks)) {
		park(cpu_of(current));
		return;
	}
	if (smc)
		trap_smc(&regs->call);
	else if (is_operation(regs->x[0]))
		operate_cell(regs);
	else
		assert_false(trap_hvc(&regs->call));
	if (is_root_listed(&before))
		assert_alone_or_refused(regs->x[0], forwarded != forwarded_before);
	for (u32 i = 18; i < 31; i++)
		assert_int_equal(regs->x[i], before.x[i]);
}

/* One that is there, more often than not. */
static u64 random_cell_id(void)
{
	u64 id = 1 + random_below(NR_CPUS);

	for (u32 n = 0; n < NR_CPUS && !cells[id] && !random_chance(8); n++)
		id = 1 + id % NR_CPUS;
	if (random_chance(16))
		return random_chance(2) ? CB_ROOT_CELL : random_bits();
	return id;
}

/* Something in the executable RAM of a cell, or at least in some RAM. */
static u64 random_entry(const struct cell *cell)
{
	const struct cb_region *r = cb_config_regions(cell->config);

	if (!cell->config->regions.count || random_chance(8))
		return random_bits();
	r += random_below(cell->config->regions.count);
	return r->virt + ALIGN_DOWN(random_below(r->size), random_chance(8) ? 1 : 4);
}

static void random_create(struct regs *regs)
{
	struct cell_file file = random_file((u32)random_below(8));

	for (u32 i = 0; i < file.head.regions.count; i++)
		if (random_chance(2) && !(file.regions[i].flags & (MMIO & ~RW)) &&
		    !(file.regions[i].flags & CB_REGION_SHARED) &&
		    file.regions[i].flags & CB_REGION_WRITE)
			file.regions[i].flags |= CB_REGION_LOADABLE;
	if (random_chance(2)) /* the numbers of interrupts, as those of calls */
		file.head.smcs = array_of(offsetof(struct cell_file, irqs), 4);
	if (random_chance(8)) /* a byte of the file */
		((u8 *)&file)[random_below(sizeof(file))] = (u8)random_bits();
	file.head.header.checksum = cb_config_checksum(&file, sizeof(file));
	memcpy(linux_memory + CONFIG % PAGE_SIZE, &file, sizeof(file));
	regs->x[0] = CB_HVC_CELL_CREATE;
	regs->x[1] = random_chance(8) ? random_bits() : CONFIG;
	regs->x[2] = random_chance(8) ? random_below(CB_CONFIG_MAX_SIZE + 2) : sizeof(file);
}

/* Where a cell can be entered, if it has memory to execute. */
static u64 good_entry(const struct cell *cell)
{
	const struct cb_region *r = cb_config_regions(cell->config);

	for (u32 i = 0; i < cell->config->regions.count; i++, r++)
		if (r->flags & CB_REGION_EXECUTE)
			return r->virt + ALIGN_DOWN(random_below(r->size), 4);
	return random_entry(cell);
}

/* What brings a cell on. */
static void sensible_operation(struct regs *regs, const struct cell *cell)
{
	static const u64 next[] = {
		[CB_CELL_CREATED] = CB_HVC_CELL_LOAD,	[CB_CELL_LOADING] = CB_HVC_CELL_START,
		[CB_CELL_RUNNING] = CB_HVC_INFO,	[CB_CELL_STOPPED] = CB_HVC_CELL_LOAD,
		[CB_CELL_FAILED] = CB_HVC_CELL_DESTROY, [CB_CELL_DESTROYING] = CB_HVC_CELL_DESTROY,
	};

	regs->x[0] = next[cell->page->state];
	regs->x[1] = cell->id;
	regs->x[2] = good_entry(cell);
}

static void any_hypercall(struct regs *regs)
{
	static const u64 functions[] = {
		CB_HVC_INFO,	  CB_HVC_CONSOLE_WRITE, CB_HVC_UID,	      CB_HVC_REVISION,
		CB_HVC_DISABLE,	  CB_HVC_CELL_CREATE,	CB_HVC_CELL_LOAD,     CB_HVC_CELL_START,
		CB_HVC_CELL_STOP, CB_HVC_CELL_DESTROY,	0xc6000000 /* KVM */, 0xc600003f,
		0xc6000040,	  CB_HVC_CELL_INPUT,
	};

	regs->x[0] = functions[random_below(ARRAY_SIZE(functions))];
	if (random_chance(16))
		regs->x[0] = 0xc6000000 + random_below(0x10000);
	regs->x[1] = random_cell_id();
	if (regs->x[0] == CB_HVC_INFO)
		regs->x[1] = random_below(6);
	else if (regs->x[0] == CB_HVC_CONSOLE_WRITE)
		regs->x[1] = random_below(48);
	else if (regs->x[1] < CB_MAX_CELLS && cells[regs->x[1]])
		regs->x[2] = random_entry(cells[regs->x[1]]);
}

static void random_hypercall(struct regs *regs)
{
	u64 id = random_cell_id();
	struct cell *cell = id < CB_MAX_CELLS ? cells[id] : NULL;

	if (random_chance(cell ? 16 : 2))
		random_create(regs);
	else if (cell && !random_chance(4))
		sensible_operation(regs, cell);
	else
		any_hypercall(regs);
}

static void random_psci_call(struct regs *regs)
{
	regs->x[0] = 0x84000000 + random_below(0x40) + (random_chance(2) ? SMCCC_64 : 0);
	if (random_chance(2))
		regs->x[0] = (random_chance(4) ? PSCI_CPU_SUSPEND : PSCI_CPU_ON) | SMCCC_64;
	else if (random_chance(4))
		regs->x[0] = random_chance(2) ? PSCI_SYSTEM_RESET : PSCI_SYSTEM_OFF;
	regs->x[1] = random_chance(4) ? random_bits() : boot_mpidrs[random_below(NR_CPUS)];
	if (regs->x[0] == PSCI_FEATURES)
		regs->x[1] = 0x84000000 + random_below(0x20) + (random_chance(2) ? SMCCC_64 : 0);
	regs->x[2] = random_chance(4) ? random_below(2) : good_entry(cpu_of(current)->cell);
}

static void random_firmware_call(struct regs *regs)
{
	static const u32 functions[] = { SMCCC_VERSION,		  SMCCC_ARCH_FEATURES,
					 SMCCC_ARCH_WORKAROUND_1, SMCCC_ARCH_WORKAROUND_2,
					 SMCCC_ARCH_WORKAROUND_3, 0 };
	const struct cb_cell_config *config = cpu_of(current)->cell->config;

	if (!random_chance(3)) {
		random_psci_call(regs);
		return;
	}
	regs->x[0] = functions[random_below(ARRAY_SIZE(functions))];
	regs->x[1] = functions[random_below(ARRAY_SIZE(functions))];
	if (random_chance(4) && config->smcs.count)
		regs->x[0] = cb_config_smcs(config)[random_below(config->smcs.count)];
	if (random_chance(4))
		regs->x[0] = random_bits() & 0xff00ffff;
	if (random_chance(8))
		regs->x[0] = random_below(6); /* Linux' hyp stub */
}

static void random_registers(struct regs *regs)
{
	u64 some = random_below(256);

	for (u32 i = 0; i < 31; i++)
		regs->x[i] = some * (i + 1) * 0x0101010101010101;
	regs->x[31] = 0;
}

/* Anything else that comes to EL2. */
static void random_trap(struct regs *regs)
{
	static const u64 classes[] = { ESR_EC_SYS64, ESR_EC_SYS64, ESR_EC_DABT_LOW,
				       ESR_EC_IABT_LOW };
	u64 class = random_chance(4) ? random_below(64) : classes[random_below(4)];

	if (setjmp(parks)) {
		park(cpu_of(current));
		return;
	}
	switch (random_below(6)) {
	case 0:
		trap_wfx(&regs->call, random_bits());
		break;
	case 1:
		trap_fiq(&regs->call);
		break;
	case 2:
		if (cpu_of(current)->cell != &root_cell)
			trap_panic(random_below(16));
		break;
	default:
		/* Reads of ACTLR_EL1 are answered, and writes of it. */
		trap_other(regs, class << 26 | (random_chance(4) ? 0x320400 | random_below(2)
								 : random_below(1 << 25)));
	}
}

static void run_guest(void)
{
	struct regs regs;

	random_registers(&regs);
	if (random_chance(16)) {
		random_trap(&regs);
		return;
	}
	if (random_chance(3))
		random_firmware_call(&regs);
	else
		random_hypercall(&regs);
	make_call(&regs, random_chance(6));
}

/* A CPU does the next thing that it can do. */
static void step_cpu(cpuid_t cpu)
{
	current = cpu;
	if (!in_guest[cpu])
		look_at_requests(cpu_of(cpu));
	else if (cpu_of(cpu)->requests & REQUEST_STOP)
		park(cpu_of(cpu)); /* its next instruction faults */
	else
		run_guest();
}

/* One that has something to do, often: most CPUs are parked most of the time. */
static cpuid_t random_cpu(void)
{
	cpuid_t cpu = (cpuid_t)random_below(NR_CPUS);

	if (random_chance(3))
		return 0;
	for (u32 n = 0; n < NR_CPUS && !in_guest[cpu] && !sgi_pending[cpu]; n++)
		cpu = (cpu + 1) % NR_CPUS;
	return cpu;
}

/* The root cell's first CPU is always there: who else would ask for anything? */
static void step(void)
{
	step_cpu(random_cpu());
	if (!in_guest[0]) {
		cpu_of(0)->power = cpu_of(0)->info->state = CB_CPU_ON;
		in_guest[0] = true;
	}
	check_everything();
}

static u64 operate(u64 function, u64 id)
{
	struct regs regs = { .x = { function, id } };

	current = 0;
	make_call(&regs, false);
	return regs.x[0];
}

/* Only CPUs that are to stop or to clear something do anything. */
static void let_others_obey(void)
{
	for (current = 1; current < NR_CPUS; current++) {
		if (!in_guest[current])
			look_at_requests(cpu_of(current));
		else if (cpu_of(current)->requests & REQUEST_STOP)
			park(cpu_of(current));
	}
	current = 0;
}

#define PATIENCE 8 /* rounds that any destruction takes at most */

static void destroy_all(void)
{
	for (u32 id = 1; id < CB_MAX_CELLS; id++) {
		for (u32 n = 0; cells[id]; n++) {
			u64 code = operate(CB_HVC_CELL_DESTROY, id);

			assert_true(code == CB_OK || code == CB_ERR_BUSY);
			assert_true(n < PATIENCE);
			let_others_obey();
			check_everything();
		}
	}
}

static void start(void)
{
	for (cpuid_t id = 0; id < NR_CPUS; id++)
		boot_mpidrs[id] = id / 4 << 8 | id % 4;
	describe_board(random_chance(2) ? 2 : 3);
	start_board();
	psci_init();
	memset(linux_memory, 0, sizeof(linux_memory));
	memset(pages_cleared, 0, sizeof(pages_cleared));
	memset(sgi_pending, 0, sizeof(sgi_pending));
	for (cpuid_t id = 0; id < NR_CPUS; id++) {
		in_guest[id] = cpu_of(id)->power == CB_CPU_ON;
		cpu_of(id)->info->state = cpu_of(id)->power;
	}
	for (u32 id = 0; id < CB_MAX_CELLS; id++)
		old_states[id] = no_cell;
	lpis_stuck = random_chance(4) ? BIT(random_below(NR_CPUS)) : 0;
	first = take_snapshot();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	input_begin(data, size);
	start();
	for (u32 n = 0; n < MAX_STEPS && input_left(); n++)
		step();
	destroy_all();
	assert_nothing_changed(&first);
	return 0;
}
