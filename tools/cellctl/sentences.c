// SPDX-License-Identifier: GPL-2.0-only
/*
 * The sentences: what each code of <cellblock/error.h> says, and what to do about it. {words} stand
 * for fields of the record; errors.c has what each of them prints. Here alone a refusal is put into
 * words, for cellctl and cellcheck.
 */
#include "sentences.h"

#include <stddef.h>

#include <cellblock/error.h>

#include "cellctl.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

#define SAY(code, exit, message, remedy)                \
	{                                               \
		code, #code, exit, { message, remedy }, \
		{                                       \
			NULL, NULL                      \
		}                                       \
	}

/* The same code means something else where a file is checked by itself. */
#define SAY_OF_FILE(code, exit, message, remedy, of_file, its_remedy) \
	{                                                             \
		code, #code, exit, { message, remedy },               \
		{                                                     \
			of_file, its_remedy                           \
		}                                                     \
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
	    "{file} has configuration revision {found}, and revision {expected} is supported",
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
	    "{file} is damaged: its checksum is {xfound}, and its header says {xexpected}",
	    REBUILD),
	SAY(CB_ERR_CONFIG_ARRAY, EXIT_FILE,
	    "{file}: the array of {array} ({count} elements at offset {offset}) is not inside the "
	    "file, "
	    "not aligned, or of the wrong length",
	    REBUILD),
	SAY(CB_ERR_CONFIG_FLAGS, EXIT_FILE,
	    "{file}: flags {flags} are unknown, contradict each other or are not for this kind of "
	    "cell",
	    "correct the flags; those that there are stand in <cellblock/board.h>"),
	SAY(CB_ERR_CONFIG_NAME_EMPTY, EXIT_FILE, "{file}: the name is empty", "give it a name"),
	SAY(CB_ERR_CONFIG_NAME_LONG, EXIT_FILE,
	    "{file}: the name{ofregion} is too long or holds a character that is not in "
	    "[A-Za-z0-9._-]",
	    "give it a shorter or simpler name"),
	SAY_OF_FILE(
		CB_ERR_CONFIG_TOO_LARGE, EXIT_FILE, "{file} has {size}, and the limit is {osize}",
		"list fewer regions, or join neighbouring ones",
		"{file}: the file or the hypervisor's region has {size}, and the limit is {osize}",
		"make it smaller"),

	SAY(CB_ERR_REGION_EMPTY, EXIT_REFUSED, "{who}: {region} is empty",
	    "give it a size, or take it out of the configuration"),
	SAY(CB_ERR_REGION_UNALIGNED, EXIT_REFUSED,
	    "{who}: {region} is not aligned to {alignment} bytes (address or size)",
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
	    "{who}: interrupt range {index} ({count} from {intid}) is not within the SPIs 32{last}",
	    "give INTIDs of SPIs: device tree number plus 32"),
	SAY(CB_ERR_IRQ_NOT_ROOTS, EXIT_REFUSED,
	    "{who}: interrupt {intid} (range {index}) is not the root cell's to give",
	    "list it in the system configuration, or take it out of the cell's"),
	SAY(CB_ERR_IRQ_OTHER_CELL, EXIT_REFUSED,
	    "{who}: interrupt {intid} (range {index}) belongs to {other}",
	    "take it out of the configuration, or destroy the other cell"),
	SAY(CB_ERR_IRQ_IN_USE, EXIT_REFUSED,
	    "{who}: interrupt {intid} (range {index}) is in use by Linux driver {name}",
	    "unbind that driver first (see /proc/interrupts), or take the interrupt out of the "
	    "configuration"),
	SAY(CB_ERR_IRQ_DUPLICATE, EXIT_REFUSED,
	    "{who}: interrupt {intid} (range {index}) is listed twice", "list it once"),

	SAY(CB_ERR_CPU_NONE, EXIT_REFUSED, "{who} has no CPU", "give it at least one"),
	SAY_OF_FILE(CB_ERR_CPU_UNKNOWN, EXIT_REFUSED,
		    "{who}: there is no CPU {index} in the system configuration",
		    "give it a CPU that \"cellctl show root\" lists",
		    "{file}: CPU {index} is in the root cell's set or in the list of CPUs, but not "
		    "in both",
		    FIX_SYSTEM),
	SAY(CB_ERR_CPU_NOT_ROOTS, EXIT_REFUSED, "{who}: CPU {index} belongs to {other}",
	    "give it another CPU, or destroy the other cell"),
	SAY_OF_FILE(CB_ERR_CPU_LAST, EXIT_REFUSED,
		    "{who}: CPU {index} is the last one that the root cell has",
		    "leave the root cell at least one CPU",
		    "{file}: the spin table has an address for every CPU",
		    "give those that Linux has, one at least, the address 0"),
	SAY(CB_ERR_CPU_ONLINE, EXIT_REFUSED, "{who}: Linux still runs on CPU {index}",
	    "take it offline{online0}"),
	SAY(CB_ERR_CPU_NOT_ONLINE, EXIT_REFUSED, "{who}: Linux does not run on CPU {index}",
	    "bring it online{online1}"),
	SAY(CB_ERR_CPU_OFFLINE_FAILED, EXIT_REFUSED,
	    "{who}: Linux could not take CPU {index} offline: {errno}",
	    "see dmesg; an interrupt or a task may be bound to it"),
	SAY(CB_ERR_CPU_COUNT, EXIT_REFUSED, "Linux has {found} CPUs, and {who} has {expected}",
	    "use the configuration of this machine, bring all CPUs online, or correct its CPUs"),
	SAY_OF_FILE(CB_ERR_CPU_MPIDR, EXIT_REFUSED,
		    "a CPU of this machine has MPIDR {mpidr}, which {who} does not list",
		    "use the configuration of this machine, or correct its CPUs",
		    "{file}: CPU {index} has MPIDR {mpidr}, which holds more than affinity fields",
		    FIX_SYSTEM),
	SAY(CB_ERR_CPU_DUPLICATE, EXIT_REFUSED, "{who}: two CPUs have MPIDR {mpidr}",
	    "list each CPU once"),
	SAY(CB_ERR_CPU_NO_ANSWER, EXIT_REFUSED, "CPU {index} did not enter the hypervisor in time",
	    "try again; an inmate that does nothing but fault in its own stage 1 cannot be "
	    "stopped: "
	    "reset the machine to get its CPU back"),
	SAY(CB_ERR_CPU_MISMATCH, EXIT_REFUSED,
	    "CPU {index} differs from the first CPU: its ID register reads {xfound}, the first's "
	    "{xexpected}",
	    "leave regions at high addresses out of the system configuration, or use CPUs that are "
	    "alike"),
	SAY_OF_FILE(
		CB_ERR_CPU_RELEASE, EXIT_REFUSED,
		"{who}: Linux' device tree has release address {xfound} for CPU {index}, and not "
		"{xexpected}",
		"correct .spin_table of the configuration; 0x0 is none: the firmware starts that "
		"CPU in another way, by PSCI for instance",
		"{file}: the release address {xexpected} of CPU {index} is no address of 8 bytes "
		"of memory",
		"correct .spin_table"),
	SAY(CB_ERR_CPU_TAKEN, EXIT_REFUSED,
	    "{who}: CPU {index} does not wait in its spin table: {xthere} is at {addr}",
	    "boot Linux with nr_cpus= so that it leaves this CPU there; if it was so, the CPU did "
	    "not come back: reset the machine"),
	SAY(CB_ERR_CPU_UNLISTED, EXIT_REFUSED,
	    "{who}: the CPU with MPIDR {mpidr} waits in a spin table at {oaddr} and is not listed: "
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
	SAY(CB_ERR_CELL_LIMIT, EXIT_REFUSED, "there are {limit} cells, and no more can be",
	    "destroy one that is not needed"),
	SAY(CB_ERR_CELLS_EXIST, EXIT_REFUSED, "{other} still exists",
	    "destroy all cells first: cellctl destroy {othername}"),
	SAY(CB_ERR_BUSY, EXIT_REFUSED, "the hypervisor is still busy with {cell}", "try again"),
	SAY(CB_ERR_NO_MEMORY, EXIT_REFUSED,
	    "the hypervisor needs {needed} pages of memory, and {available} are free",
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
	SAY_OF_FILE(
		CB_ERR_ARGUMENT, EXIT_REFUSED, "the argument {argument} is unknown or must be zero",
		REINSTALL,
		"{file}: the value {argument} is unknown, must be zero, or fits no region of the "
		"cell",
		"correct the configuration (console, addresses of the root cell, reserved fields)"),
	SAY(CB_ERR_CELL_MEMORY, EXIT_REFUSED,
	    "{cell} cannot be destroyed: {region} did not answer when it was to be cleared",
	    "see that there is memory and that it has power, then destroy the cell again; if there "
	    "is none, reset the machine and correct both configurations"),
	SAY(CB_ERR_CONSOLE_PLACE, EXIT_REFUSED,
	    "{who}: the virtual UART {range} overlaps {orange}: that is a region of the cell's, a "
	    "frame of the GIC, or more than its CPUs can address",
	    "give the cell's console a page that nothing has"),
	SAY(CB_ERR_CONSOLE_INPUT, EXIT_REFUSED, "{cell} has no virtual UART, and so takes no input",
	    "type at its own UART, or give it .console = VUART(address, INTID)"),

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
	    "the hypervisor image has ABI version {found}, and the module has {expected}",
	    REINSTALL),
	SAY(CB_ERR_IMAGE_ARCH, EXIT_FILE, "the hypervisor image is for another architecture",
	    "install the one for this machine"),
	SAY(CB_ERR_HV_UNALIGNED, EXIT_REFUSED,
	    "{who}: the hypervisor's region {range} is not aligned to {alignment} bytes",
	    FIX_SYSTEM),
	SAY(CB_ERR_HV_TOO_SMALL, EXIT_REFUSED,
	    "{who}: the hypervisor's region of {size} is too small: {osize} are needed",
	    "make it larger in the system configuration, and reserve as much"),
	SAY(CB_ERR_HV_SYSTEM_RAM, EXIT_REFUSED,
	    "{who}: the hypervisor's region {range} is not reserved: Linux uses {orange} as System "
	    "RAM",
	    "reserve it when Linux boots, with mem= or a /reserved-memory node (no-map)"),
	SAY_OF_FILE(
		CB_ERR_GIC_VERSION, EXIT_REFUSED,
		"this machine has {gic}, and {who} is for a GICv{expected}",
		"use the configuration for this machine's GIC, and boot it with a device tree, not "
		"with "
		"ACPI",
		"{file}: there is no GICv{expected} that Cellblock knows", "give version 2 or 3"),
	SAY_OF_FILE(
		CB_ERR_GIC_ADDRESS, EXIT_REFUSED,
		"Linux finds the {frame} at {addr}, and {who} has it at {oaddr}", FIX_SYSTEM,
		"{file}: the {frame} at {oaddr} with {size} is too small, not aligned, not part of "
		"this GIC, "
		"or overlaps another frame or the hypervisor",
		FIX_SYSTEM),
	SAY_OF_FILE(CB_ERR_GIC_MISSING, EXIT_REFUSED,
		    "{who}: the GIC frame at {addr} does not answer or has nothing for CPU {index}",
		    FIX_SYSTEM, "{file}: the {frame} of the GIC is missing", FIX_SYSTEM),
	SAY(CB_ERR_CPU_FEATURE, EXIT_REFUSED,
	    "CPU {index} lacks a feature that the hypervisor needs (its ID register reads "
	    "{xfound})",
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
	    "give that region the rights {nflags}"),

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
	    "{flags}",
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
	    "{who}: Linux is locked down, and the cell may call the firmware (function {function})",
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

static const struct sentence unknown_sentence = {
	.name = "CB_ERR_UNKNOWN",
	.exit = EXIT_REFUSED,
	.usual = { "refused with error {code}, which this cellctl does not know", REINSTALL },
};

const struct sentence *find_sentence(uint32_t code)
{
	for (size_t i = 0; i < ARRAY_SIZE(sentences); i++)
		if (sentences[i].code == code)
			return &sentences[i];
	return &unknown_sentence;
}
