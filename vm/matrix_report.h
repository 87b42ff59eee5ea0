/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef VM_MATRIX_REPORT_H
#define VM_MATRIX_REPORT_H

#include <stdio.h>

struct matrix_run;
struct matrix;

/**
 * matrix_report__read() - Read the report that a run left.
 * @matrix: all runs
 * @run: the run; report is set if there is one
 */
void matrix_report__read(const struct matrix *matrix, struct matrix_run *run);

/**
 * matrix_report__print() - Print the table of all runs, and where results differ.
 * @matrix: all runs
 * @out: where to
 */
void matrix_report__print(const struct matrix *matrix, FILE *out);

#endif
