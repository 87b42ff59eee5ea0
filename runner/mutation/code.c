// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "runner/mutation/insn.h"
#include "runner/mutation/code.h"

#define BIT(n)             (1U << (n))
#define ARGUMENT_REGISTERS (BIT(1) | BIT(2) | BIT(3) | BIT(4) | BIT(5))

int code__jump_target(const struct bpf_insn *insns, int i)
{
	const struct bpf_insn *insn = &insns[i];

	if (!insn__is_jump_class(insn) || insn__is_call(insn) || insn__is_exit(insn) ||
	    insn__is_indirect(insn))
		return -1;
	if (insn__is_goto(insn) && insn__class(insn) == BPF_JMP32)
		return i + 1 + insn->imm;
	return i + 1 + insn->off;
}

int code__callee(const struct bpf_insn *insns, int i)
{
	const struct bpf_insn *insn = &insns[i];

	if ((insn__is_call(insn) && insn->src_reg == BPF_PSEUDO_CALL) ||
	    (insn__is_wide(insn) && insn->src_reg == BPF_PSEUDO_FUNC))
		return i + 1 + insn->imm;
	return -1;
}

/* Whether the program may go on with the next instruction. */
static bool falls_through(const struct bpf_insn *insn)
{
	return !insn__is_exit(insn) && !insn__is_goto(insn);
}

/* A tail call that succeeds does not return. A kernel function may throw an exception. */
static bool may_not_return(const struct bpf_insn *insn)
{
	return insn__is_call(insn) && ((!insn->src_reg && insn->imm == BPF_FUNC_tail_call) ||
				       insn->src_reg == BPF_PSEUDO_KFUNC_CALL);
}

static uint16_t atomic_written(const struct bpf_insn *insn)
{
	if (insn->imm == ATOMIC_LOAD_ACQ)
		return BIT(insn->dst_reg);
	if (insn->imm == BPF_CMPXCHG)
		return BIT(0);
	return insn->imm & BPF_FETCH && insn->imm != ATOMIC_STORE_REL ? BIT(insn->src_reg) : 0;
}

uint16_t code__written(const struct bpf_insn *insn)
{
	switch (insn__class(insn)) {
	case BPF_ALU:
	case BPF_ALU64:
	case BPF_LDX:
		return BIT(insn->dst_reg);
	case BPF_LD:
		return insn__is_wide(insn) ? BIT(insn->dst_reg) : BIT(0) | ARGUMENT_REGISTERS;
	case BPF_STX:
		return BPF_MODE(insn->code) == BPF_ATOMIC ? atomic_written(insn) : 0;
	case BPF_JMP:
		return insn__is_call(insn) ? BIT(0) | ARGUMENT_REGISTERS : 0;
	}
	return 0;
}

static uint16_t alu_read(const struct bpf_insn *insn)
{
	uint16_t source = BPF_SRC(insn->code) == BPF_X ? BIT(insn->src_reg) : 0;

	switch (BPF_OP(insn->code)) {
	case BPF_MOV:
		return source;
	case BPF_NEG:
	case BPF_END:
		return BIT(insn->dst_reg);
	}
	return BIT(insn->dst_reg) | source;
}

static uint16_t store_read(const struct bpf_insn *insn)
{
	uint16_t registers = BIT(insn->dst_reg) | BIT(insn->src_reg);

	if (BPF_MODE(insn->code) != BPF_ATOMIC)
		return registers;
	if (insn->imm == ATOMIC_LOAD_ACQ)
		return BIT(insn->src_reg);
	return insn->imm == BPF_CMPXCHG ? registers | BIT(0) : registers;
}

static uint16_t jump_read(const struct bpf_insn *insn, bool returns_useful)
{
	if (insn__is_call(insn))
		return ARGUMENT_REGISTERS;
	if (insn__is_exit(insn))
		return returns_useful ? BIT(0) : 0;
	if (insn__is_indirect(insn))
		return BIT(insn->dst_reg);
	if (!insn__is_conditional(insn))
		return 0;
	return BIT(insn->dst_reg) | (BPF_SRC(insn->code) == BPF_X ? BIT(insn->src_reg) : 0);
}

static uint16_t registers_read(const struct bpf_insn *insn, bool returns_useful)
{
	switch (insn__class(insn)) {
	case BPF_ALU:
	case BPF_ALU64:
		return alu_read(insn);
	case BPF_LD:
		if (insn__is_wide(insn))
			return 0;
		return BIT(6) | (BPF_MODE(insn->code) == BPF_IND ? BIT(insn->src_reg) : 0);
	case BPF_LDX:
		return BIT(insn->src_reg);
	case BPF_ST:
		return BIT(insn->dst_reg);
	case BPF_STX:
		return store_read(insn);
	}
	return jump_read(insn, returns_useful);
}

