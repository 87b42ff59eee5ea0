/* SPDX-License-Identifier: GPL-2.0-only */
/* The isolation of a test that declares nothing about it. */
#ifndef RUNNER_SELECTION_DEFAULT_ISOLATION_H
#define RUNNER_SELECTION_DEFAULT_ISOLATION_H

/* A mask of ISOLATE_*. The fixtures of the runner's own tests define it as 0. */
extern const unsigned int test_default_isolation;

#endif
