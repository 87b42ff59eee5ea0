/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef RUNNER_NEEDS_NEED_STATE_H
#define RUNNER_NEEDS_NEED_STATE_H

enum need_state {
	NEED_NOT_LOOKED_UP,
	NEED_HOLDS,
	NEED_MISSING, /* the thing is absent, with a good reason: SKIP */
	NEED_LOST,    /* the thing is absent, and this kernel should have it: FAIL */
};

#endif
