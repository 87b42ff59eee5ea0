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
	int level;        /* severity, from 0 (emergency) to 7 (debug) */
	int facility;     /* source: 0 is the kernel; user space cannot use this value */
	uint64_t number;  /* sequence number in the log */
	uint64_t time_us; /* time since the kernel started */
	/* The task ("T17") or CPU ("C1", in an interrupt) that logged; "" if not known. */
	char caller[KERNEL_LOG_CALLER_MAX];
	char *text; /* text of the line, in the buffer that was parsed */
};

/**
 * kernel_log__parse() - split a message in the form in which read(2) of /dev/kmsg returns it
 * @message: ends with a zero byte; the call changes it, and @line points into it
 *
 * The format is in the kernel's Documentation/ABI/testing/dev-kmsg:
 * "PREFIX,NUMBER,TIME,FLAG[,...];TEXT", followed by lines of properties, which are dropped.
 *
 * Return: 0, or -EINVAL if @message does not have this format.
 */
int kernel_log__parse(char *message, struct kernel_log_line *line);

struct kernel_log {
	int fd;               /* /dev/kmsg, non-blocking; -1: not readable */
	int error;            /* error of opening /dev/kmsg: a negative errno */
	bool is_stream;       /* messages follow each other, instead of one for each read */
	char *rest;           /* the incomplete last message of a stream */
	size_t rest_bytes;    /* length of @rest */
	FILE *out;            /* file to which all lines are copied, or NULL */
	struct log_tail tail; /* the last copied lines, in the same form */
	uint64_t overwritten; /* number of times that the kernel overwrote unread messages */
	/* The function that gets each line, with @context. */
	void (*on_line)(void *context, const struct kernel_log_line *line);
	void *context;
};

/**
 * kernel_log__open() - follow the kernel's log, beginning with the next message
 * @path: NULL for /dev/kmsg. For tests of the runner: a file or FIFO with messages in that form,
 *	one a line, which is read from its beginning
 *
 * The caller sets @log->out, on_line and context.
 *
 * Return: 0 or a negative errno, which is also stored in @log.
 */
int kernel_log__open(struct kernel_log *log, const char *path);

/** kernel_log__read() - read the messages that are there */
void kernel_log__read(struct kernel_log *log);

/** kernel_log__close() - read a last time and close the log; @log->out stays open */
void kernel_log__close(struct kernel_log *log);

#endif
