/* SPDX-License-Identifier: GPL-2.0-only */
/* The event loop: which test starts, which descriptor is readable, whose time has come. */
#ifndef RUNNER_LOOP_H
#define RUNNER_LOOP_H

#include "runner/run_state.h"

/** loop__open() - take the signals, and make the epoll; 0, or a negative errno after a message */
int loop__open(struct run *run);

/** loop__run() - start what is queued, and follow it until nothing runs any more */
void loop__run(struct run *run);

/**
 * loop__take_last_splats() - wait a moment for the end of what the kernel logs; no test is running
 */
void loop__take_last_splats(struct run *run);

/** loop__close() - close its descriptors, also if it was never opened */
void loop__close(struct run *run);

#endif
