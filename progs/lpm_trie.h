/* SPDX-License-Identifier: GPL-2.0-only */
/* The operation that the test requests from the program, and the key of its trie. */
#ifndef LPM_TRIE_H
#define LPM_TRIE_H

#define LPM_TRIE_ENTRIES 8

struct lpm_key {
	__u32 prefix_bits;
	__u8 address[4];
};

enum lpm_operation {
	LPM_UPDATE,
	LPM_DELETE,
	LPM_LOOKUP,
};

struct lpm_order {
	struct lpm_key key;
	__u32 operation;
	__u32 value;
	__u64 flags;
};

#endif
