// SPDX-License-Identifier: GPL-2.0-only
/* The analysis of instructions for --mutate, its changes, and the insertion of instructions. */
#include <errno.h>
#include <string.h>

#include "check/unit/unit_test.h"
#include "runner/mutation/operators.h"
#include "runner/mutation/program_key.h"
#include "runner/mutation/survey.h"

#define MOV(reg, value) { .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = (reg), .imm = (value) }
#define MOV_X(to, from) { .code = BPF_ALU64 | BPF_MOV | BPF_X, .dst_reg = (to), .src_reg = (from) }
#define ADD(reg, value) { .code = BPF_ALU64 | BPF_ADD | BPF_K, .dst_reg = (reg), .imm = (value) }
#define LOAD(size, to, from, at) \
	{ .code = BPF_LDX | BPF_MEM | (size), .dst_reg = (to), .src_reg = (from), .off = (at) }
#define STORE(size, to, at, from) \
	{ .code = BPF_STX | BPF_MEM | (size), .dst_reg = (to), .src_reg = (from), .off = (at) }
#define STORE_K(size, to, at, value) \
	{ .code = BPF_ST | BPF_MEM | (size), .dst_reg = (to), .off = (at), .imm = (value) }
#define JUMP(op, reg, value, distance) \
	{ .code = BPF_JMP | (op) | BPF_K, .dst_reg = (reg), .imm = (value), .off = (distance) }
#define JUMP_X(op, left, right, distance) \
	{ .code = BPF_JMP | (op) | BPF_X, .dst_reg = (left), .src_reg = (right), .off = (distance) }
#define GOTO(distance) { .code = BPF_JMP | BPF_JA, .off = (distance) }
#define CALL(helper)   { .code = BPF_JMP | BPF_CALL, .imm = (helper) }
#define CALL_OWN(distance) \
	{ .code = BPF_JMP | BPF_CALL, .src_reg = BPF_PSEUDO_CALL, .imm = (distance) }
#define EXIT       { .code = BPF_JMP | BPF_EXIT }
#define LEN(array) ((int)(sizeof(array) / sizeof((array)[0])))

static struct code code;

static void analyze(enum bpf_prog_type type, const struct bpf_insn *insns, int cnt)
{
	assert_int_equal(code__analyze(&code, type, 0, insns, cnt), 0);
}

static int free_code(void **state)
{
	code__free(&code);
	return 0;
}

/* Whether an operator changes an instruction. */
static bool changes(int insn, const char *name)
{
	struct change change;
	int op = operators__find(name);

	assert_true(op >= 0);
	return operators__change(&code, insn, op, &change);
}

/* No operator changes the instruction. */
static void assert_left_out(int insn)
{
	struct change change;
	int i;

	for (i = 0; i < operator_table_cnt; i++) {
		if (operators__change(&code, insn, i, &change))
			fail_msg("instruction %d: %s", insn, operator_table[i].name);
	}
}

static void result_that_the_kernel_ignores(void **state)
{
	static const struct bpf_insn insns[] = { MOV(0, 5), EXIT };

	analyze(BPF_PROG_TYPE_TRACEPOINT, insns, LEN(insns));
	assert_left_out(0);
	assert_left_out(1);
	code__free(&code);
	analyze(BPF_PROG_TYPE_XDP, insns, LEN(insns));
	assert_true(changes(0, "immediate plus one"));
	assert_true(changes(0, "immediate zero"));
	assert_true(changes(0, "immediate negated"));
	/* The constant has mutants of its own. */
	assert_left_out(1);
}

static void result_of_a_function(void **state)
{
	static const struct bpf_insn ignored[] = { CALL_OWN(2), MOV(0, 0), EXIT, MOV(0, 7), EXIT };
	static const struct bpf_insn used[] = { CALL_OWN(1), EXIT, MOV(0, 7), EXIT };

	analyze(BPF_PROG_TYPE_XDP, ignored, LEN(ignored));
	assert_left_out(3);
	assert_true(changes(0, "call dropped"));
	assert_false(changes(0, "result of call -1"));
	code__free(&code);
	analyze(BPF_PROG_TYPE_XDP, used, LEN(used));
	assert_true(changes(2, "immediate plus one"));
	assert_true(changes(0, "result of call -1"));
	assert_true(changes(0, "result of call zero"));
}

