// SPDX-License-Identifier: GPL-2.0-only
/* Makes, starts and cancels a timer in the value of a map. */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

#define ENOENT 2

struct element {
	__u64 marker;
	struct bpf_timer timer;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 2);
	__type(key, __u32);
	__type(value, struct element);
} elements SEC(".maps");

__u32 key;
__u64 delay_ns;
__u64 flags;
__u32 restarts; /* how often the callback starts the timer again */
__u64 start_ns;

__u32 calls;
__u32 seen_key;
__u64 seen_marker;
__u64 seen_ns;

static int fire(void *map, __u32 *at, struct element *element)
{
	seen_key = *at;
	seen_marker = element->marker;
	seen_ns = bpf_ktime_get_ns();
	if (restarts) {
		restarts--;
		bpf_timer_start(&element->timer, delay_ns, 0);
	}
	/* The test waits for this. */
	__sync_fetch_and_add(&calls, 1);
	return 0;
}

static struct element *find(void)
{
	__u32 wanted = key;

	return bpf_map_lookup_elem(&elements, &wanted);
}

SEC("tc")
int init(void *ctx)
{
	struct element *element = find();

	return element ? bpf_timer_init(&element->timer, &elements, flags) : -ENOENT;
}

SEC("tc")
int set_callback(void *ctx)
{
	struct element *element = find();

	return element ? bpf_timer_set_callback(&element->timer, fire) : -ENOENT;
}

SEC("tc")
int start(void *ctx)
{
	struct element *element = find();

	if (!element)
		return -ENOENT;
	start_ns = bpf_ktime_get_ns();
	return bpf_timer_start(&element->timer, delay_ns, flags);
}

SEC("tc")
int cancel(void *ctx)
{
	struct element *element = find();

	return element ? bpf_timer_cancel(&element->timer) : -ENOENT;
}

char _license[] SEC("license") = "GPL";
