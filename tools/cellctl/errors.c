// SPDX-License-Identifier: GPL-2.0-only
/*
 * Refusals in words (sentences.c). A template holds {words} that stand for fields of the record;
 * the table here says what each of them prints.
 */
#include "errors.h"

#include <inttypes.h>
#include <string.h>

#include <cellblock/public.h>

#include "cellctl.h"
#include "names.h"
#include "sentences.h"
#include "text.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* A record and what is known besides. */
struct view {
	const struct cb_error *error;
	const struct error_context *context;
};

static void say_file(struct text *text, const struct view *view)
{
	if (view->context->file)
		text_add(text, "%s", view->context->file);
	else
		text_add(text, "the configuration");
}

static void add_cell(struct text *text, const struct view *view, uint32_t cell)
{
	if (cell == CB_ROOT_CELL)
		text_add(text, "the root cell");
	else if (cell < CB_MAX_CELLS && view->context->cells && view->context->cells[cell][0])
		text_add(text, "cell \"%.31s\"", view->context->cells[cell]);
	else if (cell != CB_NO_CELL)
		text_add(text, "cell %u", cell);
	else
		text_add(text, "the cell");
}

static void say_cell(struct text *text, const struct view *view)
{
	add_cell(text, view, view->error->cell);
}

/* Whose configuration is refused: the board's, or that of a cell. */
static void say_who(struct text *text, const struct view *view)
{
	const struct cb_cell_config *config = view->context->config;

	if (!config)
		say_cell(text, view);
	else
		text_add(text, "%s \"%.31s\"",
			 config->header.kind == CB_CONFIG_SYSTEM ? "board" : "cell",
			 config->header.name);
}

static void say_other(struct text *text, const struct view *view)
{
	if (view->error->other_cell != CB_NO_CELL)
		add_cell(text, view, view->error->other_cell);
	else
		text_add(text, "another cell");
}

/* As an operand of cellctl: a name where there is one, else the number. */
static void say_other_name(struct text *text, const struct view *view)
{
	uint32_t cell = view->error->other_cell;

	if (view->error->name[0])
		text_add(text, "%.31s", view->error->name);
	else if (cell < CB_MAX_CELLS && view->context->cells && view->context->cells[cell][0])
		text_add(text, "%.31s", view->context->cells[cell]);
	else
		text_add(text, "%u", cell);
}

/* The cell that was asked for. */
static void say_asked(struct text *text, const struct view *view)
{
	if (view->error->name[0])
		text_add(text, "cell \"%.31s\"", view->error->name);
	else
		text_add(text, "cell %u", view->error->cell);
}

/* The region that the record speaks of, if its configuration is at hand. */
static const struct cb_region *find_region(const struct view *view)
{
	const struct cb_cell_config *config = view->context->config;
	const struct cb_region *region;

	if (!config || view->error->index >= config->regions.count)
		return NULL;
	region = &cb_config_regions(config)[view->error->index];
	return region->phys == view->error->address || region->virt == view->error->address ? region
											    : NULL;
}

static void say_region(struct text *text, const struct view *view)
{
	const struct cb_region *region = find_region(view);

	if (region && region->name[0])
		text_add(text, "region %u (\"%.15s\") ", view->error->index, region->name);
	else if (region || !view->context->config)
		text_add(text, "region %u ", view->error->index);
	else
		text_add(text, "the range "); /* hypervisor or console of a system configuration */
	if (view->error->size && view->error->address + view->error->size > view->error->address)
		text_add_range(text, view->error->address, view->error->size);
	else
		text_add(text, "at 0x%" PRIx64, view->error->address);
}

/* Whose name: that of the configuration, or of a region. */
static void say_of_region(struct text *text, const struct view *view)
{
	if (view->error->size)
		text_add(text, " of region %u", view->error->index);
}

static void say_range(struct text *text, const struct view *view)
{
	text_add_range(text, view->error->address, view->error->size);
}

static void say_other_range(struct text *text, const struct view *view)
{
	text_add_range(text, view->error->other_address, view->error->other_size);
}

/* Fields that are printed as they are: say_FIELD(), or say_hex_FIELD(). */
#define DECIMAL(field)                                                      \
	static void say_##field(struct text *text, const struct view *view) \
	{                                                                   \
		text_add(text, "%" PRIu64, (uint64_t)view->error->field);   \
	}
