// SPDX-License-Identifier: GPL-2.0-only
/* Variables in each kind of section, read and written by a program. */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>

#include "global_data.h"

#define SECTION(name) __attribute__((section(name)))

__u64 in_data = 0x1111111111111111;
__u8 bytes_in_data[5] = { 11, 22, 33, 44, 55 };
static __u32 static_in_data = 77;
__u64 in_bss;
struct global_record record_in_bss;
const volatile __u64 in_rodata = 0x2222222222222222;
const volatile struct global_record record_in_rodata = { .a = 21, .b = -22, .c = 23, .d = -24 };
__u64 in_own_data SECTION(".data.own") = 0x3333333333333333;
__u64 in_own_bss SECTION(".bss.own");
const volatile __u64 in_own_rodata SECTION(".rodata.own") = 0x4444444444444444;
/* Static, so that the skeleton does not show it: only the program uses it. */
static __u64 hidden SECTION(".bss.own");

/* The values that the program saw. */
struct global_values seen SECTION(".bss.seen");

SEC("syscall")
int look_and_change(void *unused)
{
	seen.in_data = in_data++;
	seen.bytes_sum = 0;
	for (int i = 0; i < 5; i++)
		seen.bytes_sum += bytes_in_data[i];
	bytes_in_data[4]++;
	seen.static_in_data = static_in_data++;
	seen.in_bss = in_bss++;
	seen.record_in_bss = record_in_bss;
	record_in_bss.a--;
	record_in_bss.d = -record_in_bss.d;
	seen.in_rodata = in_rodata;
	seen.record_in_rodata.a = record_in_rodata.a;
	seen.record_in_rodata.b = record_in_rodata.b;
	seen.record_in_rodata.c = record_in_rodata.c;
	seen.record_in_rodata.d = record_in_rodata.d;
	seen.in_own_data = in_own_data++;
	seen.in_own_bss = in_own_bss++;
	seen.in_own_rodata = in_own_rodata;
	seen.hidden = hidden++;
	return 0;
}

/* .rodata is frozen, so the verifier knows its content, and skips the dead branch. */
SEC("syscall")
int branch_on_rodata(void *unused)
{
	if (in_own_rodata != 0x4444444444444444)
		return *(volatile int *)0;
	return 5;
}

char _license[] SEC("license") = "GPL";
