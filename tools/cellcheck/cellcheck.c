// SPDX-License-Identifier: GPL-2.0-only
/*
 * cellcheck: what "cellctl enable" and "cellctl create" would refuse, without the machine. It is
 * the hypervisor's own code that judges, built for this computer (board.h), and the sentences are
 * those of cellctl. After a refusal the rest is checked without what was refused. Prints JSON, for
 * `cellctl config check`.
 */
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <config/check.h>
#include <gic/gic.h>

#include "board.h"
#include "cellctl.h"
#include "errors.h"
#include "file.h"
#include "mend.h"
#include "output.h"

#define MAX_REFUSALS 256 /* of one file */

static const char usage[] =
	"usage: cellcheck [--pa-bits N] [--intids N] [--image FILE] SYSTEM.cell [CELL.cell...]\n"
	"       cellcheck --each FILE.cell...\n"
	"Prints as JSON what the hypervisor would refuse of them, created in this order.\n"
	"  --pa-bits N   physical address bits of the CPUs, 32 to 48 (48)\n"
	"  --intids N    interrupts that the GIC has, 32 to 1020 (1020)\n"
	"  --image FILE  cellblock.bin: judge whether the hypervisor's memory suffices, too\n"
	"  --each        systems or cells, each by itself: what is refused whatever the machine\n";

/* What is known of the cells that were created, by number. */
static char cell_names[CB_MAX_CELLS][CB_NAME_SIZE] = { "root" };
static int cell_operands[CB_MAX_CELLS];

__attribute__((noreturn)) static void die(const char *what, const char *why)
{
	fprintf(stderr, "cellcheck: %s: %s\n", what, why);
	exit(EXIT_FILE);
}

/* ---- Refusals as JSON ---- */

/* Codes that speak of another cell by its number. */
static json_t *json_other(const struct cb_error *error)
{
	if (error->other_cell == CB_NO_CELL || error->other_cell == CB_ROOT_CELL)
		return json_null();
	return json_pack("{s:s, s:i}", "name", cell_names[error->other_cell], "operand",
			 cell_operands[error->other_cell]);
}

static json_t *json_refusal(const struct draft *draft, const struct cb_error *record,
			    bool file_check)
{
	struct cb_error error = draft_original(draft, record);
	const bool has_parts = error.code > CB_ERR_CONFIG_ARRAY;
	struct error_context context = {
		.config = has_parts ? &draft->file.cell : NULL,
		.cells = cell_names,
		.file_check = file_check,
	};
	struct refusal refusal;

	if (error.code == CB_ERR_CELL_NAME_TAKEN)
		memcpy(error.name, draft->file.header.name, CB_NAME_SIZE);
	error_describe(&error, &context, &refusal);
	return json_pack("{s:s, s:s, s:s, s:i, s:o, s:o, s:o, s:o, s:o}", "code", refusal.code,
			 "message", refusal.message, "remedy", refusal.remedy, "index",
			 (int)error.index, "address", json_hex(error.address), "size",
			 json_hex(error.size), "other_address", json_hex(error.other_address),
			 "other_size", json_hex(error.other_size), "other", json_other(&error));
}

/* ---- One configuration ---- */

static void read_draft(const char *path, struct draft *draft)
{
	struct file file;
	int ret = file_read(path, sizeof(draft->file), &file);

	if (ret && ret != -EFBIG)
		die(path, strerror(-ret));
	draft->size = ret ? sizeof(draft->file) : file.size;
	if (!ret)
		memcpy(&draft->file, file.data, file.size);
	file_free(&file);
	draft_init(draft);
}

/* Whether the check accepts what is left of a draft in the end. */
static bool check_until_accepted(struct draft *draft, json_t *refusals, bool file_check,
				 u32 (*check)(struct draft *draft, struct cb_error *error))
{
	for (;;) {
		struct cb_error error = { .cell = CB_NO_CELL, .other_cell = CB_NO_CELL };

		if (!check(draft, &error))
			return true;
		json_array_append_new(refusals, json_refusal(draft, &error, file_check));
		if (json_array_size(refusals) >= MAX_REFUSALS ||
		    !draft_mend(draft, &error, board_free_cpus() & -board_free_cpus()))
			return false;
	}
}

static u32 check_system_file(struct draft *draft, struct cb_error *error)
{
	return (u32)cb_config_check(&draft->rest, draft->size, CB_CONFIG_SYSTEM, error);
}

static u32 check_cell_file(struct draft *draft, struct cb_error *error)
{
	return (u32)cb_config_check(&draft->rest, draft->size, CB_CONFIG_CELL, error);
}

static u32 create(struct draft *draft, struct cb_error *error)
{
	u32 code = board_create(&draft->rest.cell, error);

	if (code)
		return code;
	memcpy(cell_names[error->cell], draft->file.header.name, CB_NAME_SIZE);
	if (draft->cpus_replaced)
		board_destroy(error->cell); /* others may want the CPU that it had instead */
	return CB_OK;
}

/* ---- The system and its cells ---- */

static u32 check_fits(const struct draft *draft, const struct machine *machine,
		      struct cb_error *error)
{
	const struct cb_frame *region = &draft->file.system.hypervisor;
	u64 needed = machine->image_size + ALIGN_UP((u64)draft->size, PAGE_SIZE);

