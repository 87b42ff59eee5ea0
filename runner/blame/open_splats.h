/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Splats that no test is charged with. The suspects of each are the tests that were running. A test
 * is an index into struct tests.
 */
#ifndef RUNNER_BLAME_OPEN_SPLATS_H
#define RUNNER_BLAME_OPEN_SPLATS_H

#include <stdbool.h>

#include "runner/kernel_log/splat.h"

/*
 * The title of the entry for a gap in the kernel's log. A gap can hide several splats, so
 * convicting one suspect does not clear the others. The entry is dropped once all suspects have
 * been rerun.
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
 * open_splats__add() - add a splat, and take ownership of it
 * @suspects_max: maximum number of suspects
 *
 * Return: the entry, to which the caller adds the suspects; NULL when out of memory.
 */
struct open_splat *open_splats__add(struct open_splats *splats, struct splat *splat,
				    int suspects_max);

/**
 * open_splats__reopen() - add a splat from before a restart
 * @suspects: for each test, whether it was running
 */
void open_splats__reopen(struct open_splats *splats, const char *title, const bool *suspects,
			 int tests_cnt);

/** open_splat__suspects() - whether a test is a suspect of this splat */
bool open_splat__suspects(const struct open_splat *open, int test);

/** open_splats__has_suspect() - whether a test is a suspect of any of the splats */
bool open_splats__has_suspect(const struct open_splats *splats, int test);

/** open_splats__explain() - drop the splats that @test is suspected of, because it is to blame */
void open_splats__explain(struct open_splats *splats, int test);

/** open_splats__acquit() - remove a test from the suspects of all splats */
void open_splats__acquit(struct open_splats *splats, int test);

/** open_splats__find() - the splat with a title, or NULL */
struct open_splat *open_splats__find(struct open_splats *splats, const char *title);

/** open_splats__drop() - drop the splats with a title */
void open_splats__drop(struct open_splats *splats, const char *title);

/** open_splats__move() - move all splats of @from to @to */
void open_splats__move(struct open_splats *to, struct open_splats *from);

/** open_splats__free() - free all splats in the list */
void open_splats__free(struct open_splats *splats);

#endif
