// SPDX-License-Identifier: GPL-2.0-only
/*
 * Attacks on memory: every kind of access to what is somebody else's, the edges of what is ours,
 * and whatever stage 1 can be made to say.
 */
#include <hypercall.h>
#include <inmate.h>
#include <sysreg.h>
#include "hostile.h"

#define MOPS_SIZE 64

/* --- kinds of access ---------------------------------------------------------------- */

enum right {
	READS = 'r',
	WRITES = 'w',
	FETCHES = 'x',
};

struct kind {
	const char *name;
	enum outcome outcome;
	void (*access)(uint64_t address);
	uint64_t window; /* attributes that the window needs */
};

/* Extensions are those of the assembler's knowledge; the CPU may not have them: undefined. */
#define ACCESS(name, ...)                                                                        \
	static void name(uint64_t address)                                                       \
	{                                                                                        \
		register uint64_t x0 asm("x0") = address;                                        \
		asm volatile(".arch armv8.5-a+sve+memtag+lse\n" __VA_ARGS__                      \
			     : "+r"(x0)                                                          \
			     :                                                                   \
			     : "x1", "x2", "x3", "x4", "x5", "x6", "x7", "x30", "cc", "memory"); \
	}

ACCESS(ldrb, "ldrb w2, [x0]")
ACCESS(ldrh, "ldrh w2, [x0]")
ACCESS(ldr_w, "ldr w2, [x0]")
ACCESS(ldr_x, "ldr x2, [x0]")
ACCESS(ldrsw, "ldrsw x2, [x0]")
ACCESS(ldr_post, "ldr x2, [x0], #8")
ACCESS(ldr_pre, "sub x0, x0, #8\n ldr x2, [x0, #8]!")
ACCESS(ldp, "ldp x2, x3, [x0]")
ACCESS(ldp_post, "ldp x2, x3, [x0], #16")
ACCESS(ldnp, "ldnp x2, x3, [x0]")
ACCESS(ldtr, "ldtr x2, [x0]")
ACCESS(ldxr, "ldxr x2, [x0]")
ACCESS(ldaxr, "ldaxr w2, [x0]")
ACCESS(ldxp, "ldxp x2, x3, [x0]")
ACCESS(ldar, "ldar x2, [x0]")
ACCESS(ldapr, "ldapr x2, [x0]")
ACCESS(ldlar, "ldlar x2, [x0]")
ACCESS(ldr_q, "ldr q0, [x0]")
ACCESS(ldp_q, "ldp q0, q1, [x0]")
ACCESS(ld1, "ld1 {v0.16b-v3.16b}, [x0]")
ACCESS(ld4, "ld4 {v0.4s-v3.4s}, [x0], #64")
ACCESS(ld1r, "ld1r {v0.8h}, [x0]")

ACCESS(strb, "strb w2, [x0]")
ACCESS(strh, "strh w2, [x0]")
ACCESS(str_w, "str w2, [x0]")
ACCESS(str_x, "str x2, [x0]")
ACCESS(str_post, "str x2, [x0], #8")
ACCESS(str_pre, "sub x0, x0, #8\n str x2, [x0, #8]!")
ACCESS(stp, "stp x2, x3, [x0]")
ACCESS(stp_pre, "sub x0, x0, #16\n stp x2, x3, [x0, #16]!")
ACCESS(stnp, "stnp x2, x3, [x0]")
ACCESS(sttr, "sttr x2, [x0]")
ACCESS(stlr, "stlr x2, [x0]")
ACCESS(stllr, "stllr x2, [x0]")
ACCESS(stxr, "stxr w3, x2, [x0]")
ACCESS(str_q, "str q0, [x0]")
ACCESS(stp_q, "stp q0, q1, [x0]")
ACCESS(st1, "st1 {v0.16b-v3.16b}, [x0]")
ACCESS(st4, "st4 {v0.4s-v3.4s}, [x0], #64")
ACCESS(cas, "cas x2, x3, [x0]")
ACCESS(casp, "casp x2, x3, x4, x5, [x0]")
ACCESS(swp, "swpal x2, x3, [x0]")
ACCESS(ldadd, "ldadd x2, x3, [x0]")
ACCESS(stset, "stset w2, [x0]")
ACCESS(ldsmax, "ldsmaxa x2, x3, [x0]")
ACCESS(dc_zva, "dc zva, x0")

