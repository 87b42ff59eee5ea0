// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "runner/mutation/insn.h"
#include "runner/mutation/flag_arguments.h"
#include "runner/mutation/operators.h"

#define BIT(n)           (1U << (n))
#define ARRAY_LEN(array) ((int)(sizeof(array) / sizeof((array)[0])))

static bool is_constant_load(const struct bpf_insn *insn)
{
	return insn__is_wide(insn) && !insn->src_reg;
}

static bool has_immediate(const struct bpf_insn *insn)
{
	if (insn__is_alu(insn) || insn__is_conditional(insn))
		return BPF_SRC(insn->code) == BPF_K && BPF_OP(insn->code) != BPF_NEG &&
		       !(insn__is_alu(insn) && BPF_OP(insn->code) == BPF_END);
	return insn__class(insn) == BPF_ST || is_constant_load(insn);
}

static int64_t immediate_of(const struct bpf_insn *insn)
{
	if (is_constant_load(insn))
		return (uint32_t)insn->imm | (uint64_t)(uint32_t)insn[1].imm << 32;
	return insn->imm;
}

static struct bpf_insn set_register(int reg, int value)
{
	return (struct bpf_insn){ .code = BPF_ALU64 | BPF_MOV | BPF_K,
				  .dst_reg = reg,
				  .imm = value };
}

/* An instruction that does nothing. */
static const struct bpf_insn nothing = { .code = BPF_JMP | BPF_JA };

static void replace(struct change *change, struct bpf_insn insn)
{
	*change = (struct change){ .kind = CHANGE_REPLACES, .insns = { insn }, .cnt = 1 };
}

static void insert(struct change *change, enum change_kind kind, struct bpf_insn insn)
{
	*change = (struct change){ .kind = kind, .insns = { insn }, .cnt = 1 };
}

static struct value value_at(const struct code *code, int insn, int reg)
{
	return code__registers(code, insn).all[reg];
}

/*
 * Rule "address": arithmetic that makes an address on the stack or in the packet. The compiler and
 * the verifier need it; what is stored there has mutants of its own.
 */
static bool makes_address(const struct code *code, int i)
{
	enum value_kind kind;

	if (!insn__is_alu(&code->insns[i]) || BPF_OP(code->insns[i].code) == BPF_MOV)
		return false;
	kind = value_at(code, i, code->insns[i].dst_reg).kind;
	return kind == VALUE_STACK || kind == VALUE_PACKET;
}

/* Rule "extension": a pair of shifts by 32, with which the compiler cuts or extends a number. */
static bool is_half_of_extension(const struct code *code, int i)
{
	const struct bpf_insn *insn = &code->insns[i];
	const uint8_t left = BPF_ALU64 | BPF_LSH | BPF_K;

	if (insn__class(insn) != BPF_ALU64 || BPF_SRC(insn->code) != BPF_K || insn->imm != 32)
		return false;
	if (insn->code == left)
		return i + 1 < code->cnt && insn[1].dst_reg == insn->dst_reg && insn[1].imm == 32 &&
		       (insn[1].code == (BPF_ALU64 | BPF_RSH | BPF_K) ||
			insn[1].code == (BPF_ALU64 | BPF_ARSH | BPF_K));
	return i > 0 && insn[-1].code == left && insn[-1].imm == 32 &&
	       insn[-1].dst_reg == insn->dst_reg;
}

/* Rule "dead": what the instruction computes is never read, or only returned to who ignores it. */
static bool is_dead(const struct code *code, int i)
{
	const struct bpf_insn *insn = &code->insns[i];
	bool computes = insn__is_alu(insn) || insn__class(insn) == BPF_LDX || insn__is_wide(insn);
	int last = i + insn__is_wide(insn);

	if (!computes)
		return false;
	/* Liveness stands at the first slot. */
	return last < code->cnt && !(code->facts[i].useful & BIT(insn->dst_reg));
}

