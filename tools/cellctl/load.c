// SPDX-License-Identifier: GPL-2.0-only
/*
 * "load" and "start". Everything is read, generated and placed before the cell is
 * touched; then it goes to state loading and its memory is written.
 */
#include "load.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include <libfdt.h>

#include "bootfile.h"
#include "cells.h"
#include "devicetree.h"
#include "dtbcheck.h"
#include "file.h"
#include "foreign.h"
#include "image.h"
#include "livetree.h"
#include "output.h"
#include "plain.h"
#include "progress.h"
#include "report.h"
#include "unpack.h"

#define CHUNK_SIZE     (1u << 20)
#define FILE_LIMIT     (16ull << 30)
#define LIVETREE_LIMIT (16u << 20)
#define UNPACK_LIMIT   (1u << 30)
#define UNPACK_DEPTH   4 /* of wrappings around each other */

/* What a load works with. */
struct load {
	const struct cellctl *ctl;
	const char *image_path;
	uint32_t cell;
	struct file cell_config, system_config;
	struct file image, initrd, dtb;
	struct image kind;
	const struct cb_region *region;
	struct placement place;
	json_t *warnings; /* for programs */
};

static const struct cb_cell_config *cell_config(const struct load *load)
{
	return load->cell_config.data;
}

/* A file that the user named. */
static int read_file(const struct load *load, const char *what, const char *path, struct file *file)
{
	int ret = file_read(path, (size_t)FILE_LIMIT, file);

	if (ret)
		return report(load->ctl, EXIT_FILE, "FILE_UNREADABLE",
			      "check its name and permissions", "the %s \"%s\" cannot be read: %s",
			      what, path, strerror(-ret));
	if (!file->size)
		return report(load->ctl, EXIT_FILE, "FILE_EMPTY", "give another file",
			      "the %s \"%s\" is empty", what, path);
	return EXIT_OK;
}

/* What traps, registers of the interrupt controller for instance, has the bytes in one order only.
 */
static int check_kind(const struct load *load)
{
	struct foreign foreign;

	if (load->kind.big_endian)
		return report(
			load->ctl, EXIT_FILE, "IMAGE_BIG_ENDIAN",
			"give one that was built with CONFIG_CPU_LITTLE_ENDIAN",
			"the image \"%s\" is a big-endian kernel, and cells are little-endian",
			load->image_path);
	if (!load->kind.linux_image &&
	    foreign_recognise(load->image.data, load->image.size, load->image_path, &foreign))
		return report(load->ctl, EXIT_FILE, foreign.code, foreign.remedy,
			      "the image \"%s\" %s", load->image_path, foreign.what);
	return EXIT_OK;
}

static int report_unpack(const struct load *load, enum unpack_result result, const char *what)
{
	if (result == UNPACK_DAMAGED)
		return report(load->ctl, EXIT_FILE, "IMAGE_DAMAGED", "copy or build it again",
			      "the image \"%s\" (%s) is damaged: it ends too early, or its "
			      "checksum is wrong",
			      load->image_path, what);
	if (result == UNPACK_TOO_LARGE)
		return report(load->ctl, EXIT_FILE, "IMAGE_UNPACKED_SIZE",
			      "see that it is a kernel",
			      "the image \"%s\" (%s) is larger than 1 GiB when it is unpacked",
			      load->image_path, what);
	return report(load->ctl, EXIT_FILE, "IMAGE_NO_MEMORY", "free some, or unpack it first",
		      "there is no memory to unpack the image \"%s\" (%s)", load->image_path, what);
}

/* Takes the kernel out of what it comes in. */
static int unpack_image(struct load *load)
{
	for (int depth = 0; depth < UNPACK_DEPTH; depth++) {
		struct file inside;
		const char *what;
		enum unpack_result result = unpack_once(&load->image, UNPACK_LIMIT, &inside, &what);

		if (result == UNPACK_NONE)
			break;
		if (result != UNPACK_DONE)
			return report_unpack(load, result, what);
		file_free(&load->image);
		load->image = inside;
	}
	return EXIT_OK;
}

static int read_files(struct load *load)
{
	int ret = read_file(load, "image", load->image_path, &load->image);

	if (!ret && load->ctl->initrd)
		ret = read_file(load, "initial RAM disk", load->ctl->initrd, &load->initrd);
	if (!ret)
		ret = unpack_image(load);
	if (ret)
		return ret;
	image_recognise(load->image.data, load->image.size, &load->kind);
	return check_kind(load);
}

