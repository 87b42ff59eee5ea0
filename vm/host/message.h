/* SPDX-License-Identifier: GPL-2.0-only */
/* Messages to the person who started vmtest: lines on stderr. No format has a newline. */
#ifndef VM_HOST_MESSAGE_H
#define VM_HOST_MESSAGE_H

struct vmtest;

/** message__say() - tell what is being done, with the time since the start */
void message__say(const struct vmtest *vm, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/** message__detail() - the same, but only with --verbose */
void message__detail(const struct vmtest *vm, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/** message__warn() - tell of a problem that does not end the run */
void message__warn(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/**
 * message__fail() - tell why the run ends
 *
 * Return: @status, so that a caller can write `return message__fail(...)`.
 */
int message__fail(int status, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