int code__free_register(const struct code *code, int insn)
{
	const struct bpf_insn *next = &code->insns[insn];
	uint16_t used = (code->facts[insn].live & ~code__written(next)) |
			registers_read(next, true);
	int i;

	for (i = 0; i < CODE_REGISTERS - 1; i++) {
		if (!(used & BIT(i)))
			return i;
	}
	return -1;
}

static int find_blocks(struct code *code)
{
	const struct bpf_insn *insns = code->insns;
	int i, target;

	code->facts[0].begins_function = true;
	for (i = 0; i < code->cnt; i++) {
		if (code->facts[i].is_second_slot)
			continue;
		if (insn__is_wide(&insns[i])) {
			if (i + 1 == code->cnt)
				return -EINVAL;
			code->facts[i + 1].is_second_slot = true;
		}
		code->has_indirect_jumps |= insn__is_indirect(&insns[i]);
		target = code__callee(insns, i);
		if (target >= code->cnt || target < -1)
			return -EINVAL;
		if (target >= 0)
			code->facts[target].begins_function = true;
		target = code__jump_target(insns, i);
		if (target >= code->cnt || target < -1)
			return -EINVAL;
		if (target >= 0)
			code->facts[target].begins_block = true;
		if (i + 1 < code->cnt &&
		    (target >= 0 || !falls_through(&insns[i]) || insn__is_indirect(&insns[i]) ||
		     may_not_return(&insns[i])))
			code->facts[i + 1].begins_block = true;
	}
	for (i = 0; i < code->cnt; i++) {
		struct insn_facts *facts = &code->facts[i];

		facts->begins_block |= facts->begins_function;
		facts->function = facts->begins_function ? i : facts[-1].function;
	}
	return 0;
}

/*
 * The types of programs with a returned value that the kernel looks at (kernel 7.3). The value of
 * the others is ignored, or must be zero. BPF_PROG_TYPE_KPROBE's only decides whether a perf event
 * of the probe is written, which a test rarely has.
 */
static bool kernel_reads_result(enum bpf_prog_type type, enum bpf_attach_type attach_type)
{
	switch ((int)type) {
	case BPF_PROG_TYPE_KPROBE:
		return attach_type == 56 /* BPF_TRACE_KPROBE_SESSION, 6.10 */ ||
		       attach_type == 57 /* BPF_TRACE_UPROBE_SESSION, 6.13 */;
	case BPF_PROG_TYPE_TRACEPOINT:
	case BPF_PROG_TYPE_PERF_EVENT:
	case BPF_PROG_TYPE_RAW_TRACEPOINT:
	case BPF_PROG_TYPE_RAW_TRACEPOINT_WRITABLE:
		return false;
	case BPF_PROG_TYPE_TRACING:
		return attach_type == BPF_MODIFY_RETURN || attach_type == BPF_TRACE_ITER;
	}
	return true;
}

/* The ways of a program that count for liveness. */
struct ways {
	const struct code *code;
	const bool *is_useful; /* for each function, whether its result is read; NULL: all */
	/* As in code__live_on(); NULL: all ways. */
	bool (*goes)(void *context, int insn, bool jumps);
	void *context;
};

/* Return: true if anything has changed. */
static bool update_liveness(const struct ways *ways, int i, uint16_t *live)
{
	const struct code *code = ways->code;
	const struct bpf_insn *insn = &code->insns[i];
	int next = i + 1 + insn__is_wide(insn), target = code__jump_target(code->insns, i);
	int successors[] = { falls_through(insn) ? next : -1, target };
	uint16_t after = 0;
	int k;

	for (k = 0; k < 2; k++) {
		int s = successors[k];

		if (s < 0 || s >= code->cnt || (ways->goes && !ways->goes(ways->context, i, k)))
			continue;
		after |= live[s] & ~code__written(&code->insns[s]);
		after |= registers_read(&code->insns[s],
					!ways->is_useful ||
						ways->is_useful[code->facts[s].function]);
	}
	if (live[i] == after)
		return false;
	live[i] = after;
	return true;
}

static void find_liveness(const struct ways *ways, uint16_t *live)
{
	bool changed = true;
	int i;

	while (changed) {
		changed = false;
		for (i = ways->code->cnt - 1; i >= 0; i--) {
			if (!ways->code->facts[i].is_second_slot)
				changed |= update_liveness(ways, i, live);
		}
	}
}