static bool is_left_out(const struct code *code, int i)
{
	return code->facts[i].is_second_slot || is_dead(code, i) || makes_address(code, i) ||
	       is_half_of_extension(code, i);
}

/* --- jumps ----------------------------------------------------------------------------------- */

static bool set_jump(struct change *change, const struct bpf_insn *insn, int op)
{
	struct bpf_insn jump = *insn;

	jump.code = (insn->code & ~0xf0) | op;
	replace(change, jump);
	return true;
}

static bool invert_jump(const struct code *code, int i, struct change *change)
{
	static const uint8_t pairs[][2] = {
		{ BPF_JEQ, BPF_JNE },   { BPF_JGT, BPF_JLE },   { BPF_JGE, BPF_JLT },
		{ BPF_JSGT, BPF_JSLE }, { BPF_JSGE, BPF_JSLT },
	};
	const struct bpf_insn *insn = &code->insns[i];
	int k;

	if (!insn__is_conditional(insn))
		return false;
	for (k = 0; k < ARRAY_LEN(pairs); k++) {
		if (BPF_OP(insn->code) == pairs[k][0])
			return set_jump(change, insn, pairs[k][1]);
		if (BPF_OP(insn->code) == pairs[k][1])
			return set_jump(change, insn, pairs[k][0]);
	}
	return false;
}

/*
 * A jump that compares a register with itself. The verifier follows both ways all the same, so that
 * it does not reject the program for instructions that nothing leads to.
 */
static bool decide_jump(const struct code *code, int i, struct change *change, int op)
{
	const struct bpf_insn *insn = &code->insns[i];

	if (!insn__is_conditional(insn))
		return false;
	replace(change, (struct bpf_insn){ .code = BPF_JMP | op | BPF_X,
					   .dst_reg = 10,
					   .src_reg = 10,
					   .off = insn->off });
	return true;
}

static bool always_jump(const struct code *code, int i, struct change *change)
{
	return decide_jump(code, i, change, BPF_JEQ);
}

static bool never_jump(const struct code *code, int i, struct change *change)
{
	return decide_jump(code, i, change, BPF_JNE);
}

static bool was_always_taken(const struct code *code, int i, const struct observed *observed)
{
	return !observed->jump_was_not_taken;
}

static bool was_never_taken(const struct code *code, int i, const struct observed *observed)
{
	return !observed->jump_was_taken;
}

/* Rule "guard": one side of the comparison was never met, as of a bound that the verifier demands. */
static bool is_guard(const struct code *code, int i, const struct observed *observed)
{
	return insn__is_conditional(&code->insns[i]) &&
	       !(observed->jump_was_taken && observed->jump_was_not_taken);
}

static bool ends_packet(const struct code *code, int i)
{
	const struct bpf_insn *insn = &code->insns[i];
	struct registers registers = code__registers(code, i);
	enum value_kind left = registers.all[insn->dst_reg].kind;
	enum value_kind right = registers.all[insn->src_reg].kind;

	/* The end of the metadata is the begin of the packet. */
	return BPF_SRC(insn->code) == BPF_X &&
	       (left == VALUE_PACKET_END || right == VALUE_PACKET_END ||
		(left == VALUE_PACKET && right == VALUE_PACKET));
}

static bool move_bound(const struct code *code, int i, struct change *change)
{
	static const uint8_t pairs[][2] = {
		{ BPF_JGT, BPF_JGE },
		{ BPF_JLT, BPF_JLE },
		{ BPF_JSGT, BPF_JSGE },
		{ BPF_JSLT, BPF_JSLE },
	};
	const struct bpf_insn *insn = &code->insns[i];
	int k;

	if (!insn__is_conditional(insn) || ends_packet(code, i))
		return false;
	for (k = 0; k < ARRAY_LEN(pairs); k++) {
		if (BPF_OP(insn->code) == pairs[k][0])
			return set_jump(change, insn, pairs[k][1]);
		if (BPF_OP(insn->code) == pairs[k][1])
			return set_jump(change, insn, pairs[k][0]);
	}
	return false;
}

