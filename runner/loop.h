/* SPDX-License-Identifier: GPL-2.0-only */
/* The event loop: starts tests, reads descriptors that are readable, and acts on deadlines. */
#ifndef RUNNER_LOOP_H
#define RUNNER_LOOP_H

#include "runner/run_state.h"

/** loop__open() - set up signalfd and epoll; 0, or a negative errno after a message */
int loop__open(struct run *run);

/** loop__run() - start the queued tests, and serve them until none is running */
void loop__run(struct run *run);

/**
 * loop__take_last_splats() - after all tests: wait up to a second until the last splat is complete
 */
void loop__take_last_splats(struct run *run);

/** loop__close() - close the descriptors of the loop; also allowed if it was never opened */
void loop__close(struct run *run);

#endif
