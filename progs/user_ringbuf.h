/* SPDX-License-Identifier: GPL-2.0-only */
/* A sample that user space gives to the program. */
#ifndef USER_RINGBUF_H
#define USER_RINGBUF_H

#define USER_RINGBUF_SEEN 16
#define USER_RINGBUF_STOP 0xdead /* a sample that ends the drain */

struct user_sample {
	__u32 number;
	__u32 size_bytes; /* as the producer reserved it */
};

#endif
