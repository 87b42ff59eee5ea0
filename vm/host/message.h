/* SPDX-License-Identifier: GPL-2.0-only */
/* Messages to the user of vmtest: lines on stderr. No format ends with a newline. */
#ifndef VM_HOST_MESSAGE_H
#define VM_HOST_MESSAGE_H

struct vmtest;

/** message__set_name() - begin all further messages of this process with a name */
void message__set_name(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/** message__say() - print what vmtest is doing, with the time since its start */
void message__say(const struct vmtest *vm, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/** message__detail() - like message__say(), but only with --verbose */
void message__detail(const struct vmtest *vm, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/** message__warn() - print a problem that does not end the run */
void message__warn(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/**
 * message__fail() - print why the run ends
 *
 * Return: @status, so that a caller can write `return message__fail(...)`.
 */
int message__fail(int status, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