static void addresses(void **state)
{
	static const struct bpf_insn insns[] = {
		LOAD(BPF_W, 2, 1, offsetof(struct xdp_md, data)),
		LOAD(BPF_W, 3, 1, offsetof(struct xdp_md, data_end)),
		MOV_X(4, 2),
		ADD(4, 14),
		JUMP_X(BPF_JGT, 4, 3, 2),
		MOV_X(5, 10),
		ADD(5, -8),
		MOV(0, 1),
		EXIT,
	};

	analyze(BPF_PROG_TYPE_XDP, insns, LEN(insns));
	assert_left_out(3);
	assert_left_out(6);
	assert_false(changes(4, "bound off by one"));
	assert_true(changes(4, "jump always taken"));
	assert_true(changes(4, "jump never taken"));
	assert_true(changes(4, "jump inverted"));
}

static void stores(void **state)
{
	static const struct bpf_insn insns[] = {
		MOV_X(6, 1),
		LOAD(BPF_DW, 2, 1, 0),
		STORE(BPF_DW, 10, -8, 2), /* on the stack */
		STORE(BPF_W, 6, 8, 2),
		STORE_K(BPF_W, 6, 8, 0),
		STORE_K(BPF_B, 6, 8, 1),
		LOAD(BPF_DW, 3, 10, -8), /* what was put there */
		STORE(BPF_B, 6, 9, 3),
		MOV(0, 0),
		EXIT,
	};

	analyze(BPF_PROG_TYPE_SYSCALL, insns, LEN(insns));
	assert_true(changes(2, "stored as zero"));
	assert_false(changes(2, "store dropped"));
	assert_false(changes(2, "stored beside"));
	assert_true(changes(3, "store dropped"));
	assert_true(changes(3, "stored beside"));
	assert_true(changes(3, "one byte stored"));
	assert_false(changes(4, "store dropped"));
	assert_true(changes(4, "immediate plus one"));
	/* It may be a bool: then no other number than 1 and 0 says anything. */
	assert_false(changes(5, "immediate plus one"));
	assert_true(changes(5, "immediate zero"));
	assert_left_out(6);
	assert_false(changes(7, "one byte stored"));
	assert_true(changes(1, "load replaced by zero"));
}

static void flags(void **state)
{
	static const struct bpf_insn insns[] = {
		MOV(4, 0),
		CALL(BPF_FUNC_map_update_elem),
		MOV(4, 1),
		CALL(BPF_FUNC_map_update_elem),
		CALL(BPF_FUNC_ktime_get_ns),
		EXIT,
	};

	analyze(BPF_PROG_TYPE_XDP, insns, LEN(insns));
	assert_false(changes(1, "flags cleared"));
	assert_true(changes(3, "flags cleared"));
	assert_false(changes(4, "flags cleared"));
	assert_true(changes(4, "call dropped"));
	assert_true(changes(5, "returned value changed"));
}

static void extension(void **state)
{
	static const struct bpf_insn insns[] = {
		LOAD(BPF_W, 0, 1, 0),
		{ .code = BPF_ALU64 | BPF_LSH | BPF_K, .imm = 32 },
		{ .code = BPF_ALU64 | BPF_RSH | BPF_K, .imm = 32 },
		{ .code = BPF_ALU64 | BPF_RSH | BPF_K, .imm = 32 },
		EXIT,
	};

	analyze(BPF_PROG_TYPE_XDP, insns, LEN(insns));
	assert_left_out(1);
	assert_left_out(2);
	assert_true(changes(3, "operation swapped"));
	assert_true(changes(3, "immediate zero"));
}

/* A change that two operators make is made once. */
static void same_change(void **state)
{
	static const struct bpf_insn insns[] = { MOV(0, -1), EXIT };

	analyze(BPF_PROG_TYPE_XDP, insns, LEN(insns));
	assert_true(changes(0, "immediate plus one"));
	assert_false(changes(0, "immediate zero"));
}

