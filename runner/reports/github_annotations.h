/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Shows failures as annotations of GitHub Actions. Each failed subtest or test is one workflow
 * command (`::error file=F,line=L::text`), which the web page shows beside the source line. They
 * are printed only if $GITHUB_ACTIONS is "true", as GitHub sets it for each step.
 */
#ifndef RUNNER_REPORTS_GITHUB_ANNOTATIONS_H
#define RUNNER_REPORTS_GITHUB_ANNOTATIONS_H

#include <stdbool.h>
#include <stdio.h>

#include "runner/result/event.h"

/** github_annotations__are_wanted() - whether the run is a step of GitHub Actions */
bool github_annotations__are_wanted(void);

/** github_annotations__print() - print the annotations of a test, none unless it failed */
void github_annotations__print(FILE *out, const struct test_outcome *test);

/** github_annotations__listen() - a listener of the event sink; @context is the FILE to print to */
void github_annotations__listen(void *context, const struct event *event);

#endif
