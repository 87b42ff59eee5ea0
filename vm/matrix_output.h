/* SPDX-License-Identifier: GPL-2.0-only */
/* Prints and keeps the output of several runs that go on at the same time. */
#ifndef VM_MATRIX_OUTPUT_H
#define VM_MATRIX_OUTPUT_H

#include "vm/matrix_run.h"

struct vmtest;

/** matrix_output__open() - create the file that keeps a run's output; 0 or an exit status */
int matrix_output__open(struct matrix_run *run);

/**
 * matrix_output__read() - read a stream once, and print whole lines with the run's name in front
 *
 * At the end of the stream, fd in its struct matrix_line becomes -1.
 */
void matrix_output__read(struct vmtest *vm, const struct matrix *matrix, struct matrix_run *run,
			 enum matrix_stream stream);

/** matrix_output__close() - print the incomplete last lines of a run, and close its files */
void matrix_output__close(struct vmtest *vm, const struct matrix *matrix, struct matrix_run *run);

#endif
