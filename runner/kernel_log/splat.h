/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Splats: the messages of the kernel about an error in the kernel. WARNING, BUG, Oops, KASAN,
 * UBSAN, lockdep, RCU stall, hung task and lockup, in the forms of 6.1 to 7.3. The parser only
 * reads lines.
 */
#ifndef RUNNER_KERNEL_LOG_SPLAT_H
#define RUNNER_KERNEL_LOG_SPLAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "runner/kernel_log/kernel_log.h"

#define SPLAT_TEXT_MAX_BYTES (32 << 10)
#define SPLAT_LINES_MAX      500
#define SPLAT_COMM_MAX       64

struct splat {
	char *title;       /* title in the form "WARNING: FUNC at FILE:LINE", or the logged line */
	char *text;        /* lines of the splat; lines that do not fit are left out */
	size_t text_bytes; /* length of @text */
	size_t head_bytes; /* length of the part of @text up to the end of the title's line */
	int lines;
	uint64_t last_us; /* time of the last line, since the kernel started */
	bool has_task;    /* the header names a task, and no lines of another splat are mixed in */
	pid_t pid;        /* thread id of the task; 0: the idle task */
	char comm[SPLAT_COMM_MAX];
	bool in_interrupt; /* the interrupt only happened to come while the task ran */
};

/* All fields are zero at first. */
struct splat_parser {
	struct splat *open; /* the splat that has begun and not ended, or NULL */
	const struct splat_beginning *beginning; /* the table entry that its title matches */
	unsigned int ends; /* ENDS_* (splat.c): kinds of lines that end @open */
	bool is_lockup;    /* an interrupt reports the splat about the task that it interrupted */
	bool is_traced;    /* the first call trace is complete */
	bool after_rule;   /* the previous line was a rule, and some splats begin with one */
	bool is_mixed;     /* lines of another splat are mixed in */
	int cuts;          /* number of other splats with a "cut here" line and no title yet */
	int ends_owed;     /* number of ends of other splats that come before the end of @open */
};

/**
 * splat_parser__add() - parse the next line of the kernel's log
 *
 * Lines from user space, which the kernel marks as such, are skipped. If two CPUs log at the same
 * time, their lines are mixed: both splats then have a title, and no task.
 *
 * Return: a splat that ended with this line or before it, to be freed by splat__free(); otherwise
 * NULL.
 */
struct splat *splat_parser__add(struct splat_parser *parser, const struct kernel_log_line *line);

/** splat_parser__end() - end and return the open splat when no more lines will come; or NULL */
struct splat *splat_parser__end(struct splat_parser *parser);

/** splat__new() - make a splat with a title and a text, without a task; NULL: out of memory */
struct splat *splat__new(const char *title, const char *text);

/** splat__free() - free a splat; NULL is allowed */
void splat__free(struct splat *splat);

#endif
