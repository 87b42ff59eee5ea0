/* SPDX-License-Identifier: GPL-2.0-only */
/* Whose packets are to be captured (-m), and the folder for them. */
#ifndef RUNNER_PACKETS_PACKETS_H
#define RUNNER_PACKETS_PACKETS_H

#include <stdbool.h>
#include <stdio.h>

#include "runner/records/record.h"

struct runner;

struct packets {
	char *path; /* of the folder; NULL: no packets are wanted */
	bool is_temporary;
	int dir_fd; /* or -1 */
	int error;  /* the first that a capture had: a negative errno */
};

/**
 * packets__open() - make the folder, and see whether packets can be captured at all
 *
 * Return: 0, or a negative errno after a message on stderr.
 */
int packets__open(struct runner *runner);

/** packets__close() - also if it was never opened */
void packets__close(struct packets *packets);

/** packets__note_test() - remember which names of -m match a test of the list */
void packets__note_test(struct runner *runner, const char *test);

/** packets__note_elsewhere() - a test does not run here: what -m says of its subtests is no error */
void packets__note_elsewhere(struct runner *runner, const char *test);

/** packets__note_subtest() - remember which names of -m match a subtest that was met */
void packets__note_subtest(struct runner *runner, const char *test, const struct record *subtest);

/** packets__report_unmatched() - as selection__report_unmatched() */
int packets__report_unmatched(const struct runner *runner, bool tests_only, FILE *out);

#endif
