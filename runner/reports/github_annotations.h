/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Failures as annotations of GitHub Actions: one workflow command (`::error file=F,line=L::text`) a
 * failed subtest or test, which the web page shows beside the line of the source. Only where
 * $GITHUB_ACTIONS is "true", as GitHub sets it for each step.
 */
#ifndef RUNNER_REPORTS_GITHUB_ANNOTATIONS_H
#define RUNNER_REPORTS_GITHUB_ANNOTATIONS_H

#include <stdbool.h>
#include <stdio.h>

#include "runner/result/event.h"

/** github_annotations__are_wanted() - whether the run is a step of GitHub Actions */
bool github_annotations__are_wanted(void);

/** github_annotations__listen() - a listener of the event sink; @context is the FILE to print to */
void github_annotations__listen(void *context, const struct event *event);

#endif
