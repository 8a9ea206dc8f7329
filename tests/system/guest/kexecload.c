// SPDX-License-Identifier: GPL-2.0-only
/*
 * A small kexec for arm64, with the kexec_load system call (Debian's kernel has
 * no kexec_file_load). The new kernel gets this one's device tree with another
 * command line and initramfs, and memory in the largest piece of RAM that is not reserved; one that
 * is to run after a panic, in what crashkernel= has kept for it, with an ELF header that says
 * what /proc/vmcore is to have.
 *
 * usage: kexecload -l IMAGE INITRD CMDLINE	load
 *        kexecload -p IMAGE INITRD CMDLINE	load what runs after a panic
 *        kexecload -e				execute what was loaded
 *        kexecload -u				unload
 */
#include <elf.h>
#include <endian.h>
#include <err.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stddef.h>
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
#define MAX_CORE    64 /* program headers of an ELF core file */

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

/* The first range of this name in /proc/iomem, or one of no size. */
static struct range named_range(const char *name)
{
	unsigned long long first, last;
	struct range found = { 0, 0 };
	char line[128], *text;
	FILE *f = fopen("/proc/iomem", "r");

	if (!f)
		err(1, "kexecload: /proc/iomem");
	while (!found.size && fgets(line, sizeof(line), f)) {
		text = strstr(line, " : ");
		line[strcspn(line, "\n")] = '\0';
		if (text && !strcmp(text + 3, name) &&
		    sscanf(line, "%llx-%llx", &first, &last) == 2)
			found = (struct range){ first, last - first + 1 };
	}
	fclose(f);
	return found;
}

/* ---- What /proc/vmcore is made from ---- */

struct core {
	Elf64_Ehdr header;
	Elf64_Phdr parts[MAX_CORE];
};

static void add_part(struct core *core, uint32_t type, uint64_t start, uint64_t size)
{
	if (!size)
		return;
	if (core->header.e_phnum == MAX_CORE)
		errx(1, "kexecload: more than %d parts in the core file", MAX_CORE);
	core->parts[core->header.e_phnum++] = (Elf64_Phdr){
		.p_type = type,
		.p_flags = type == PT_LOAD ? PF_R | PF_W | PF_X : 0,
		.p_offset = start,
		.p_paddr = start,
		.p_filesz = size,
		.p_memsz = size,
	};
}

/* Where a file of sysfs says that notes are: an address, and a size in it or in another file. */
static void add_notes(struct core *core, const char *path, const char *size_path)
{
	unsigned long long start = 0, size = 0;
	FILE *f = fopen(path, "r");
	int n;

	if (!f)
		err(1, "kexecload: %s", path);
	n = fscanf(f, "%llx %llx", &start, &size);
	fclose(f);
	if (size_path) {
		f = fopen(size_path, "r");
		if (!f)
			err(1, "kexecload: %s", size_path);
		n += fscanf(f, "%llu", &size);
		fclose(f);
	}
	if (n != 2)
		errx(1, "kexecload: %s says no address and size", path);
	add_part(core, PT_NOTE, start, size);
}

/* All System RAM, as kexec-tools do it, but what the new kernel has for itself. */
static void add_ram(struct core *core, struct range own)
{
	unsigned long long first, last;
	char line[128];
	FILE *f = fopen("/proc/iomem", "r");

	if (!f)
		err(1, "kexecload: /proc/iomem");
	while (fgets(line, sizeof(line), f)) {
		if (line[0] == ' ' || !strstr(line, " : System RAM") ||
		    sscanf(line, "%llx-%llx", &first, &last) != 2)
			continue;
		if (own.start < first || own.start > last) {
			add_part(core, PT_LOAD, first, last - first + 1);
			continue;
		}
		add_part(core, PT_LOAD, first, own.start - first);
		add_part(core, PT_LOAD, own.start + own.size, last + 1 - own.start - own.size);
	}
	fclose(f);
}