/* Memory tags (FEAT_MTE2) */
ACCESS(ldg, "ldg x2, [x0]")
ACCESS(stg, "stg x0, [x0]")
ACCESS(stz2g, "stz2g x0, [x0]")
ACCESS(dc_gva, "dc gva, x0")
ACCESS(dc_gzva, "dc gzva, x0")

/* SVE: a plain load and store, and loads that suppress faults behind the first element */
ACCESS(sve_ld1, "ptrue p0.b\n ld1b {z0.b}, p0/z, [x0]")
ACCESS(sve_st1, "ptrue p0.b\n st1b {z0.b}, p0, [x0]")
ACCESS(sve_ldff1, "setffr\n ptrue p0.b\n ldff1b {z0.b}, p0/z, [x0]")

/* FEAT_MOPS: CPYFP, CPYFM, CPYFE [x0]!, [x1]!, x2!, and SETP, SETM, SETE [x0]!, x2!, x3 */
ACCESS(mops_copy, "mov x1, x0\n add x1, x1, #64\n mov x2, #" SYSREG_STRING(
			  MOPS_SIZE) "\n"
				     ".inst 0x19010440\n .inst 0x19410440\n .inst 0x19810440")
ACCESS(mops_set, "mov x2, #" SYSREG_STRING(
			 MOPS_SIZE) "\n mov x3, #0\n"
				    ".inst 0x19c30440\n .inst 0x19c34440\n .inst 0x19c38440")

ACCESS(execute, "blr x0")
ACCESS(execute_far, "add x0, x0, #64\n blr x0")

ACCESS(dc_ivac, "dc ivac, x0\n dsb sy")
ACCESS(dc_cvac, "dc cvac, x0\n dsb sy")
ACCESS(dc_civac, "dc civac, x0\n dsb sy")
ACCESS(dc_cvau, "dc cvau, x0\n dsb sy")
ACCESS(dc_cvap, "sys #3, c7, c12, #1, x0\n dsb sy")
ACCESS(dc_igvac, "sys #0, c7, c6, #3, x0\n dsb sy")
ACCESS(ic_ivau, "ic ivau, x0\n dsb sy\n isb")
ACCESS(prefetch, "prfm pldl1keep, [x0]\n prfm pstl1keep, [x0]\n prfm plil1keep, [x0]\n dsb sy")
ACCESS(translate, "at s1e1r, x0\n at s1e1w, x0\n at s1e0r, x0\n at s1e0w, x0\n isb")
ACCESS(translate_el2, "at s12e1r, x0")

/* An access whose fault is suppressed must not have the data either. */
static void sve_ldnf1(uint64_t address)
{
	uint64_t valid = ~0ull;

	asm volatile(".arch armv8.5-a+sve\n"
		     "setffr\n ptrue p0.b\n ldnf1b {z0.b}, p0/z, [%1]\n"
		     "rdffr p1.b\n cntp %0, p0, p1.b"
		     : "+r"(valid)
		     : "r"(address)
		     : "memory");
	if (!exceptions(NULL) && valid)
		breach("a non-faulting load had %lu bytes", valid);
}