static void wrong_programs(void **state)
{
	static const struct bpf_insn out[] = { JUMP(BPF_JEQ, 0, 0, 7), EXIT };
	static const struct bpf_insn before[] = { GOTO(-5), EXIT };
	static const struct bpf_insn half[] = { { .code = BPF_LD | BPF_IMM | BPF_DW } };

	assert_int_equal(code__analyze(&code, BPF_PROG_TYPE_XDP, 0, out, LEN(out)), -EINVAL);
	assert_int_equal(code__analyze(&code, BPF_PROG_TYPE_XDP, 0, before, LEN(before)), -EINVAL);
	assert_int_equal(code__analyze(&code, BPF_PROG_TYPE_XDP, 0, half, LEN(half)), -EINVAL);
	assert_int_equal(code__analyze(&code, BPF_PROG_TYPE_XDP, 0, out, 0), -EINVAL);
	assert_int_equal(code__analyze(&code, BPF_PROG_TYPE_XDP, 0, out, CODE_INSNS_MAX + 1),
			 -E2BIG);
}

/* --- insertions ------------------------------------------------------------------------------ */

#define PROGRAM_INSNS  60
#define NEW_INSN_MAGIC 0x7e57

static bool is_new(const struct bpf_insn *insn)
{
	return insn->imm == NEW_INSN_MAGIC;
}

/* A program of random jumps; each other instruction has its own number. */
static void make_program(struct bpf_insn *insns)
{
	int i, target;

	for (i = 0; i < PROGRAM_INSNS; i++)
		insns[i] = (struct bpf_insn)MOV(0, i);
	for (i = 0; i < PROGRAM_INSNS - 1; i++) {
		target = rand() % PROGRAM_INSNS - i - 1;
		switch (rand() % 6) {
		case 0:
			insns[i] = (struct bpf_insn)JUMP(BPF_JEQ, 1, i, target);
			break;
		case 1:
			insns[i] = (struct bpf_insn){ .code = BPF_JMP32 | BPF_JA, .imm = target };
			break;
		case 2:
			insns[i] = (struct bpf_insn)CALL_OWN(target);
			break;
		}
	}
	insns[PROGRAM_INSNS - 1] = (struct bpf_insn)EXIT;
}

static int make_insertions(struct insertion *list)
{
	int i, cnt = 0;

	for (i = 0; i < PROGRAM_INSNS; i++) {
		if (i && !(rand() % 4)) {
			list[cnt] = (struct insertion){ .at = i, .is_after = true, .cnt = 1 };
			list[cnt++].insns[0] = (struct bpf_insn)MOV(3, NEW_INSN_MAGIC);
		}
		if (!(rand() % 3)) {
			list[cnt] = (struct insertion){ .at = i, .cnt = 2 };
			list[cnt].insns[0] = (struct bpf_insn)MOV(4, NEW_INSN_MAGIC);
			list[cnt++].insns[1] = (struct bpf_insn)MOV(4, NEW_INSN_MAGIC);
		}
	}
	return cnt;
}

/*
 * Jumps lead to the instruction that they led to, or to what was inserted before it; never to what was
 * inserted behind the instruction in front of it.
 */
static void check_target(const struct image *image, const int *place, int target, int old_target)
{
	assert_in_range(target, 0, image->cnt - 1);
	if (target > 0 && target != place[old_target])
		assert_false(is_new(&image->insns[target - 1]) &&
			     image->insns[target - 1].dst_reg == 4);
	while (is_new(&image->insns[target])) {
		assert_int_equal(image->insns[target].dst_reg, 4);
		target++;
	}
	assert_int_equal(target, place[old_target]);
}

static void insertions(void **state)
{
	struct bpf_insn insns[PROGRAM_INSNS];
	struct insertion list[2 * PROGRAM_INSNS];
	struct bpf_line_info lines[PROGRAM_INSNS];
	int place[PROGRAM_INSNS], round, i, k, cnt, old;
	LIBBPF_OPTS(bpf_prog_load_opts, opts, .line_info = lines,
		    .line_info_cnt = PROGRAM_INSNS, .line_info_rec_size = sizeof(lines[0]));
	struct image image;

	srand(1);
	for (i = 0; i < PROGRAM_INSNS; i++)
		lines[i] = (struct bpf_line_info){ .insn_off = i, .line_off = 1000 + i };
	for (round = 0; round < 300; round++) {
		make_program(insns);
		cnt = make_insertions(list);
		assert_int_equal(image__make(&image, insns, PROGRAM_INSNS, &opts, list, cnt), 0);
		for (i = k = 0; k < image.cnt; k++) {
			if (!is_new(&image.insns[k]))
				place[i++] = k;
		}
		assert_int_equal(i, PROGRAM_INSNS);
		for (i = 0; i < PROGRAM_INSNS; i++) {
			const struct bpf_line_info *line =
				(const struct bpf_line_info *)image.line_info + i;

			assert_int_equal(image.insns[place[i]].code, insns[i].code);
			old = code__jump_target(insns, i);
			if (old >= 0)
				check_target(&image, place,
					     code__jump_target(image.insns, place[i]), old);
			old = code__callee(insns, i);
			if (old >= 0)
				check_target(&image, place, code__callee(image.insns, place[i]),
					     old);
			assert_int_equal(line->line_off, 1000 + i);
			check_target(&image, place, line->insn_off, i);
		}
		image__free(&image);
	}
}

