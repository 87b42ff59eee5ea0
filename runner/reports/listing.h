/* SPDX-License-Identifier: GPL-2.0-only */
/* What the runner says about tests without running them: -l, -c, --list=long, --why. */
#ifndef RUNNER_REPORTS_LISTING_H
#define RUNNER_REPORTS_LISTING_H

#include "runner/run.h"

/** listing__print() - the selected tests, or how many; returns an exit status */
int listing__print(const struct runner *runner);

/** listing__explain() - what a test needs, and whether it holds here; returns an exit status */
int listing__explain(const struct run_options *options);

#endif
