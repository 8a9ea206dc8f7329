// SPDX-License-Identifier: GPL-2.0-only
/*
 * QEMU plugin: counts the instructions that each CPU executes at EL2, exactly, from the vector to
 * ERET. It knows EL2 by its addresses: the hypervisor's image where EL2 maps it (base), and
 * where it lies in memory (phys), where it runs with the MMU off. Everything else is left alone
 * and runs at full speed.
 *
 * What is counted belongs to a phase, which any guest sets by an instruction that does nothing:
 * movz xzr, #(0xcb00 + phase). There is one phase for all CPUs. An exit belongs to the phase in
 * which it began. Phase 0 is all that nobody asked for.
 *
 * Arguments: base=, phys=, size= (of text), vectors=, entry= (offsets of the vectors), out=FILE. At
 * the end of QEMU the counts are written to FILE as JSON, see write_results().
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "qemu_plugin.h"

#define PHASES	      256
#define MARKER	      0xd280001fu /* movz xzr, #imm16 */
#define MARKER_MASK   0xffe0001fu
#define MARKER_IMM(i) ((i) >> 5 & 0xffff)
#define MARKER_PREFIX 0xcb00u
#define INSN_ERET     0xd69f03e0u
#define VECTOR_LOWER  0x400u /* of the vectors, the first of an exception from a lower EL */
#define VECTOR_END    0x800u
#define VECTOR_SIZE   0x80u
#define ESR_EC(esr)   ((unsigned int)((esr) >> 26) & 0x3f)
#define LENGTHS_STEP  16u

/* How many exits took so many instructions. */
struct length {
	uint64_t instructions;
	uint64_t exits;
};

/* Exits of one kind: by vector and exception class. */
struct kind {
	struct kind *next;
	unsigned int vector; /* offset from VBAR_EL2 */
	unsigned int ec;
	uint64_t esr, elr; /* of the first one */
	uint64_t exits, instructions;
	struct length *lengths;
	unsigned int nr_lengths;
};

/* One CPU in one phase. */
struct count {
	uint64_t instructions; /* at EL2, exit or not */
	struct kind *kinds;
};

/* A vCPU's; only its thread touches it until the end. */
struct vcpu {
	struct count counts[PHASES];
	bool in_exit;
	unsigned int phase; /* in which the exit began */
	unsigned int vector;
	uint64_t esr, elr;
	uint64_t instructions; /* of this exit so far */
	GByteArray *buffer;
};

QEMU_PLUGIN_EXPORT int qemu_plugin_version = QEMU_PLUGIN_VERSION;

static uint64_t base, phys, size, vectors, entry;
static const char *out_path;
static struct vcpu **vcpus;
static unsigned int nr_vcpus;
static unsigned int current_phase;		       /* atomic */
static uint64_t *profile[PHASES];		       /* executions by instruction, atomic */
static struct qemu_plugin_register *esr_el2, *elr_el2; /* the same on all CPUs */

static void *allocate(size_t nr, size_t each)
{
	void *memory = calloc(nr, each);

	if (!memory)
		abort();
	return memory;
}

static unsigned int phase_now(void)
{
	return __atomic_load_n(&current_phase, __ATOMIC_ACQUIRE);
}

static uint64_t *profile_of(unsigned int phase)
{
	uint64_t *now = __atomic_load_n(&profile[phase], __ATOMIC_ACQUIRE), *fresh;

	if (now)
		return now;
	fresh = allocate(size / 4, sizeof(*fresh));
	if (__atomic_compare_exchange_n(&profile[phase], &now, fresh, false, __ATOMIC_ACQ_REL,
					__ATOMIC_ACQUIRE))
		return fresh;
	free(fresh);
	return now;
}

static uint64_t read_register(struct vcpu *cpu, struct qemu_plugin_register *handle)
{
	uint64_t value = 0;

	g_byte_array_set_size(cpu->buffer, 0);
	if (handle && qemu_plugin_read_register(handle, cpu->buffer) == sizeof(value))
		memcpy(&value, cpu->buffer->data, sizeof(value));
	return value;
}

static struct kind *find_kind(struct vcpu *cpu)
{
	struct count *count = &cpu->counts[cpu->phase];
	unsigned int ec = ESR_EC(cpu->esr);
	struct kind *kind;

	for (kind = count->kinds; kind; kind = kind->next)
		if (kind->vector == cpu->vector && kind->ec == ec)
			return kind;
	kind = allocate(1, sizeof(*kind));
	*kind = (struct kind){
		.next = count->kinds,
		.vector = cpu->vector,
		.ec = ec,
		.esr = cpu->esr,
		.elr = cpu->elr,
	};
	count->kinds = kind;
	return kind;
}

