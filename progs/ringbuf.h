/* SPDX-License-Identifier: GPL-2.0-only */
/* The orders of prog_tests/ringbuf.c to progs/ringbuf.c, and the samples that it sends back. */
#ifndef RINGBUF_H
#define RINGBUF_H

/* Not from 0, because memory that is not written is 0. */
enum ringbuf_how {
	RINGBUF_SUBMIT = 5,
	RINGBUF_DISCARD,
	RINGBUF_OUTPUT,
};

struct ringbuf_order {
	__u32 how;
	__u32 to_sentinel;
	__u64 wakeup_flags;
	__u64 number;
};

struct ringbuf_sample {
	__u64 number;
	__u64 how; /* enum ringbuf_how: the way that the record took */
	__u64 inverted_number;
};

#endif
