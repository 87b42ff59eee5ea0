/* SPDX-License-Identifier: GPL-2.0-only */
/* The operation that the test requests from the program. */
#ifndef MAP_OPS_H
#define MAP_OPS_H

#define MAP_OPS_ENTRIES 16

enum map_operation {
	MAP_UPDATE,
	MAP_DELETE,
	MAP_LOOKUP,
};

struct map_order {
	__u32 operation;
	__u32 in_array; /* whether to use the array (1) or the hash (0) */
	__u32 key;
	__u32 unused;
	__u64 value;
	__u64 flags;
};

#endif
