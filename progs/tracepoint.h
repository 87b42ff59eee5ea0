/* SPDX-License-Identifier: GPL-2.0-only */
/* The programs as both sides count their runs. */
#ifndef TRACEPOINT_H
#define TRACEPOINT_H

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
