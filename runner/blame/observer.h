/* SPDX-License-Identifier: GPL-2.0-only */
/* Answers the questions that a unit asks at the end of its test (process/observer.h). */
#ifndef RUNNER_BLAME_OBSERVER_H
#define RUNNER_BLAME_OBSERVER_H

#include "runner/blame/left_behind.h"
#include "runner/blame/splats.h"
#include "runner/blame/undecided.h"

struct blame {
	struct splats *splats;
	struct audit *audit;
	struct undecided *undecided;
};

/** blame__observer() - the observer for all units; @blame must live as long as the observer */
struct unit_observer blame__observer(struct blame *blame);

#endif
