// SPDX-License-Identifier: GPL-2.0-only
/*
 * Fills physical memory that is not System RAM with a byte, or says whether it holds
 * nothing but that byte. Or loads a vector register from there.
 *
 * usage: physmem fill|check ADDRESS SIZE BYTE
 *	  physmem vector ADDRESS
 *
 * Exit status: 0 done, or all of it is that byte; 1 it is not; 2 no access.
 */
#include <err.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

/* Device memory: whole, aligned words. */
static void fill(volatile uint64_t *words, size_t count, uint64_t value)
{
	for (size_t i = 0; i < count; i++)
		words[i] = value;
}

static int check(const volatile uint64_t *words, size_t count, uint64_t value, uint64_t address)
{
	size_t differ = 0, first = 0;

	for (size_t i = 0; i < count; i++)
		if (words[i] != value && !differ++)
			first = i;
	if (!differ)
		return 0;
	printf("physmem: %zu of %zu words differ, the first at 0x%llx\n", differ, count,
	       (unsigned long long)address + first * sizeof(value));
	return 1;
}

static void *map(uint64_t address, uint64_t size)
{
	int fd = open("/dev/mem", O_RDWR);
	void *memory;

	if (fd < 0)
		err(2, "/dev/mem");
	memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, (off_t)address);
	if (memory == MAP_FAILED)
		err(2, "0x%llx", (unsigned long long)address);
	return memory;
}

static int load_vector(const char *address)
{
	__asm__ volatile("ldr q0, [%0]" : : "r"(map(strtoull(address, NULL, 0), 4096)) : "v0");
	return 0;
}

int main(int argc, char **argv)
{
	uint64_t address, size, value;
	void *memory;

	if (argc == 3 && !strcmp(argv[1], "vector"))
		return load_vector(argv[2]);
	if (argc != 5 || (strcmp(argv[1], "fill") && strcmp(argv[1], "check")))
		errx(2, "usage: physmem fill|check ADDRESS SIZE BYTE | vector ADDRESS");
	address = strtoull(argv[2], NULL, 0);
	size = strtoull(argv[3], NULL, 0);
	value = (strtoull(argv[4], NULL, 0) & 0xff) * 0x0101010101010101ull;
	memory = map(address, size);
	if (!strcmp(argv[1], "check"))
		return check(memory, size / sizeof(value), value, address);
	fill(memory, size / sizeof(value), value);
	return 0;
}
