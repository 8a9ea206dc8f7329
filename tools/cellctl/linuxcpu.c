// SPDX-License-Identifier: GPL-2.0-only
/* Linux' number of a CPU (linuxcpu.h): each CPU of sysfs has its node of the device tree beside it.
 */
#include "linuxcpu.h"

#include <endian.h>
#include <stdio.h>
#include <string.h>

#include "file.h"

/* A test uses another directory. */
#ifndef CPU_DIRECTORY
#define CPU_DIRECTORY "/sys/devices/system/cpu"
#endif

#define MAX_LINUX_CPUS 4096

/* "reg" of a CPU's node: one big-endian cell, or two. */
static int read_mpidr(int cpu, uint64_t *mpidr)
{
	char path[128];
	struct file file;
	uint32_t cells[2] = { 0 };
	int ret;

	snprintf(path, sizeof(path), CPU_DIRECTORY "/cpu%d/of_node/reg", cpu);
	ret = file_read(path, sizeof(cells), &file);
	if (ret)
		return ret;
	if (file.size == sizeof(cells) || file.size == sizeof(cells[0]))
		memcpy((char *)cells + sizeof(cells) - file.size, file.data, file.size);
	*mpidr = (uint64_t)be32toh(cells[0]) << 32 | be32toh(cells[1]);
	file_free(&file);
	return 0;
}

int linuxcpu_find(uint64_t mpidr)
{
	uint64_t found;

	for (int cpu = 0; cpu < MAX_LINUX_CPUS && !read_mpidr(cpu, &found); cpu++)
		if (found == mpidr)
			return cpu;
	return -1;
}
