// SPDX-License-Identifier: GPL-2.0-only
/*
 * A small kexec for arm64, with the kexec_load system call (Debian's kernel has
 * no kexec_file_load). The new kernel gets this one's device tree with another
 * command line and initramfs, and memory in the largest piece of RAM that is not reserved.
 *
 * usage: kexecload -l IMAGE INITRD CMDLINE	load
 *        kexecload -e				execute what was loaded
 *        kexecload -u				unload
 */
#include <endian.h>
#include <err.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <linux/kexec.h>
#include <linux/reboot.h>
#include <libfdt.h>

#define MIB	    0x100000UL
#define PAGE	    0x10000UL /* the largest that Linux may have */
#define ALIGN(x, a) (((x) + (a)-1) & ~((a)-1))
#define FDT_ROOM    0x4000

/* Documentation/arm64/booting.rst */
struct image_header {
	uint32_t code[2];
	uint64_t text_offset;
	uint64_t image_size;
	uint64_t flags;
	uint64_t reserved[3];
	char magic[4];
	uint32_t reserved2;
};

/* Where kexec jumps to; it passes no device tree itself. */
struct purgatory {
	uint32_t code[6];
	uint64_t fdt;
	uint64_t kernel;
};

static const struct purgatory purgatory_template = {
	.code = {
		0x580000c0,	/* ldr	x0, fdt */
		0x580000e4,	/* ldr	x4, kernel */
		0xd2800001,	/* mov	x1, #0 */
		0xd2800002,	/* mov	x2, #0 */
		0xd2800003,	/* mov	x3, #0 */
		0xd61f0080,	/* br	x4 */
	},
};

struct range {
	uint64_t start, size;
};

static void *read_file(const char *path, size_t *size)
{
	size_t room = 0, length = 0;
	char *data = NULL;
	ssize_t n;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		err(1, "kexecload: %s", path);
	do {
		if (length == room) {
			room = room ? 2 * room : MIB;
			data = realloc(data, room);
			if (!data)
				err(1, "kexecload: %s", path);
		}
		n = read(fd, data + length, room - length);
		if (n < 0)
			err(1, "kexecload: %s", path);
		length += n;
	} while (n);
	close(fd);
	*size = length;
	return data;
}

/* Memory from @start to @end: the best so far? */
static void consider(struct range *best, uint64_t start, uint64_t end)
{
	if (end > start && end - start >= best->size)
		*best = (struct range){ start, end - start };
}

/*
 * The largest piece of System RAM in which nothing is marked: what is reserved may still
 * be written by hardware, such as the tables of a GICv3 whose LPIs stay enabled.
 */
static struct range largest_ram(void)
{
	unsigned long long first, last;
	struct range best = { 0, 0 };
	uint64_t free = 0, end = 0; /* of the RAM that is looked at */
	char line[128];
	FILE *f = fopen("/proc/iomem", "r");

	if (!f)
		err(1, "kexecload: /proc/iomem");
	while (fgets(line, sizeof(line), f)) {
		if (sscanf(line, "%llx-%llx", &first, &last) != 2)
			continue;
		if (line[0] == ' ') {
			if (first < end)
				consider(&best, free, first);
			free = last + 1 > free ? last + 1 : free;
			continue;
		}
		consider(&best, free, end);
		free = first;
		end = strstr(line, ": System RAM") ? last + 1 : 0;
	}
	consider(&best, free, end);
	fclose(f);
	return best;
}

static void check_fdt(int error, const char *what)
{
	if (error < 0)
		errx(1, "kexecload: device tree, %s: %s", what, fdt_strerror(error));
}

static void *make_fdt(struct range initrd, const char *cmdline)
{
	size_t size;
	void *old = read_file("/sys/firmware/fdt", &size);
	void *fdt = malloc(size + FDT_ROOM);
	int chosen;

	if (!fdt)
		err(1, "kexecload: device tree");
	check_fdt(fdt_open_into(old, fdt, (int)(size + FDT_ROOM)), "open");
	free(old);
	chosen = fdt_path_offset(fdt, "/chosen");
	check_fdt(chosen, "/chosen");
	check_fdt(fdt_setprop_string(fdt, chosen, "bootargs", cmdline), "bootargs");
	check_fdt(fdt_setprop_u64(fdt, chosen, "linux,initrd-start", initrd.start), "initrd");
	check_fdt(fdt_setprop_u64(fdt, chosen, "linux,initrd-end", initrd.start + initrd.size),
		  "initrd");
	check_fdt(fdt_pack(fdt), "pack");
	return fdt;
}

static void load(const char *image_path, const char *initrd_path, const char *cmdline)
{
	struct range ram = largest_ram(), kernel, initrd, tree;
	struct purgatory purgatory = purgatory_template;
	size_t image_size, initrd_size;
	struct image_header *image = read_file(image_path, &image_size);
	void *initrd_data = read_file(initrd_path, &initrd_size), *fdt;
	uint64_t entry;

	if (image_size < sizeof(*image) || memcmp(image->magic, "ARM\x64", 4))
		errx(1, "kexecload: %s is not an arm64 Image", image_path);
	kernel.start = ALIGN(ram.start, 2 * MIB) + le64toh(image->text_offset);
	kernel.size = le64toh(image->image_size);
	initrd.start = ALIGN(kernel.start + kernel.size, 2 * MIB);
	initrd.size = initrd_size;
	fdt = make_fdt(initrd, cmdline);
	tree.start = ALIGN(initrd.start + initrd.size, 2 * MIB);
	tree.size = fdt_totalsize(fdt);
	entry = ALIGN(tree.start + tree.size, PAGE);
	if (entry + PAGE > ram.start + ram.size)
		errx(1, "kexecload: not enough memory");
	purgatory.fdt = tree.start;
	purgatory.kernel = kernel.start;

	struct kexec_segment segments[] = {
		{ image, image_size, (void *)kernel.start, ALIGN(kernel.size, PAGE) },
		{ initrd_data, initrd_size, (void *)initrd.start, ALIGN(initrd_size, PAGE) },
		{ fdt, tree.size, (void *)tree.start, ALIGN(tree.size, PAGE) },
		{ &purgatory, sizeof(purgatory), (void *)entry, PAGE },
	};

	if (syscall(SYS_kexec_load, entry, sizeof(segments) / sizeof(segments[0]), segments,
		    KEXEC_ARCH_AARCH64))
		err(1, "kexecload: kexec_load");
	puts("kexecload: loaded");
}

static void usage(void)
{
	errx(1, "usage: kexecload -l IMAGE INITRD CMDLINE | -e | -u");
}

int main(int argc, char **argv)
{
	const char *option = argc > 1 ? argv[1] : "";

	if (!strcmp(option, "-l") && argc == 5) {
		load(argv[2], argv[3], argv[4]);
	} else if (!strcmp(option, "-e") && argc == 2) {
		sync();
		syscall(SYS_reboot, LINUX_REBOOT_MAGIC1, LINUX_REBOOT_MAGIC2,
			LINUX_REBOOT_CMD_KEXEC, NULL);
		err(1, "kexecload: cannot execute");
	} else if (!strcmp(option, "-u") && argc == 2) {
		if (syscall(SYS_kexec_load, 0UL, 0UL, NULL, KEXEC_ARCH_AARCH64))
			err(1, "kexecload: cannot unload");
	} else {
		usage();
	}
	return 0;
}