/* --- immediates ------------------------------------------------------------------------------ */

static bool set_immediate(const struct code *code, int i, struct change *change, int64_t value)
{
	const struct bpf_insn *insn = &code->insns[i];
	int64_t old = immediate_of(insn);

	if (value == old)
		return false;
	replace(change, *insn);
	change->insns[0].imm = value;
	if (insn__is_wide(insn)) {
		change->insns[1] = (struct bpf_insn){ .imm = (uint64_t)value >> 32 };
		change->cnt = 2;
	}
	snprintf(change->detail, sizeof(change->detail), "%lld -> %lld", (long long)old,
		 (long long)value);
	return true;
}

/*
 * Rule "truth": the 1 of a bool. The language says that it is no other number, so that who reads it
 * need not tell 1 from 2. A bool is a byte; a condition sets it to 1 or 0, one after the other.
 */
static bool is_truth(const struct code *code, int i)
{
	const struct bpf_insn *insn = &code->insns[i], *next;

	if (insn->imm != 1)
		return false;
	if (insn__class(insn) == BPF_ST)
		return BPF_SIZE(insn->code) == BPF_B;
	if (!insn__is_alu(insn) || BPF_OP(insn->code) != BPF_MOV)
		return false;
	for (next = insn + 1; next < code->insns + code->cnt; next += 1 + insn__is_wide(next)) {
		bool is_other = next->dst_reg == insn->dst_reg && insn__is_alu(next) &&
				BPF_OP(next->code) == BPF_MOV && BPF_SRC(next->code) == BPF_K;

		if (insn__class(next) == BPF_STX && next->src_reg == insn->dst_reg)
			return BPF_SIZE(next->code) == BPF_B && BPF_MODE(next->code) == BPF_MEM;
		if (!is_other && code__written(next) & BIT(insn->dst_reg))
			return false;
	}
	return false;
}

static bool add_one(const struct code *code, int i, struct change *change)
{
	const struct bpf_insn *insn = &code->insns[i];

	if (!has_immediate(insn) || is_left_out(code, i) || is_truth(code, i))
		return false;
	return set_immediate(code, i, change, immediate_of(insn) + 1);
}

static bool set_zero(const struct code *code, int i, struct change *change)
{
	const struct bpf_insn *insn = &code->insns[i];

	if (!has_immediate(insn) || is_left_out(code, i) || BPF_OP(insn->code) == BPF_JSET)
		return false;
	return set_immediate(code, i, change, 0);
}

/* A number that stands for itself, not a mask, a distance of a shift or a bound. */
static bool is_number(const struct bpf_insn *insn)
{
	if (insn__is_alu(insn))
		return BPF_OP(insn->code) == BPF_MOV || BPF_OP(insn->code) == BPF_ADD;
	return insn__class(insn) == BPF_ST || is_constant_load(insn);
}

static bool negate(const struct code *code, int i, struct change *change)
{
	const struct bpf_insn *insn = &code->insns[i];

	if (!has_immediate(insn) || !is_number(insn) || is_left_out(code, i) || is_truth(code, i))
		return false;
	return set_immediate(code, i, change, (int64_t)-(uint64_t)immediate_of(insn));
}

/* --- arithmetic ------------------------------------------------------------------------------ */

