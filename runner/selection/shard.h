/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A stable part of the selected tests, chosen by --shard or by the variables that Bazel, GoogleTest
 * and Kubernetes set. Shard I of N has every N-th selected test, beginning with the I-th. Each test
 * is therefore in exactly one of the N shards, and their sizes differ by at most one test.
 */
#ifndef RUNNER_SELECTION_SHARD_H
#define RUNNER_SELECTION_SHARD_H

#include <stdbool.h>
#include <stddef.h>

#define SHARDS_MAX 100000

struct shard {
	int number; /* number of this shard, counted from 1 */
	int total;  /* number of shards; 0: the run is not divided */
};

/** shard__parse() - read `I/N`; returns 0, or -EINVAL with a message in @error */
int shard__parse(struct shard *shard, const char *text, char *error, size_t size_bytes);

/**
 * shard__from_environment() - read the first of these pairs of variables that is set
 *
 * The pairs are TEST_TOTAL_SHARDS and TEST_SHARD_INDEX (Bazel), GTEST_TOTAL_SHARDS and
 * GTEST_SHARD_INDEX, JOB_COMPLETIONS and JOB_COMPLETION_INDEX. Kubernetes sets the last index in
 * every indexed Job, so it counts only if JOB_COMPLETIONS is set as well. Indexes count from 0.
 *
 * Return: 0, also if no pair is set; or -EINVAL with a message in @error.
 */
int shard__from_environment(struct shard *shard, char *error, size_t size_bytes);

/** shard__has() - whether the selected test at position @place, counted from 0, is in a shard */
bool shard__has(const struct shard *shard, int place);

/** shard__touch_status_file() - tell Bazel that this program supports shards; 0 or -errno */
int shard__touch_status_file(void);

#endif
