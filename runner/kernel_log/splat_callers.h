/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The kernel's log of several CPUs that log at the same time: a parser for each caller, where the
 * kernel says who that is (CONFIG_PRINTK_CALLER), else one for all.
 */
#ifndef RUNNER_KERNEL_LOG_SPLAT_CALLERS_H
#define RUNNER_KERNEL_LOG_SPLAT_CALLERS_H

#include "runner/kernel_log/splat.h"

/* With more at the same time lines are mixed, as without callers. */
#define SPLAT_CALLERS_MAX 8

/* All zero at first. */
struct splat_callers {
	struct splat_caller {
		char name[KERNEL_LOG_CALLER_MAX];
		struct splat_parser parser;
	} callers[SPLAT_CALLERS_MAX];
	int next; /* whose place a new caller gets, if it has nothing open */
};

/**
 * splat_callers__add() - take the next line of the kernel's log, as splat_parser__add() does
 * @ended: where that one returns a splat, or NULL
 *
 * Return: whether the line is of a splat that goes on.
 */
bool splat_callers__add(struct splat_callers *callers, const struct kernel_log_line *line,
			struct splat **ended);

/**
 * splat_callers__end() - one that is open, because nothing more is to come; NULL if none is left
 */
struct splat *splat_callers__end(struct splat_callers *callers);

/** splat_callers__is_open() - whether one has begun and not ended */
bool splat_callers__is_open(const struct splat_callers *callers);

#endif