static bool swap_operation(const struct code *code, int i, struct change *change)
{
	static const uint8_t swaps[][2] = {
		{ BPF_ADD, BPF_SUB }, { BPF_SUB, BPF_ADD },  { BPF_AND, BPF_OR },
		{ BPF_OR, BPF_AND },  { BPF_XOR, BPF_AND },  { BPF_LSH, BPF_RSH },
		{ BPF_RSH, BPF_LSH }, { BPF_ARSH, BPF_LSH }, { BPF_MUL, BPF_ADD },
		{ BPF_DIV, BPF_MUL }, { BPF_MOD, BPF_MUL },
	};
	const struct bpf_insn *insn = &code->insns[i];
	struct bpf_insn swapped = *insn;
	int k;

	if (!insn__is_alu(insn) || is_left_out(code, i))
		return false;
	for (k = 0; k < ARRAY_LEN(swaps); k++) {
		if (BPF_OP(insn->code) != swaps[k][0])
			continue;
		swapped.code = (insn->code & ~0xf0) | swaps[k][1];
		swapped.off = 0; /* signed division has 1 here */
		replace(change, swapped);
		return true;
	}
	return false;
}

static bool drop_byte_swap(const struct code *code, int i, struct change *change)
{
	const struct bpf_insn *insn = &code->insns[i];

	if (!insn__is_alu(insn) ||
	    (BPF_OP(insn->code) != BPF_END && BPF_OP(insn->code) != BPF_NEG) ||
	    is_left_out(code, i))
		return false;
	replace(change, nothing);
	return true;
}

/* --- stores and loads ------------------------------------------------------------------------ */

static bool stores_zero(const struct code *code, int i)
{
	const struct bpf_insn *insn = &code->insns[i];
	struct value value = { VALUE_CONSTANT, insn->imm };

	if (insn__class(insn) == BPF_STX)
		value = value_at(code, i, insn->src_reg);
	return value.kind == VALUE_CONSTANT && !value.constant;
}

static bool is_on_stack(const struct code *code, int i)
{
	return value_at(code, i, code->insns[i].dst_reg).kind == VALUE_STACK;
}

/*
 * Memory of a test begins as zero: a zero that is not stored makes no difference there ("immediate
 * plus one" tries the line). On the stack the rest of an earlier call would be read, which is
 * another thing each time: store_zero() takes its place.
 */
static bool drop_store(const struct code *code, int i, struct change *change)
{
	const struct bpf_insn *insn = &code->insns[i];
	bool is_store = insn__is_plain_store(insn) ||
			(insn__is_atomic(insn) && !code__written(insn));

	if (!is_store || is_on_stack(code, i) ||
	    (insn__is_plain_store(insn) && stores_zero(code, i)))
		return false;
	replace(change, nothing);
	return true;
}

static bool store_zero(const struct code *code, int i, struct change *change)
{
	const struct bpf_insn *insn = &code->insns[i];

	if (insn__class(insn) != BPF_STX || !insn__is_plain_store(insn) || !is_on_stack(code, i) ||
	    stores_zero(code, i))
		return false;
	replace(change, (struct bpf_insn){ .code = BPF_ST | BPF_MEM | BPF_SIZE(insn->code),
					   .dst_reg = insn->dst_reg,
					   .off = insn->off });
	return true;
}

static int size_of(const struct bpf_insn *insn)
{
	switch (BPF_SIZE(insn->code)) {
	case BPF_B:
		return 1;
	case BPF_H:
		return 2;
	case BPF_W:
		return 4;
	}
	return 8;
}

static bool store_beside(const struct code *code, int i, struct change *change)
{
	const struct bpf_insn *insn = &code->insns[i];
	struct bpf_insn moved = *insn;

	if (!insn__is_plain_store(insn) || is_on_stack(code, i) || stores_zero(code, i))
		return false;
	moved.off += size_of(insn);
	replace(change, moved);
	snprintf(change->detail, sizeof(change->detail), "offset %d -> %d", insn->off, moved.off);
	return true;
}

