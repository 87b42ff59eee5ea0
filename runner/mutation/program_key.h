/* SPDX-License-Identifier: GPL-2.0-only */
/* Which programs are changed, and how one is found again in another run of its test. */
#ifndef RUNNER_MUTATION_PROGRAM_KEY_H
#define RUNNER_MUTATION_PROGRAM_KEY_H

#include <bpf/bpf.h>
#include <stdbool.h>
#include <stdint.h>

/**
 * program_key__make() - a number for a program
 * @name: name of the program, or NULL
 *
 * The number is the same in each process of one build on one boot: descriptors in instructions do not
 * count.
 */
uint64_t program_key__make(enum bpf_prog_type type, const char *name, const struct bpf_insn *insns,
			   int cnt, const struct bpf_prog_load_opts *opts);

/**
 * program_key__has_lines() - whether a program knows its source lines
 *
 * Programs without them are those that libbpf loads to try out the kernel, and those that a test
 * writes as an array of instructions.
 */
bool program_key__has_lines(const struct bpf_prog_load_opts *opts);

/**
 * program_key__acts_on_others() - whether a change of the program may harm other processes of the
 *	machine, as when it no longer looks at who has called it
 */
bool program_key__acts_on_others(enum bpf_prog_type type, const struct bpf_insn *insns, int cnt,
				 const struct bpf_prog_load_opts *opts);

#endif
