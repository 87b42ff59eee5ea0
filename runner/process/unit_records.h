/* SPDX-License-Identifier: GPL-2.0-only */
/* Output and records of a test process. */
#ifndef RUNNER_PROCESS_UNIT_RECORDS_H
#define RUNNER_PROCESS_UNIT_RECORDS_H

#include "runner/process/unit.h"

/** unit__drain_output() - take what is in the output pipe now */
void unit__drain_output(struct unit *unit);

/** unit__receive_records() - take and answer the records that are there */
void unit__receive_records(struct unit *unit);

#endif
