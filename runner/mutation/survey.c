// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "runner/mutation/insn.h"
#include "runner/mutation/survey.h"

/* A store of a register that may have more than a byte. */
static bool is_wide_store(const struct code *code, int i)
{
	const struct bpf_insn *insn = &code->insns[i];

	return code__registers(code, i).all[insn->dst_reg].kind != VALUE_STACK &&
	       BPF_CLASS(insn->code) == BPF_STX && BPF_MODE(insn->code) == BPF_MEM &&
	       BPF_SIZE(insn->code) != BPF_B;
}

static int *numbers(int cnt)
{
	int *all = malloc(cnt * sizeof(*all));
	int i;

	for (i = 0; all && i < cnt; i++)
		all[i] = -1;
	return all;
}

/* A mark needs a register of its own for a moment. */
static void choose(struct survey *survey, int *marks, int insn, int place)
{
	if (place < survey->code.cnt && code__free_register(&survey->code, place) >= 0)
		marks[insn] = survey->marks_cnt++;
	else
		survey->is_blind = true;
}

int survey__begin(struct survey *survey, struct code *code)
{
	int i;

	*survey = (struct survey){ .code = *code, .is_blind = code->has_indirect_jumps };
	survey->of_block = numbers(code->cnt);
	survey->of_jump = numbers(code->cnt);
	survey->of_fall = numbers(code->cnt);
	survey->of_result = numbers(code->cnt);
	survey->of_not_minus_one = numbers(code->cnt);
	survey->of_store = numbers(code->cnt);
	if (!survey->of_block || !survey->of_jump || !survey->of_fall || !survey->of_result ||
	    !survey->of_not_minus_one || !survey->of_store)
		return -ENOMEM;
	for (i = 0; i < code->cnt && !survey->is_blind; i++) {
		if (code->facts[i].is_second_slot)
			continue;
		if (code->facts[i].begins_block)
			choose(survey, survey->of_block, i, i);
		if (insn__is_conditional(&code->insns[i])) {
			choose(survey, survey->of_jump, i, i);
			choose(survey, survey->of_fall, i, i + 1);
		}
		if (insn__is_call(&code->insns[i]) && code->facts[i].useful & 1) {
			choose(survey, survey->of_result, i, i + 1);
			choose(survey, survey->of_not_minus_one, i, i + 1);
		}
		if (is_wide_store(code, i))
			choose(survey, survey->of_store, i, i);
	}
	return 0;
}

/* Append the instructions that set a mark: *(u8 *)(value + offset) = 1 */
static void add_mark(struct insertion *insertion, int reg, int map_fd, int offset)
{
	struct bpf_insn *insn = &insertion->insns[insertion->cnt];

	insn[0] = (struct bpf_insn){ .code = BPF_LD | BPF_IMM | BPF_DW,
				     .dst_reg = reg,
				     .src_reg = BPF_PSEUDO_MAP_VALUE,
				     .imm = map_fd };
	insn[1] = (struct bpf_insn){ .imm = offset };
	insn[2] = (struct bpf_insn){ .code = BPF_ST | BPF_MEM | BPF_B, .dst_reg = reg, .imm = 1 };
	insertion->cnt += 3;
}

/* The condition of a jump once more: if it holds, set the mark. */
static void add_jump_mark(struct insertion *insertion, const struct bpf_insn *jump, int reg,
			  int map_fd, int offset)
{
	insertion->insns[0] = *jump;
	insertion->insns[0].off = 1;
	insertion->insns[1] = (struct bpf_insn){ .code = BPF_JMP | BPF_JA, .off = 3 };
	insertion->cnt = 2;
	add_mark(insertion, reg, map_fd, offset);
}

/* If the result of a call is another one than @value, set the mark. A call leaves r1 free. */
static void add_result_mark(struct insertion *insertion, int value, int map_fd, int offset)
{
	insertion->insns[0] =
		(struct bpf_insn){ .code = BPF_JMP | BPF_JEQ | BPF_K, .off = 3, .imm = value };
	insertion->cnt = 1;
	add_mark(insertion, 1, map_fd, offset);
}

/* If a store changes more than the lowest byte of what was there, set the mark. */
static void add_store_mark(struct insertion *insertion, const struct bpf_insn *store, int reg,
			   int map_fd, int offset)
{
	int size = BPF_SIZE(store->code), math = size == BPF_DW ? BPF_ALU64 : BPF_ALU;
	struct bpf_insn *insn = insertion->insns;

	insn[0] = (struct bpf_insn){ .code = BPF_LDX | BPF_MEM | size,
				     .dst_reg = reg,
				     .src_reg = store->dst_reg,
				     .off = store->off };
	insn[1] = (struct bpf_insn){ .code = math | BPF_XOR | BPF_X,
				     .dst_reg = reg,
				     .src_reg = store->src_reg };
	insn[2] = (struct bpf_insn){ .code = math | BPF_AND | BPF_K,
				     .dst_reg = reg,
				     .imm = size == BPF_H ? UINT16_MAX : -1 };
	insn[3] = (struct bpf_insn){
		.code = BPF_JMP | BPF_JLE | BPF_K, .dst_reg = reg, .off = 3, .imm = UINT8_MAX
	};
	insertion->cnt = 4;
	add_mark(insertion, reg, map_fd, offset);
}