/* Its configuration and the system's, and the region that the image goes to. */
static int read_configs(struct load *load)
{
	struct cb_error error = {
		.code = CB_ERR_NO_LOADABLE,
		.cell = load->cell,
		.other_cell = CB_NO_CELL,
	};
	int ret = cells_config(load->ctl, load->cell, &load->cell_config);

	if (!ret)
		ret = cells_config(load->ctl, CB_ROOT_CELL, &load->system_config);
	if (ret)
		return ret;
	load->region = image_region(cell_config(load));
	return load->region ? EXIT_OK : report_refusal(load->ctl, &error, -EINVAL);
}

/* ---- The machine's device tree, and its CPUs ---- */

/*
 * The machine's own tree; NULL where there is none that can be trusted. A boot loader leaves room
 * behind it, up to a megabyte, which sysfs hands out by the page: that is left out.
 */
static const void *live_tree(struct file *file)
{
	struct file head;
	uint64_t used;

	*file = (struct file){ 0 };
	if (file_read_start(LIVETREE_PATH, sizeof(struct fdt_header), &head))
		return NULL;
	used = live_used(head.data, head.size);
	file_free(&head);
	if (!used || used > LIVETREE_LIMIT || file_read_start(LIVETREE_PATH, used, file) ||
	    file->size < used)
		return NULL;
	fdt_set_totalsize(file->data, (uint32_t)used);
	return fdt_check_full(file->data, file->size) ? NULL : file->data;
}

/*
 * Cores without pages of 16 KiB (ID_AA64MMFR0_EL1.TGran16 in their reference manuals), by the names
 * of device trees: Linux does not let programs read that register.
 */
static const char *const no_16k[] = { "arm,cortex-a53", "arm,cortex-a57", "arm,cortex-a72" };

static const char *lacks_16k(const void *live, uint64_t mpidr)
{
	int node = live_cpu(live, mpidr);

	for (size_t i = 0; node >= 0 && i < sizeof(no_16k) / sizeof(no_16k[0]); i++)
		if (!fdt_node_check_compatible(live, node, no_16k[i]))
			return no_16k[i];
	return NULL;
}

/* A kernel whose pages its CPU does not have ends before it could say so. */
static int check_pages(const struct load *load)
{
	const struct cb_system_config *system = load->system_config.data;
	const uint64_t *mpidr = cb_config_cpus(system);
	const char *core = NULL;
	const void *live;
	struct file file;

	if (load->kind.page_kib != 16)
		return EXIT_OK;
	live = live_tree(&file);
	for (uint32_t cpu = 0; live && !core && cpu < system->cpus.count; cpu++)
		if (cell_config(load)->cpus >> cpu & 1)
			core = lacks_16k(live, mpidr[cpu]);
	file_free(&file);
	if (!core)
		return EXIT_OK;
	return report(
		load->ctl, EXIT_FILE, "IMAGE_PAGES",
		"give one that was built with CONFIG_ARM64_4K_PAGES",
		"the image \"%s\" is a kernel with pages of 16 KiB, which the cell's CPUs (%s) do "
		"not have",
		load->image_path, core);
}

/* ---- The device tree ---- */

static int report_dtb(const struct load *load, int error)
{
	if (load->ctl->dtb)
		return report(load->ctl, EXIT_FILE, "DTB_INVALID", "compile it again with dtc",
			      "the device tree \"%s\" cannot be used: %s", load->ctl->dtb,
			      fdt_strerror(error));
	return report(load->ctl, EXIT_REFUSED, "DTB_FAILED",
		      "shorten --args, or give a device tree with --dtb",
		      "no device tree could be made for cell \"%s\": %s",
		      cell_config(load)->header.name, fdt_strerror(error));
}

static int generate_dtb(struct load *load)
{
	struct file live;
	struct devicetree_input input = {
		.cell = cell_config(load),
		.system = load->system_config.data,
		.live = live_tree(&live),
		.bootargs = load->ctl->args,
		.initrd = load->initrd.size != 0,
	};
	int ret;

	if (getrandom(&input.kaslr_seed, sizeof(input.kaslr_seed), 0) < 0 ||
	    getrandom(input.rng_seed, sizeof(input.rng_seed), 0) < 0)
		ret = -FDT_ERR_INTERNAL;
	else
		ret = devicetree_build(&input, load->dtb.data, DEVICETREE_ROOM);
	file_free(&live);
	return ret;
}

static int adapt_dtb(struct load *load, size_t room)
{
	struct file file;
	int ret = read_file(load, "device tree", load->ctl->dtb, &file);

	if (ret)
		return ret;
	load->dtb.data = calloc(1, file.size + room);
	ret = load->dtb.data
		      ? devicetree_adapt(file.data, file.size, load->ctl->args,
					 load->initrd.size != 0, load->dtb.data, file.size + room)
		      : -FDT_ERR_NOSPACE;
	file_free(&file);
	if (ret < 0)
		return report_dtb(load, ret);
	load->dtb.size = (size_t)ret;
	return EXIT_OK;
}

