/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The results of earlier runs: how long each test took, and which subtests it came to. The file is
 * one JSON object:
 *
 *	{"version": 1, "entries": [{"program": "test_progs", "release": "7.3.4", "build": "...",
 *	  "tests": {"ringbuf": {"duration_us": 812345, "subtests": ["poll", "wakeup"]}}}]}
 *
 * with an entry for each program and kernel release, the latest first. It is a help and no result:
 * without it, or where it cannot be read, tests run in another order and nothing else changes but
 * that subtests which are not reached any more go unnoticed.
 */
#ifndef RUNNER_SCHEDULE_HISTORY_H
#define RUNNER_SCHEDULE_HISTORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HISTORY_VERSION      1
#define HISTORY_MAX_BYTES    (64 << 20)
#define HISTORY_ENTRIES_MAX  16
/* A test that begins more is not one whose subtests have names. */
#define HISTORY_SUBTESTS_MAX 4096

struct json_object;

/* The key of an entry: the program's name, the kernel's release, and what tells builds apart. */
struct history_key {
	const char *program, *release;
	const char *build; /* "": not known, and equal to no other */
};

struct history {
	struct json_object *root; /* NULL: nothing is known */
};

/**
 * history__parse() - take the text of a file; returns 0, -EINVAL if it is not a history, or -ENOMEM
 */
int history__parse(struct history *history, const char *text, size_t len_bytes);

/**
 * history__load() - read a file
 *
 * Return: 0, also if there is none; -EINVAL for something else than a history; a negative errno.
 */
int history__load(struct history *history, const char *path);

/** history__duration_us() - of a test on this kernel, else on another one; -1: not known */
int64_t history__duration_us(const struct history *history, const struct history_key *key,
			     const char *test);

/** history__subtests_cnt() - how many are known of a test on this kernel, from this build */
size_t history__subtests_cnt(const struct history *history, const struct history_key *key,
			     const char *test);

/** history__subtest() - the name of one of them, owned by the history */
const char *history__subtest(const struct history *history, const struct history_key *key,
			     const char *test, size_t i);

/**
 * history__begin_entry() - make the entry of a key the first one
 *
 * Of another build durations stay, subtests go. Entries beyond HISTORY_ENTRIES_MAX go.
 *
 * Return: 0 or -ENOMEM.
 */
int history__begin_entry(struct history *history, const struct history_key *key);

/**
 * history__note() - what a test was like, in the entry that was begun
 * @subtests: their names; those that are known already stay known
 */
void history__note(struct history *history, const char *test, int64_t duration_us,
		   const char *const *subtests, size_t subtests_cnt);

/**
 * history__save() - write a file in place of the one that is there, in one step
 *
 * Folders on the way are made. Return: 0 or a negative errno.
 */
int history__save(const struct history *history, const char *path);

/** history__text() - what is written, to be freed; NULL when out of memory */
char *history__text(const struct history *history);

/**
 * history__default_path() - in the user's folder for state (XDG_STATE_HOME)
 *
 * Return: 0; -ENOENT if the environment names none, -ENAMETOOLONG.
 */
int history__default_path(char *path, size_t size_bytes);

/** history__free() - free everything in it */
void history__free(struct history *history);

#endif
