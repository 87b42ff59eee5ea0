// SPDX-License-Identifier: GPL-2.0-only
/*
 * Perf event arrays: records of programs reach the buffer of their CPU in order, a full buffer
 * counts what is lost, and programs read counters.
 */
#include <linux/perf_event.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>

#include "test_progs.h"
#include "testing_helpers.h"
#include "progs/perf_records.h"
#include "perf_records.skel.h"

/* The kernel's errno for a missing operation of a map. User space has no name for it. */
#define ENOTSUPP     524
#define MAX_RECORDS  64
/* A record with its header and its size, in multiples of eight bytes. */
#define RECORD_BYTES 24

struct received {
	unsigned int count, malformed;
	int cpu; /* of the last record */
	__u32 number[MAX_RECORDS];
	unsigned long long lost;
};

static void receive(void *context, int cpu, void *data, __u32 bytes)
{
	struct received *received = context;
	const struct perf_record *record = data;

	if (bytes < sizeof(*record) || record->inverted != ~record->number) {
		received->malformed++;
		return;
	}
	if (received->count < MAX_RECORDS)
		received->number[received->count] = record->number;
	received->count++;
	received->cpu = cpu;
}

static void lose(void *context, int cpu, __u64 count)
{
	struct received *received = context;

	received->lost += count;
}

/* Sends the numbers from @first on; the program chooses the buffer of its CPU. */
static void output(struct perf_records *skel, __u32 first, __u32 count)
{
	skel->bss->flags = BPF_F_CURRENT_CPU;
	for (__u32 number = first; number < first + count; number++) {
		skel->bss->number = number;
		ASSERT_EQ(test_run(skel->progs.output), 0, "output");
	}
}

static void records(struct perf_records *skel)
{
	struct received received = {};
	struct perf_buffer *buffer = perf_buffer__new(bpf_map__fd(skel->maps.records), 1, receive,
						      lose, &received, NULL);
	cpu_set_t saved;

	if (!ASSERT_OK_PTR(buffer, "buffer") || !stay_on_cpu(&saved))
		return;
	output(skel, 5, 20);
	ASSERT_GE(perf_buffer__poll(buffer, test__wait_timeout_ms()), 1, "poll");
	ASSERT_EQ(received.malformed, 0, "malformed records");
	ASSERT_EQ(received.lost, 0, "lost records");
	ASSERT_EQ(received.cpu, sched_getcpu(), "CPU of the buffer");
	if (ASSERT_EQ(received.count, 20, "records"))
		for (__u32 i = 0; i < 20; i++)
			ASSERT_EQ(received.number[i], 5 + i, "number");
	ASSERT_EQ(perf_buffer__consume(buffer), 0, "consume what is left");
	ASSERT_EQ(received.count, 20, "records after that");
	leave_cpu(&saved);
	perf_buffer__free(buffer);
}

/* One page of buffer holds fewer than 1000 records. Those that do not fit are refused. */
static void full(struct perf_records *skel)
{
	struct received received = {};
	struct perf_buffer *buffer = perf_buffer__new(bpf_map__fd(skel->maps.records), 1, receive,
						      lose, &received, NULL);
	unsigned int refused = 0, sent = 0;
	cpu_set_t saved;

	if (!ASSERT_OK_PTR(buffer, "buffer") || !stay_on_cpu(&saved))
		return;
	skel->bss->flags = BPF_F_CURRENT_CPU;
	for (unsigned int i = 0; i < 1000; i++) {
		int err = test_run(skel->progs.output);

		if (err && !ASSERT_EQ(err, -ENOSPC, "output into full buffer"))
			break;
		refused += !!err;
		sent += !err;
	}
	ASSERT_GT(refused, 0, "records that did not fit");
	ASSERT_GE(sent, getpagesize() / RECORD_BYTES - 2, "records that fitted");
	ASSERT_LE(sent, getpagesize() / RECORD_BYTES, "records that fitted");
	ASSERT_EQ(perf_buffer__consume(buffer), 0, "consume");
	ASSERT_EQ(received.count, sent, "records");
	/* The next record tells how many were lost before it. */
	output(skel, 1, 1);
	ASSERT_EQ(perf_buffer__consume(buffer), 0, "consume again");
	ASSERT_EQ(received.lost, refused, "records lost");
	ASSERT_EQ(received.count, sent + 1, "records with the last");
	leave_cpu(&saved);
	perf_buffer__free(buffer);
}

