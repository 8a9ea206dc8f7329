// SPDX-License-Identifier: GPL-2.0-only
/* Formats that are recognised and refused (foreign.h). */
#include "foreign.h"

#include <elf.h>
#include <endian.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

#define GIVE_ARM64    "give the Image of a kernel that is built for arm64"

/* What begins with these bytes, at this place, and the command behind "unpack it: ". */
static const struct packed {
	size_t offset, length;
	const char *magic;
	const char *name, *command;
} packings[] = {
	{ 0, 3, "\x1f\x8b\x08", "gzip", "gzip -dc" },
	{ 0, 6,
	  "\xfd"
	  "7zXZ\0",
	  "xz", "xz -dc" },
	{ 0, 4, "\x28\xb5\x2f\xfd", "zstd", "zstd -dc" },
	{ 0, 4, "\x02\x21\x4c\x18", "lz4", "lz4 -dc" },
	{ 0, 4, "\x04\x22\x4d\x18", "lz4", "lz4 -dc" },
	{ 0, 3, "BZh", "bzip2", "bzip2 -dc" },
	{ 0, 5, "\x5d\x00\x00\x80\x00", "lzma", "xz --format=lzma -dc" },
	{ 0, 9, "\x89LZO\0\r\n\x1a\n", "lzop", "lzop -dc" },
};

/* What else is known by its first bytes. {file} in a remedy is the file. */
static const struct wrapped {
	size_t offset, length;
	const char *magic;
	const char *code, *what, *remedy;
} wrappings[] = {
	{ 0, 4, "\xd0\x0d\xfe\xed", "IMAGE_FIT", "is a FIT image or a device tree",
	  "take the kernel out: dumpimage -T flat_dt -p 0 -o Image {file}" },
	{ 0, 8, "ANDROID!", "IMAGE_ANDROID", "is a boot image of Android",
	  "take the kernel out: unpack_bootimg --boot_img {file}" },
	{ 0x24, 4, "\x18\x28\x6f\x01", "IMAGE_AARCH32", "is a zImage of a 32-bit kernel (AArch32)",
	  GIVE_ARM64 },
};

static bool has_bytes(const void *data, size_t size, size_t offset, const char *bytes,
		      size_t length)
{
	return size >= offset + length && !memcmp((const char *)data + offset, bytes, length);
}

static bool is_packed(const void *data, size_t size, const char *path, struct foreign *foreign)
{
	for (size_t i = 0; i < ARRAY_SIZE(packings); i++) {
		const struct packed *packing = &packings[i];

		if (!has_bytes(data, size, packing->offset, packing->magic, packing->length))
			continue;
		foreign->code = "IMAGE_PACKED";
		snprintf(foreign->what, sizeof(foreign->what), "is packed with %s", packing->name);
		snprintf(foreign->remedy, sizeof(foreign->remedy), "unpack it: %s %s >Image",
			 packing->command, path);
		return true;
	}
	return false;
}

static bool is_wrapped(const void *data, size_t size, const char *path, struct foreign *foreign)
{
	for (size_t i = 0; i < ARRAY_SIZE(wrappings); i++) {
		const struct wrapped *wrapping = &wrappings[i];
		const char *file = strstr(wrapping->remedy, "{file}");

		if (!has_bytes(data, size, wrapping->offset, wrapping->magic, wrapping->length))
			continue;
		foreign->code = wrapping->code;
		snprintf(foreign->what, sizeof(foreign->what), "%s", wrapping->what);
		snprintf(foreign->remedy, sizeof(foreign->remedy), "%.*s%s",
			 (int)(file ? file - wrapping->remedy : 256), wrapping->remedy,
			 file ? path : "");
		return true;
	}
	return false;
}

/* ---- U-Boot's header, 64 bytes, big endian (doc/usage/cmd/bootm of U-Boot: struct legacy_img_hdr)
 * ---- */

#define UIMAGE_SIZE	  64u
#define UIMAGE_ARCH	  29
#define UIMAGE_ARCH_ARM64 22

static bool is_uimage(const uint8_t *data, size_t size, const char *path, struct foreign *foreign)
{
	if (size < UIMAGE_SIZE || !has_bytes(data, size, 0, "\x27\x05\x19\x56", 4))
		return false;
	if (data[UIMAGE_ARCH] != UIMAGE_ARCH_ARM64) {
		foreign->code = "IMAGE_AARCH32";
		snprintf(foreign->what, sizeof(foreign->what),
			 "is a uImage for another architecture (number %u of U-Boot, 2 is AArch32)",
			 data[UIMAGE_ARCH]);
		snprintf(foreign->remedy, sizeof(foreign->remedy), GIVE_ARM64);
		return true;
	}
	foreign->code = "IMAGE_UIMAGE";
	snprintf(foreign->what, sizeof(foreign->what), "is a uImage");
	snprintf(foreign->remedy, sizeof(foreign->remedy),
		 "take the kernel out: tail -c +%u %s >Image", UIMAGE_SIZE + 1, path);
	return true;
}

