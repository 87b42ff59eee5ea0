/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The history has two facts about each test in earlier runs: its duration, and the subtests that it
 * reached. The file is one JSON object:
 *
 *	{"version": 1, "entries": [{"program": "test_progs", "release": "7.3.4", "build": "...",
 *	  "tests": {"ringbuf": {"duration_us": 812345, "subtests": ["poll", "wakeup"]}}}]}
 *
 * The file has an entry for each program and kernel release, the latest first. If there is no
 * history, or it cannot be read, tests run in another order, and nobody notices a subtest that is
 * no longer reached. No other result depends on the history.
 */
#ifndef RUNNER_SCHEDULE_HISTORY_H
#define RUNNER_SCHEDULE_HISTORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HISTORY_VERSION      1
#define HISTORY_MAX_BYTES    (64 << 20)
#define HISTORY_ENTRIES_MAX  16
/* A test with more subtests than this does not give them meaningful names. */
#define HISTORY_SUBTESTS_MAX 4096

struct json_object;

/* The key of an entry: the name of the program, the release of the kernel, and the build. */
struct history_key {
	const char *program, *release;
	const char *build; /* build of the program; "": unknown, and different from all others */
};

struct history {
	struct json_object *root; /* content of the file; NULL: there is no history */
};

/** history__parse() - read the text of a file; 0, -EINVAL if it is not a history, or -ENOMEM */
int history__parse(struct history *history, const char *text, size_t len_bytes);

/**
 * history__load() - read a file
 *
 * Return: 0, also if there is no file; -EINVAL if it is not a history; another negative errno.
 */
int history__load(struct history *history, const char *path);

/** history__duration_us() - duration of a test on this kernel, or on another one; -1: unknown */
int64_t history__duration_us(const struct history *history, const struct history_key *key,
			     const char *test);

/** history__subtests_cnt() - number of known subtests of a test on this kernel, from this build */
size_t history__subtests_cnt(const struct history *history, const struct history_key *key,
			     const char *test);

/** history__subtest() - the name of a subtest, owned by the history */
const char *history__subtest(const struct history *history, const struct history_key *key,
			     const char *test, size_t i);

/**
 * history__begin_entry() - make the entry of a key the first one
 *
 * If the entry is from another build, its durations stay and its subtests are dropped. Entries
 * beyond HISTORY_ENTRIES_MAX are dropped.
 *
 * Return: 0 or -ENOMEM.
 */
int history__begin_entry(struct history *history, const struct history_key *key);

/**
 * history__note() - add duration and subtests of a test to the entry of history__begin_entry()
 * @subtests: names of its subtests; they are added to those that are known already
 */
void history__note(struct history *history, const char *test, int64_t duration_us,
		   const char *const *subtests, size_t subtests_cnt);

/**
 * history__save() - replace the file in one step
 *
 * Missing folders are created. Return: 0 or a negative errno.
 */
int history__save(const struct history *history, const char *path);

/** history__text() - the content of the file, to be freed; NULL when out of memory */
char *history__text(const struct history *history);

/**
 * history__default_path() - the path in the user's folder for state (XDG_STATE_HOME)
 *
 * Return: 0; -ENOENT if the environment names no folder, or -ENAMETOOLONG.
 */
int history__default_path(char *path, size_t size_bytes);

/** history__free() - free the content of the file */
void history__free(struct history *history);

#endif
