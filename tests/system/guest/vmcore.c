// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a crash kernel's /proc/vmcore has: each range of memory that it says it has, and all of it
 * read to the end, with how often a text is in it.
 *
 * usage: vmcore TEXT
 */
#define _GNU_SOURCE
#include <elf.h>
#include <err.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CHUNK 0x100000UL

static void print_ranges(int fd)
{
	Elf64_Ehdr header;
	Elf64_Phdr part;
	int i;

	if (pread(fd, &header, sizeof(header), 0) != (ssize_t)sizeof(header) ||
	    memcmp(header.e_ident, ELFMAG, SELFMAG) || header.e_type != ET_CORE)
		errx(1, "vmcore: no ELF core file");
	for (i = 0; i < header.e_phnum; i++) {
		off_t place = (off_t)(header.e_phoff + i * sizeof(part));

		if (pread(fd, &part, sizeof(part), place) != (ssize_t)sizeof(part))
			err(1, "vmcore: program header %d", i);
		if (part.p_type == PT_LOAD)
			printf("memory 0x%llx 0x%llx\n", (unsigned long long)part.p_paddr,
			       (unsigned long long)part.p_memsz);
	}
}

static unsigned int count(const char *data, size_t size, const char *text)
{
	size_t length = strlen(text);
	const char *place = data;
	unsigned int n = 0;

	while ((place = memmem(place, size - (size_t)(place - data), text, length))) {
		n++;
		place++;
	}
	return n;
}

int main(int argc, char **argv)
{
	size_t kept = 0 /* less than a whole text, of the last chunk */,
	       length = argc > 1 ? strlen(argv[1]) : 0;
	char *data = malloc(CHUNK + length);
	unsigned long long total = 0;
	unsigned int found = 0;
	int fd = open("/proc/vmcore", O_RDONLY | O_CLOEXEC);
	ssize_t n;

	if (argc != 2 || !length)
		errx(1, "usage: vmcore TEXT");
	if (fd < 0 || !data)
		err(1, "vmcore: /proc/vmcore");
	print_ranges(fd);
	while ((n = read(fd, data + kept, CHUNK)) > 0) {
		size_t size = kept + (size_t)n, rest = size < length - 1 ? size : length - 1;

		total += (unsigned long long)n;
		found += count(data, size, argv[1]);
		memmove(data, data + size - rest, rest);
		kept = rest;
	}
	if (n < 0)
		err(1, "vmcore: after %llu bytes", total);
	printf("read %llu bytes, text %u times\n", total, found);
	return 0;
}
