// SPDX-License-Identifier: GPL-2.0-only
/*
 * The sentences. A template holds {words} that stand for fields of the record; the
 * second table says what each of them prints.
 */
#include "errors.h"

#include <inttypes.h>
#include <string.h>

#include <cellblock/public.h>

#include "cellctl.h"
#include "names.h"
#include "text.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

struct sentence {
	uint32_t code;
	const char *name;
	int exit;
	const char *message;
	const char *remedy;
};

#define SAY(code, exit, message, remedy)           \
	{                                          \
		code, #code, exit, message, remedy \
	}

#define REBUILD	     "build it again with \"cellctl config build\""
#define OTHER_REGION "give the cell another region"
#define FIX_SYSTEM   "correct the system configuration"
/* These three requests mean the same in every version (ioctl.h). */
#define OTHER_VERSION                                                                            \
	"cells go on, and \"cellctl stop\", \"destroy\" and \"disable\" work with any version: " \
	"then load the module that belongs to this cellctl (modprobe -r cellblock; modprobe "    \
	"cellblock)"
#define REINSTALL  "install the image, the module and cellctl of one Cellblock version"

#define NOT_LOCKED "or boot without lockdown (lockdown=; Secure Boot brings it, too)"
#define KEEP_MEMORY                                                                              \
	"keep it by a node cellblock@ADDRESS of /reserved-memory (no-map) or, without UEFI, by " \
	"mem=, " NOT_LOCKED