static const struct kind kinds[] = {
	{ "LDRB", ENDS, ldrb, 0 },
	{ "LDRH", ENDS, ldrh, 0 },
	{ "LDR, 32 bits", ENDS, ldr_w, 0 },
	{ "LDR, 64 bits", ENDS, ldr_x, 0 },
	{ "LDRSW", ENDS, ldrsw, 0 },
	{ "LDR, post-index", ENDS, ldr_post, 0 },
	{ "LDR, pre-index", ENDS, ldr_pre, 0 },
	{ "LDP", ENDS, ldp, 0 },
	{ "LDP, post-index", ENDS, ldp_post, 0 },
	{ "LDNP", ENDS, ldnp, 0 },
	{ "LDTR", ENDS, ldtr, WINDOW_USER },
	{ "LDXR", ENDS, ldxr, 0 },
	{ "LDAXR", ENDS, ldaxr, 0 },
	{ "LDXP", ENDS, ldxp, 0 },
	{ "LDAR", ENDS, ldar, 0 },
	{ "LDAPR", ENDS, ldapr, 0 },
	{ "LDLAR", ENDS, ldlar, 0 },
	{ "LDR, SIMD", ENDS, ldr_q, 0 },
	{ "LDP, SIMD", ENDS, ldp_q, 0 },
	{ "LD1, four registers", ENDS, ld1, 0 },
	{ "LD4, post-index", ENDS, ld4, 0 },
	{ "LD1R", ENDS, ld1r, 0 },
	{ "STRB", ENDS, strb, 0 },
	{ "STRH", ENDS, strh, 0 },
	{ "STR, 32 bits", ENDS, str_w, 0 },
	{ "STR, 64 bits", ENDS, str_x, 0 },
	{ "STR, post-index", ENDS, str_post, 0 },
	{ "STR, pre-index", ENDS, str_pre, 0 },
	{ "STP", ENDS, stp, 0 },
	{ "STP, pre-index", ENDS, stp_pre, 0 },
	{ "STNP", ENDS, stnp, 0 },
	{ "STTR", ENDS, sttr, WINDOW_USER },
	{ "STLR", ENDS, stlr, 0 },
	{ "STLLR", ENDS, stllr, 0 },
	{ "STXR without monitor", EITHER, stxr, 0 },
	{ "STR, SIMD", ENDS, str_q, 0 },
	{ "STP, SIMD", ENDS, stp_q, 0 },
	{ "ST1, four registers", ENDS, st1, 0 },
	{ "ST4, post-index", ENDS, st4, 0 },
	{ "CAS", ENDS, cas, 0 },
	{ "CASP", ENDS, casp, 0 },
	{ "SWPAL", ENDS, swp, 0 },
	{ "LDADD", ENDS, ldadd, 0 },
	{ "STSET", ENDS, stset, 0 },
	{ "LDSMAXA", ENDS, ldsmax, 0 },
	{ "DC ZVA", ENDS, dc_zva, 0 },
	{ "LDG", EITHER, ldg, 0 }, /* no access where memory has no tags */
	{ "STG", EITHER, stg, 0 },
	{ "STZ2G", ENDS, stz2g, 0 },
	{ "DC GVA", EITHER, dc_gva, 0 },
	{ "DC GZVA", ENDS, dc_gzva, 0 },
	{ "SVE LD1B", ENDS, sve_ld1, 0 },
	{ "SVE ST1B", ENDS, sve_st1, 0 },
	{ "SVE LDFF1B", ENDS, sve_ldff1, 0 },
	{ "SVE LDNF1B", RETURNS, sve_ldnf1, 0 },
	{ "CPYF", ENDS, mops_copy, 0 },
	{ "SET", ENDS, mops_set, 0 },
	{ "execution", ENDS, execute, 0 },
	{ "execution of the next line", ENDS, execute_far, 0 },
	{ "DC IVAC", EITHER, dc_ivac, 0 },
	{ "DC CVAC", EITHER, dc_cvac, 0 },
	{ "DC CIVAC", EITHER, dc_civac, 0 },
	{ "DC CVAU", EITHER, dc_cvau, 0 },
	{ "DC CVAP", EITHER, dc_cvap, 0 },
	{ "DC IGVAC", EITHER, dc_igvac, 0 },
	{ "IC IVAU", EITHER, ic_ivau, 0 },
	{ "PRFM of every kind", RETURNS, prefetch, 0 },
	{ "AT S1E*", RETURNS, translate, 0 },
	{ "AT S12E1R", RETURNS, translate_el2, 0 },
};