static int open_event(struct perf_event_attr attr, int cpu)
{
	attr.size = sizeof(attr);
	return syscall(SYS_perf_event_open, &attr, cpu < 0 ? 0 : -1, cpu, -1, PERF_FLAG_FD_CLOEXEC);
}

static void refused(struct perf_records *skel)
{
	const struct perf_event_attr bpf_output = { .type = PERF_TYPE_SOFTWARE,
						    .config = PERF_COUNT_SW_BPF_OUTPUT };
	const struct perf_event_attr switches = { .type = PERF_TYPE_SOFTWARE,
						  .config = PERF_COUNT_SW_CONTEXT_SWITCHES };
	int fd = bpf_map__fd(skel->maps.records);
	auto_fd int file = open("/dev/null", O_RDONLY | O_CLOEXEC);
	__u32 key, value;
	cpu_set_t saved;

	if (!stay_on_cpu(&saved))
		return;
	auto_fd int own = open_event(bpf_output, sched_getcpu());
	auto_fd int other_type = open_event(switches, sched_getcpu());

	ASSERT_OK_FD(own, "event");
	key = sched_getcpu();
	skel->bss->flags = BPF_F_CURRENT_CPU;
	ASSERT_EQ(test_run(skel->progs.output), -ENOENT, "no event");
	ASSERT_OK(bpf_map_update_elem(fd, &key, &other_type, BPF_ANY), "insert other event");
	ASSERT_EQ(test_run(skel->progs.output), -EINVAL, "event of another kind");
	ASSERT_OK(bpf_map_update_elem(fd, &key, &own, BPF_ANY), "insert");
	ASSERT_EQ(test_run(skel->progs.output), -ENOSPC, "event without a buffer");
	skel->bss->flags = key;
	ASSERT_EQ(test_run(skel->progs.output), -ENOSPC, "index of the event");
	skel->bss->flags = BPF_F_CURRENT_CPU | 1ULL << 60;
	ASSERT_EQ(test_run(skel->progs.output), -EINVAL, "unknown flag");
	skel->bss->flags = bpf_map__max_entries(skel->maps.records);
	ASSERT_EQ(test_run(skel->progs.output), -E2BIG, "index behind the last");

	ASSERT_EQ(bpf_map_update_elem(fd, &key, &file, BPF_ANY), -EBADF, "not an event");
	ASSERT_EQ(bpf_map_lookup_elem(fd, &key, &value), -ENOTSUPP, "look up");
	ASSERT_OK(bpf_map_delete_elem(fd, &key), "delete");
	ASSERT_EQ(bpf_map_delete_elem(fd, &key), -ENOENT, "delete again");
	leave_cpu(&saved);
}

