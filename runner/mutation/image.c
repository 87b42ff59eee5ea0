// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "runner/mutation/insn.h"
#include "runner/mutation/code.h"
#include "runner/mutation/image.h"

/* Where the instructions of the old program are in the new one. */
struct places {
	int *itself;  /* the instruction */
	int *landing; /* where a jump to it leads: inserted instructions may stand before it */
};

static int make_places(struct places *places, int cnt, const struct insertion *insertions,
		       int insertions_cnt)
{
	int i, k = 0, place = 0;

	places->itself = calloc(cnt + 1, sizeof(int));
	places->landing = calloc(cnt + 1, sizeof(int));
	if (!places->itself || !places->landing)
		return -ENOMEM;
	for (i = 0; i <= cnt; i++) {
		for (; k < insertions_cnt && insertions[k].at == i && insertions[k].is_after; k++)
			place += insertions[k].cnt;
		places->landing[i] = place;
		for (; k < insertions_cnt && insertions[k].at == i; k++)
			place += insertions[k].cnt;
		places->itself[i] = place++;
	}
	return 0;
}

static int move_jump(struct bpf_insn *insn, int distance)
{
	bool is_long = insn->code == (BPF_JMP32 | BPF_JA);

	if (!is_long && (distance < INT16_MIN || distance > INT16_MAX))
		return -ERANGE;
	if (is_long)
		insn->imm = distance;
	else
		insn->off = distance;
	return 0;
}

static int copy_insn(struct image *image, const struct places *places, const struct bpf_insn *insns,
		     int i)
{
	int place = places->itself[i], target = code__jump_target(insns, i);
	int callee = code__callee(insns, i);
	struct bpf_insn *copy = &image->insns[place];

	*copy = insns[i];
	if (callee >= 0)
		copy->imm = places->landing[callee] - place - 1;
	return target < 0 ? 0 : move_jump(copy, places->landing[target] - place - 1);
}

static int copy_insns(struct image *image, const struct places *places,
		      const struct bpf_insn *insns, int cnt, const struct insertion *insertions,
		      int insertions_cnt)
{
	int i, k = 0, place = 0, err;

	for (i = 0; i <= cnt; i++) {
		for (; k < insertions_cnt && insertions[k].at == i; k++) {
			memcpy(&image->insns[place], insertions[k].insns,
			       insertions[k].cnt * sizeof(*insns));
			place += insertions[k].cnt;
		}
		if (i == cnt)
			break;
		err = copy_insn(image, places, insns, i);
		if (err)
			return err;
		place = places->itself[i] + 1;
		if (insn__is_wide(&insns[i])) {
			i++;
			image->insns[places->itself[i]] = insns[i];
			place = places->itself[i] + 1;
		}
	}
	return 0;
}

/* Rows begin with the number of an instruction (struct bpf_func_info, struct bpf_line_info). */
static void *move_rows(const void *rows, unsigned int row_bytes, unsigned int cnt,
		       const struct places *places, int insns_cnt)
{
	char *copy = malloc((size_t)row_bytes * cnt + 1);
	unsigned int i;
	uint32_t insn;

	if (!copy)
		return NULL;
	memcpy(copy, rows, (size_t)row_bytes * cnt);
	for (i = 0; i < cnt; i++) {
		memcpy(&insn, copy + (size_t)i * row_bytes, sizeof(insn));
		if (insn < (uint32_t)insns_cnt)
			insn = places->landing[insn];
		memcpy(copy + (size_t)i * row_bytes, &insn, sizeof(insn));
	}
	return copy;
}

struct bpf_prog_load_opts image__options(const struct bpf_prog_load_opts *opts)
{
	struct bpf_prog_load_opts all = {};

	if (opts)
		memcpy(&all, opts, opts->sz < sizeof(all) ? opts->sz : sizeof(all));
	all.sz = sizeof(all);
	return all;
}

static int copy_options(struct image *image, const struct bpf_prog_load_opts *opts,
			const struct places *places, int insns_cnt)
{
	image->opts = image__options(opts);
	if (image->opts.func_info_cnt) {
		image->func_info = move_rows(image->opts.func_info, image->opts.func_info_rec_size,
					     image->opts.func_info_cnt, places, insns_cnt);
		if (!image->func_info)
			return -ENOMEM;
		image->opts.func_info = image->func_info;
	}
	if (image->opts.line_info_cnt) {
		image->line_info = move_rows(image->opts.line_info, image->opts.line_info_rec_size,
					     image->opts.line_info_cnt, places, insns_cnt);
		if (!image->line_info)
			return -ENOMEM;
		image->opts.line_info = image->line_info;
	}
	return 0;
}

static bool has_indirect_jump(const struct bpf_insn *insns, int cnt)
{
	int i;

	for (i = 0; i < cnt; i += 1 + insn__is_wide(&insns[i])) {
		if (insns[i].code == (BPF_JMP | BPF_JA | BPF_X))
			return true;
	}
	return false;
}

int image__make(struct image *image, const struct bpf_insn *insns, int cnt,
		const struct bpf_prog_load_opts *opts, const struct insertion *insertions,
		int insertions_cnt)
{
	struct places places = {};
	int err;

	*image = (struct image){};
	if (insertions_cnt && has_indirect_jump(insns, cnt))
		return -EINVAL;
	err = make_places(&places, cnt, insertions, insertions_cnt);
	if (!err) {
		image->cnt = places.itself[cnt];
		image->insns = calloc(image->cnt + 1, sizeof(*image->insns));
		err = image->insns ?
			      copy_insns(image, &places, insns, cnt, insertions, insertions_cnt) :
			      -ENOMEM;
	}
	err = err ?: copy_options(image, opts, &places, cnt);
	free(places.itself);
	free(places.landing);
	if (err)
		image__free(image);
	return err;
}

void image__free(struct image *image)
{
	free(image->insns);
	free(image->func_info);
	free(image->line_info);
	*image = (struct image){};
}
