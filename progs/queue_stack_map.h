/* SPDX-License-Identifier: GPL-2.0-only */
/* The operation that the test requests from the program. */
#ifndef QUEUE_STACK_MAP_H
#define QUEUE_STACK_MAP_H

#define QUEUE_STACK_ENTRIES 4

enum queue_stack_operation {
	QUEUE_STACK_PUSH,
	QUEUE_STACK_POP,
	QUEUE_STACK_PEEK,
};

struct queue_stack_order {
	__u32 operation;
	__u32 in_stack; /* whether to use the stack (1) or the queue (0) */
	__u64 value;
	__u64 flags;
};

#endif
