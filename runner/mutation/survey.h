/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Marks in a program that tell which of its instructions have run. Each mark is a byte of the caller's
 * memory, which is the value of a map. A mark costs four instructions at the begin of each block, and
 * as many for each way of a jump and twice as many for the result of a call.
 */
#ifndef RUNNER_MUTATION_SURVEY_H
#define RUNNER_MUTATION_SURVEY_H

#include "runner/mutation/operators.h"

struct survey {
	struct code code;
	/* Numbers of the marks, for each instruction; -1: no mark. */
	int *of_block, *of_jump, *of_fall, *of_result, *of_not_minus_one, *of_store;
	int marks_cnt;
	/* No marks for stores and for results other than -1: the verifier does not take them all. */
	bool skips_values;
	bool is_blind; /* the program has no marks: everything counts as run */
};

/**
 * survey__begin() - choose the places of the marks
 * @code: analyzed; the survey owns it from now on, also after an error
 *
 * Return: 0 or -ENOMEM. A program that cannot have marks is blind.
 */
int survey__begin(struct survey *survey, struct code *code);

/**
 * survey__image() - make the program with its marks
 * @map_fd: an array map with one value
 * @first: offset of the first mark in the value
 *
 * Return: as image__make().
 */
int survey__image(const struct survey *survey, struct image *image,
		  const struct bpf_prog_load_opts *opts, int map_fd, int first);

/**
 * survey__reached() - whether an instruction has run
 * @marks: the marks of this program
 */
bool survey__reached(const struct survey *survey, const unsigned char *marks, int insn);

/** survey__observed() - what the marks say about a jump or a call */
struct observed survey__observed(const struct survey *survey, const unsigned char *marks, int insn);

/**
 * survey__read_later() - which registers the runs have read later, for each instruction
 *
 * Return: to be freed by the caller; NULL when out of memory, or for a blind survey.
 */
uint16_t *survey__read_later(const struct survey *survey, const unsigned char *marks);

/** survey__end() - free the survey and its code */
void survey__end(struct survey *survey);

#endif