static void enable_sve(void)
{
	write_sysreg(cpacr_el1, read_sysreg(cpacr_el1) | CPACR_EL1_ZEN);
	isb();
}

static void try_kind(const struct attempt *attempt)
{
	const struct kind *kind = &kinds[attempt->more];

	enable_sve();
	kind->access(window(attempt->argument, 3, WINDOW_NORMAL, kind->window));
}

/* Every kind of access, to the memory of the victim. */
static bool make_kind(unsigned int n, struct attempt *attempt)
{
	uint64_t victim = target_named("victim");

	if (n >= ARRAY_SIZE(kinds))
		return false;
	attempt->outcome = kinds[n].outcome;
	attempt->run = try_kind;
	attempt->argument = victim;
	attempt->more = n;
	describe(attempt, "%s at 0x%lx", kinds[n].name, victim);
	return true;
}

/* --- places ----------------------------------------------------------------------------- */

static void read_place(const struct attempt *attempt)
{
	ldr_w(window(attempt->argument, 3, attempt->more, 0));
}

static void write_place(const struct attempt *attempt)
{
	str_w(window(attempt->argument, 3, attempt->more, 0));
}

static void execute_place(const struct attempt *attempt)
{
	execute(window(attempt->argument, 3, WINDOW_NORMAL, 0));
}

/* Every place that the arguments name: reads, writes, fetches. */
static bool make_place(unsigned int n, struct attempt *attempt)
{
	static const struct {
		const char *name;
		void (*run)(const struct attempt *attempt);
	} accesses[] = {
		{ "read of", read_place },
		{ "write to", write_place },
		{ "execution of", execute_place },
	};
	unsigned int access = n % ARRAY_SIZE(accesses);
	const char *name;

	if (!target(n / ARRAY_SIZE(accesses), &name, &attempt->argument))
		return false;
	attempt->outcome = ENDS;
	attempt->run = accesses[access].run;
	attempt->more = WINDOW_DEVICE_nGnRnE;
	describe(attempt, "%s %s at 0x%lx", accesses[access].name, name, attempt->argument);
	return true;
}

/* Region n of this cell: RAM first, then those with a name. */
static bool own_region(unsigned int n, struct range *range)
{
	static const char *const names[] = { "data", "read-only" };
	struct range ram;
	unsigned int nr_ram = 0;

	while (dt_memory(nr_ram, &ram)) {
		if (nr_ram == n)
			*range = ram;
		nr_ram++;
	}
	if (n < nr_ram)
		return true;
	n -= nr_ram;
	return n < ARRAY_SIZE(names) && dt_named_region(names[n], range);
}

static void read_byte(const struct attempt *attempt)
{
	ldrb(window(attempt->argument, 3, WINDOW_NORMAL, 0));
}

static void write_byte(const struct attempt *attempt)
{
	strb(window(attempt->argument, 3, WINDOW_NORMAL, 0));
}

static void read_across(const struct attempt *attempt)
{
	ldr_x(window(attempt->argument, 3, WINDOW_NORMAL, 0));
}

static void write_across(const struct attempt *attempt)
{
	str_x(window(attempt->argument, 3, WINDOW_NORMAL, 0));
}

static void write_pair_across(const struct attempt *attempt)
{
	stp(window(attempt->argument, 3, WINDOW_NORMAL, 0));
}