/* Reads the clock of the CPU, which is the counter, between two readings of the test. */
static void counter(struct perf_records *skel)
{
	const struct perf_event_attr clock = { .type = PERF_TYPE_SOFTWARE,
					       .config = PERF_COUNT_SW_CPU_CLOCK,
					       .read_format = PERF_FORMAT_TOTAL_TIME_ENABLED |
							      PERF_FORMAT_TOTAL_TIME_RUNNING };
	int fd = bpf_map__fd(skel->maps.counters);
	__u64 before[3], after[3];
	cpu_set_t saved;
	__u32 key;

	if (!stay_on_cpu(&saved))
		return;
	auto_fd int event = open_event(clock, sched_getcpu());

	key = sched_getcpu();
	skel->bss->flags = BPF_F_CURRENT_CPU;
	ASSERT_EQ(test_run(skel->progs.read_counter_value), -ENOENT, "no event");
	ASSERT_EQ(test_run(skel->progs.read_counter), 0, "read without event");
	ASSERT_EQ((__s64)skel->bss->counter, -ENOENT, "result without event");
	ASSERT_OK(bpf_map_update_elem(fd, &key, &event, BPF_ANY), "insert");
	ASSERT_EQ(read(event, before, sizeof(before)), sizeof(before), "read before");
	ASSERT_EQ(test_run(skel->progs.read_counter), 0, "read counter");
	ASSERT_EQ(test_run(skel->progs.read_counter_value), 0, "read counter and times");
	ASSERT_EQ(read(event, after, sizeof(after)), sizeof(after), "read after");
	ASSERT_GE(skel->bss->counter, before[0], "counter after the first reading");
	ASSERT_GE(skel->bss->counter_value.counter, skel->bss->counter, "second counter");
	ASSERT_LE(skel->bss->counter_value.counter, after[0], "counter before the last reading");
	ASSERT_GE(skel->bss->counter_value.enabled, before[1], "time enabled");
	ASSERT_LE(skel->bss->counter_value.enabled, after[1], "time enabled");
	ASSERT_GE(skel->bss->counter_value.running, before[2], "time running");
	ASSERT_LE(skel->bss->counter_value.running, after[2], "time running");
	skel->bss->flags = 1ULL << 40;
	ASSERT_EQ(test_run(skel->progs.read_counter_value), -EINVAL, "unknown flag");
	skel->bss->flags = bpf_map__max_entries(skel->maps.counters);
	ASSERT_EQ(test_run(skel->progs.read_counter_value), -E2BIG, "index behind the last");
	ASSERT_EQ(test_run(skel->progs.read_counter), 0, "read behind the last");
	ASSERT_EQ((__s64)skel->bss->counter, -E2BIG, "result behind the last");
	ASSERT_EQ(skel->bss->counter_value.counter, 0, "counter is cleared");
	leave_cpu(&saved);
}

/* An event that is closed leaves the array, unless the map preserves its elements. */
static void preserve_elems(struct perf_records *unused)
{
	const struct perf_event_attr clock = { .type = PERF_TYPE_SOFTWARE,
					       .config = PERF_COUNT_SW_CPU_CLOCK };
	const __u32 flags[] = { 0, BPF_F_PRESERVE_ELEMS };
	cpu_set_t saved;

	if (!stay_on_cpu(&saved))
		return;
	for (unsigned int i = 0; i < ARRAY_SIZE(flags); i++) {
		auto_skel struct perf_records *skel = perf_records__open();
		__u32 key = sched_getcpu();
		int map, event;

		if (!ASSERT_OK_PTR(skel, "open"))
			break;
		ASSERT_OK(bpf_map__set_map_flags(skel->maps.counters, flags[i]), "flags");
		if (!ASSERT_OK(perf_records__load(skel), "load"))
			break;
		map = bpf_map_get_fd_by_id(map_id(bpf_map__fd(skel->maps.counters)));
		event = open_event(clock, key);
		ASSERT_OK(bpf_map_update_elem(map, &key, &event, BPF_ANY), "insert");
		skel->bss->flags = BPF_F_CURRENT_CPU;
		ASSERT_EQ(test_run(skel->progs.read_counter_value), 0, "read");
		/* The descriptor of the map through which the event was inserted is closed. */
		close(map);
		ASSERT_EQ(test_run(skel->progs.read_counter_value), flags[i] ? 0 : -ENOENT,
			  "read after close");
		close(event);
	}
	leave_cpu(&saved);
}

TEST_NEEDS(perf_buffer, NEED_PROG_TYPE(RAW_TRACEPOINT, "4.17"),
	   NEED_MAP_TYPE(PERF_EVENT_ARRAY, "4.3", IF_CONFIG("PERF_EVENTS")));
SUBTEST_NEEDS(perf_buffer, "preserve_elems", NEED_CONSTANT("BPF_F_PRESERVE_ELEMS", "5.10"));

void test_perf_buffer(void)
{
	static const struct {
		const char *name;
		void (*run)(struct perf_records *skel);
	} subtests[] = {
		/* clang-format off */
		{ "records",		records },
		{ "full",		full },
		{ "refused",		refused },
		{ "counter",		counter },
		{ "preserve_elems",	preserve_elems },
		/* clang-format on */
	};

	RUN_SKEL_SUBTESTS(perf_records, subtests);
}
