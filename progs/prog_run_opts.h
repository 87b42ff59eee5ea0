/* SPDX-License-Identifier: GPL-2.0-only */
/* A number that is shared by prog_tests/prog_run_opts.c and progs/prog_run_opts.c. */
#ifndef PROG_RUN_OPTS_H
#define PROG_RUN_OPTS_H

/* The return value of the programs turn_around and change_context. */
#define PROG_RUN_OPTS_RETURNS 0x2b

#endif