#define HEX(field)                                                              \
	static void say_hex_##field(struct text *text, const struct view *view) \
	{                                                                       \
		text_add(text, "0x%" PRIx64, (uint64_t)view->error->field);     \
	}

HEX(address)
HEX(other_address)
HEX(found)
HEX(expected)
DECIMAL(found)
DECIMAL(expected)
DECIMAL(offset)
DECIMAL(count)
DECIMAL(alignment)
DECIMAL(intid)
DECIMAL(limit)
DECIMAL(needed)
DECIMAL(available)
HEX(flags)
HEX(mpidr)
HEX(function)
HEX(value)
HEX(found_there)

/* Without a device tree the driver knows of none. */
static void say_gic(struct text *text, const struct view *view)
{
	if (view->error->found)
		text_add(text, "a GICv%" PRIu64, view->error->found);
	else
		text_add(text, "no GICv2 or GICv3 in a device tree (with ACPI it has no tree)");
}

static void say_bytes(struct text *text, const struct view *view)
{
	text_add_size(text, view->error->size);
}

static void say_other_bytes(struct text *text, const struct view *view)
{
	text_add_size(text, view->error->other_size);
}

DECIMAL(size)
DECIMAL(index)
DECIMAL(code)

static void say_name(struct text *text, const struct view *view)
{
	if (view->error->name[0])
		text_add(text, "\"%.31s\"", view->error->name);
	else
		text_add(text, "(no name)");
}

/* Which call of Linux failed. */
static void say_what(struct text *text, const struct view *view)
{
	if (view->error->name[0])
		text_add(text, " (%.31s)", view->error->name);
}

static void say_errno(struct text *text, const struct view *view)
{
	int64_t number = (int64_t)view->error->linux_error;

	text_add(text, "%s", strerror((int)(number < 0 ? -number : number)));
}

/* Of the module. */
static void say_version(struct text *text, const struct view *view)
{
	if (view->error->name[0])
		text_add(text, " (%.31s)", view->error->name);
}

static void say_bits(struct text *text, const struct view *view)
{
	if (view->error->bits)
		text_add(text, " of %" PRIu64 " bits", view->error->bits);
}

static void say_last(struct text *text, const struct view *view)
{
	uint64_t last = view->error->limit;

	text_add(text, " to %" PRIu64, last ? last : 1019);
}

static void say_other_flags(struct text *text, const struct view *view)
{
	text_add_region_flags(text, (uint32_t)view->error->other_flags);
}

static void say_needed_flags(struct text *text, const struct view *view)
{
	text_add_region_flags(text, (uint32_t)view->error->needed_flags);
}

static void say_state(struct text *text, const struct view *view)
{
	text_add(text, "%s", name_cell_state(view->error->state));
}

static void say_states(struct text *text, const struct view *view)
{
	text_add_states(text, view->error->states);
}

/* How a cell gets into the first of the states it needs. */
static void say_next(struct text *text, const struct view *view)
{
	uint64_t states = view->error->states;

	if (view->error->state == CB_CELL_CREATED && states & (1u << CB_CELL_RUNNING))
		text_add(text, "nothing of it runs, so there is nothing to stop");
	else if (states & (1u << CB_CELL_STOPPED))
		text_add(text, "stop it first with \"cellctl stop\"");
	else if (states & (1u << CB_CELL_LOADING))
		text_add(text, "%sload it first with \"cellctl load\"",
			 view->error->state == CB_CELL_RUNNING ? "stop it and " : "");
	else if (states & (1u << CB_CELL_RUNNING))
		text_add(text, "start it first with \"cellctl start\"");
	else
		text_add(text, "see \"cellctl list\"");
}

/* Linux may number otherwise than the configuration: without its number there is no command. */
static void add_online(struct text *text, const struct view *view, int value)
{
	if (view->context->has_linux_cpu)
		text_add(text, ": echo %d > /sys/devices/system/cpu/cpu%d/online", value,
			 view->context->linux_cpu);
	else
		text_add(text, ": echo %d > /sys/devices/system/cpu/cpuN/online, N as Linux counts",
			 value);
}

static void say_online(struct text *text, const struct view *view)
{
	add_online(text, view, 1);
}

static void say_offline(struct text *text, const struct view *view)
{
	add_online(text, view, 0);
}