	if (needed <= region->size)
		return CB_OK;
	error->address = region->phys;
	error->size = region->size;
	error->other_size = machine->image_size + CB_CONFIG_MAX_SIZE;
	return error->code = CB_ERR_HV_TOO_SMALL;
}

/* True if cells can be created: nothing of the system was refused. */
static bool start_system(struct draft *draft, const struct machine *machine, json_t *refusals)
{
	struct cb_error error = { .cell = CB_NO_CELL, .other_cell = CB_NO_CELL };

	check_until_accepted(draft, refusals, true, check_system_file);
	if (json_array_size(refusals))
		return false;
	if (!check_fits(draft, machine, &error) &&
	    !board_start(&draft->file.system, machine, &error))
		return true;
	json_array_append_new(refusals, json_refusal(draft, &error, false));
	return false;
}

static void check_cell(struct draft *draft, json_t *refusals, bool with_system, int operand)
{
	u32 id = 1;

	if (!check_until_accepted(draft, refusals, true, check_cell_file) || !with_system)
		return;
	while (id < CB_MAX_CELLS && cells[id])
		id++;
	if (id < CB_MAX_CELLS)
		cell_operands[id] = operand; /* the first number that is free is the next one */
	check_until_accepted(draft, refusals, false, create);
}

static json_t *check_files(int count, char **paths, const struct machine *machine)
{
	static struct draft system, cell; /* the system stays: cells are compared with it */
	json_t *files = json_array(), *refusals = json_array();
	bool started;

	read_draft(paths[0], &system);
	started = start_system(&system, machine, refusals);
	json_array_append_new(files,
			      json_pack("{s:s, s:o}", "file", paths[0], "refusals", refusals));
	for (int i = 1; i < count; i++) {
		refusals = json_array();
		read_draft(paths[i], &cell);
		check_cell(&cell, refusals, started, i);
		json_array_append_new(files, json_pack("{s:s, s:o}", "file", paths[i], "refusals",
						       refusals));
	}
	return json_pack("{s:o, s:b, s:i}", "files", files, "compared", started, "pages_left",
			 started ? (int)pool_available() : 0);
}

/* ---- Files by themselves ---- */

static json_t *check_each(int count, char **paths)
{
	static struct draft draft;
	json_t *files = json_array();

	for (int i = 0; i < count; i++) {
		json_t *refusals = json_array();

		read_draft(paths[i], &draft);
		check_until_accepted(&draft, refusals, true,
				     draft.file.header.kind == CB_CONFIG_SYSTEM ? check_system_file
										: check_cell_file);
		json_array_append_new(files, json_pack("{s:s, s:o}", "file", paths[i], "refusals",
						       refusals));
	}
	return json_pack("{s:o, s:b, s:i}", "files", files, "compared", false, "pages_left", 0);
}

/* ---- The command line ---- */

static u64 number(const char *text, u64 first, u64 last)
{
	char *end;
	u64 value;

	errno = 0;
	value = strtoull(text, &end, 0);
	if (errno || end == text || *end || value < first || value > last) {
		fprintf(stderr, "cellcheck: %s is not within %" PRIu64 " to %" PRIu64 "\n", text,
			first, last);
		exit(EXIT_USAGE);
	}
	return value;
}

static u64 image_size(const char *path)
{
	struct cb_image_header header;
	FILE *file = fopen(path, "rb");
	size_t read = file ? fread(&header, 1, sizeof(header), file) : 0;

	if (!file)
		die(path, strerror(errno));
	fclose(file);
	if (read != sizeof(header) ||
	    memcmp(header.signature, CB_IMAGE_SIGNATURE, sizeof(header.signature)))
		die(path, "is no image of the hypervisor");
	return ALIGN_UP(MIN(header.memory_size, (u64)BOOT_MAP_SIZE), PAGE_SIZE);
}

static void parse_options(int argc, char **argv, struct machine *machine, bool *each)
{
	static const struct option options[] = {
		{ "pa-bits", required_argument, NULL, 'p' },
		{ "intids", required_argument, NULL, 'i' },
		{ "image", required_argument, NULL, 'm' },
		{ "each", no_argument, NULL, 'e' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	int option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (option) {
		case 'p':
			machine->pa_bits = (unsigned int)number(optarg, 32, CB_ADDRESS_BITS);
			break;
		case 'i':
			machine->nr_intids = (intid_t)number(optarg, 32, GIC_MAX_INTID);
			break;
		case 'm':
			machine->image_size = image_size(optarg);
			break;
		case 'e':
			*each = true;
			break;
		case 'h':
			fputs(usage, stdout);
			exit(EXIT_OK);
		default:
			exit(EXIT_USAGE);
		}
	}
}

int main(int argc, char **argv)
{
	struct machine machine = { .pa_bits = CB_ADDRESS_BITS, .nr_intids = GIC_MAX_INTID };
	bool each = false;

	parse_options(argc, argv, &machine, &each);
	if (optind == argc) {
		fputs(usage, stderr);
		return EXIT_USAGE;
	}
	output_json(each ? check_each(argc - optind, argv + optind)
			 : check_files(argc - optind, argv + optind, &machine));
	return EXIT_OK;
}
