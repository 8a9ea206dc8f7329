// SPDX-License-Identifier: GPL-2.0-only
/*
 * Profiles itself as `perf record` does: cycles of the CPU's performance monitor, with an interrupt
 * each time that so many have passed, which writes a sample. Prints the count of cycles and of
 * samples.
 *
 * usage: sampling
 */
#include <err.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>
#include <linux/perf_event.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#define PERIOD 1000000
#define WANTED 20

/* What an interrupt writes. */
struct sample {
	struct perf_event_header header;
	uint64_t ip;
};

int main(void)
{
	struct perf_event_attr attributes = {
		.type = PERF_TYPE_HARDWARE,
		.size = sizeof(attributes),
		.config = PERF_COUNT_HW_CPU_CYCLES,
		.sample_period = PERIOD,
		.sample_type = PERF_SAMPLE_IP,
	};
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	struct perf_event_mmap_page *ring;
	uint64_t cycles;
	int fd;

	fd = (int)syscall(SYS_perf_event_open, &attributes, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);
	if (fd < 0)
		err(1, "sampling: perf_event_open");
	ring = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (ring == MAP_FAILED)
		err(1, "sampling: no buffer");
	while (__atomic_load_n(&ring->data_head, __ATOMIC_ACQUIRE) < WANTED * sizeof(struct sample))
		;
	ioctl(fd, PERF_EVENT_IOC_DISABLE, 0);
	if (read(fd, &cycles, sizeof(cycles)) != sizeof(cycles))
		err(1, "sampling: no count");
	printf("%llu cycles, %llu samples\n", (unsigned long long)cycles,
	       (unsigned long long)(ring->data_head / sizeof(struct sample)));
	return cycles < (uint64_t)PERIOD * WANTED;
}
