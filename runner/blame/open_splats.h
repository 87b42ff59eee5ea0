/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Splats that no test is charged with, each with the tests that were running: its suspects. Tests
 * are indexes of struct tests.
 */
#ifndef RUNNER_BLAME_OPEN_SPLATS_H
#define RUNNER_BLAME_OPEN_SPLATS_H

#include <stdbool.h>

#include "runner/kernel_log/splat.h"

/*
 * A gap can hide several splats, so convicting one suspect does not clear the others. It is dropped
 * once all have been rerun.
 */
#define OPEN_SPLAT_GAP "The kernel overwrote its log before it was read: a splat may be lost"

struct open_splat {
	struct splat *splat;
	int *suspects;
	int suspects_cnt;
};

struct open_splats {
	struct open_splat *list;
	int cnt;
};

/**
 * open_splats__add() - take a splat over
 * @suspects_max: how many suspects there can be
 *
 * Return: where the suspects are for the caller to add, or NULL.
 */
struct open_splat *open_splats__add(struct open_splats *splats, struct splat *splat,
				    int suspects_max);

/**
 * open_splats__reopen() - one of an earlier part of the run, before a restart
 * @suspects: for each of the tests whether it was running
 */
void open_splats__reopen(struct open_splats *splats, const char *title, const bool *suspects,
			 int tests_cnt);

/** open_splat__suspects() - whether a test is among its suspects */
bool open_splat__suspects(const struct open_splat *open, int test);

/** open_splats__has_suspect() - whether a test is suspected of one of them */
bool open_splats__has_suspect(const struct open_splats *splats, int test);

/** open_splats__explain() - a test is to blame: those it is suspected of are explained, and gone */
void open_splats__explain(struct open_splats *splats, int test);

/** open_splats__acquit() - a test is no suspect any more */
void open_splats__acquit(struct open_splats *splats, int test);

/** open_splats__find() - the one with a title, or NULL */
struct open_splat *open_splats__find(struct open_splats *splats, const char *title);

/** open_splats__drop() - forget those with a title */
void open_splats__drop(struct open_splats *splats, const char *title);

/** open_splats__free() - free them all */
void open_splats__free(struct open_splats *splats);

#endif
