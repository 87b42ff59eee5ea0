/* SPDX-License-Identifier: GPL-2.0-only */
/* Runs gdb or strace beside a running test. */
#ifndef RUNNER_PROCESS_UNIT_TRACER_H
#define RUNNER_PROCESS_UNIT_TRACER_H

#include "runner/process/unit.h"

/**
 * unit__tick_tracer() - start gdb or strace when it is due, check if it has attached, end it if it
 *	takes too long
 *
 * Return: the time when the next call is due at the latest; UINT64_MAX: never.
 */
uint64_t unit__tick_tracer(struct unit *unit, uint64_t now_ns);

/** unit__on_tracer_exit() - reap gdb or strace, after its pidfd has become readable */
void unit__on_tracer_exit(struct unit *unit);

/** unit__interrupt_tracer() - end gdb, which waits for its user, because the run is stopped */
void unit__interrupt_tracer(struct unit *unit);

/** units__terminal_is_gdbs() - whether gdb has the terminal, so that ^C is meant for it */
bool units__terminal_is_gdbs(const struct units *units);

#endif