static void jump_too_long(void **state)
{
	static struct bpf_insn insns[INT16_MAX + 2];
	struct insertion one = { .at = 1, .insns = { MOV(1, 0) }, .cnt = 1 };
	struct image image;
	int i;

	for (i = 0; i < LEN(insns); i++)
		insns[i] = (struct bpf_insn)MOV(0, 0);
	insns[0] = (struct bpf_insn)JUMP(BPF_JEQ, 1, 0, INT16_MAX);
	insns[LEN(insns) - 1] = (struct bpf_insn)EXIT;
	assert_int_equal(image__make(&image, insns, LEN(insns), NULL, NULL, 0), 0);
	image__free(&image);
	assert_int_equal(image__make(&image, insns, LEN(insns), NULL, &one, 1), -ERANGE);
}

static void indirect_jumps(void **state)
{
	static const struct bpf_insn insns[] = { MOV(1, 0),
						 { .code = BPF_JMP | BPF_JA | BPF_X, .dst_reg = 1 },
						 EXIT };
	struct insertion one = { .at = 1, .insns = { MOV(1, 0) }, .cnt = 1 };
	struct survey survey;
	struct image image;

	assert_int_equal(image__make(&image, insns, LEN(insns), NULL, &one, 1), -EINVAL);
	assert_int_equal(code__analyze(&code, BPF_PROG_TYPE_XDP, 0, insns, LEN(insns)), 0);
	assert_int_equal(survey__begin(&survey, &code), 0);
	assert_true(survey.is_blind);
	survey__end(&survey);
	memset(&code, 0, sizeof(code));
}

/* --- marks ----------------------------------------------------------------------------------- */

/* A result that is read only on a way that was not taken makes no difference. */
static void marks(void **state)
{
	static const struct bpf_insn insns[] = {
		MOV(0, 1), /* read only if the jump is taken */
		LOAD(BPF_W, 2, 1, 0),
		JUMP(BPF_JGT, 2, 9, 1),
		MOV(0, 2),
		EXIT,
	};
	unsigned char seen[16] = {};
	struct observed observed;
	struct survey survey;
	uint16_t *later;

	analyze(BPF_PROG_TYPE_XDP, insns, LEN(insns));
	assert_int_equal(survey__begin(&survey, &code), 0);
	assert_false(survey.is_blind);
	seen[survey.of_block[0]] = seen[survey.of_block[3]] = seen[survey.of_block[4]] = 1;
	seen[survey.of_fall[2]] = 1;
	assert_true(survey__reached(&survey, seen, 1));
	observed = survey__observed(&survey, seen, 2);
	assert_true(observed.is_known && observed.jump_was_not_taken && !observed.jump_was_taken);
	later = survey__read_later(&survey, seen);
	assert_false(later[0] & 1);
	assert_true(later[3] & 1);
	free(later);
	seen[survey.of_jump[2]] = 1;
	later = survey__read_later(&survey, seen);
	assert_true(later[0] & 1);
	free(later);
	survey__end(&survey);
	memset(&code, 0, sizeof(code));
}

static bool is_idle(const struct survey *survey, const unsigned char *seen, int insn,
		    const char *name)
{
	struct observed observed = survey__observed(survey, seen, insn);
	const struct op *op = &operator_table[operators__find(name)];

	return op->is_idle && op->is_idle(&survey->code, insn, &observed);
}