static int make_dtb(struct load *load)
{
	size_t room = DEVICETREE_ROOM + (load->ctl->args ? strlen(load->ctl->args) : 0);
	int ret;

	if (load->ctl->dtb)
		return adapt_dtb(load, room);
	load->dtb.data = calloc(1, DEVICETREE_ROOM);
	ret = load->dtb.data ? generate_dtb(load) : -FDT_ERR_NOSPACE;
	if (ret < 0)
		return report_dtb(load, ret);
	load->dtb.size = (size_t)ret;
	return EXIT_OK;
}

static void warn(void *context, const char *sentence)
{
	struct load *load = context;

	if (load->ctl->json) {
		json_array_append_new(load->warnings, json_text(sentence, strlen(sentence)));
		return;
	}
	fprintf(stderr, "cellctl: warning: the device tree \"%s\": ", load->ctl->dtb);
	plain_print(stderr, sentence);
	fputc('\n', stderr);
}

/* Whoever gives a tree may know better: it is loaded all the same. */
static void check_dtb(struct load *load)
{
	struct dtbcheck check = {
		.tree = load->dtb.data,
		.cell = cell_config(load),
		.system = load->system_config.data,
		.say = warn,
		.context = load,
	};

	dtbcheck(&check);
}

/* ---- Placement ---- */

static int report_place(const struct load *load, enum place_result result, uint64_t room)
{
	static const struct {
		const char *code, *what;
	} things[] = {
		[PLACE_IMAGE] = { "IMAGE_TOO_LARGE", "image" },
		[PLACE_DTB] = { "DTB_TOO_LARGE", "device tree" },
		[PLACE_INITRD] = { "INITRD_TOO_LARGE", "initial RAM disk" },
	};
	const uint64_t sizes[] = {
		[PLACE_IMAGE] = load->kind.memory_size,
		[PLACE_DTB] = load->place.dtb_size,
		[PLACE_INITRD] = load->place.initrd_size,
	};
	const struct cb_region *region = load->region;

	return report(load->ctl, EXIT_FILE, things[result].code,
		      "make the region larger in the cell's configuration, or the files smaller",
		      "the %s is larger than its region: it needs %" PRIu64
		      " bytes, and region \"%.15s\" at 0x%" PRIx64 " of %" PRIu64
		      " bytes has %" PRIu64 " left for it",
		      things[result].what, sizes[result], region->name, region->virt, region->size,
		      room);
}

static int place_files(struct load *load)
{
	enum place_result result;
	uint64_t room;
	int ret = 0;

	load->place.initrd_size = load->initrd.size;
	load->place.dtb_size = load->dtb.size;
	result = image_place(&load->kind, load->region, &load->place, &room);
	if (result != PLACE_OK)
		return report_place(load, result, room);
	if (load->initrd.size)
		ret = devicetree_set_initrd(load->dtb.data, load->place.initrd,
					    load->place.initrd + load->initrd.size);
	return ret ? report_dtb(load, ret) : EXIT_OK;
}

/* ---- Writing ---- */

static int write_file(const struct load *load, const struct file *file, uint64_t virt,
		      struct progress *progress)
{
	int ret = EXIT_OK;

	for (size_t done = 0; done < file->size && !ret; done += CHUNK_SIZE) {
		size_t left = file->size - done;
		struct cb_ioc_load arg = {
			.argsz = sizeof(arg),
			.cell = load->cell,
			.virt = virt + done,
			.data = (uintptr_t)file->data + done,
			.size = left < CHUNK_SIZE ? left : CHUNK_SIZE,
		};

		ret = cells_call(load->ctl, CB_IOC_LOAD, load->cell, &arg, &arg.error);
		progress_add(progress, arg.size);
	}
	return ret;
}

static int write_files(const struct load *load)
{
	struct progress progress;
	int ret;

	progress_start(&progress, "loading", load->image.size + load->initrd.size + load->dtb.size);
	ret = write_file(load, &load->image, load->place.image, &progress);
	if (!ret)
		ret = write_file(load, &load->initrd, load->place.initrd, &progress);
	if (!ret)
		ret = write_file(load, &load->dtb, load->place.dtb, &progress);
	progress_end(&progress);
	return ret;
}

