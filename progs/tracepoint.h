/* SPDX-License-Identifier: GPL-2.0-only */
/* The numbers of the programs, shared by prog_tests/tracepoint.c and progs/tracepoint.c. */
#ifndef TRACEPOINT_H
#define TRACEPOINT_H

/* The return value of the program run_raw. */
#define RUN_RAW_RETURNS 0x2b

/* Indexes of the programs in the array of their counts. */
enum tracepoint_program {
	ENTER_RAW,
	EXIT_RAW,
	ENTER_BTF,
	ENTER_EVENT,
	ENTER_EVENT_AGAIN,
	RUN_RAW,
	TRACEPOINT_PROGRAMS,
};

#endif
