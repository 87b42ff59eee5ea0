/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The programs that a test loads, for --mutate. The linker's --wrap lets each call of bpf_prog_load(),
 * those of libbpf too, come here.
 */
#ifndef RUNNER_INSIDE_PROGRAM_LOADS_H
#define RUNNER_INSIDE_PROGRAM_LOADS_H

/**
 * program_loads__report() - report the mutants that were reached since the last call
 *
 * Call it before a subtest begins, when it ends, and when the test ends. It does nothing without a
 * survey.
 */
void program_loads__report(void);

#endif
