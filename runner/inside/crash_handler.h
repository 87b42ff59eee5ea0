/* SPDX-License-Identifier: GPL-2.0-only */
/* Reports a crash of a test, and waits a moment for its backtrace. */
#ifndef RUNNER_INSIDE_CRASH_HANDLER_H
#define RUNNER_INSIDE_CRASH_HANDLER_H

/** crash_handler__install() - report a crash of this process before the process dies */
void crash_handler__install(void);

#endif