static bool store_byte(const struct code *code, int i, struct change *change)
{
	const struct bpf_insn *insn = &code->insns[i];
	struct bpf_insn narrow = *insn;

	if (insn__class(insn) != BPF_STX || !insn__is_plain_store(insn) || size_of(insn) == 1 ||
	    is_on_stack(code, i) || value_at(code, i, insn->src_reg).kind == VALUE_CONSTANT)
		return false;
	narrow.code = BPF_STX | BPF_MEM | BPF_B;
	replace(change, narrow);
	snprintf(change->detail, sizeof(change->detail), "%d bytes -> 1", size_of(insn));
	return true;
}

static bool was_narrow(const struct code *code, int i, const struct observed *observed)
{
	return !observed->value_was_wide;
}

/* Rule "spill": a load from the stack reads what the program has just put there. */
static bool load_zero(const struct code *code, int i, struct change *change)
{
	const struct bpf_insn *insn = &code->insns[i];

	if (insn__class(insn) != BPF_LDX || is_left_out(code, i) ||
	    value_at(code, i, insn->src_reg).kind == VALUE_STACK)
		return false;
	replace(change, set_register(insn->dst_reg, 0));
	return true;
}

/* --- calls ----------------------------------------------------------------------------------- */

static bool drop_call(const struct code *code, int i, struct change *change)
{
	if (!insn__is_call(&code->insns[i]))
		return false;
	replace(change, set_register(0, 0));
	return true;
}

static bool change_result(const struct code *code, int i, struct change *change, int value)
{
	if (!insn__is_call(&code->insns[i]) || code->has_indirect_jumps ||
	    !(code->facts[i].useful & BIT(0)))
		return false;
	insert(change, CHANGE_AFTER, set_register(0, value));
	return true;
}

static bool result_zero(const struct code *code, int i, struct change *change)
{
	return change_result(code, i, change, 0);
}

static bool result_was_zero(const struct code *code, int i, const struct observed *observed)
{
	return !observed->result_was_nonzero;
}

static bool result_was_minus_one(const struct code *code, int i, const struct observed *observed)
{
	return !observed->result_was_not_minus_one;
}

static bool result_minus_one(const struct code *code, int i, struct change *change)
{
	return change_result(code, i, change, -1);
}

static bool clear_flags(const struct code *code, int i, struct change *change)
{
	const struct bpf_insn *insn = &code->insns[i];
	struct value flags;
	int reg;

	if (!insn__is_call(insn) || insn->src_reg || code->has_indirect_jumps)
		return false;
	reg = flag_arguments__register(insn->imm);
	if (!reg)
		return false;
	flags = value_at(code, i, reg);
	if (flags.kind == VALUE_CONSTANT && !flags.constant)
		return false;
	insert(change, CHANGE_BEFORE, set_register(reg, 0));
	return true;
}

/* A constant that is returned has mutants of its own. */
static bool change_returned(const struct code *code, int i, struct change *change)
{
	const struct bpf_insn *insn = &code->insns[i];

	if (insn->code != (BPF_JMP | BPF_EXIT) || code->has_indirect_jumps ||
	    !code__returns_useful(code, i) || value_at(code, i, 0).kind == VALUE_CONSTANT)
		return false;
	insert(change, CHANGE_BEFORE,
	       (struct bpf_insn){ .code = BPF_ALU64 | BPF_XOR | BPF_K, .dst_reg = 0, .imm = 1 });
	return true;
}