static int add_insertions(const struct survey *survey, struct insertion *list, int map_fd,
			  int first)
{
	const struct code *code = &survey->code;
	int i, cnt = 0;

	for (i = 0; i < code->cnt; i++) {
		/* What belongs to the instruction before comes first. */
		if (i && survey->of_fall[i - 1] >= 0) {
			list[cnt] = (struct insertion){ .at = i, .is_after = true };
			add_mark(&list[cnt++], code__free_register(code, i), map_fd,
				 first + survey->of_fall[i - 1]);
		}
		if (i && survey->of_result[i - 1] >= 0) {
			list[cnt] = (struct insertion){ .at = i, .is_after = true };
			add_result_mark(&list[cnt++], 0, map_fd, first + survey->of_result[i - 1]);
		}
		if (i && survey->of_not_minus_one[i - 1] >= 0 && !survey->skips_values) {
			list[cnt] = (struct insertion){ .at = i, .is_after = true };
			add_result_mark(&list[cnt++], -1, map_fd,
					first + survey->of_not_minus_one[i - 1]);
		}
		if (survey->of_block[i] >= 0) {
			list[cnt] = (struct insertion){ .at = i };
			add_mark(&list[cnt++], code__free_register(code, i), map_fd,
				 first + survey->of_block[i]);
		}
		if (survey->of_jump[i] >= 0) {
			list[cnt] = (struct insertion){ .at = i };
			add_jump_mark(&list[cnt++], &code->insns[i], code__free_register(code, i),
				      map_fd, first + survey->of_jump[i]);
		}
		if (survey->of_store[i] >= 0 && !survey->skips_values) {
			list[cnt] = (struct insertion){ .at = i };
			add_store_mark(&list[cnt++], &code->insns[i], code__free_register(code, i),
				       map_fd, first + survey->of_store[i]);
		}
	}
	return cnt;
}

int survey__image(const struct survey *survey, struct image *image,
		  const struct bpf_prog_load_opts *opts, int map_fd, int first)
{
	const struct code *code = &survey->code;
	struct insertion *list = calloc(survey->marks_cnt + 1, sizeof(*list));
	int err;

	if (!list)
		return -ENOMEM;
	err = image__make(image, code->insns, code->cnt, opts, list,
			  add_insertions(survey, list, map_fd, first));
	free(list);
	return err;
}

bool survey__reached(const struct survey *survey, const unsigned char *marks, int insn)
{
	if (survey->is_blind)
		return true;
	while (insn > 0 && !survey->code.facts[insn].begins_block)
		insn--;
	return marks[survey->of_block[insn]];
}

struct observed survey__observed(const struct survey *survey, const unsigned char *marks, int insn)
{
	struct observed observed = { .is_known = !survey->is_blind };

	if (survey->is_blind)
		return observed;
	if (survey->of_jump[insn] >= 0)
		observed.jump_was_taken = marks[survey->of_jump[insn]];
	if (survey->of_fall[insn] >= 0)
		observed.jump_was_not_taken = marks[survey->of_fall[insn]];
	if (survey->of_result[insn] >= 0)
		observed.result_was_nonzero = marks[survey->of_result[insn]];
	if (survey->of_not_minus_one[insn] >= 0)
		observed.result_was_not_minus_one = survey->skips_values ||
						    marks[survey->of_not_minus_one[insn]];
	if (survey->of_store[insn] >= 0)
		observed.value_was_wide = survey->skips_values || marks[survey->of_store[insn]];
	return observed;
}

struct marked {
	const struct survey *survey;
	const unsigned char *marks;
};

static bool has_gone(void *context, int insn, bool jumps)
{
	const struct marked *marked = context;
	const struct survey *survey = marked->survey;
	const int *of = jumps ? survey->of_jump : survey->of_fall;

	if (!survey__reached(survey, marked->marks, insn))
		return false;
	return of[insn] < 0 || marked->marks[of[insn]];
}

uint16_t *survey__read_later(const struct survey *survey, const unsigned char *marks)
{
	struct marked marked = { survey, marks };
	uint16_t *live = survey->is_blind ? NULL : calloc(survey->code.cnt, sizeof(*live));

	if (live)
		code__live_on(&survey->code, has_gone, &marked, live);
	return live;
}

void survey__end(struct survey *survey)
{
	free(survey->of_block);
	free(survey->of_jump);
	free(survey->of_fall);
	free(survey->of_result);
	free(survey->of_not_minus_one);
	free(survey->of_store);
	code__free(&survey->code);
	*survey = (struct survey){};
}
