/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef RUNNER_INSIDE_ISOLATION_H
#define RUNNER_INSIDE_ISOLATION_H

#include <stddef.h>

struct isolation_setup {
	const char *suite_dir; /* absolute path that the new /tmp must not hide, or NULL */
	int jobs;              /* number of tests that share the machine */
	int bpffs_fd;          /* an empty bpffs that is mounted nowhere, or -1 */
};

/**
 * isolation__enter() - give the calling process its own namespaces and session keyring
 * @parts: ISOLATE_*; the cgroup is not entered here, because the test is forked into it
 * @error: receives a message, without newline
 * @size_bytes: size of @error
 *
 * Return: 0, or a negative errno with a message. The process is then partly isolated: end it.
 */
int isolation__enter(unsigned int parts, const struct isolation_setup *setup, char *error,
		     size_t size_bytes);

#endif