static void say_unbind(struct text *text, const struct view *view)
{
	if (view->context->unbind)
		text_add(text, "unbind it first: %s", view->context->unbind);
	else
		text_add(text, "unbind that driver first, disable the device in the device "
			       "tree of Linux, or take the region out of the configuration");
}

static void say_frame(struct text *text, const struct view *view)
{
	text_add(text, "%s", name_gic_frame(view->error->index));
}

static void say_array(struct text *text, const struct view *view)
{
	text_add(text, "%s", name_config_array(view->error->index));
}

static void say_kind(struct text *text, const struct view *view)
{
	text_add(text, "\"%s\"", name_config_kind(view->error->found));
}

static void say_other_kind(struct text *text, const struct view *view)
{
	text_add(text, "%s", name_config_kind(view->error->expected));
}

static void say_arch(struct text *text, const struct view *view)
{
	text_add(text, "%s", name_arch(view->error->found));
}

static void say_other_arch(struct text *text, const struct view *view)
{
	text_add(text, "%s", name_arch(view->error->expected));
}

static const struct word {
	const char *name;
	void (*say)(struct text *text, const struct view *view);
} words[] = {
	{ "file", say_file },
	{ "who", say_who },
	{ "cell", say_cell },
	{ "other", say_other },
	{ "othername", say_other_name },
	{ "asked", say_asked },
	{ "region", say_region },
	{ "ofregion", say_of_region },
	{ "range", say_range },
	{ "orange", say_other_range },
	{ "addr", say_hex_address },
	{ "oaddr", say_hex_other_address },
	{ "size", say_bytes },
	{ "osize", say_other_bytes },
	{ "dsize", say_size },
	{ "found", say_found },
	{ "expected", say_expected },
	{ "xfound", say_hex_found },
	{ "xexpected", say_hex_expected },
	{ "xthere", say_hex_found_there },
	{ "argument", say_hex_value },
	{ "offset", say_offset },
	{ "count", say_count },
	{ "alignment", say_alignment },
	{ "intid", say_intid },
	{ "limit", say_limit },
	{ "needed", say_needed },
	{ "available", say_available },
	{ "flags", say_hex_flags },
	{ "mpidr", say_hex_mpidr },
	{ "function", say_hex_function },
	{ "index", say_index },
	{ "code", say_code },
	{ "name", say_name },
	{ "what", say_what },
	{ "errno", say_errno },
	{ "version", say_version },
	{ "bits", say_bits },
	{ "last", say_last },
	{ "oflags", say_other_flags },
	{ "nflags", say_needed_flags },
	{ "state", say_state },
	{ "states", say_states },
	{ "next", say_next },
	{ "unbind", say_unbind },
	{ "online1", say_online },
	{ "online0", say_offline },
	{ "frame", say_frame },
	{ "gic", say_gic },
	{ "array", say_array },
	{ "kind", say_kind },
	{ "okind", say_other_kind },
	{ "arch", say_arch },
	{ "oarch", say_other_arch },
};

static void say_word(struct text *text, const struct view *view, const char *name, size_t length)
{
	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		if (strlen(words[i].name) == length && !memcmp(words[i].name, name, length)) {
			words[i].say(text, view);
			return;
		}
	}
	text_add(text, "{%.*s}", (int)length, name);
}

static void expand(struct text *text, const struct view *view, const char *template)
{
	const char *open, *close;

	while ((open = strchr(template, '{')) && (close = strchr(open, '}'))) {
		text_add(text, "%.*s", (int)(open - template), template);
		say_word(text, view, open + 1, (size_t)(close - open - 1));
		template = close + 1;
	}
	text_add(text, "%s", template);
}

void error_describe(const struct cb_error *error, const struct error_context *context,
		    struct refusal *refusal)
{
	const struct sentence *sentence = find_sentence(error->code);
	bool of_file = context->file_check && sentence->of_file.message;
	const struct saying *say = of_file ? &sentence->of_file : &sentence->usual;
	struct view view = { error, context };
	struct text text;

	refusal->code = sentence->name;
	refusal->exit = context->file_check ? EXIT_FILE : sentence->exit;
	text_init(&text, refusal->message, sizeof(refusal->message));
	expand(&text, &view, say->message);
	text_init(&text, refusal->remedy, sizeof(refusal->remedy));
	expand(&text, &view, say->remedy);
}