static const struct sentence sentences[] = {
	SAY(CB_ERR_CONFIG_TRUNCATED, EXIT_FILE,
	    "{file} is truncated: it holds {size} and needs {osize}", REBUILD),
	SAY(CB_ERR_CONFIG_SIGNATURE, EXIT_FILE, "{file} is no Cellblock configuration",
	    "give a .cell file that \"cellctl config build\" made"),
	SAY(CB_ERR_CONFIG_REVISION, EXIT_FILE,
	    "{file} has configuration revision {value}, and revision {ovalue} is supported",
	    "build it again with \"cellctl config build\" of this Cellblock version"),
	SAY(CB_ERR_CONFIG_ARCH, EXIT_FILE,
	    "{file} is for architecture {arch}, and this machine is {oarch}",
	    "give a configuration for {oarch}"),
	SAY(CB_ERR_CONFIG_KIND, EXIT_FILE,
	    "{file} is a configuration of kind {kind}, and a {okind} configuration is needed",
	    "\"enable\" takes a system configuration, \"create\" and \"run\" a cell configuration"),
	SAY(CB_ERR_CONFIG_SIZE, EXIT_FILE, "{file} has {osize}, and its header says {size}",
	    REBUILD),
	SAY(CB_ERR_CONFIG_CHECKSUM, EXIT_FILE,
	    "{file} is damaged: its checksum is {addr}, and its header says {oaddr}", REBUILD),
	SAY(CB_ERR_CONFIG_ARRAY, EXIT_FILE,
	    "{file}: the array of {array} ({dsize} elements at offset {value}) is not inside the "
	    "file, "
	    "not aligned, or of the wrong length",
	    REBUILD),
	SAY(CB_ERR_CONFIG_FLAGS, EXIT_FILE,
	    "{file}: flags {addr} are unknown, contradict each other or are not for this kind of "
	    "cell",
	    "correct the flags; those that there are stand in <cellblock/board.h>"),
	SAY(CB_ERR_CONFIG_NAME_EMPTY, EXIT_FILE, "{file}: the name is empty", "give it a name"),
	SAY(CB_ERR_CONFIG_NAME_LONG, EXIT_FILE,
	    "{file}: the name{ofregion} is too long or holds a character that is not in "
	    "[A-Za-z0-9._-]",
	    "give it a shorter or simpler name"),
	SAY(CB_ERR_CONFIG_TOO_LARGE, EXIT_FILE, "{file} has {size}, and the limit is {osize}",
	    "list fewer regions, or join neighbouring ones"),

	SAY(CB_ERR_REGION_EMPTY, EXIT_REFUSED, "{who}: {region} is empty",
	    "give it a size, or take it out of the configuration"),
	SAY(CB_ERR_REGION_UNALIGNED, EXIT_REFUSED,
	    "{who}: {region} is not aligned to {ovalue} bytes (address or size)",
	    "align its addresses and its size"),
	SAY(CB_ERR_REGION_WRAPS, EXIT_REFUSED,
	    "{who}: {region} of {dsize} bytes wraps around or lies beyond the address width{bits}",
	    "correct its address or its size"),
	SAY(CB_ERR_REGION_FLAGS, EXIT_REFUSED,
	    "{who}: {region} has flags that contradict each other: {oflags}",
	    "correct the flags; those that there are stand in <cellblock/board.h>"),
	SAY(CB_ERR_REGION_SELF_OVERLAP, EXIT_REFUSED,
	    "{who}: {region} overlaps another region of the same configuration, {orange}",
	    "move or shorten one of them"),
	SAY(CB_ERR_REGION_HYPERVISOR, EXIT_REFUSED,
	    "{who}: {region} overlaps the hypervisor at {orange}", OTHER_REGION),
	SAY(CB_ERR_REGION_GIC, EXIT_REFUSED,
	    "{who}: {region} overlaps a frame of the interrupt controller at {orange}",
	    "take it out of the configuration, the hypervisor gives every cell its GIC"),
	SAY(CB_ERR_REGION_NOT_ROOTS, EXIT_REFUSED,
	    "{who}: {region} is not the root cell's to give: it does not have {oaddr}",
	    "list it in the system configuration, or give the cell another region"),
	SAY(CB_ERR_REGION_OTHER_CELL, EXIT_REFUSED, "{who}: {region} overlaps {orange} of {other}",
	    "give the cell another region, destroy the other cell, or mark both as shared"),
	SAY(CB_ERR_REGION_PERMISSION, EXIT_REFUSED,
	    "{who}: {region} asks for more than the root cell has there ({oflags})",
	    "ask for less, or widen it in the system configuration"),
	SAY(CB_ERR_REGION_IN_USE, EXIT_REFUSED, "{who}: {region} is in use by Linux driver {name}",
	    "{unbind}"),
	SAY(CB_ERR_REGION_SYSTEM_RAM, EXIT_REFUSED,
	    "{who}: {region} is System RAM of Linux ({orange})",
	    "reserve it when Linux boots (mem= or /reserved-memory), or give the cell reserved "
	    "memory"),
	SAY(CB_ERR_REGION_NO_MEMORY, EXIT_REFUSED,
	    "{who}: {region} is not all memory: this machine has none at {oaddr}",
	    "give it an address where there is memory; an SRAM needs a node \"mmio-sram\" in the "
	    "device tree of Linux"),
	SAY(CB_ERR_REGION_FIRMWARE, EXIT_REFUSED,
	    "{who}: {region} overlaps {orange}, which UEFI's runtime services need",
	    "give it other memory"),

	SAY(CB_ERR_IRQ_RANGE, EXIT_REFUSED,
	    "{who}: interrupt range {index} ({dsize} from {value}) is not within the SPIs 32{last}",
	    "give INTIDs of SPIs: device tree number plus 32"),
	SAY(CB_ERR_IRQ_NOT_ROOTS, EXIT_REFUSED,
	    "{who}: interrupt {value} (range {index}) is not the root cell's to give",
	    "list it in the system configuration, or take it out of the cell's"),
	SAY(CB_ERR_IRQ_OTHER_CELL, EXIT_REFUSED,
	    "{who}: interrupt {value} (range {index}) belongs to {other}",
	    "take it out of the configuration, or destroy the other cell"),
	SAY(CB_ERR_IRQ_IN_USE, EXIT_REFUSED,
	    "{who}: interrupt {value} (range {index}) is in use by Linux driver {name}",
	    "unbind that driver first (see /proc/interrupts), or take the interrupt out of the "
	    "configuration"),
	SAY(CB_ERR_IRQ_DUPLICATE, EXIT_REFUSED,
	    "{who}: interrupt {value} (range {index}) is listed twice", "list it once"),

	SAY(CB_ERR_CPU_NONE, EXIT_REFUSED, "{who} has no CPU", "give it at least one"),
	SAY(CB_ERR_CPU_UNKNOWN, EXIT_REFUSED,
	    "{who}: there is no CPU {index} in the system configuration",
	    "give it a CPU that \"cellctl show root\" lists"),
	SAY(CB_ERR_CPU_NOT_ROOTS, EXIT_REFUSED, "{who}: CPU {index} belongs to {other}",
	    "give it another CPU, or destroy the other cell"),
	SAY(CB_ERR_CPU_LAST, EXIT_REFUSED,
	    "{who}: CPU {index} is the last one that the root cell has",
	    "leave the root cell at least one CPU"),
	SAY(CB_ERR_CPU_ONLINE, EXIT_REFUSED, "{who}: Linux still runs on CPU {index}",
	    "take it offline{online0}"),
	SAY(CB_ERR_CPU_NOT_ONLINE, EXIT_REFUSED, "{who}: Linux does not run on CPU {index}",
	    "bring it online{online1}"),
	SAY(CB_ERR_CPU_OFFLINE_FAILED, EXIT_REFUSED,
	    "{who}: Linux could not take CPU {index} offline: {errno}",
	    "see dmesg; an interrupt or a task may be bound to it"),
	SAY(CB_ERR_CPU_COUNT, EXIT_REFUSED, "Linux has {value} CPUs, and {who} has {ovalue}",
	    "use the configuration of this machine, bring all CPUs online, or correct its CPUs"),
	SAY(CB_ERR_CPU_MPIDR, EXIT_REFUSED,
	    "a CPU of this machine has MPIDR {addr}, which {who} does not list",
	    "use the configuration of this machine, or correct its CPUs"),
	SAY(CB_ERR_CPU_DUPLICATE, EXIT_REFUSED, "{who}: two CPUs have MPIDR {addr}",
	    "list each CPU once"),
	SAY(CB_ERR_CPU_NO_ANSWER, EXIT_REFUSED, "CPU {index} did not enter the hypervisor in time",
	    "try again; an inmate that does nothing but fault in its own stage 1 cannot be "
	    "stopped: "
	    "reset the machine to get its CPU back"),
	SAY(CB_ERR_CPU_MISMATCH, EXIT_REFUSED,
	    "CPU {index} differs from the first CPU: its ID register reads {addr}, the first's "
	    "{oaddr}",
	    "leave regions at high addresses out of the system configuration, or use CPUs that are "
	    "alike"),
	SAY(CB_ERR_CPU_RELEASE, EXIT_REFUSED,
	    "{who}: Linux' device tree has release address {addr} for CPU {index}, and not {oaddr}",
	    "correct .spin_table of the configuration; 0x0 is none: the firmware starts that "
	    "CPU in another way, by PSCI for instance"),
	SAY(CB_ERR_CPU_TAKEN, EXIT_REFUSED,
	    "{who}: CPU {index} does not wait in its spin table: {oaddr} is at {addr}",
	    "boot Linux with nr_cpus= so that it leaves this CPU there; if it was so, the CPU did "
	    "not come back: reset the machine"),
	SAY(CB_ERR_CPU_UNLISTED, EXIT_REFUSED,
	    "{who}: the CPU with MPIDR {addr} waits in a spin table at {oaddr} and is not listed: "
	    "who writes there would have a CPU at EL2",
	    "list it in .cpus and .spin_table of the configuration, or let Linux have it "
	    "(nr_cpus=)"),

	SAY(CB_ERR_CELL_UNKNOWN, EXIT_REFUSED, "there is no {asked}",
	    "\"cellctl list\" shows those there are"),
	SAY(CB_ERR_CELL_NAME_TAKEN, EXIT_REFUSED, "the name {name} is taken by {other}",
	    "choose another name, or destroy that cell"),
	SAY(CB_ERR_CELL_STATE, EXIT_REFUSED, "{cell} is {state}, and must be {states}", "{next}"),
	SAY(CB_ERR_CELL_ROOT, EXIT_REFUSED, "this cannot be done to the root cell",
	    "name another cell, or use \"cellctl disable\""),
	SAY(CB_ERR_CELL_LIMIT, EXIT_REFUSED, "there are {ovalue} cells, and no more can be",
	    "destroy one that is not needed"),
	SAY(CB_ERR_CELLS_EXIST, EXIT_REFUSED, "{other} still exists",
	    "destroy all cells first: cellctl destroy {othername}"),
	SAY(CB_ERR_BUSY, EXIT_REFUSED, "the hypervisor is still busy with {cell}", "try again"),
	SAY(CB_ERR_NO_MEMORY, EXIT_REFUSED,
	    "the hypervisor needs {value} pages of memory, and {ovalue} are free",
	    "destroy a cell, or make the hypervisor's region larger in the system configuration"),
	SAY(CB_ERR_ENTRY, EXIT_REFUSED,
	    "{cell}: entry point or argument {addr} is not in executable RAM of the cell",
	    "load the cell with \"cellctl load\""),
	SAY(CB_ERR_NOT_LOADABLE, EXIT_REFUSED, "{cell}: {range} is not in a loadable region",
	    "give the region the flag LOADABLE in the configuration"),
	SAY(CB_ERR_NO_LOADABLE, EXIT_REFUSED,
	    "{cell} has no region that is loadable and executable",
	    "give one the flags RAM | LOADABLE in its configuration"),
	SAY(CB_ERR_BUFFER, EXIT_REFUSED, "{range} is not RAM of the caller",
	    "report this: cellctl never asks so"),
	SAY(CB_ERR_LPI, EXIT_REFUSED, "{who}: the GIC cannot turn off the LPIs of CPU {index}",
	    "accept it in the configuration (.flags = ACCEPT_LPIS), or give the cell another CPU"),
	SAY(CB_ERR_ARGUMENT, EXIT_REFUSED, "the argument {addr} is unknown or must be zero",
	    REINSTALL),
	SAY(CB_ERR_CELL_MEMORY, EXIT_REFUSED,
	    "{cell} cannot be destroyed: {region} did not answer when it was to be cleared",
	    "see that there is memory and that it has power, then destroy the cell again; if there "
	    "is none, reset the machine and correct both configurations"),

	SAY(CB_ERR_ALREADY_ENABLED, EXIT_REFUSED, "the hypervisor is already enabled",
	    "to use another system configuration, run \"cellctl disable\" first"),
	SAY(CB_ERR_NOT_ENABLED, EXIT_NOT_ENABLED, "the hypervisor is not enabled",
	    "run \"cellctl enable FILE\" with this machine's system configuration"),
	SAY(CB_ERR_KERNEL_AT_EL2, EXIT_REFUSED, "Linux runs at EL2 itself (VHE)",
	    "boot it with kvm-arm.mode=nvhe; a CPU with VHE may also need id_aa64mmfr1.vh=0"),
	SAY(CB_ERR_NO_EL2, EXIT_REFUSED, "Linux was not booted at EL2, or the CPU has no EL2",
	    "let the firmware start Linux at EL2 (QEMU: -machine virtualization=on)"),
	SAY(CB_ERR_EL2_IN_USE, EXIT_REFUSED,
	    "EL2 is in use: a virtual machine runs, or another hypervisor",
	    "stop it first; where KVM holds EL2 from boot on, boot with kvm.enable_virt_at_load=0 "
	    "(Linux 6.12 or later) and without kvm-arm.mode=protected"),
	SAY(CB_ERR_IMAGE_MISSING, EXIT_FILE,
	    "the hypervisor image {name} cannot be loaded: {errno}",
	    "install it below /lib/firmware"),
	SAY(CB_ERR_IMAGE_TRUNCATED, EXIT_FILE,
	    "the hypervisor image is truncated: it holds {size} and needs {osize}",
	    "install it again"),
	SAY(CB_ERR_IMAGE_SIGNATURE, EXIT_FILE, "the hypervisor image is no Cellblock image",
	    "install it again"),
	SAY(CB_ERR_IMAGE_ABI, EXIT_FILE,
	    "the hypervisor image has ABI version {value}, and the module has {ovalue}", REINSTALL),
	SAY(CB_ERR_IMAGE_ARCH, EXIT_FILE, "the hypervisor image is for another architecture",
	    "install the one for this machine"),
	SAY(CB_ERR_HV_UNALIGNED, EXIT_REFUSED,
	    "{who}: the hypervisor's region {range} is not aligned to {ovalue} bytes", FIX_SYSTEM),
	SAY(CB_ERR_HV_TOO_SMALL, EXIT_REFUSED,
	    "{who}: the hypervisor's region of {size} is too small: {osize} are needed",
	    "make it larger in the system configuration, and reserve as much"),
	SAY(CB_ERR_HV_SYSTEM_RAM, EXIT_REFUSED,
	    "{who}: the hypervisor's region {range} is not reserved: Linux uses {orange} as System "
	    "RAM",
	    "reserve it when Linux boots, with mem= or a /reserved-memory node (no-map)"),
	SAY(CB_ERR_GIC_VERSION, EXIT_REFUSED,
	    "this machine has {gic}, and {who} is for a GICv{ovalue}",
	    "use the configuration for this machine's GIC, and boot it with a device tree, not "
	    "with "
	    "ACPI"),
	SAY(CB_ERR_GIC_ADDRESS, EXIT_REFUSED,
	    "Linux finds the {frame} at {addr}, and {who} has it at {oaddr}", FIX_SYSTEM),
	SAY(CB_ERR_GIC_MISSING, EXIT_REFUSED,
	    "{who}: the GIC frame at {addr} does not answer or has nothing for CPU {index}",
	    FIX_SYSTEM),
	SAY(CB_ERR_CPU_FEATURE, EXIT_REFUSED,
	    "CPU {index} lacks a feature that the hypervisor needs (its ID register reads {addr})",
	    "use a machine whose CPUs have it; \"cellctl hardware check\" names them"),
	SAY(CB_ERR_NOT_ROOT_USER, EXIT_NOT_ROOT, "this needs CAP_SYS_ADMIN", "run cellctl as root"),
	SAY(CB_ERR_HOST_MEMORY, EXIT_REFUSED, "Linux has no memory left for it",
	    "free some, and try again"),
	SAY(CB_ERR_HOST_FAULT, EXIT_REFUSED, "the driver could not read or write memory of cellctl",
	    REINSTALL),
	SAY(CB_ERR_LINUX_ERRNO, EXIT_REFUSED, "Linux refused{what}: {errno}", "see dmesg"),
	SAY(CB_ERR_NOT_PERMITTED, EXIT_REFUSED, "only the root cell may do this",
	    "run cellctl in the Linux that enabled the hypervisor"),
	SAY(CB_ERR_SHUTTING_DOWN, EXIT_REFUSED, "Linux is shutting down",
	    "try again after the reboot"),
	SAY(CB_ERR_MEMORY_UNLISTED, EXIT_REFUSED,
	    "Linux uses {range} ({name}), and {who} has no region at {oaddr}",
	    "list all of Linux' memory as RAM in the board's regions, or keep it from Linux with "
	    "mem=, or UEFI's runtime services with efi=noruntime"),
	SAY(CB_ERR_MEMORY_RIGHTS, EXIT_REFUSED,
	    "Linux uses {range} ({name}), and {who} has it in region {index} with {oflags}",
	    "give that region the rights {needed}"),

	SAY(CB_ERR_REQUEST_UNKNOWN, EXIT_REFUSED,
	    "the module that is loaded{version} is older than this cellctl, and does not know "
	    "request {index}",
	    OTHER_VERSION),
	SAY(CB_ERR_REQUEST_SIZE, EXIT_REFUSED,
	    "the module that is loaded is of another version than this cellctl: of {size} "
	    "of the request it knows {osize}",
	    OTHER_VERSION),
	SAY(CB_ERR_REQUEST_FLAGS, EXIT_REFUSED,
	    "the module that is loaded is older than this cellctl, and does not know the flags "
	    "{addr}",
	    OTHER_VERSION),

	SAY(CB_ERR_LOCKED_IMAGE, EXIT_FILE,
	    "Linux is locked down, and the hypervisor's image is not the one that the module was "
	    "built with",
	    "install the image and the module of one package, " NOT_LOCKED),
	SAY(CB_ERR_LOCKED_HYPERVISOR, EXIT_REFUSED,
	    "{who}: Linux is locked down, and the hypervisor's region {range} was not kept for it "
	    "at boot",
	    KEEP_MEMORY),
	SAY(CB_ERR_LOCKED_REGION, EXIT_REFUSED,
	    "{who}: Linux is locked down, and the memory of {region} was not kept for cells at "
	    "boot",
	    KEEP_MEMORY),
	SAY(CB_ERR_LOCKED_DEVICE, EXIT_REFUSED,
	    "{who}: Linux is locked down, and {region} is not a device of which it is known that "
	    "it never accesses memory by itself ({name})",
	    "give the cell a plain UART or timer, " NOT_LOCKED),
	SAY(CB_ERR_LOCKED_SMC, EXIT_REFUSED,
	    "{who}: Linux is locked down, and the cell may call the firmware (function {addr})",
	    "take the SMCs out of its configuration, " NOT_LOCKED),
	SAY(CB_ERR_LOCKED_CONSOLE, EXIT_REFUSED,
	    "{who}: Linux is locked down, and the hypervisor's console at {addr} is no UART of its "
	    "device tree",
	    FIX_SYSTEM),

	SAY(CB_ERR_GIC_UNKNOWN, EXIT_REFUSED,
	    "Linux runs on no device tree with an interrupt controller that is known",
	    "boot it with this machine's device tree; where firmware offers ACPI as well: "
	    "acpi=off"),
};