static void describe_core(struct core *core, struct range own)
{
	char path[64], size_path[80];
	int cpu;

	core->header = (Elf64_Ehdr){
		.e_ident = { ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, ELFDATA2LSB,
			     EV_CURRENT },
		.e_type = ET_CORE,
		.e_machine = EM_AARCH64,
		.e_version = EV_CURRENT,
		.e_phoff = offsetof(struct core, parts),
		.e_ehsize = sizeof(Elf64_Ehdr),
		.e_phentsize = sizeof(Elf64_Phdr),
	};
	for (cpu = 0; cpu < sysconf(_SC_NPROCESSORS_CONF); cpu++) {
		snprintf(path, sizeof(path), "/sys/devices/system/cpu/cpu%d/crash_notes", cpu);
		snprintf(size_path, sizeof(size_path), "%s_size", path);
		add_notes(core, path, size_path);
	}
	add_notes(core, "/sys/kernel/vmcoreinfo", NULL);
	add_ram(core, own);
}

/* ---- The device tree ---- */

static void check_fdt(int error, const char *what)
{
	if (error < 0)
		errx(1, "kexecload: device tree, %s: %s", what, fdt_strerror(error));
}

static void add_range(void *fdt, int chosen, const char *name, struct range range)
{
	fdt_delprop(fdt, chosen, name);
	check_fdt(fdt_appendprop_addrrange(fdt, 0, chosen, name, range.start, range.size), name);
}

/* @core and @own are those of a kernel that runs after a panic. */
static void *make_fdt(struct range initrd, const char *cmdline, struct range core, struct range own)
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
	if (core.size) {
		add_range(fdt, chosen, "linux,elfcorehdr", core);
		add_range(fdt, chosen, "linux,usable-memory-range", own);
	}
	check_fdt(fdt_pack(fdt), "pack");
	return fdt;
}

static void load(const char *image_path, const char *initrd_path, const char *cmdline, bool crash)
{
	struct range ram = crash ? named_range("Crash kernel") : largest_ram();
	struct range kernel, initrd, tree, header = { 0, 0 };
	struct purgatory purgatory = purgatory_template;
	size_t image_size, initrd_size;
	struct image_header *image = read_file(image_path, &image_size);
	void *initrd_data = read_file(initrd_path, &initrd_size), *fdt;
	static struct core core;
	uint64_t entry;

	if (image_size < sizeof(*image) || memcmp(image->magic, "ARM\x64", 4))
		errx(1, "kexecload: %s is not an arm64 Image", image_path);
	if (!ram.size)
		errx(1, "kexecload: no memory is kept for it: crashkernel=128M");
	kernel.start = ALIGN(ram.start, 2 * MIB) + le64toh(image->text_offset);
	kernel.size = le64toh(image->image_size);
	initrd.start = ALIGN(kernel.start + kernel.size, 2 * MIB);
	initrd.size = initrd_size;
	tree.start = ALIGN(initrd.start + initrd.size, 2 * MIB);
	if (crash) {
		describe_core(&core, ram);
		header = (struct range){ tree.start, sizeof(core) };
		tree.start = ALIGN(header.start + header.size, 2 * MIB);
	}
	fdt = make_fdt(initrd, cmdline, header, ram);
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
		{ &core, header.size, (void *)header.start, ALIGN(header.size, PAGE) },
	};
	unsigned long count = sizeof(segments) / sizeof(segments[0]) - !crash;

	if (syscall(SYS_kexec_load, entry, count, segments,
		    KEXEC_ARCH_AARCH64 | (crash ? KEXEC_ON_CRASH : 0)))
		err(1, "kexecload: kexec_load");
	puts("kexecload: loaded");
}

static void usage(void)
{
	errx(1, "usage: kexecload -l IMAGE INITRD CMDLINE | -p IMAGE INITRD CMDLINE | -e | -u");
}

int main(int argc, char **argv)
{
	const char *option = argc > 1 ? argv[1] : "";

	if ((!strcmp(option, "-l") || !strcmp(option, "-p")) && argc == 5) {
		load(argv[2], argv[3], argv[4], option[1] == 'p');
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