static void count_length(struct kind *kind, uint64_t instructions)
{
	unsigned int i;

	for (i = 0; i < kind->nr_lengths; i++) {
		if (kind->lengths[i].instructions == instructions) {
			kind->lengths[i].exits++;
			return;
		}
	}
	if (i % LENGTHS_STEP == 0) {
		kind->lengths = realloc(kind->lengths, (i + LENGTHS_STEP) * sizeof(*kind->lengths));
		if (!kind->lengths)
			abort();
	}
	kind->lengths[i] = (struct length){ instructions, 1 };
	kind->nr_lengths++;
}

static void end_exit(struct vcpu *cpu)
{
	struct kind *kind = find_kind(cpu);

	kind->exits++;
	kind->instructions += cpu->instructions;
	count_length(kind, cpu->instructions);
	cpu->in_exit = false;
}

static void on_insn(unsigned int index, void *data)
{
	struct vcpu *cpu = vcpus[index];
	unsigned int phase = phase_now();

	cpu->instructions++;
	cpu->counts[phase].instructions++;
	__atomic_fetch_add(&profile_of(phase)[(uintptr_t)data], 1, __ATOMIC_RELAXED);
}

/* Before on_insn() of the first instruction of a vector. */
static void on_vector(unsigned int index, void *data)
{
	struct vcpu *cpu = vcpus[index];

	cpu->in_exit = true;
	cpu->phase = phase_now();
	cpu->vector = (unsigned int)(uintptr_t)data;
	cpu->esr = cpu->vector == VECTOR_LOWER ? read_register(cpu, esr_el2) : 0;
	cpu->elr = read_register(cpu, elr_el2);
	cpu->instructions = 0;
}

/* After on_insn(). A guest that starts has had no exit, or one that ended by CPU_OFF. */
static void on_eret(unsigned int index, void *data)
{
	struct vcpu *cpu = vcpus[index];

	(void)data;
	if (cpu->in_exit)
		end_exit(cpu);
}

static void on_marker(unsigned int index, void *data)
{
	(void)index;
	__atomic_store_n(&current_phase, (unsigned int)(uintptr_t)data, __ATOMIC_RELEASE);
}

/* The offset of a vector that is entered from a lower EL, or 0. */
static unsigned int vector_offset(uint64_t offset)
{
	uint64_t starts[] = { vectors, entry };
	unsigned int i;

	for (i = 0; i < 2; i++) {
		uint64_t vector = offset - starts[i];

		if (offset >= starts[i] && vector >= VECTOR_LOWER && vector < VECTOR_END &&
		    vector % VECTOR_SIZE == 0)
			return (unsigned int)vector;
	}
	return 0;
}

/* True if address is one of the image's text. */
static bool image_offset(uint64_t address, uint64_t *offset)
{
	*offset = address - base;
	if (*offset < size)
		return true;
	*offset = address - phys;
	return *offset < size;
}

static void on_translation(qemu_plugin_id_t id, struct qemu_plugin_tb *tb)
{
	size_t i, nr = qemu_plugin_tb_n_insns(tb);

	(void)id;
	for (i = 0; i < nr; i++) {
		struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);
		uint64_t offset;
		uint32_t word = 0;

		qemu_plugin_insn_data(insn, &word, sizeof(word));
		if ((word & MARKER_MASK) == MARKER && (MARKER_IMM(word) & 0xff00) == MARKER_PREFIX)
			qemu_plugin_register_vcpu_insn_exec_cb(
				insn, on_marker, QEMU_PLUGIN_CB_NO_REGS,
				(void *)(uintptr_t)(MARKER_IMM(word) & 0xff));
		if (!image_offset(qemu_plugin_insn_vaddr(insn), &offset))
			continue;
		if (vector_offset(offset))
			qemu_plugin_register_vcpu_insn_exec_cb(
				insn, on_vector, QEMU_PLUGIN_CB_R_REGS,
				(void *)(uintptr_t)vector_offset(offset));
		qemu_plugin_register_vcpu_insn_exec_cb(insn, on_insn, QEMU_PLUGIN_CB_NO_REGS,
						       (void *)(uintptr_t)(offset / 4));
		if (word == INSN_ERET)
			qemu_plugin_register_vcpu_insn_exec_cb(insn, on_eret,
							       QEMU_PLUGIN_CB_NO_REGS, NULL);
	}
}

static void on_vcpu_init(qemu_plugin_id_t id, unsigned int index)
{
	GArray *registers = qemu_plugin_get_registers();
	unsigned int i;

	(void)id;
	for (i = 0; i < registers->len; i++) {
		qemu_plugin_reg_descriptor *r =
			&((qemu_plugin_reg_descriptor *)(void *)registers->data)[i];

		if (!strcmp(r->name, "ESR_EL2"))
			esr_el2 = r->handle;
		if (!strcmp(r->name, "ELR_EL2"))
			elr_el2 = r->handle;
	}
	g_array_free(registers, 1);
	vcpus[index] = allocate(1, sizeof(*vcpus[index]));
	vcpus[index]->buffer = g_byte_array_new();
}

