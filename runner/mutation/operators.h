/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The ways in which a program is changed, as a table, and the rules that leave changes out: those
 * that cannot make a difference, and those that change only what the compiler or the verifier needs.
 * docs/mutation.md explains both.
 */
#ifndef RUNNER_MUTATION_OPERATORS_H
#define RUNNER_MUTATION_OPERATORS_H

#include <stddef.h>

#include "runner/mutation/code.h"
#include "runner/mutation/image.h"

enum change_kind {
	CHANGE_REPLACES, /* the new instructions stand in place of the old one */
	CHANGE_BEFORE,   /* they are inserted before it; jumps to it lead to them */
	CHANGE_AFTER,    /* they are inserted after it */
};

struct change {
	enum change_kind kind;
	struct bpf_insn insns[2];
	int cnt;
	char detail[48]; /* the old and the new value, or "" */
};

/* What runs of a program have shown about an instruction. */
struct observed {
	bool is_known;
	bool jump_was_taken, jump_was_not_taken;
	bool result_was_nonzero;       /* of a call */
	bool result_was_not_minus_one; /* of a call */
	bool value_was_wide;           /* of a store: it needed more than a byte */
};

struct op {
	const char *name;   /* what the mutant does, as the report says it */
	const char *reason; /* the hole in a test that a survivor of this kind shows */
	/* Fills in the change of one instruction. Returns false if there is none to make. */
	bool (*make)(const struct code *code, int insn, struct change *change);
	/* Whether what was seen makes the change one without effect; NULL: it never does. */
	bool (*is_idle)(const struct code *code, int insn, const struct observed *observed);
};

extern const struct op operator_table[];
extern const int operator_table_cnt;

/**
 * operators__change() - the change that an operator makes of an instruction
 * @op: an index of operator_table
 *
 * Return: true; false if the operator does not fit the instruction, if a rule leaves the change out,
 *	or if an operator before it in the table makes the same one.
 */
bool operators__change(const struct code *code, int insn, int op, struct change *change);

/**
 * operators__is_read() - whether a change is seen by who reads the registers of @read_later
 *
 * A change that is only in what an instruction computes is not, if nobody reads the result.
 */
bool operators__is_read(const struct bpf_insn *insn, const struct change *change,
			uint16_t read_later);

/** operators__find() - the index of the operator with a name, or -1 */
int operators__find(const char *name);

/**
 * operators__image() - make the program with one change
 * @insns, @cnt, @opts: as for image__make()
 *
 * Return: as image__make().
 */
int operators__image(struct image *image, const struct bpf_insn *insns, int cnt,
		     const struct bpf_prog_load_opts *opts, int insn, const struct change *change);

#endif