/* Return: true if a function was found of which a caller reads the returned value. */
static bool find_useful_results(const struct code *code, const uint16_t *useful, bool *is_useful)
{
	bool found = false;
	int i, callee;

	for (i = 0; i < code->cnt; i++) {
		callee = code->facts[i].is_second_slot ? -1 : code__callee(code->insns, i);
		if (callee < 0 || is_useful[callee])
			continue;
		/* Who calls a function by its address is the kernel. */
		if (insn__is_wide(&code->insns[i]) || useful[i] & BIT(0))
			found = is_useful[callee] = true;
	}
	return found;
}

static int analyze_liveness(struct code *code, bool result_is_read)
{
	bool *is_useful = calloc(code->cnt, sizeof(*is_useful));
	uint16_t *live = calloc(code->cnt, sizeof(*live));
	uint16_t *useful = calloc(code->cnt, sizeof(*useful));
	int i, err = is_useful && live && useful ? 0 : -ENOMEM;

	if (!err) {
		is_useful[0] = result_is_read;
		find_liveness(&(struct ways){ .code = code }, live);
		do {
			find_liveness(&(struct ways){ .code = code, .is_useful = is_useful },
				      useful);
		} while (find_useful_results(code, useful, is_useful));
	}
	for (i = 0; !err && i < code->cnt; i++) {
		code->facts[i].live = live[i];
		code->facts[i].useful = useful[i];
		code->facts[i].returns_useful = is_useful[i];
	}
	free(is_useful);
	free(live);
	free(useful);
	return err;
}

void code__live_on(const struct code *code, bool (*goes)(void *context, int insn, bool jumps),
		   void *context, uint16_t *live)
{
	bool *is_useful = calloc(code->cnt, sizeof(*is_useful));
	struct ways ways = { code, is_useful, goes, context };
	int i;

	for (i = 0; is_useful && i < code->cnt; i++)
		is_useful[i] = code->facts[i].returns_useful;
	find_liveness(&ways, live);
	free(is_useful);
}

bool code__returns_useful(const struct code *code, int insn)
{
	return code->facts[code->facts[insn].function].returns_useful;
}

/* Where the context of a type of program has the begin and the end of the packet. */
static enum value_kind packet_field(enum bpf_prog_type type, int offset)
{
	int data = -1, end = -1, meta = -1;

	switch ((int)type) {
	case BPF_PROG_TYPE_XDP:
		data = offsetof(struct xdp_md, data);
		end = offsetof(struct xdp_md, data_end);
		meta = offsetof(struct xdp_md, data_meta);
		break;
	case BPF_PROG_TYPE_SK_MSG:
		data = offsetof(struct sk_msg_md, data);
		end = offsetof(struct sk_msg_md, data_end);
		break;
	case BPF_PROG_TYPE_SCHED_CLS:
	case BPF_PROG_TYPE_SCHED_ACT:
	case BPF_PROG_TYPE_SK_SKB:
	case BPF_PROG_TYPE_CGROUP_SKB:
	case BPF_PROG_TYPE_SOCKET_FILTER:
	case BPF_PROG_TYPE_LWT_IN:
	case BPF_PROG_TYPE_LWT_OUT:
	case BPF_PROG_TYPE_LWT_XMIT:
	case BPF_PROG_TYPE_FLOW_DISSECTOR:
		data = offsetof(struct __sk_buff, data);
		end = offsetof(struct __sk_buff, data_end);
		meta = offsetof(struct __sk_buff, data_meta);
		break;
	case BPF_PROG_TYPE_CGROUP_SOCKOPT:
		data = offsetof(struct bpf_sockopt, optval);
		end = offsetof(struct bpf_sockopt, optval_end);
		break;
	case BPF_PROG_TYPE_SK_REUSEPORT:
		data = offsetof(struct sk_reuseport_md, data);
		end = offsetof(struct sk_reuseport_md, data_end);
		break;
	}
	if (offset == data || offset == meta)
		return VALUE_PACKET;
	return offset == end ? VALUE_PACKET_END : VALUE_UNKNOWN;
}

static void move_alu(struct registers *registers, const struct bpf_insn *insn)
{
	struct value *to = &registers->all[insn->dst_reg];
	struct value from = { VALUE_CONSTANT, insn->imm };
	bool is_wide = insn__class(insn) == BPF_ALU64;

	if (BPF_SRC(insn->code) == BPF_X)
		from = registers->all[insn->src_reg];
	if (BPF_OP(insn->code) == BPF_MOV) {
		*to = insn->off ? (struct value){} : from;
		if (!is_wide)
			*to = from.kind == VALUE_CONSTANT && !insn->off ?
				      (struct value){ VALUE_CONSTANT, (uint32_t)from.constant } :
				      (struct value){};
		return;
	}
	if (is_wide && (BPF_OP(insn->code) == BPF_ADD || BPF_OP(insn->code) == BPF_SUB) &&
	    (to->kind == VALUE_STACK || to->kind == VALUE_PACKET))
		return;
	*to = (struct value){};
	/* A pointer may also stand at the right side of an addition. */
	if (is_wide && BPF_OP(insn->code) == BPF_ADD &&
	    (from.kind == VALUE_PACKET || from.kind == VALUE_STACK))
		*to = from;
}

