/* SPDX-License-Identifier: GPL-2.0-only */
/* Orders to progs/ringbuf.c and samples from it; shared with prog_tests/ringbuf.c. */
#ifndef RINGBUF_H
#define RINGBUF_H

enum ringbuf_how {
	RINGBUF_SUBMIT,
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
	__u64 how;
	__u64 inverted_number;
};

#endif
