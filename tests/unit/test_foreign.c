// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is no image that a cell can be entered in is recognised, and the remedy has the command
 * that unpacks it.
 */
#include <elf.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "foreign.h"
#include "image.h"

static uint8_t file[256];

/* A file that has these bytes at one place. */
static void make_file(size_t offset, const void *bytes, size_t length)
{
	memset(file, 0, sizeof(file));
	memcpy(file + offset, bytes, length);
}

static void assert_recognised(const char *code, const char *what, const char *remedy)
{
	struct foreign foreign;

	assert_true(foreign_recognise(file, sizeof(file), "vmlinuz", &foreign));
	assert_string_equal(foreign.code, code);
	assert_non_null(strstr(foreign.what, what));
	assert_non_null(strstr(foreign.remedy, remedy));
}

static void test_packed_images(void **state)
{
	(void)state;
	make_file(0, "\x1f\x8b\x08", 3);
	assert_recognised("IMAGE_PACKED", "gzip", "gzip -dc vmlinuz >Image");
	make_file(0,
		  "\xfd"
		  "7zXZ\0",
		  6);
	assert_recognised("IMAGE_PACKED", "xz", "xz -dc vmlinuz >Image");
	make_file(0, "\x28\xb5\x2f\xfd", 4);
	assert_recognised("IMAGE_PACKED", "zstd", "zstd -dc vmlinuz >Image");
	make_file(0, "\x02\x21\x4c\x18", 4);
	assert_recognised("IMAGE_PACKED", "lz4", "lz4 -dc vmlinuz >Image");
}

static void test_wrapped_images(void **state)
{
	(void)state;
	make_file(0, "\xd0\x0d\xfe\xed", 4);
	assert_recognised("IMAGE_FIT", "FIT", "dumpimage -T flat_dt -p 0 -o Image vmlinuz");
	make_file(0, "ANDROID!", 8);
	assert_recognised("IMAGE_ANDROID", "Android", "unpack_bootimg --boot_img vmlinuz");
	make_file(0, "\x27\x05\x19\x56", 4);
	file[29] = 22;
	assert_recognised("IMAGE_UIMAGE", "uImage", "tail -c +65 vmlinuz >Image");
	file[29] = 2;
	assert_recognised("IMAGE_AARCH32", "uImage for another", "arm64");
	make_file(0x24, "\x18\x28\x6f\x01", 4);
	assert_recognised("IMAGE_AARCH32", "zImage", "arm64");
}

static void test_programs_for_uefi(void **state)
{
	(void)state;
	make_file(0, "MZ", 2);
	assert_recognised("IMAGE_EFI", "UEFI", "Image");
	memcpy(file + 4, "zimg", 4);
	file[9] = 0x10; /* offset 0x1000 */
	file[14] = 0x2; /* size 0x20000 */
	memcpy(file + 24, "gzip", 4);
	assert_recognised("IMAGE_ZBOOT", "zboot, gzip",
			  "tail -c +4097 vmlinuz | head -c 131072 | gzip -dc >Image");
	memcpy(file + 24, "zstd22", 6);
	assert_recognised("IMAGE_ZBOOT", "zstd22", "zstd -dc");
}

static void make_elf(uint16_t machine, uint64_t entry, uint64_t address)
{
	const Elf64_Ehdr head = {
		.e_ident = { 0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB },
		.e_machine = machine,
		.e_entry = entry,
		.e_phoff = sizeof(head),
		.e_phnum = 1,
	};
	const Elf64_Phdr segment = { .p_type = PT_LOAD, .p_paddr = address, .p_filesz = 8 };

	make_file(0, &head, sizeof(head));
	memcpy(file + sizeof(head), &segment, sizeof(segment));
}

static void test_elf(void **state)
{
	(void)state;
	make_elf(EM_AARCH64, 0x1000, 0x1000);
	assert_recognised("IMAGE_ELF", "ELF",
			  "make a raw binary: objcopy -O binary vmlinuz image.bin");
	make_elf(EM_AARCH64, 0x1234, 0x1000);
	assert_recognised("IMAGE_ELF", "ELF", "entry (0x1234) as its first byte (0x1000)");
	((Elf64_Ehdr *)file)->e_phnum = 0xffff; /* not all there */
	((Elf64_Ehdr *)file)->e_phoff = UINT64_MAX;
	assert_recognised("IMAGE_ELF", "ELF", "objcopy");
	make_elf(EM_X86_64, 0, 0);
	assert_recognised("IMAGE_ELF", "another machine", "arm64");
	make_elf(EM_ARM, 0, 0);
	file[EI_CLASS] = ELFCLASS32;
	assert_recognised("IMAGE_AARCH32", "AArch32", "arm64");
}

static void test_what_may_be_an_image_is_left_alone(void **state)
{
	struct foreign foreign;
	struct image image;

	(void)state;
	make_file(0, "\x01\x02\x03\x04", 4);
	for (size_t size = 0; size <= sizeof(file); size++)
		assert_false(foreign_recognise(file, size, "x", &foreign));
	make_file(0, "MZ", 2); /* with the header of an Image, as one with an EFI stub has it */
	memcpy(file + 56, "ARM\x64", 4);
	image_recognise(file, sizeof(file), &image);
	assert_true(image.linux_image);
}

static void test_short_files(void **state)
{
	static const char *const magic[] = { "MZ",
					     "\x7f"
					     "ELF",
					     "\x27\x05\x19\x56", "\x1f\x8b\x08" };
	struct foreign foreign;

	(void)state;
	for (size_t i = 0; i < sizeof(magic) / sizeof(magic[0]); i++)
		for (size_t size = 0; size < sizeof(file); size++) {
			uint8_t *copy = malloc(size + 1); /* to be seen by a sanitizer */

			make_file(0, magic[i], strlen(magic[i]));
			memcpy(copy, file, size);
			foreign_recognise(copy, size, "x", &foreign);
			free(copy);
		}
}

static void test_page_size_of_a_kernel(void **state)
{
	static const unsigned int sizes[] = { 0, 4, 16, 64 };
	struct image image;

	(void)state;
	for (uint8_t i = 0; i < 4; i++) {
		make_file(56, "ARM\x64", 4);
		file[24] = (uint8_t)(i << 1);
		image_recognise(file, sizeof(file), &image);
		assert_int_equal(image.page_kib, sizes[i]);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_packed_images),
		cmocka_unit_test(test_wrapped_images),
		cmocka_unit_test(test_programs_for_uefi),
		cmocka_unit_test(test_elf),
		cmocka_unit_test(test_what_may_be_an_image_is_left_alone),
		cmocka_unit_test(test_short_files),
		cmocka_unit_test(test_page_size_of_a_kernel),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