static void step(const struct code *code, struct registers *registers, int i)
{
	const struct bpf_insn *insn = &code->insns[i];
	uint16_t written = code__written(insn);
	struct value value = {};
	int k;

	if (insn__is_alu(insn)) {
		move_alu(registers, insn);
		return;
	}
	if (insn__is_wide(insn) && !insn->src_reg)
		value = (struct value){ VALUE_CONSTANT,
					(uint32_t)insn->imm | (uint64_t)(uint32_t)insn[1].imm
								      << 32 };
	else if (insn__class(insn) == BPF_LDX &&
		 registers->all[insn->src_reg].kind == VALUE_CONTEXT)
		value.kind = packet_field(code->type, insn->off);
	for (k = 0; k < CODE_REGISTERS; k++) {
		if (written & BIT(k))
			registers->all[k] = value;
	}
}

static bool is_same(const struct value *a, const struct value *b)
{
	return a->kind == b->kind && (a->kind != VALUE_CONSTANT || a->constant == b->constant);
}

/* Return: true if the state at the block has changed. */
static bool merge_into(struct code *code, int block, const struct registers *registers)
{
	struct registers *at = &code->at_blocks[block];
	bool changed = false;
	int i;

	if (!code->facts[block].is_seen) {
		code->facts[block].is_seen = true;
		*at = *registers;
		return true;
	}
	for (i = 0; i < CODE_REGISTERS; i++) {
		if (at->all[i].kind == VALUE_UNKNOWN || is_same(&at->all[i], &registers->all[i]))
			continue;
		at->all[i] = (struct value){};
		changed = true;
	}
	return changed;
}

/* Return: true if the state at the begin of another block has changed. */
static bool run_block(struct code *code, int block)
{
	struct registers registers = code->at_blocks[block];
	bool changed = false;
	int i = block, target;

	for (;;) {
		const struct bpf_insn *insn = &code->insns[i];

		step(code, &registers, i);
		target = code__jump_target(code->insns, i);
		if (target >= 0)
			changed |= merge_into(code, target, &registers);
		if (!falls_through(insn))
			return changed;
		i += 1 + insn__is_wide(insn);
		if (i >= code->cnt)
			return changed;
		if (code->facts[i].begins_block)
			return merge_into(code, i, &registers) || changed;
	}
}

static void analyze_values(struct code *code)
{
	struct registers entry = { .all[10].kind = VALUE_STACK };
	bool changed = true;
	int i;

	for (i = 0; i < code->cnt; i++) {
		if (code->facts[i].begins_function)
			merge_into(code, i, &entry);
	}
	code->at_blocks[0].all[1].kind = VALUE_CONTEXT;
	while (changed) {
		changed = false;
		for (i = 0; i < code->cnt; i++) {
			if (code->facts[i].begins_block && code->facts[i].is_seen)
				changed |= run_block(code, i);
		}
	}
}

struct registers code__registers(const struct code *code, int insn)
{
	struct registers registers;
	int i = insn;

	while (i > 0 && !code->facts[i].begins_block)
		i--;
	if (!code->facts[i].is_seen)
		return (struct registers){};
	registers = code->at_blocks[i];
	while (i < insn) {
		step(code, &registers, i);
		i += 1 + insn__is_wide(&code->insns[i]);
	}
	return registers;
}

int code__analyze(struct code *code, enum bpf_prog_type type, enum bpf_attach_type attach_type,
		  const struct bpf_insn *insns, int cnt)
{
	int err;

	*code = (struct code){ .insns = insns, .cnt = cnt, .type = type };
	if (cnt <= 0)
		return -EINVAL;
	if (cnt > CODE_INSNS_MAX)
		return -E2BIG;
	code->facts = calloc(cnt, sizeof(*code->facts));
	code->at_blocks = calloc(cnt, sizeof(*code->at_blocks));
	if (!code->facts || !code->at_blocks)
		err = -ENOMEM;
	else
		err = find_blocks(code) ?:
			      analyze_liveness(code, kernel_reads_result(type, attach_type));
	if (err) {
		code__free(code);
		return err;
	}
	analyze_values(code);
	return 0;
}

void code__free(struct code *code)
{
	free(code->facts);
	free(code->at_blocks);
	code->facts = NULL;
	code->at_blocks = NULL;
}
