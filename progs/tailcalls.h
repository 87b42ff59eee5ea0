/* SPDX-License-Identifier: GPL-2.0-only */
/* Map entries of the programs, shared by progs/tailcalls.c and prog_tests/tailcalls.c. */
#ifndef TAILCALLS_H
#define TAILCALLS_H

#define TAILCALL_ENTRIES            8
#define TAILCALL_ENTRY_RETURNS      100
#define TAILCALL_SUBPROGRAM_RETURNS 200
#define TAILCALL_FELL_THROUGH       17

enum tailcall_program {
	TAILCALL_ENTRY,
	TAILCALL_FIRST,
	TAILCALL_SECOND,
	TAILCALL_THIRD,
	TAILCALL_SELF,
	TAILCALL_PROGRAMS,
};

#endif
