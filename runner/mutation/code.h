/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What can be told about the instructions of a BPF program without running it: where they may go on,
 * which registers are still read, what a register points to. It is less than what the verifier
 * knows, and never wrong: what is not sure counts as unknown.
 */
#ifndef RUNNER_MUTATION_CODE_H
#define RUNNER_MUTATION_CODE_H

#include <linux/bpf.h>
#include <stdbool.h>
#include <stdint.h>

#define CODE_REGISTERS 11
/* A program with more instructions is left as it is: its analysis would take too much memory. */
#define CODE_INSNS_MAX 200000

enum value_kind {
	VALUE_UNKNOWN,
	VALUE_CONSTANT,
	VALUE_STACK,      /* an address on the stack */
	VALUE_CONTEXT,    /* the program's context, without an offset */
	VALUE_PACKET,     /* an address in the packet */
	VALUE_PACKET_END, /* the end of the packet */
};

struct value {
	enum value_kind kind;
	int64_t constant;
};

/* The registers in front of an instruction. */
struct registers {
	struct value all[CODE_REGISTERS];
};

struct insn_facts {
	bool is_second_slot: 1; /* the second half of a 64-bit load of a constant */
	bool begins_function: 1;
	bool returns_useful: 1; /* at the first instruction of a function: its result is read */
	bool begins_block: 1; /* a jump leads here, or the instruction before it may not go on here */
	bool is_seen: 1;      /* analysis has come here */
	/* Registers that are read after this instruction before they are written: a bit for each. */
	uint16_t live;
	/* The same without a returned value that nobody reads. */
	uint16_t useful;
	int function; /* the first instruction of its function */
};

struct code {
	const struct bpf_insn *insns;
	int cnt;
	enum bpf_prog_type type;
	bool has_indirect_jumps; /* no instruction may be inserted */
	struct insn_facts *facts;
	struct registers *at_blocks; /* the state at each instruction that begins a block */
};

/**
 * code__analyze() - analyze the instructions of a program, as bpf(BPF_PROG_LOAD) gets them
 * @insns: kept by the caller, as long as @code is used
 *
 * Return: 0; -ENOMEM; -E2BIG for more than CODE_INSNS_MAX; -EINVAL if a jump leads out of the program.
 */
int code__analyze(struct code *code, enum bpf_prog_type type, enum bpf_attach_type attach_type,
		  const struct bpf_insn *insns, int cnt);

/**
 * code__live_on() - which registers are read later, if only some ways are gone
 * @goes: whether the program goes from an instruction to the next one, or along its jump
 * @live: receives a bit for each register, for each instruction
 */
void code__live_on(const struct code *code, bool (*goes)(void *context, int insn, bool jumps),
		   void *context, uint16_t *live);

/** code__free() - free what code__analyze() has made */
void code__free(struct code *code);

/** code__registers() - the registers in front of an instruction */
struct registers code__registers(const struct code *code, int insn);

/** code__returns_useful() - whether anybody reads what the function of an instruction returns */
bool code__returns_useful(const struct code *code, int insn);

/** code__jump_target() - the instruction that a jump leads to; -1 if it is no jump, or indirect */
int code__jump_target(const struct bpf_insn *insns, int insn);

/**
 * code__callee() - the function of the same program that an instruction calls or takes the address of
 *
 * Return: its first instruction, or -1.
 */
int code__callee(const struct bpf_insn *insns, int insn);

/** code__free_register() - a register that may be overwritten in front of an instruction, or -1 */
int code__free_register(const struct code *code, int insn);

/** code__written() - a bit for each register that an instruction writes */
uint16_t code__written(const struct bpf_insn *insn);

#endif
