/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Patterns of names of tests and subtests, from the command line and from list files. selection.c
 * decides whether a list allows or denies.
 */
#ifndef RUNNER_SELECTION_NAME_LIST_H
#define RUNNER_SELECTION_NAME_LIST_H

#include <stdbool.h>
#include <stddef.h>

struct name_pattern {
	char *test;    /* glob for the name of the test */
	char *subtest; /* glob for the name of the subtest, or NULL for the whole test */
	char *origin;  /* the user's text, for messages: "foo/bar" or "FILE:12: foo/bar" */
	bool from_file;
	/* Members that selection__note_*() sets, for selection__report_unmatched(). */
	bool matched;
	bool test_is_known; /* the test part matches a test */
	bool test_has_run;  /* a test that the test part matches has run to its end */
};

/* The patterns of one or more options, each in an entry of its own. */
struct name_list {
	struct name_pattern *items;
	int cnt;
};

/**
 * name_list__parse() - add the patterns of one option argument
 * @list: zeroed before the first call; the caller owns it, and frees it with name_list__free()
 * @names: patterns separated by commas, where empty ones are skipped; or `@FILE` with one pattern a
 *	line. In a file '#' starts a comment, blanks around a pattern are dropped, and commas and
 *	blanks inside a pattern belong to it. A byte order mark of UTF-8 is no part of the first line
 * @substring: match anywhere in a name (-t, -b), not only the whole name (-a, -d)
 * @error: set to a message without newline if the call fails
 * @size_bytes: size of @error
 *
 * The first '/' of a pattern separates the name of the test from that of the subtest.
 *
 * Return: 0; or a negative errno if FILE is no text or cannot be read, or memory is short. @list keeps the
 * patterns that were added before.
 */
int name_list__parse(struct name_list *list, const char *names, bool substring, char *error,
		     size_t size_bytes);

/** name_list__free() - empty the list */
void name_list__free(struct name_list *list);

#endif
