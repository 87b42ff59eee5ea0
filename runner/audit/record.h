/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A run's record, for the next one if this one is killed: what was on the machine when it began,
 * which tests run, and what of others the audit has put away for a while.
 *
 * It is a file of JSON objects, one a line, in /run/bpf-selftests/runs, named after the runner's
 * process and that one's start time, and removed when the run ends. A name may go on behind these
 * two numbers. One whose process is dead is to be claimed and read (audit_past.h).
 */
#ifndef RUNNER_AUDIT_RECORD_H
#define RUNNER_AUDIT_RECORD_H

#include <stdbool.h>
#include <time.h>

#include "runner/audit/kind.h"

#define AUDIT_RECORD_FOLDER     "/run/bpf-selftests/runs"
/* Pins that only a record holds. */
#define AUDIT_RECORD_PIN_PREFIX "bpf_selftests_put_away_"

struct audit_record {
	int fd;                  /* -1: there is none */
	char *path;              /* or NULL */
	int puts_away;           /* how much it has been told of */
	struct timespec changed; /* the folder, with this record's coming */
};

/** audit_record__begin() - make the record; without /run to write to there is none */
void audit_record__begin(struct audit_record *record);

/** audit_record__add_known() - what there is of a kind, as the run begins */
void audit_record__add_known(struct audit_record *record, const struct audit_kind *kind,
			     const struct audit_set *known);

/** audit_record__publish() - all that was there has been added: from now on others find it */
void audit_record__publish(struct audit_record *record);

/** audit_record__is_alone() - whether no other run has been on the machine since that, as far as it is known */
bool audit_record__is_alone(const struct audit_record *record);

/** audit_record__others_live() - whether another run is on the machine now, as far as it is known */
bool audit_record__others_live(void);

/**
 * audit_record__is_record() - whether a file in the folder has the name of a record
 * @is_of_living: set, if it has: whether that run lives
 */
bool audit_record__is_record(const char *name, bool *is_of_living);

/** audit_record__namespace() - the number of the caller's namespace of a kind: "net", "mnt" */
unsigned long long audit_record__namespace(const char *kind);

/** audit_record__test() - a test begins, or has ended */
void audit_record__test(struct audit_record *record, const char *test, bool begins);

/**
 * audit_record__put_away() - an object will be put away: it can be brought back by whoever reads this
 * @object: with the descriptor that keeps it, if it has one; that is pinned
 * @before: the value that it had when the run began, or NULL
 *
 * Return: a number for audit_record__settle(); 0 if there is no record, or nowhere to pin it.
 */
int audit_record__put_away(struct audit_record *record, const struct audit_kind *kind,
			   const struct audit_object *object, const char *before);

/** audit_record__settle() - it is back, or known not to come back; 0 is none */
void audit_record__settle(struct audit_record *record, int number);

/** audit_record__end() - remove the record and free everything */
void audit_record__end(struct audit_record *record);

#endif
