/* SPDX-License-Identifier: GPL-2.0-only */
/* gdb or strace beside a running test. */
#ifndef RUNNER_PROCESS_UNIT_TRACER_H
#define RUNNER_PROCESS_UNIT_TRACER_H

#include "runner/process/unit.h"

/**
 * unit__tick_tracer() - start gdb or strace when it is time, see whether it has attached, end it
 *	when
 *	it is late
 *
 * Return: when to call again at the latest; UINT64_MAX for never.
 */
uint64_t unit__tick_tracer(struct unit *unit, uint64_t now_ns);

/** unit__on_tracer_exit() - its pidfd says that it may have ended */
void unit__on_tracer_exit(struct unit *unit);

/** unit__interrupt_tracer() - the run is stopped: gdb, which waits for its user, is told to end */
void unit__interrupt_tracer(struct unit *unit);

/** units__terminal_is_gdbs() - whether ^C is meant for gdb now */
bool units__terminal_is_gdbs(const struct units *units);

#endif
