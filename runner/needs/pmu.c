// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <linux/perf_event.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "runner/needs/pmu.h"
#include "runner/system/clock.h"

#define CYCLES_PER_SAMPLE 100000
#define SPIN_MS           500

/* Read the head of the ring buffer of samples, with the barrier that perf_event_open(2) demands. */
static bool has_sample(struct perf_event_mmap_page *page)
{
	return __atomic_load_n(&page->data_head, __ATOMIC_ACQUIRE) != 0;
}

int pmu__delivers_samples(void)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_HARDWARE,
		.size = sizeof(attr),
		.config = PERF_COUNT_HW_CPU_CYCLES,
		.sample_period = CYCLES_PER_SAMPLE,
		.sample_type = PERF_SAMPLE_IP,
	};
	size_t len_bytes = 2 * sysconf(_SC_PAGESIZE);
	int64_t deadline_ms = clock__now_ns() / NS_PER_MS + SPIN_MS;
	struct perf_event_mmap_page *page;
	int fd, err = -ETIME;

	fd = syscall(SYS_perf_event_open, &attr, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);
	if (fd < 0)
		return -errno;
	page = mmap(NULL, len_bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (page == MAP_FAILED) {
		err = -errno;
		goto out;
	}
	while (err && clock__now_ns() / NS_PER_MS < deadline_ms)
		err = has_sample(page) ? 0 : -ETIME;
	munmap(page, len_bytes);
out:
	close(fd);
	return err;
}
