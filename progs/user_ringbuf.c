// SPDX-License-Identifier: GPL-2.0-only
/* Takes the samples that user space has put into a ring, and records them. */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

#include "user_ringbuf.h"

struct {
	__uint(type, BPF_MAP_TYPE_USER_RINGBUF);
	__uint(max_entries, 4096);
} samples SEC(".maps");

__u64 flags;
__u32 seen_count;
/* Nothing is recorded in the last one. */
__u32 seen_number[USER_RINGBUF_SEEN + 1];
__u32 seen_size[USER_RINGBUF_SEEN + 1];
__s32 read_error;
__u32 context_sum;

static long take(struct bpf_dynptr *dynptr, __u32 *sum)
{
	struct user_sample sample;
	const struct user_sample *data;
	__u32 at = seen_count;

	/* Both ways to read: a copy, and the bytes in the ring. */
	read_error = bpf_dynptr_read(&sample, sizeof(sample), dynptr, 0, 0);
	data = bpf_dynptr_data(dynptr, 0, sizeof(*data));
	if (!data)
		return 1;
	if (at < USER_RINGBUF_SEEN) {
		seen_number[at] = sample.number;
		seen_size[at] = data->size_bytes;
	}
	seen_count = at + 1;
	*sum += sample.number;
	return sample.number == USER_RINGBUF_STOP;
}

SEC("raw_tp")
int drain(void *ctx)
{
	__u32 sum = 0;
	long count = bpf_user_ringbuf_drain(&samples, take, &sum, flags);

	context_sum = sum;
	return count;
}

char _license[] SEC("license") = "GPL";
