/* SPDX-License-Identifier: GPL-2.0-only */
/* What the test asks the program to do with a map; shared by both. */
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
	__u32 in_array; /* else in the hash */
	__u32 key;
	__u32 unused;
	__u64 value;
	__u64 flags;
};

#endif
