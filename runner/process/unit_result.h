/* SPDX-License-Identifier: GPL-2.0-only */
/* Turns the end of a test into a result. */
#ifndef RUNNER_PROCESS_UNIT_RESULT_H
#define RUNNER_PROCESS_UNIT_RESULT_H

#include "runner/process/unit.h"

/**
 * unit_result__decide() - decide the results of a test from its records and the exit of its process
 * @is_unkillable: a process of the test survived SIGKILL
 */
void unit_result__decide(struct unit *unit, bool is_unkillable);

/** unit_result__signal_name() - the name of a signal, such as `SIGSEGV`, or "a real-time signal" */
const char *unit_result__signal_name(int signal_number);

/**
 * unit_result__describe_crash() - describe a crash: signal, fault address if known, program counter
 * @crash: the header of a RECORD_CRASH
 *
 * Return: @text.
 */
const char *unit_result__describe_crash(const struct record_header *crash, char *text,
					size_t size_bytes);

#endif
