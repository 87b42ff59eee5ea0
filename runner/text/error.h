/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * An error message says what was tried, on what, why it failed (with the name of the errno), and
 * what to do. Used by the runner and by vmtest.
 */
#ifndef RUNNER_TEXT_ERROR_H
#define RUNNER_TEXT_ERROR_H

#include <string.h>

/*
 * The format for an errno, and its arguments: "ENOENT (No such file or directory)". @err may be
 * positive, like errno, or negative, like the return value of a function.
 */
#define ERRNO_FMT      "%s (%s)"
#define ERRNO_ARG(err) error__name(err), strerror((err) < 0 ? -(err) : (err))

/** error__name() - the name of an errno, positive or negative, such as "ENOENT"; never NULL */
const char *error__name(int err);

/** error__text() - an errno in the form of ERRNO_FMT, as one string; valid until the next call */
const char *error__text(int err);

/** error__say() - print a line on stderr, after "test_progs: "; @fmt has no newline */
void error__say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/**
 * error__fail() - print the line that tells why the run ends
 *
 * Return: @status, so that a caller can write `return error__fail(...)`.
 */
int error__fail(int status, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
