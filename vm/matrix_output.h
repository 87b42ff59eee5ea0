/* SPDX-License-Identifier: GPL-2.0-only */
/* The output of several runs at once. */
#ifndef VM_MATRIX_OUTPUT_H
#define VM_MATRIX_OUTPUT_H

#include "vm/matrix_run.h"

struct vmtest;

/** matrix_output__open() - create the file that keeps a run's output; 0 or an exit status */
int matrix_output__open(struct matrix_run *run);

/**
 * matrix_output__read() - read a stream once, and print whole lines with the run's name in front
 *
 * At the end of the stream its fd becomes -1.
 */
void matrix_output__read(struct vmtest *vm, const struct matrix *matrix, struct matrix_run *run,
			 enum matrix_stream stream);

/** matrix_output__close() - print the last incomplete lines and close everything */
void matrix_output__close(struct vmtest *vm, const struct matrix *matrix, struct matrix_run *run);

#endif