/* Where the check of a file by itself means something else by the same code. */
static const struct sentence file_sentences[] = {
	SAY(CB_ERR_CONFIG_TOO_LARGE, EXIT_FILE,
	    "{file}: the file or the hypervisor's region has {size}, and the limit is {osize}",
	    "make it smaller"),
	SAY(CB_ERR_CPU_UNKNOWN, EXIT_FILE,
	    "{file}: CPU {index} is in the root cell's set or in the list of CPUs, but not in both",
	    FIX_SYSTEM),
	SAY(CB_ERR_CPU_RELEASE, EXIT_FILE,
	    "{file}: the release address {oaddr} of CPU {index} is no address of 8 bytes of memory",
	    "correct .spin_table"),
	SAY(CB_ERR_CPU_LAST, EXIT_FILE, "{file}: the spin table has an address for every CPU",
	    "give those that Linux has, one at least, the address 0"),
	SAY(CB_ERR_CPU_MPIDR, EXIT_FILE,
	    "{file}: CPU {index} has MPIDR {addr}, which holds more than affinity fields",
	    FIX_SYSTEM),
	SAY(CB_ERR_GIC_VERSION, EXIT_FILE, "{file}: there is no GICv{ovalue} that Cellblock knows",
	    "give version 2 or 3"),
	SAY(CB_ERR_GIC_MISSING, EXIT_FILE, "{file}: the {frame} of the GIC is missing", FIX_SYSTEM),
	SAY(CB_ERR_GIC_ADDRESS, EXIT_FILE,
	    "{file}: the {frame} at {oaddr} with {size} is too small, not aligned, not part of "
	    "this GIC, "
	    "or overlaps another frame or the hypervisor",
	    FIX_SYSTEM),
	SAY(CB_ERR_ARGUMENT, EXIT_FILE,
	    "{file}: the value {addr} is unknown, must be zero, or fits no region of the cell",
	    "correct the configuration (console, addresses of the root cell, reserved fields)"),
};