static int remember(const struct load *load)
{
	struct boot boot = { .entry = load->place.image, .argument = load->place.dtb };
	struct cb_cell_page page;
	int ret = cells_page(load->ctl, load->cell, &page);

	if (ret)
		return ret;
	ret = bootfile_write(&page, &boot);
	if (ret)
		return report(load->ctl, EXIT_FILE, "BOOT_FILE", "make /run/cellblock writable",
			      "the entry point of cell \"%s\" cannot be kept in /run/cellblock: %s",
			      page.name, strerror(-ret));
	return EXIT_OK;
}

static int write_cell(const struct load *load)
{
	int ret;

	bootfile_remove(cell_config(load)->header.name);
	ret = cells_call_cell(load->ctl, CB_IOC_LOAD_BEGIN, load->cell);
	if (!ret)
		ret = write_files(load);
	if (!ret)
		ret = remember(load);
	return ret;
}

static void print_load(const struct load *load)
{
	const struct placement *place = &load->place;
	json_t *object;

	if (!load->ctl->json)
		return;
	object = json_object();
	json_object_set_new(object, "cell", json_integer(load->cell));
	json_object_set_new(object, "image", json_string(load->kind.linux_image ? "linux" : "raw"));
	json_object_set_new(object, "entry", json_hex(place->image));
	json_object_set_new(object, "dtb", json_hex(place->dtb));
	json_object_set(object, "warnings", load->warnings);
	if (place->initrd_size)
		json_object_set_new(object, "initrd", json_hex(place->initrd));
	output_json_line(object);
}

static void release(struct load *load)
{
	json_decref(load->warnings);
	file_free(&load->cell_config);
	file_free(&load->system_config);
	file_free(&load->image);
	file_free(&load->initrd);
	file_free(&load->dtb);
}

int load_cell(const struct cellctl *ctl, uint32_t cell, const char *image)
{
	struct load load = {
		.ctl = ctl, .cell = cell, .image_path = image, .warnings = json_array()
	};
	int ret = read_files(&load);

	if (!ret)
		ret = read_configs(&load);
	if (!ret)
		ret = check_pages(&load);
	if (!ret)
		ret = make_dtb(&load);
	if (!ret)
		ret = place_files(&load);
	if (!ret && ctl->dtb)
		check_dtb(&load);
	if (!ret)
		ret = write_cell(&load);
	if (!ret)
		print_load(&load);
	release(&load);
	return ret;
}

/* What the hypervisor would say, where its own answer needs an entry point. */
static int report_not_loaded(const struct cellctl *ctl, const struct cb_cell_page *page)
{
	const struct cb_error error = {
		.code = CB_ERR_CELL_STATE,
		.cell = page->id,
		.other_cell = CB_NO_CELL,
		.state = page->state,
		.states = 1u << CB_CELL_LOADING,
	};

	if (page->id == CB_ROOT_CELL)
		return report(ctl, EXIT_REFUSED, "CB_ERR_CELL_ROOT", "name another cell",
			      "the root cell cannot be started: it runs");
	if (page->state != CB_CELL_LOADING)
		return report_refusal(ctl, &error, -EBUSY);
	return report(ctl, EXIT_REFUSED, "NOT_LOADED", "load it with \"cellctl load\"",
		      "cell \"%s\" holds no complete image", page->name);
}

int start_cell(const struct cellctl *ctl, uint32_t cell)
{
	struct cb_ioc_start arg = { .argsz = sizeof(arg), .cell = cell };
	struct cb_cell_page page;
	struct boot boot;
	int ret = cells_page(ctl, cell, &page);

	if (ret)
		return ret;
	if (page.state != CB_CELL_LOADING || !bootfile_read(&page, &boot))
		return report_not_loaded(ctl, &page);
	arg.entry = boot.entry;
	arg.argument = boot.argument;
	ret = cells_call(ctl, CB_IOC_START, cell, &arg, &arg.error);
	if (!ret)
		bootfile_remove(page.name);
	return ret;
}

int cmd_load(struct cellctl *ctl)
{
	struct cb_cell_page page = { 0 };
	int ret = cells_connect(ctl);

	if (!ret)
		ret = cells_find(ctl, ctl->operands[0], &page);
	if (!ret && page.id == CB_ROOT_CELL)
		ret = report(ctl, EXIT_REFUSED, "CB_ERR_CELL_ROOT", "name another cell",
			     "the root cell cannot be loaded: it runs");
	return ret ? ret : load_cell(ctl, page.id, ctl->operands[1]);
}

int cmd_start(struct cellctl *ctl)
{
	struct cb_cell_page page = { 0 };
	int ret = cells_connect(ctl);

	if (!ret)
		ret = cells_find(ctl, ctl->operands[0], &page);
	if (!ret)
		ret = start_cell(ctl, page.id);
	if (!ret && ctl->json)
		output_json(json_pack("{s:I}", "cell", (json_int_t)page.id));
	return ret;
}
