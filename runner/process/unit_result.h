/* SPDX-License-Identifier: GPL-2.0-only */
/* How a test has ended, as a result. */
#ifndef RUNNER_PROCESS_UNIT_RESULT_H
#define RUNNER_PROCESS_UNIT_RESULT_H

#include "runner/process/unit.h"

/**
 * unit_result__decide() - turn how a test's process ended and what it said into results
 * @is_unkillable: something of it survived SIGKILL
 */
void unit_result__decide(struct unit *unit, bool is_unkillable);

/** unit_result__signal_name() - `SIGSEGV`, or "a real-time signal" */
const char *unit_result__signal_name(int signal_number);

/**
 * unit_result__describe_crash() - signal, fault address where there is one, and program counter
 * @crash: of a RECORD_CRASH
 *
 * Return: @text.
 */
const char *unit_result__describe_crash(const struct record_header *crash, char *text,
					size_t size_bytes);

#endif