static const struct sentence unknown_sentence = {
	.name = "CB_ERR_UNKNOWN",
	.exit = EXIT_REFUSED,
	.message = "refused with error {code}, which this cellctl does not know",
	.remedy = REINSTALL,
};

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

static void say_address(struct text *text, const struct view *view)
{
	text_add(text, "0x%" PRIx64, view->error->address);
}

static void say_other_address(struct text *text, const struct view *view)
{
	text_add(text, "0x%" PRIx64, view->error->other_address);
}

static void say_value(struct text *text, const struct view *view)
{
	text_add(text, "%" PRIu64, view->error->address);
}

/* Without a device tree the driver knows of none. */
static void say_gic(struct text *text, const struct view *view)
{
	if (view->error->address)
		text_add(text, "a GICv%" PRIu64, view->error->address);
	else
		text_add(text, "no GICv2 or GICv3 in a device tree (with ACPI it has no tree)");
}

static void say_other_value(struct text *text, const struct view *view)
{
	text_add(text, "%" PRIu64, view->error->other_address);
}

static void say_size(struct text *text, const struct view *view)
{
	text_add_size(text, view->error->size);
}

static void say_other_size(struct text *text, const struct view *view)
{
	text_add_size(text, view->error->other_size);
}

static void say_decimal_size(struct text *text, const struct view *view)
{
	text_add(text, "%" PRIu64, view->error->size);
}