/* ---- EFI programs; those that unpack a kernel (Linux:
 * drivers/firmware/efi/libstub/zboot-header.S) ---- */

struct zboot_header {
	char mz[4], magic[4];
	uint32_t offset, size, reserved[2];
	char packing[32];
};

static bool is_efi(const void *data, size_t size, const char *path, struct foreign *foreign)
{
	struct zboot_header header;

	if (size < sizeof(header) || !has_bytes(data, size, 0, "MZ", 2))
		return false;
	memcpy(&header, data, sizeof(header));
	if (memcmp(header.magic, "zimg", 4) != 0) {
		foreign->code = "IMAGE_EFI";
		snprintf(foreign->what, sizeof(foreign->what),
			 "is a program for UEFI and no kernel");
		snprintf(foreign->remedy, sizeof(foreign->remedy), "give the kernel's Image");
		return true;
	}
	foreign->code = "IMAGE_ZBOOT";
	snprintf(foreign->what, sizeof(foreign->what), "is packed (zboot, %.31s)", header.packing);
	snprintf(foreign->remedy, sizeof(foreign->remedy),
		 "unpack it: tail -c +%llu %s | head -c %u | %s -dc >Image",
		 (unsigned long long)le32toh(header.offset) + 1, path, le32toh(header.size),
		 strncmp(header.packing, "zstd", 4) ? header.packing[0] ? "gzip" : "cat" : "zstd");
	return true;
}

/* ---- ELF ---- */

/* The address of its first byte in a raw binary, as objcopy makes it. */
static uint64_t lowest_address(const uint8_t *data, size_t size, const Elf64_Ehdr *head)
{
	uint64_t lowest = UINT64_MAX;
	Elf64_Phdr segment;

	for (uint64_t i = 0; i < le16toh(head->e_phnum); i++) {
		const uint64_t offset = le64toh(head->e_phoff) + i * sizeof(segment);

		if (offset > size || size - offset < sizeof(segment))
			break;
		memcpy(&segment, data + offset, sizeof(segment));
		if (le32toh(segment.p_type) == PT_LOAD && segment.p_filesz &&
		    le64toh(segment.p_paddr) < lowest)
			lowest = le64toh(segment.p_paddr);
	}
	return lowest;
}

static bool is_elf(const uint8_t *data, size_t size, const char *path, struct foreign *foreign)
{
	Elf64_Ehdr head;
	uint64_t lowest;

	if (size < sizeof(Elf32_Ehdr) || memcmp(data, ELFMAG, SELFMAG) != 0)
		return false;
	memset(&head, 0, sizeof(head));
	memcpy(&head, data, size < sizeof(head) ? size : sizeof(head));
	foreign->code = "IMAGE_ELF";
	if (head.e_ident[EI_CLASS] != ELFCLASS64 || le16toh(head.e_machine) != EM_AARCH64) {
		const bool arm =
			head.e_ident[EI_CLASS] == ELFCLASS32 && le16toh(head.e_machine) == EM_ARM;

		foreign->code = arm ? "IMAGE_AARCH32" : "IMAGE_ELF";
		snprintf(foreign->what, sizeof(foreign->what), "is an ELF file for %s",
			 arm ? "AArch32, which a cell cannot have at EL1" : "another machine");
		snprintf(foreign->remedy, sizeof(foreign->remedy), "build it for arm64");
		return true;
	}
	lowest = lowest_address(data, size, &head);
	snprintf(foreign->what, sizeof(foreign->what), "is an ELF file");
	if (lowest != UINT64_MAX && le64toh(head.e_entry) != lowest)
		snprintf(foreign->remedy, sizeof(foreign->remedy),
			 "link it with its entry (0x%llx) as its first byte (0x%llx), and make a "
			 "raw binary: objcopy -O binary %.160s image.bin",
			 (unsigned long long)le64toh(head.e_entry), (unsigned long long)lowest,
			 path);
	else
		snprintf(foreign->remedy, sizeof(foreign->remedy),
			 "make a raw binary: objcopy -O binary %.160s image.bin", path);
	return true;
}

bool foreign_recognise(const void *data, size_t size, const char *path, struct foreign *foreign)
{
	return is_packed(data, size, path, foreign) || is_wrapped(data, size, path, foreign) ||
	       is_uimage(data, size, path, foreign) || is_efi(data, size, path, foreign) ||
	       is_elf(data, size, path, foreign);
}
