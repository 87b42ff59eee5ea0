/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The features of BPF that a test uses (coverage/features.tsv), for --coverage: taken from its calls of
 * bpf(2), those of libbpf too, which the linker's --wrap lets come here. What counts:
 *  - a command, and the flags that it gets, once it was successful;
 *  - a program with its type, helpers and kfuncs, once it was loaded and then run
 *    (BPF_PROG_TEST_RUN), attached, put into a map, pinned, or given to a socket or an interface;
 *  - a map, once its elements were used, or a program that counts has it.
 * So what libbpf loads only to find out what the kernel can do does not count.
 */
#ifndef RUNNER_INSIDE_BPF_CALLS_H
#define RUNNER_INSIDE_BPF_CALLS_H

/**
 * bpf_calls__begin() - note features from now on, those of the test's children as well
 *
 * Call it before the test function. It does nothing without --coverage.
 */
void bpf_calls__begin(void);

/**
 * bpf_calls__report() - report the features since the last call
 *
 * Call it before a subtest begins, when it ends, and when the test ends.
 */
void bpf_calls__report(void);

#endif
