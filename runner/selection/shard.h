/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A stable part of the selected tests: --shard, or what Bazel, GoogleTest and Kubernetes set in the
 * environment. Every N-th test from the I-th on, by the place among the selected ones: the N parts
 * of one selection have all of it, each test once, and differ by at most one test in size.
 */
#ifndef RUNNER_SELECTION_SHARD_H
#define RUNNER_SELECTION_SHARD_H

#include <stdbool.h>
#include <stddef.h>

#define SHARDS_MAX 100000

struct shard {
	int number; /* from 1 */
	int total;  /* 0: there are no shards */
};

/** shard__parse() - take `I/N`; returns 0, or -EINVAL and the text of the problem */
int shard__parse(struct shard *shard, const char *text, char *error, size_t size_bytes);

/**
 * shard__from_environment() - take the first of these pairs that is set
 *
 * TEST_TOTAL_SHARDS and TEST_SHARD_INDEX (Bazel), GTEST_TOTAL_SHARDS and GTEST_SHARD_INDEX,
 * JOB_COMPLETIONS and JOB_COMPLETION_INDEX (Kubernetes, which sets the index of itself: without
 * the number it is none of ours). Indexes count from 0.
 *
 * Return: 0, or -EINVAL and the text of the problem.
 */
int shard__from_environment(struct shard *shard, char *error, size_t size_bytes);

/** shard__has() - whether the test at a place among the selected ones, from 0, is part of it */
bool shard__has(const struct shard *shard, int place);

/** shard__touch_status_file() - tell Bazel that shards are known here; returns 0 or -errno */
int shard__touch_status_file(void);

#endif
