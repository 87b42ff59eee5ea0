/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The kernel's log when several CPUs log at the same time. There is a parser for each caller, if
 * the kernel tells the caller (CONFIG_PRINTK_CALLER), otherwise one parser for all.
 */
#ifndef RUNNER_KERNEL_LOG_SPLAT_CALLERS_H
#define RUNNER_KERNEL_LOG_SPLAT_CALLERS_H

#include "runner/kernel_log/splat.h"

/* If more callers log at the same time, their lines are mixed, as without callers. */
#define SPLAT_CALLERS_MAX 8

/* All fields are zero at first. */
struct splat_callers {
	struct splat_caller {
		char name[KERNEL_LOG_CALLER_MAX];
		struct splat_parser parser;
	} callers[SPLAT_CALLERS_MAX];
	int next; /* index of the caller that a new one replaces, unless its splat is open */
};

/**
 * splat_callers__add() - parse the next line of the kernel's log, as splat_parser__add() does
 * @ended: set to the return value of that function
 *
 * Return: true if the line belongs to a splat that is still open.
 */
bool splat_callers__add(struct splat_callers *callers, const struct kernel_log_line *line,
			struct splat **ended);

/**
 * splat_callers__end() - end and return one of the open splats when no more lines will come; NULL
 *	if no splat is open
 */
struct splat *splat_callers__end(struct splat_callers *callers);

/** splat_callers__is_open() - whether a splat has begun and not ended */
bool splat_callers__is_open(const struct splat_callers *callers);

#endif
