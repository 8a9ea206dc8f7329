/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Layout of cellblock.bin. The sections are page aligned so that EL2 maps text
 * read-execute, rodata read-only and the rest read-write. Nothing needs relocation.
 */
#include <arch/layout.h>

OUTPUT_ARCH(aarch64)
ENTRY(image_start)

SECTIONS
{
	. = HV_BASE;
	image_start = .;
	.header : {
		KEEP(*(.head.header))
	}
	.head : ALIGN(0x80) {
		KEEP(*(.head.cold))		/* CB_IMAGE_COLD_ENTRY */
		KEEP(*(.head.boot))
		/*
		 * The stub's vectors are aligned to 2 KiB, and of their table one entry is used. What fits
		 * into the gaps makes the image 2.2 KiB smaller, and its file a page: no other code of
		 * these sizes is there, and nothing depends on where it lies.
		 */
		*insn.o(.text .text.*)
		*inject.o(.text .text.*)
		. = ALIGN(0x800);		/* VBAR_EL2 has no lower bits */
		entry_vectors = .;
		*idregs.o(.text .text.*)
		. = entry_vectors + 0x400;	/* lower EL, AArch64: synchronous */
		KEEP(*(.head.stub))
		*traps.o(.text.traps_choose .text.traps_write .text.traps_save)
		. = entry_vectors + 0x800;
		KEEP(*(.head.vectors))		/* the second page, also mapped at its address */
		KEEP(*(.head.idmap))
		idmap_end = .;
	}
	.text : {
		*(.text .text.*)
	}
	. = ALIGN(4096);
	rodata_start = .;
	.rodata : {
		*(.rodata .rodata.*)
		. = ALIGN(4);
		fixups_start = .;
		KEEP(*(.fixup))
		fixups_end = .;
	}
	. = ALIGN(4096);
	data_start = .;
	.data : {
		*(.data .data.*)
		. = ALIGN(16);	/* so the file ends where the header says */
	}
	file_end = .;
	image_file_size = ABSOLUTE(file_end - image_start);
	.bss (NOLOAD) : {
		*(.bss .bss.* COMMON)
	}
	.boot_memory (NOLOAD) : ALIGN(8192) {
		boot_memory_start = .;
		*(.boot_memory)
		*(.boot_stack)	/* 7 tables: bit 12 of its address is set (vectors.S) */
		boot_memory_end = .;
	}
	. = ALIGN(4096);
	image_end = .;
	image_memory_size = ABSOLUTE(image_end - image_start);

	/DISCARD/ : {
		*(.comment .note.* .eh_frame* .ARM.attributes .interp .dynamic .dynsym .dynstr .hash .gnu.hash)
	}
	ASSERT(image_end - image_start <= BOOT_MAP_SIZE / 2, "image too large")
}
