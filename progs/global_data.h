/* SPDX-License-Identifier: GPL-2.0-only */
/* The values of the program's variables, as it reports them to the test. */
#ifndef GLOBAL_DATA_H
#define GLOBAL_DATA_H

struct global_record {
	__s8 a;
	__s16 b;
	__s32 c;
	__s64 d;
};

struct global_values {
	__u64 in_data;
	__u64 bytes_sum;
	__u64 static_in_data;
	__u64 in_bss;
	struct global_record record_in_bss;
	__u64 in_rodata;
	struct global_record record_in_rodata;
	__u64 in_own_data;
	__u64 in_own_bss;
	__u64 in_own_rodata;
	__u64 hidden;
};

#endif
