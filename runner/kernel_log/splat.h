/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Splats: what the kernel logs when something is wrong in it. WARNING, BUG, Oops, KASAN, UBSAN,
 * lockdep, RCU stall, hung task and lockup, in the forms of 6.1 to 7.3. Reads lines, talks to
 * nothing.
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
	char *title;       /* "WARNING: FUNC at FILE:LINE"; of all others their line as logged */
	char *text;        /* all its lines; what does not fit is left out */
	size_t text_bytes; /* of @text */
	size_t head_bytes; /* of @text: up to and with the line of the title */
	int lines;
	uint64_t last_us; /* when its last line was logged, since the kernel started */
	bool has_task;    /* its header names a task, and no other splat's lines stand between: */
	pid_t pid;        /* a thread's id; 0: the idle task */
	char comm[SPLAT_COMM_MAX];
	bool in_interrupt; /* that task was only what the interrupt met */
};

/* All zero at first. */
struct splat_parser {
	struct splat *open;                      /* begun, not ended */
	const struct splat_beginning *beginning; /* of its title */
	unsigned int ends;                       /* what its last line looks like */
	bool is_lockup;  /* an interrupt reports it of the task that it met */
	bool is_traced;  /* its first call trace is complete */
	bool after_rule; /* the line before was a rule, which some splats begin with */
	bool is_mixed;   /* lines of another one stand between */
	int cuts;        /* of others, whose titles are still to come */
	int ends_owed;   /* of others, before its own */
};

/**
 * splat_parser__add() - take the next line of the kernel's log
 *
 * Lines that user space has written, which the kernel marks as such, are passed over. Where two
 * CPUs log at the same time their lines are mixed; then both splats have their titles, and no task.
 *
 * Return: a splat that this line has ended, or that ended before it: the caller's, for
 * splat__free(). NULL if there is none.
 */
struct splat *splat_parser__add(struct splat_parser *parser, const struct kernel_log_line *line);

/** splat_parser__end() - the splat that is open, because nothing more is to come; or NULL */
struct splat *splat_parser__end(struct splat_parser *parser);

/** splat__new() - a splat with that title and text and no task; or NULL */
struct splat *splat__new(const char *title, const char *text);

/** splat__free() - free a splat, or nothing if it is NULL */
void splat__free(struct splat *splat);

#endif
