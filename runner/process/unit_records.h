/* SPDX-License-Identifier: GPL-2.0-only */
/* Reads the output and the records of a test process. */
#ifndef RUNNER_PROCESS_UNIT_RECORDS_H
#define RUNNER_PROCESS_UNIT_RECORDS_H

#include "runner/process/unit.h"

/** unit__drain_output() - read the bytes that are in the output pipe now */
void unit__drain_output(struct unit *unit);

/**
 * unit__on_output() - read the output pipe, which the event loop has found to be readable or at its
 *	end; at its end, it is no longer watched
 */
void unit__on_output(struct unit *unit);

/** unit__receive_records() - read and answer the records that have arrived */
void unit__receive_records(struct unit *unit);

#endif
