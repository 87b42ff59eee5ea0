/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef VM_MATRIX_OUTPUT_H
#define VM_MATRIX_OUTPUT_H

#include "vm/matrix_run.h"

struct vmtest;

/**
 * matrix_output__open() - Create the log of a run's output.
 * @run: the run
 *
 * Return: 0 or an exit status.
 */
int matrix_output__open(struct matrix_run *run);

/**
 * matrix_output__read() - Pass on whole lines of a run, with its name in front.
 * @vm: context
 * @matrix: all runs
 * @run: the run; its stream's fd becomes -1 at the end of the stream
 * @stream: which stream
 */
void matrix_output__read(struct vmtest *vm, const struct matrix *matrix, struct matrix_run *run,
			 enum matrix_stream stream);

/**
 * matrix_output__close() - Pass on what is left and close everything.
 * @vm: context
 * @matrix: all runs
 * @run: the run
 */
void matrix_output__close(struct vmtest *vm, const struct matrix *matrix, struct matrix_run *run);

#endif
