/* SPDX-License-Identifier: GPL-2.0-only */
/* The folder for captured packets (-m). */
#ifndef RUNNER_PACKETS_PACKETS_H
#define RUNNER_PACKETS_PACKETS_H

#include <stdbool.h>

#include "runner/result/tests.h"
#include "runner/selection/selection.h"

struct packets {
	char *path; /* path of the folder; NULL: no packets are wanted */
	bool is_temporary;
	int dir_fd; /* descriptor of the folder, or -1 */
	int error;  /* the first error of a capture: a negative errno */
};

/**
 * packets__open() - make the folder, and check that packets can be captured at all
 * @captured: the selection of -m, or NULL
 * @results_path, @results_fd: the parent of the folder; NULL: $TMPDIR or /tmp
 * @is_resumed: keep the files of an earlier part of the run
 *
 * Return: 0, or a negative errno after a message on stderr.
 */
int packets__open(struct packets *packets, const struct tests *tests,
		  const struct selection *captured, const char *results_path, int results_fd,
		  bool is_resumed);

/** packets__close() - close the folder; also allowed if it was never opened */
void packets__close(struct packets *packets);

#endif
