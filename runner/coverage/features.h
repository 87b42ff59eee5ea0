/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The table of what BPF offers, features.tsv, which is linked into the program; and sets of its rows.
 */
#ifndef RUNNER_COVERAGE_FEATURES_H
#define RUNNER_COVERAGE_FEATURES_H

#include <stdbool.h>
#include <stdint.h>

#define FEATURES_MAX 1024

enum feature_kind {
	FEATURE_PROG_TYPE,
	FEATURE_MAP_TYPE,
	FEATURE_ATTACH_TYPE,
	FEATURE_LINK_TYPE,
	FEATURE_CMD,
	FEATURE_HELPER,
	FEATURE_KFUNC,
	FEATURE_MAP_FLAG,
	FEATURE_PROG_FLAG,
	FEATURE_KINDS_CNT,
};

/**
 * struct feature - a row of the table
 * @number: of the kernel's enum; -1: there is none
 * @since: the first version of Linux that has it; "?": not known
 * @needs: configuration options and more, in words; may be empty
 * @note: may be empty
 */
struct feature {
	enum feature_kind kind;
	int number;
	const char *name, *since, *needs, *note;
};

/* A set of rows. */
struct feature_set {
	uint64_t words[FEATURES_MAX / 64];
};

/** features__all() - the rows, in the order of the file; sets @cnt; NULL when out of memory */
const struct feature *features__all(int *cnt);

/** features__find() - the row of a kind with this name, or -1 */
int features__find(enum feature_kind kind, const char *name);

/** features__kind_name() - such as "prog_type" */
const char *features__kind_name(enum feature_kind kind);

/** features__kind_title() - such as "Program types" */
const char *features__kind_title(enum feature_kind kind);

/** features__kind_of() - the kind with this name, or -1 */
int features__kind_of(const char *name);

/**
 * feature_set__add_number() - add the rows of a kind with this number, of which there may be several
 *
 * A number that the table lacks, of a kernel that is newer than it, is ignored.
 */
void feature_set__add_number(struct feature_set *set, enum feature_kind kind, int number);

/** feature_set__add_name() - add the row of a kind with this name, if there is one */
void feature_set__add_name(struct feature_set *set, enum feature_kind kind, const char *name);

/** feature_set__add() - add a row */
void feature_set__add(struct feature_set *set, int row);

/** feature_set__add_all() - add all rows of another set */
void feature_set__add_all(struct feature_set *set, const struct feature_set *other);

/** feature_set__has() - whether a row is in the set */
bool feature_set__has(const struct feature_set *set, int row);

#endif