/* The first byte behind and the last before each region, and what crosses its end. */
static bool make_edge(unsigned int n, struct attempt *attempt)
{
	static const struct {
		const char *name;
		void (*run)(const struct attempt *attempt);
		bool end;
		int offset;
	} edges[] = {
		{ "read before", read_byte, false, -1 },
		{ "write before", write_byte, false, -1 },
		{ "read into", read_across, false, -4 },
		{ "write into", write_across, false, -4 },
		{ "read behind", read_byte, true, 0 },
		{ "write behind", write_byte, true, 0 },
		{ "read out of", read_across, true, -4 },
		{ "write out of", write_across, true, -4 },
		{ "STP out of", write_pair_across, true, -8 },
	};
	unsigned int edge = n % ARRAY_SIZE(edges);
	struct range range;

	if (!own_region(n / ARRAY_SIZE(edges), &range))
		return false;
	attempt->outcome = ENDS;
	attempt->run = edges[edge].run;
	attempt->argument = range.base + (edges[edge].end ? range.size : 0) +
			    (uint64_t)(int64_t)edges[edge].offset;
	describe(attempt, "%s the region 0x%lx-0x%lx at 0x%lx", edges[edge].name, range.base,
		 range.base + range.size - 1, attempt->argument);
	return true;
}

static void write_data(const struct attempt *attempt)
{
	str_w(window(attempt->argument, 3, WINDOW_NORMAL, 0));
}

/* What the cell has, but not for this. */
static bool make_permission(unsigned int n, struct attempt *attempt)
{
	struct range range;

	if (n > 2 || !dt_named_region(n ? "read-only" : "data", &range))
		return false;
	attempt->outcome = ENDS;
	attempt->argument = range.base;
	attempt->run = n == 1 ? write_data : execute_place;
	describe(attempt, "%s at 0x%lx",
		 n == 1 ? "write to read-only memory"
			: (n ? "execution of read-only memory" : "execution of no-execute memory"),
		 range.base);
	return true;
}

/* --- stage 1 --------------------------------------------------------------------------- */

static void write_by_type(const struct attempt *attempt)
{
	str_w(window(attempt->argument, attempt->more & 3, attempt->more >> 2, 0));
}

/* Every memory type, in pages and blocks. */
static bool make_type(unsigned int n, struct attempt *attempt)
{
	static const char *const types[NR_WINDOW_TYPES] = {
		"nGnRnE", "write-back",	   "nGnRE",	    "nGRE",
		"GRE",	  "non-cacheable", "write-through", "tagged",
	};
	unsigned int level = 3 - n / NR_WINDOW_TYPES, type = n % NR_WINDOW_TYPES;

	if (n >= 3 * NR_WINDOW_TYPES)
		return false;
	attempt->outcome = ENDS;
	attempt->run = write_by_type;
	attempt->argument = target_named("victim");
	attempt->more = (uint64_t)type << 2 | level;
	describe(attempt, "write as %s by a level %u entry at 0x%lx", types[type], level,
		 attempt->argument);
	return true;
}

static void contiguous(const struct attempt *attempt)
{
	str_w(window(attempt->argument, 3, WINDOW_NORMAL, WINDOW_CONTIGUOUS));
}

static void table_outside(const struct attempt *attempt)
{
	ldr_w(window_by_table(attempt->argument, (unsigned int)attempt->more));
}

/* The walker sets the access flag by itself, in a table that is not ours. */
static void table_outside_updated(const struct attempt *attempt)
{
	uint64_t tcr = read_sysreg(tcr_el1);

	write_sysreg(tcr_el1, tcr | TCR_EL1_HA | TCR_EL1_HD);
	isb();
	table_outside(attempt);
	write_sysreg(tcr_el1, tcr);
	isb();
}

static void root_table_outside(const struct attempt *attempt)
{
	asm volatile("msr ttbr0_el1, %0\n isb\n tlbi vmalle1\n dsb nsh\n isb"
		     :
		     : "r"(attempt->argument & ~0xfffull)
		     : "memory");
}

static void upper_table_outside(const struct attempt *attempt)
{
	uint64_t tcr = read_sysreg(tcr_el1);

	write_sysreg(ttbr1_el1, attempt->argument & ~0xfffull);
	write_sysreg(tcr_el1, (tcr & ~(uint64_t)TCR_EL1_EPD1) | TCR_EL1_T1_48_4K);
	isb();
	ldr_w(0xffff800000000000);
	write_sysreg(tcr_el1, tcr);
	isb();
}

