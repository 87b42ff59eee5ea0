// SPDX-License-Identifier: GPL-2.0-only
/* Makes masks of CPUs from numbers, calls the kfuncs on them, and writes the results as numbers. */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

#include "cpumask.h"

/* The arguments: two masks, and the number of a CPU. */
__u32 left_bits, right_bits, cpu;

struct cpumask_results results;

static const struct cpumask *plain(struct bpf_cpumask *mask)
{
	return (const struct cpumask *)mask;
}

static __noinline void fill(struct bpf_cpumask *mask, __u32 bits)
{
	if (bits & 1)
		bpf_cpumask_set_cpu(0, mask);
	if (bits & 2)
		bpf_cpumask_set_cpu(1, mask);
}

static __noinline __u32 bits_of(struct bpf_cpumask *mask)
{
	return bpf_cpumask_test_cpu(0, plain(mask)) | bpf_cpumask_test_cpu(1, plain(mask)) << 1;
}

static void combine(struct bpf_cpumask *left, struct bpf_cpumask *right, struct bpf_cpumask *to)
{
	results.left = bits_of(left);
	results.and_is_not_empty = bpf_cpumask_and(to, plain(left), plain(right));
	results.and = bits_of(to);
	bpf_cpumask_or(to, plain(left), plain(right));
	results.or = bits_of(to);
	bpf_cpumask_xor(to, plain(left), plain(right));
	results.xor = bits_of(to);
	bpf_cpumask_copy(to, plain(left));
	results.copy = bits_of(to);
	results.equal = bpf_cpumask_equal(plain(left), plain(right));
	results.intersects = bpf_cpumask_intersects(plain(left), plain(right));
	results.subset = bpf_cpumask_subset(plain(left), plain(right));
	results.empty = bpf_cpumask_empty(plain(left));
	results.full = bpf_cpumask_full(plain(left));
	results.first = bpf_cpumask_first(plain(left));
	results.first_zero = bpf_cpumask_first_zero(plain(left));
	results.first_and = bpf_cpumask_first_and(plain(left), plain(right));
	results.weight = bpf_cpumask_weight(plain(left));
	results.any = bpf_cpumask_any_distribute(plain(left));
	results.any_and = bpf_cpumask_any_and_distribute(plain(left), plain(right));
}

SEC("syscall")
int compare(void *ctx)
{
	struct bpf_cpumask *left = bpf_cpumask_create(), *right, *to;

	if (!left)
		return 1;
	right = bpf_cpumask_create();
	if (!right) {
		bpf_cpumask_release(left);
		return 2;
	}
	to = bpf_cpumask_create();
	if (to) {
		fill(left, left_bits);
		fill(right, right_bits);
		combine(left, right, to);
		bpf_cpumask_release(to);
	}
	bpf_cpumask_release(right);
	bpf_cpumask_release(left);
	return to ? 0 : 3;
}

bool was_set, was_set_again, was_cleared, was_cleared_again;
__u32 after_set, after_clear, after_clear_cpu, of_all, of_none;

SEC("syscall")
int change(void *ctx)
{
	struct bpf_cpumask *mask = bpf_cpumask_create();

	if (!mask)
		return 1;
	fill(mask, left_bits);
	was_set = bpf_cpumask_test_and_set_cpu(cpu, mask);
	was_set_again = bpf_cpumask_test_and_set_cpu(cpu, mask);
	after_set = bits_of(mask);
	was_cleared = bpf_cpumask_test_and_clear_cpu(cpu, mask);
	was_cleared_again = bpf_cpumask_test_and_clear_cpu(cpu, mask);
	after_clear = bits_of(mask);
	bpf_cpumask_setall(mask);
	of_all = bpf_cpumask_weight(plain(mask));
	bpf_cpumask_clear_cpu(cpu, mask);
	after_clear_cpu = bpf_cpumask_weight(plain(mask));
	bpf_cpumask_clear(mask);
	of_none = bpf_cpumask_weight(plain(mask));
	bpf_cpumask_release(mask);
	return 0;
}

__u64 memory[16];
__s32 populated, populated_too_small;

SEC("syscall")
int populate(void *ctx)
{
	struct bpf_cpumask *mask = bpf_cpumask_create();

	if (!mask)
		return 1;
	/* The next call replaces all bits. */
	bpf_cpumask_setall(mask);
	of_all = bpf_cpumask_weight(plain(mask));
	populated = bpf_cpumask_populate(mask, memory, sizeof(memory));
	results.copy = bits_of(mask);
	results.weight = bpf_cpumask_weight(plain(mask));
	populated_too_small = bpf_cpumask_populate(mask, memory, 0);
	bpf_cpumask_release(mask);
	return 0;
}

/* A mask that stays from one run to the next. */
struct kept {
	struct bpf_cpumask __kptr *mask;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct kept);
} masks SEC(".maps");

bool had_mask;

SEC("syscall")
int keep(void *ctx)
{
	struct bpf_cpumask *mask = bpf_cpumask_create(), *own, *old;
	__u32 key = 0;
	struct kept *kept = bpf_map_lookup_elem(&masks, &key);

	if (!mask)
		return 1;
	if (!kept) {
		bpf_cpumask_release(mask);
		return 2;
	}
	/* The second reference shows what the first one, which goes into the map, has filled in. */
	own = bpf_cpumask_acquire(mask);
	fill(mask, left_bits);
	old = bpf_kptr_xchg(&kept->mask, mask);
	results.left = bits_of(own);
	bpf_cpumask_release(own);
	had_mask = old;
	if (old) {
		results.copy = bits_of(old);
		bpf_cpumask_release(old);
	}
	return 0;
}

/* Looks at the mask while it stays in the map. */
SEC("syscall")
int look(void *ctx)
{
	struct bpf_cpumask *mask;
	__u32 key = 0;
	struct kept *kept = bpf_map_lookup_elem(&masks, &key);

	if (!kept)
		return 2;
	bpf_rcu_read_lock();
	mask = kept->mask;
	had_mask = mask;
	if (mask)
		results.or = bits_of(mask);
	bpf_rcu_read_unlock();
	return 0;
}

char _license[] SEC("license") = "GPL";
