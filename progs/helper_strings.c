// SPDX-License-Identifier: GPL-2.0-only
/* Calls the helpers that print, read numbers, and compare text. */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include "helper_strings.h"

char text[STRINGS_TEXT_BYTES];
__u32 text_bytes; /* how much of it the helper may use */
__u64 flags;
__s64 signed_number;
__u64 unsigned_number;
char word[8];

static __always_inline __u32 usable_bytes(void)
{
	return text_bytes % sizeof(text);
}

SEC("raw_tp")
int print(void *ctx)
{
	return BPF_SNPRINTF(text, usable_bytes(), "%d|%5u|%-4x|%lx|%llu|%s|%c|%%",
			    (__s32)signed_number, (__u32)unsigned_number, (__u32)unsigned_number,
			    unsigned_number, unsigned_number, word, (__u8)word[0]);
}

SEC("raw_tp")
int print_without_arguments(void *ctx)
{
	return BPF_SNPRINTF(text, usable_bytes(), "plain");
}

/* An address of IPv4, as eight bytes of the stack. */
SEC("raw_tp")
int print_address(void *ctx)
{
	__u64 address = unsigned_number;

	return BPF_SNPRINTF(text, usable_bytes(), "%pI4", &address);
}

/* These helpers refuse a size of zero when the program is loaded. */
static __always_inline __u32 nonzero_bytes(void)
{
	return (text_bytes - 1) % sizeof(text) + 1;
}

SEC("raw_tp")
int compare(void *ctx)
{
	return bpf_strncmp(text, nonzero_bytes(), STRINGS_COMPARED);
}

SEC("syscall")
int read_signed(void *ctx)
{
	return bpf_strtol(text, nonzero_bytes(), flags, (long *)&signed_number);
}

SEC("syscall")
int read_unsigned(void *ctx)
{
	return bpf_strtoul(text, nonzero_bytes(), flags, (unsigned long *)&unsigned_number);
}

char _license[] SEC("license") = "GPL";