/* No translation of ours at all: the address is the IPA. Nothing may use the stack meanwhile. */
static void without_mmu(const struct attempt *attempt)
{
	uint64_t sctlr = read_sysreg(sctlr_el1);

	asm volatile("dsb sy\n"
		     "msr sctlr_el1, %1\n"
		     "isb\n"
		     "str wzr, [%2]\n"
		     "msr sctlr_el1, %0\n"
		     "isb"
		     :
		     : "r"(sctlr), "r"(sctlr & ~(uint64_t)(SCTLR_EL1_M | SCTLR_EL1_C)),
		       "r"(attempt->argument)
		     : "memory");
}

/* An output address that no CPU has: our own fault, or stage 2's. */
static void beyond_all_addresses(const struct attempt *attempt)
{
	ldr_w(window(attempt->argument, 3, WINDOW_NORMAL, 0));
}

static bool make_stage1(unsigned int n, struct attempt *attempt)
{
	static const struct {
		const char *name;
		void (*run)(const struct attempt *attempt);
		uint64_t more;
	} tricks[] = {
		{ "contiguous hint", contiguous, 0 },
		{ "level 1 table", table_outside, 1 },
		{ "level 2 table", table_outside, 2 },
		{ "level 3 table", table_outside, 3 },
		{ "level 3 table, hardware update", table_outside_updated, 3 },
		{ "root table", root_table_outside, 0 },
		{ "root table of the upper half", upper_table_outside, 0 },
		{ "write without MMU", without_mmu, 0 },
	};
	static const char *const victims[] = { "victim", "root", "hypervisor" };
	unsigned int trick = n % ARRAY_SIZE(tricks), victim = n / ARRAY_SIZE(tricks);

	if (victim > ARRAY_SIZE(victims))
		return false;
	if (victim == ARRAY_SIZE(victims)) {
		if (trick)
			return false;
		attempt->outcome = EITHER;
		attempt->run = beyond_all_addresses;
		attempt->argument = 0xfffffffff000;
		attempt->what = "the last page of 48 bits";
		return true;
	}
	attempt->outcome = ENDS;
	attempt->run = tricks[trick].run;
	attempt->argument = target_named(victims[victim]);
	attempt->more = tricks[trick].more;
	describe(attempt, "%s of the %s at 0x%lx", tricks[trick].name, victims[victim],
		 attempt->argument);
	return true;
}

/* --- maintenance ------------------------------------------------------------------------ */

#define CLIDR_CTYPE(clidr, level) ((clidr) >> 3 * ((level)-1) & 7)

/* DC op by set/way, all of them: with stage 2 an invalidation cleans, too (D7.5.9.5). */
#define EACH_SET_WAY(op, level)                                                                  \
	do {                                                                                     \
		uint64_t ccsidr, ways, sets, way, set;                                           \
		unsigned int line, way_shift;                                                    \
                                                                                                 \
		write_sysreg(csselr_el1, ((level)-1) << 1);                                      \
		isb();                                                                           \
		ccsidr = read_sysreg(ccsidr_el1);                                                \
		line = (ccsidr & 7) + 4;                                                         \
		ways = (ccsidr >> 3 & 0x3ff) + 1;                                                \
		sets = (ccsidr >> 13 & 0x7fff) + 1;                                              \
		way_shift = ways > 1 ? (unsigned int)__builtin_clz((uint32_t)ways - 1) : 31;     \
		for (way = 0; way < ways; way++)                                                 \
			for (set = 0; set < sets; set++)                                         \
				asm volatile(                                                    \
					"dc " #op ", %0"                                         \
					:                                                        \
					: "r"(way << way_shift | set << line | ((level)-1) << 1) \
					: "memory");                                             \
		dsb(sy);                                                                         \
	} while (0)