const struct op operator_table[] = {
	{ .name = "jump inverted",
	  .reason = "no assertion depends on what is done in which case",
	  .make = invert_jump },
	{ .name = "jump always taken",
	  .reason = "the other case is not asserted",
	  .make = always_jump,
	  .is_idle = was_always_taken },
	{ .name = "jump never taken",
	  .reason = "this case is not asserted",
	  .make = never_jump,
	  .is_idle = was_never_taken },
	{ .name = "bound off by one",
	  .reason = "no input stands exactly at the bound",
	  .make = move_bound,
	  .is_idle = is_guard },
	{ .name = "immediate plus one",
	  .reason = "the number is not asserted",
	  .make = add_one,
	  .is_idle = is_guard },
	{ .name = "immediate zero",
	  .reason = "the number is not asserted, or it is zero by default",
	  .make = set_zero,
	  .is_idle = is_guard },
	{ .name = "immediate negated", .reason = "the number is not asserted", .make = negate },
	{ .name = "operation swapped",
	  .reason = "the result is not asserted, or the operands hide it",
	  .make = swap_operation },
	{ .name = "byte swap dropped",
	  .reason = "the value is the same in both orders, or is not asserted",
	  .make = drop_byte_swap },
	{ .name = "store dropped",
	  .reason = "what is stored is not asserted, or it is there by default",
	  .make = drop_store },
	{ .name = "stored as zero",
	  .reason = "what is stored is not asserted, or it is zero by default",
	  .make = store_zero },
	{ .name = "stored beside",
	  .reason = "what is stored is not asserted",
	  .make = store_beside },
	{ .name = "one byte stored",
	  .reason = "no value needs more than a byte",
	  .make = store_byte,
	  .is_idle = was_narrow },
	{ .name = "load replaced by zero",
	  .reason = "what is read is not asserted, or it is zero by default",
	  .make = load_zero },
	{ .name = "call dropped",
	  .reason = "what the call does is not asserted",
	  .make = drop_call },
	{ .name = "result of call zero",
	  .reason = "the result of the call is not asserted",
	  .make = result_zero,
	  .is_idle = result_was_zero },
	{ .name = "result of call -1",
	  .reason = "the result of the call is not asserted",
	  .make = result_minus_one,
	  .is_idle = result_was_minus_one },
	{ .name = "flags cleared",
	  .reason = "no flag has an effect that is asserted",
	  .make = clear_flags },
	{ .name = "returned value changed",
	  .reason = "what the program returns is not asserted",
	  .make = change_returned },
};
const int operator_table_cnt = ARRAY_LEN(operator_table);

static bool is_same(const struct change *a, const struct change *b)
{
	return a->kind == b->kind && a->cnt == b->cnt &&
	       !memcmp(a->insns, b->insns, a->cnt * sizeof(a->insns[0]));
}

bool operators__change(const struct code *code, int insn, int op, struct change *change)
{
	struct change earlier;
	int i;

	if (code->facts[insn].is_second_slot || !operator_table[op].make(code, insn, change))
		return false;
	for (i = 0; i < op; i++) {
		if (operator_table[i].make(code, insn, &earlier) && is_same(&earlier, change))
			return false;
	}
	return true;
}

bool operators__is_read(const struct bpf_insn *insn, const struct change *change,
			uint16_t read_later)
{
	if (change->kind == CHANGE_AFTER)
		return read_later & code__written(change->insns);
	if (insn__is_alu(insn) || insn__class(insn) == BPF_LDX || insn__is_wide(insn))
		return read_later & BIT(insn->dst_reg);
	return true;
}

int operators__find(const char *name)
{
	int i;

	for (i = 0; i < operator_table_cnt; i++) {
		if (!strcmp(operator_table[i].name, name))
			return i;
	}
	return -1;
}

int operators__image(struct image *image, const struct bpf_insn *insns, int cnt,
		     const struct bpf_prog_load_opts *opts, int insn, const struct change *change)
{
	struct insertion insertion = { .at = insn, .cnt = change->cnt };
	int err;

	if (change->kind == CHANGE_REPLACES) {
		err = image__make(image, insns, cnt, opts, NULL, 0);
		if (!err)
			memcpy(&image->insns[insn], change->insns,
			       change->cnt * sizeof(change->insns[0]));
		return err;
	}
	insertion.is_after = change->kind == CHANGE_AFTER;
	insertion.at += insertion.is_after;
	memcpy(insertion.insns, change->insns, change->cnt * sizeof(change->insns[0]));
	return image__make(image, insns, cnt, opts, &insertion, 1);
}
