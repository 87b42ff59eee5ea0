/* SPDX-License-Identifier: GPL-2.0-only */
/* Checks and preparations of a run, before the first test. */
#ifndef RUNNER_PREFLIGHT_H
#define RUNNER_PREFLIGHT_H

#include <sys/resource.h>

#include "runner/result/tests.h"
#include "runner/system/cgroup.h"

/**
 * preflight__check() - check that the selected tests can run here, and create the parent of their
 *	cgroups
 *
 * Return: 0, or a negative errno after a message on stderr.
 */
int preflight__check(const struct tests *tests, struct cgroup_base *cgroups);

/** preflight__outlive_tests() - keep the OOM killer away from the runner */
void preflight__outlive_tests(void);

/**
 * preflight__raise_open_files() - raise the limit of open descriptors as far as allowed; returns
 *	the old limit
 */
struct rlimit preflight__raise_open_files(void);

#endif
