/* SPDX-License-Identifier: GPL-2.0-only */
/* Before the first test: whether tests can run here, and what all of them share. */
#ifndef RUNNER_PREFLIGHT_H
#define RUNNER_PREFLIGHT_H

#include <sys/resource.h>

#include "runner/result/tests.h"
#include "runner/system/cgroup.h"

/**
 * preflight__check() - whether the selected tests can run here, and make the cgroup that theirs go
 *	into
 *
 * Return: 0, or a negative errno with a message on stderr.
 */
int preflight__check(const struct tests *tests, struct cgroup_base *cgroups);

/** preflight__outlive_tests() - be the last that the kernel ends when it is out of memory */
void preflight__outlive_tests(void);

/**
 * preflight__raise_open_files() - take all descriptors that the runner may have; returns the old
 *	limit
 */
struct rlimit preflight__raise_open_files(void);

#endif