static void say_index(struct text *text, const struct view *view)
{
	text_add(text, "%u", view->error->index);
}

static void say_code(struct text *text, const struct view *view)
{
	text_add(text, "%u", view->error->code);
}

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
	int64_t number = (int64_t)view->error->address;

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
	if (view->error->other_address)
		text_add(text, " of %" PRIu64 " bits", view->error->other_address);
}

static void say_last(struct text *text, const struct view *view)
{
	uint64_t last = view->error->other_address;

	text_add(text, " to %" PRIu64, last ? last : 1019);
}

static void say_other_flags(struct text *text, const struct view *view)
{
	text_add_region_flags(text, (uint32_t)view->error->other_address);
}

static void say_needed_flags(struct text *text, const struct view *view)
{
	text_add_region_flags(text, (uint32_t)view->error->other_size);
}

static void say_state(struct text *text, const struct view *view)
{
	text_add(text, "%s", name_cell_state(view->error->address));
}

static void say_states(struct text *text, const struct view *view)
{
	text_add_states(text, view->error->other_address);
}

/* How a cell gets into the first of the states it needs. */
static void say_next(struct text *text, const struct view *view)
{
	uint64_t states = view->error->other_address;

	if (view->error->address == CB_CELL_CREATED && states & (1u << CB_CELL_RUNNING))
		text_add(text, "nothing of it runs, so there is nothing to stop");
	else if (states & (1u << CB_CELL_STOPPED))
		text_add(text, "stop it first with \"cellctl stop\"");
	else if (states & (1u << CB_CELL_LOADING))
		text_add(text, "%sload it first with \"cellctl load\"",
			 view->error->address == CB_CELL_RUNNING ? "stop it and " : "");
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
	text_add(text, "\"%s\"", name_config_kind(view->error->address));
}