/* A result is not replaced by one that the call had each time. */
static void marks_of_results(void **state)
{
	static const struct bpf_insn insns[] = { CALL(BPF_FUNC_get_prandom_u32), EXIT };
	unsigned char seen[16] = {};
	struct survey survey;
	struct image image;
	int i, values = 0;

	analyze(BPF_PROG_TYPE_XDP, insns, LEN(insns));
	assert_int_equal(survey__begin(&survey, &code), 0);
	assert_false(survey.is_blind);
	assert_in_range(survey.of_result[0], 0, survey.marks_cnt - 1);
	assert_in_range(survey.of_not_minus_one[0], 0, survey.marks_cnt - 1);
	assert_int_not_equal(survey.of_result[0], survey.of_not_minus_one[0]);
	assert_true(is_idle(&survey, seen, 0, "result of call zero"));
	assert_true(is_idle(&survey, seen, 0, "result of call -1"));
	seen[survey.of_result[0]] = 1; /* -1 each time */
	assert_false(is_idle(&survey, seen, 0, "result of call zero"));
	assert_true(is_idle(&survey, seen, 0, "result of call -1"));
	seen[survey.of_not_minus_one[0]] = 1;
	assert_false(is_idle(&survey, seen, 0, "result of call -1"));
	seen[survey.of_result[0]] = 0; /* 0 each time */
	assert_true(is_idle(&survey, seen, 0, "result of call zero"));
	assert_false(is_idle(&survey, seen, 0, "result of call -1"));
	assert_int_equal(survey__image(&survey, &image, NULL, 3, 0), 0);
	for (i = 0; i < image.cnt; i++)
		values += image.insns[i].code == (BPF_JMP | BPF_JEQ | BPF_K) &&
			  image.insns[i].imm == -1;
	assert_int_equal(values, 1);
	image__free(&image);
	/* Without such marks, nothing is known of it. */
	survey.skips_values = true;
	seen[survey.of_not_minus_one[0]] = 0;
	assert_false(is_idle(&survey, seen, 0, "result of call -1"));
	survey__end(&survey);
	memset(&code, 0, sizeof(code));
}

static void keys(void **state)
{
	struct bpf_insn a[] = {
		{ .code = BPF_LD | BPF_IMM | BPF_DW, .src_reg = BPF_PSEUDO_MAP_FD, .imm = 3 },
		{},
		MOV(0, 1),
		EXIT,
	};
	struct bpf_insn b[LEN(a)];
	uint64_t key = program_key__make(BPF_PROG_TYPE_XDP, "name", a, LEN(a), NULL);

	memcpy(b, a, sizeof(a));
	b[0].imm = 4;
	assert_true(program_key__make(BPF_PROG_TYPE_XDP, "name", b, LEN(b), NULL) == key);
	b[2].imm = 2;
	assert_false(program_key__make(BPF_PROG_TYPE_XDP, "name", b, LEN(b), NULL) == key);
	assert_false(program_key__make(BPF_PROG_TYPE_XDP, "other", a, LEN(a), NULL) == key);
	assert_false(program_key__make(BPF_PROG_TYPE_SCHED_CLS, "name", a, LEN(a), NULL) == key);
	assert_false(program_key__has_lines(NULL));
	assert_true(program_key__acts_on_others(BPF_PROG_TYPE_LSM, a, LEN(a), NULL));
	assert_false(program_key__acts_on_others(BPF_PROG_TYPE_XDP, a, LEN(a), NULL));
	b[2] = (struct bpf_insn)CALL(BPF_FUNC_send_signal);
	assert_true(program_key__acts_on_others(BPF_PROG_TYPE_KPROBE, b, LEN(b), NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(result_that_the_kernel_ignores, free_code),
		cmocka_unit_test_teardown(result_of_a_function, free_code),
		cmocka_unit_test_teardown(addresses, free_code),
		cmocka_unit_test_teardown(stores, free_code),
		cmocka_unit_test_teardown(flags, free_code),
		cmocka_unit_test_teardown(extension, free_code),
		cmocka_unit_test_teardown(same_change, free_code),
		cmocka_unit_test(wrong_programs),
		cmocka_unit_test(insertions),
		cmocka_unit_test(jump_too_long),
		cmocka_unit_test(indirect_jumps),
		cmocka_unit_test_teardown(marks, free_code),
		cmocka_unit_test_teardown(marks_of_results, free_code),
		cmocka_unit_test(keys),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