static void write_kind(FILE *out, const struct kind *kind)
{
	unsigned int i;

	fprintf(out,
		"{\"vector\": %u, \"ec\": %u, \"esr\": %" PRIu64 ", \"elr\": %" PRIu64
		", \"exits\": %" PRIu64 ", \"instructions\": %" PRIu64 ", \"lengths\": {",
		kind->vector, kind->ec, kind->esr, kind->elr, kind->exits, kind->instructions);
	for (i = 0; i < kind->nr_lengths; i++)
		fprintf(out, "%s\"%" PRIu64 "\": %" PRIu64, i ? ", " : "",
			kind->lengths[i].instructions, kind->lengths[i].exits);
	fprintf(out, "}}");
}

static void write_count(FILE *out, unsigned int cpu, const struct count *count)
{
	const struct kind *kind;

	fprintf(out, "\"%u\": {\"instructions\": %" PRIu64 ", \"exits\": [", cpu,
		count->instructions);
	for (kind = count->kinds; kind; kind = kind->next) {
		write_kind(out, kind);
		fprintf(out, "%s", kind->next ? ", " : "");
	}
	fprintf(out, "]}");
}

static void write_profile(FILE *out, const uint64_t *executions)
{
	const char *separator = "";
	uint64_t i;

	for (i = 0; i < size / 4; i++) {
		if (!executions[i])
			continue;
		fprintf(out, "%s\"%" PRIu64 "\": %" PRIu64, separator, i * 4, executions[i]);
		separator = ", ";
	}
}

static void write_phase(FILE *out, unsigned int phase)
{
	const char *separator = "";
	unsigned int cpu;

	fprintf(out, "\"%u\": {\"cpus\": {", phase);
	for (cpu = 0; cpu < nr_vcpus; cpu++) {
		const struct count *count = vcpus[cpu] ? &vcpus[cpu]->counts[phase] : NULL;

		if (!count || (!count->instructions && !count->kinds))
			continue;
		fprintf(out, "%s", separator);
		write_count(out, cpu, count);
		separator = ",\n  ";
	}
	fprintf(out, "},\n \"profile\": {");
	if (profile[phase])
		write_profile(out, profile[phase]);
	fprintf(out, "}}");
}

/* {phase: {"cpus": {cpu: {"instructions", "exits": [kind]}}, "profile": {offset: executions}}} */
static void write_results(qemu_plugin_id_t id, void *data)
{
	FILE *out = fopen(out_path, "w");
	unsigned int phase;

	(void)id;
	(void)data;
	if (!out) {
		perror(out_path);
		return;
	}
	fprintf(out, "{");
	for (phase = 0; phase < PHASES; phase++) {
		write_phase(out, phase);
		fprintf(out, "%s\n", phase + 1 < PHASES ? "," : "");
	}
	fprintf(out, "}\n");
	fclose(out);
}

static bool parse(const char *argument)
{
	static const struct {
		const char *name;
		uint64_t *value;
	} numbers[] = {
		{ "base=", &base },	  { "phys=", &phys },	{ "size=", &size },
		{ "vectors=", &vectors }, { "entry=", &entry },
	};
	unsigned int i;

	for (i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		size_t length = strlen(numbers[i].name);

		if (!strncmp(argument, numbers[i].name, length)) {
			*numbers[i].value = strtoull(argument + length, NULL, 0);
			return true;
		}
	}
	if (strncmp(argument, "out=", 4))
		return false;
	out_path = strdup(argument + 4);
	return out_path != NULL;
}

QEMU_PLUGIN_EXPORT int qemu_plugin_install(qemu_plugin_id_t id, const qemu_info_t *info, int argc,
					   char **argv)
{
	int i;

	for (i = 0; i < argc; i++) {
		if (!parse(argv[i])) {
			qemu_plugin_outs("el2count: unknown argument\n");
			return -1;
		}
	}
	if (!info->system_emulation || strcmp(info->target_name, "aarch64") || !size || !out_path)
		return -1;
	nr_vcpus = (unsigned int)info->system.max_vcpus;
	vcpus = allocate(nr_vcpus, sizeof(struct vcpu *));
	qemu_plugin_register_vcpu_init_cb(id, on_vcpu_init);
	qemu_plugin_register_vcpu_tb_trans_cb(id, on_translation);
	qemu_plugin_register_atexit_cb(id, write_results, NULL);
	return 0;
}