static void say_other_kind(struct text *text, const struct view *view)
{
	text_add(text, "%s", name_config_kind(view->error->other_address));
}

static void say_arch(struct text *text, const struct view *view)
{
	text_add(text, "%s", name_arch(view->error->address));
}

static void say_other_arch(struct text *text, const struct view *view)
{
	text_add(text, "%s", name_arch(view->error->other_address));
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
	{ "addr", say_address },
	{ "oaddr", say_other_address },
	{ "value", say_value },
	{ "ovalue", say_other_value },
	{ "size", say_size },
	{ "osize", say_other_size },
	{ "dsize", say_decimal_size },
	{ "index", say_index },
	{ "code", say_code },
	{ "name", say_name },
	{ "what", say_what },
	{ "errno", say_errno },
	{ "version", say_version },
	{ "bits", say_bits },
	{ "last", say_last },
	{ "oflags", say_other_flags },
	{ "needed", say_needed_flags },
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

static const struct sentence *look_up(const struct sentence *table, size_t count, uint32_t code)
{
	for (size_t i = 0; i < count; i++)
		if (table[i].code == code)
			return &table[i];
	return NULL;
}

static const struct sentence *find_sentence(uint32_t code, bool file_check)
{
	const struct sentence *found = NULL;

	if (file_check)
		found = look_up(file_sentences, ARRAY_SIZE(file_sentences), code);
	if (!found)
		found = look_up(sentences, ARRAY_SIZE(sentences), code);
	return found ? found : &unknown_sentence;
}

void error_describe(const struct cb_error *error, const struct error_context *context,
		    struct refusal *refusal)
{
	const struct sentence *sentence = find_sentence(error->code, context->file_check);
	struct view view = { error, context };
	struct text text;

	refusal->code = sentence->name;
	refusal->exit = context->file_check ? EXIT_FILE : sentence->exit;
	text_init(&text, refusal->message, sizeof(refusal->message));
	expand(&text, &view, sentence->message);
	text_init(&text, refusal->remedy, sizeof(refusal->remedy));
	expand(&text, &view, sentence->remedy);
}
