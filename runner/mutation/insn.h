/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What kind of instruction one is. The instruction set is that of the kernel's
 * Documentation/bpf/standardization/instruction-set.rst (v4, and load-acquire, store-release and
 * gotox of 6.15 to 6.19).
 */
#ifndef RUNNER_MUTATION_INSN_H
#define RUNNER_MUTATION_INSN_H

#include <linux/bpf.h>
#include <stdbool.h>

/* Names of what is newer than the headers of the machine that builds this (kernel 6.6, 6.9, 6.15). */
#ifndef BPF_MEMSX
#define BPF_MEMSX 0x80
#endif
#define OP_JCOND         0xe0
#define ATOMIC_LOAD_ACQ  0x100
#define ATOMIC_STORE_REL 0x110

static inline int insn__class(const struct bpf_insn *insn)
{
	return BPF_CLASS(insn->code);
}

static inline bool insn__is_alu(const struct bpf_insn *insn)
{
	return insn__class(insn) == BPF_ALU || insn__class(insn) == BPF_ALU64;
}

static inline bool insn__is_jump_class(const struct bpf_insn *insn)
{
	return insn__class(insn) == BPF_JMP || insn__class(insn) == BPF_JMP32;
}

/** insn__is_call() - a call of a helper, a kfunc or a function of the program */
static inline bool insn__is_call(const struct bpf_insn *insn)
{
	return insn->code == (BPF_JMP | BPF_CALL);
}

static inline bool insn__is_exit(const struct bpf_insn *insn)
{
	return insn->code == (BPF_JMP | BPF_EXIT);
}

/** insn__is_goto() - a jump without a condition */
static inline bool insn__is_goto(const struct bpf_insn *insn)
{
	return insn__is_jump_class(insn) && BPF_OP(insn->code) == BPF_JA;
}

/** insn__is_indirect() - a jump to where a register points */
static inline bool insn__is_indirect(const struct bpf_insn *insn)
{
	return insn__is_goto(insn) && BPF_SRC(insn->code) == BPF_X;
}

/** insn__is_conditional() - a jump that compares two values */
static inline bool insn__is_conditional(const struct bpf_insn *insn)
{
	return insn__is_jump_class(insn) && !insn__is_call(insn) && !insn__is_exit(insn) &&
	       !insn__is_goto(insn) && BPF_OP(insn->code) != OP_JCOND;
}

/** insn__is_wide() - an instruction that takes two slots */
static inline bool insn__is_wide(const struct bpf_insn *insn)
{
	return insn->code == (BPF_LD | BPF_IMM | BPF_DW);
}

/** insn__is_plain_store() - a store that is not atomic */
static inline bool insn__is_plain_store(const struct bpf_insn *insn)
{
	return (insn__class(insn) == BPF_ST || insn__class(insn) == BPF_STX) &&
	       BPF_MODE(insn->code) == BPF_MEM;
}

static inline bool insn__is_atomic(const struct bpf_insn *insn)
{
	return insn__class(insn) == BPF_STX && BPF_MODE(insn->code) == BPF_ATOMIC;
}

#endif
