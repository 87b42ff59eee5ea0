// SPDX-License-Identifier: GPL-2.0-only
/*
 * The verifier knows only the types of a global function. For a static function, it knows the
 * caller's state in the function, and the function's result in the caller.
 */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

#include "bpf_misc.h"

struct pair {
	int first;
	int second;
};

__u64 values[4] = { 10, 11, 12, 13 };

/* Without the barrier, the compiler would know the range and drop the caller's check. */
__noinline int index_of(int number)
{
	number &= 3;
	barrier_var(number);
	return number;
}

static __noinline int static_index_of(int number)
{
	number &= 3;
	barrier_var(number);
	return number;
}

/*
 * The same code twice: the result of a static function is known, that of a global one is not. The
 * packet has 64 bytes, so the index is 2.
 */
SEC("tc")
__description("return value of a static function: known")
__success
__retval(12)
int static_result(struct __sk_buff *skb)
{
	__u64 *value = values;

	return value[static_index_of(skb->len >> 5)];
}

SEC("tc")
__description("return value of a global function: any")
__failure
__msg("{{unbounded m(emory access|in value)|min value is (negative|outside)}}")
int global_result(struct __sk_buff *skb)
{
	__u64 *value = values;

	return value[index_of(skb->len >> 5)];
}

SEC("tc")
__description("return value of a global function: bounded by the caller")
__success
__retval(12)
int global_result_bounded(struct __sk_buff *skb)
{
	__u64 *value = values;
	__u32 index = index_of(skb->len >> 5);

	if (index > 3)
		return -1;
	return value[index];
}

/* Verified by itself, so it does not help that every caller passes a valid index. */
__noinline int value_at(__u32 index)
{
	__u64 *value = values;

	return value[index];
}

SEC("tc")
__description("argument of a global function: any")
__failure
__msg("{{unbounded m(emory access|in value)|min value is (negative|outside)}}")
int global_argument(struct __sk_buff *skb)
{
	return value_at(2);
}

static __noinline int static_value_at(__u32 index)
{
	__u64 *value = values;

	return value[index];
}

SEC("tc")
__description("argument of a static function: known")
__success
__retval(12)
int static_argument(struct __sk_buff *skb)
{
	return static_value_at(2);
}

__noinline int sum_unchecked(struct pair *pair)
{
	return pair->first + pair->second;
}

SEC("tc")
__description("pointer to a global function: may be NULL")
__failure
__msg("invalid mem access 'mem_or_null'")
int pointer_unchecked(struct __sk_buff *skb)
{
	struct pair pair = { 1, 2 };

	return sum_unchecked(&pair);
}

__noinline int sum_checked(struct pair *pair)
{
	return pair ? pair->first + pair->second : -1;
}

SEC("tc")
__description("pointer to a global function: checked there")
__success
__retval(7)
int pointer_checked(struct __sk_buff *skb)
{
	struct pair pair = { 3, 4 };

	return sum_checked(&pair);
}

__noinline int read_behind(struct pair *pair)
{
	return pair ? pair[1].first : -1;
}

SEC("tc")
__description("pointer to a global function: no more than its type")
__failure
__msg("invalid access to memory, mem_size=8 off=8 size=4")
int pointer_behind(struct __sk_buff *skb)
{
	struct pair pairs[2] = {};

	return read_behind(pairs);
}

__noinline int length_of(struct __sk_buff *skb)
{
	return skb->len;
}

SEC("tc")
__description("context of a global function: passed on")
__success
__retval(64)
int context_passed(struct __sk_buff *skb)
{
	return length_of(skb);
}

SEC("tc")
__description("context of a global function: not the context")
__failure
__msg("expect{{(s|ed)}} pointer to ctx")
int context_faked(struct __sk_buff *skb)
{
	char stack[sizeof(struct __sk_buff)] = {};

	return length_of((struct __sk_buff *)stack);
}

char _license[] SEC("license") = "GPL";
