// SPDX-License-Identifier: GPL-2.0-only
/* Sends records to a perf buffer, and reads counters of perf events. */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

#include "perf_records.h"

struct {
	__uint(type, BPF_MAP_TYPE_PERF_EVENT_ARRAY);
	__type(key, __u32);
	__type(value, __u32);
} records SEC(".maps");

__u32 number;
__u64 flags;

SEC("raw_tp")
int output(void *ctx)
{
	struct perf_record record = { .number = number, .inverted = ~number };

	return bpf_perf_event_output(ctx, &records, flags, &record, sizeof(record));
}

struct {
	__uint(type, BPF_MAP_TYPE_PERF_EVENT_ARRAY);
	__type(key, __u32);
	__type(value, __u32);
} counters SEC(".maps");

__u64 counter;
struct bpf_perf_event_value counter_value;

SEC("raw_tp")
int read_counter(void *ctx)
{
	__s64 result = bpf_perf_event_read(&counters, flags);

	counter = result;
	return 0;
}

SEC("raw_tp")
int read_counter_value(void *ctx)
{
	return bpf_perf_event_read_value(&counters, flags, &counter_value, sizeof(counter_value));
}

char _license[] SEC("license") = "GPL";