static void invalidate_by_set_way(const struct attempt *attempt)
{
	uint64_t clidr = read_sysreg(clidr_el1), level;

	(void)attempt;
	for (level = 1; level <= 7 && CLIDR_CTYPE(clidr, level); level++)
		if (CLIDR_CTYPE(clidr, level) >= 2)
			EACH_SET_WAY(isw, level);
}

static void clean_by_set_way(const struct attempt *attempt)
{
	uint64_t clidr = read_sysreg(clidr_el1), level;

	(void)attempt;
	for (level = 1; level <= 7 && CLIDR_CTYPE(clidr, level); level++)
		if (CLIDR_CTYPE(clidr, level) >= 2) {
			EACH_SET_WAY(csw, level);
			EACH_SET_WAY(cisw, level);
		}
}

static void invalidate_instructions(const struct attempt *attempt)
{
	unsigned int i;

	(void)attempt;
	for (i = 0; i < 1000; i++)
		asm volatile("ic iallu\n ic ialluis\n dsb sy\n isb" : : : "memory");
}

static void invalidate_translations(const struct attempt *attempt)
{
	unsigned int i;

	(void)attempt;
	for (i = 0; i < 1000; i++)
		asm volatile(
			"tlbi vmalle1\n tlbi vmalle1is\n"
			"tlbi vae1, %0\n tlbi vae1is, %0\n tlbi vale1, %0\n tlbi vale1is, %0\n"
			"tlbi vaae1, %0\n tlbi vaae1is, %0\n tlbi vaale1, %0\n tlbi vaale1is, %0\n"
			"tlbi aside1, %0\n tlbi aside1is, %0\n dsb sy\n isb"
			:
			: "r"(random64())
			: "memory");
}

/* Those of EL2 and EL3, of stage 2 and of everybody's EL1: undefined here. */
static void invalidate_foreign_translations(const struct attempt *attempt)
{
	unsigned int count;

	(void)attempt;
	asm volatile(
		"tlbi alle1\n tlbi alle1is\n tlbi vmalls12e1\n tlbi vmalls12e1is\n"
		"tlbi ipas2e1, %0\n tlbi ipas2e1is, %0\n tlbi ipas2le1, %0\n tlbi ipas2le1is, %0\n"
		"tlbi alle2\n tlbi alle2is\n tlbi vae2, %0\n tlbi vae2is, %0\n"
		"tlbi alle3\n tlbi alle3is\n dsb sy\n isb"
		:
		: "r"(0ull)
		: "memory");
	count = exceptions(NULL);
	if (count != 14)
		breach("%u of 14 TLBI of higher exception levels are undefined", count);
}

static const struct attempt maintenance[] = {
	{ "DC ISW of all sets and ways", RETURNS, invalidate_by_set_way, 0, 0, "" },
	{ "DC CSW, CISW of all sets and ways", RETURNS, clean_by_set_way, 0, 0, "" },
	{ "IC IALLU, IALLUIS", RETURNS, invalidate_instructions, 0, 0, "" },
	{ "TLBI of EL1, random", RETURNS, invalidate_translations, 0, 0, "" },
	{ "TLBI of EL2, EL3, stage 2", RETURNS, invalidate_foreign_translations, 0, 0, "" },
};

const struct attack memory_attacks[] = {
	{ .name = "memory-kinds",
	  .what = "every kind of access, to the victim",
	  .make = make_kind },
	{ .name = "memory-places",
	  .what = "read, write, execute every target=",
	  .make = make_place },
	{ .name = "memory-edges",
	  .what = "around each region, and across its ends",
	  .make = make_edge },
	{ .name = "memory-permissions",
	  .what = "against the permissions of own regions",
	  .make = make_permission },
	{ .name = "memory-types",
	  .what = "memory types and block sizes of stage 1",
	  .make = make_type },
	{ .name = "memory-stage1",
	  .what = "tables outside, no tables, no such address",
	  .make = make_stage1 },
	{ .name = "memory-maintenance", .what = "cache and TLB maintenance", TABLE(maintenance) },
};
const unsigned int nr_memory_attacks = ARRAY_SIZE(memory_attacks);
