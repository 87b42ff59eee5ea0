/* SPDX-License-Identifier: GPL-2.0-only */
/* The kernel's log, read from /dev/kmsg while the run goes on. */
#ifndef RUNNER_KERNEL_LOG_KERNEL_LOG_H
#define RUNNER_KERNEL_LOG_KERNEL_LOG_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "runner/text/log_tail.h"

#define KERNEL_LOG_CALLER_MAX 16

struct kernel_log_line {
	int level;        /* 0 (emergency) to 7 (debug) */
	int facility;     /* 0: the kernel itself, which nobody else can claim to be */
	uint64_t number;  /* sequence number in the log */
	uint64_t time_us; /* since the kernel started */
	/* "T17", a task, or "C1", a CPU in an interrupt; "" if the kernel does not say that. */
	char caller[KERNEL_LOG_CALLER_MAX];
	char *text; /* one line, in the buffer that was parsed */
};

/**
 * kernel_log__parse() - split a message as read(2) of /dev/kmsg returns it
 * @message: terminated; changed, and referred to by @line
 *
 * Format as in the kernel's Documentation/ABI/testing/dev-kmsg:
 * "PREFIX,NUMBER,TIME,FLAG[,...];TEXT" and lines of properties, which are dropped.
 *
 * Return: 0, or -EINVAL if it is no such message.
 */
int kernel_log__parse(char *message, struct kernel_log_line *line);

struct kernel_log {
	int fd;               /* of /dev/kmsg, non-blocking; -1: not readable */
	int error;            /* why not: a negative errno */
	bool is_stream;       /* of messages one behind the other, instead of one a read */
	char *rest;           /* the beginning of a message of such a stream */
	size_t rest_bytes;    /* of @rest */
	FILE *out;            /* where lines are copied to, or NULL */
	struct log_tail tail; /* of what was copied, in the same form */
	uint64_t overwritten; /* gaps: the kernel went on faster than the log was read */
	/* Called for each line, with @context. */
	void (*on_line)(void *context, const struct kernel_log_line *line);
	void *context;
};

/**
 * kernel_log__open() - begin with what is logged from now on
 * @path: NULL for /dev/kmsg, or a file or FIFO with messages of that form, one a line, for tests
 *	of the runner: it is read from its beginning
 *
 * @log->out, on_line and context are the caller's to set.
 *
 * Return: 0 or a negative errno, which is kept in @log as well.
 */
int kernel_log__open(struct kernel_log *log, const char *path);

/** kernel_log__read() - take what there is */
void kernel_log__read(struct kernel_log *log);

/** kernel_log__close() - the last read; @log->out stays the caller's */
void kernel_log__close(struct kernel_log *log);

#endif
