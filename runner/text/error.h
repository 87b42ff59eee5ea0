/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How an error reads: what was tried, on what, why it failed with errno by name, what to do. Used
 * by the runner and by vmtest.
 */
#ifndef RUNNER_TEXT_ERROR_H
#define RUNNER_TEXT_ERROR_H

#include <string.h>

/*
 * An errno in a format, and its arguments: "ENOENT (No such file or directory)". @err may be
 * positive as errno is, or negative as functions return it.
 */
#define ERRNO_FMT      "%s (%s)"
#define ERRNO_ARG(err) error__name(err), strerror((err) < 0 ? -(err) : (err))

/** error__name() - the name of an errno, positive or negative: "ENOENT"; never NULL */
const char *error__name(int err);

/** error__text() - an errno as ERRNO_FMT prints it, for one argument; valid until the next call */
const char *error__text(int err);

/** error__say() - print a line on stderr, behind "test_progs: "; @fmt has no newline */
void error__say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/**
 * error__fail() - print the line that says why the run ends
 *
 * Return: @status, so that a caller can write `return error__fail(...)`.
 */
int error__fail(int status, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
