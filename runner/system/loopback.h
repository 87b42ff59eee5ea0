/* SPDX-License-Identifier: GPL-2.0-only */
/* The loopback device of a network namespace. Used by the runner, by test helpers and by vmtest. */
#ifndef RUNNER_SYSTEM_LOOPBACK_H
#define RUNNER_SYSTEM_LOOPBACK_H

/** loopback__bring_up() - set "lo" of the calling thread's network namespace up; 0 or -errno */
int loopback__bring_up(void);

#endif
