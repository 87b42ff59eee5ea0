/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A program as it is loaded: its instructions, and the tables of functions and source lines that
 * refer to them. Instructions can be replaced and inserted; jumps, calls and tables stay right.
 */
#ifndef RUNNER_MUTATION_IMAGE_H
#define RUNNER_MUTATION_IMAGE_H

#include <bpf/bpf.h>
#include <stdbool.h>

/* Instructions that an insertion adds at one place, at most. */
#define INSERTION_INSNS_MAX 7

struct insertion {
	int at; /* the instruction that the new ones come before; the number of all: at the end */
	/*
	 * Jumps to @at lead behind the new instructions: they belong to the instruction before.
	 * Insertions of this kind come before the others of the same place.
	 */
	bool is_after;
	struct bpf_insn insns[INSERTION_INSNS_MAX];
	int cnt;
};

struct image {
	struct bpf_insn *insns;
	int cnt;
	struct bpf_prog_load_opts
		opts; /* with @func_info and @line_info in place of the caller's */
	void *func_info, *line_info;
};

/** image__options() - the options of bpf_prog_load(), with zero for what the caller does not give */
struct bpf_prog_load_opts image__options(const struct bpf_prog_load_opts *opts);

/**
 * image__make() - copy a program, with new instructions inserted
 * @opts: options of bpf_prog_load(), or NULL; what they point to stays the caller's
 * @insertions: in the order of their places
 *
 * Return: 0; -ENOMEM; -ERANGE if a jump becomes too long; -EINVAL if the program has indirect jumps
 *	and @insertions_cnt is not 0. @image is empty then.
 */
int image__make(struct image *image, const struct bpf_insn *insns, int cnt,
		const struct bpf_prog_load_opts *opts, const struct insertion *insertions,
		int insertions_cnt);

/** image__free() - free the copies */
void image__free(struct image *image);

#endif
