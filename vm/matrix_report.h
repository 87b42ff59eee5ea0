/* SPDX-License-Identifier: GPL-2.0-only */
/* Prints the table at the end of several runs. */
#ifndef VM_MATRIX_REPORT_H
#define VM_MATRIX_REPORT_H

#include <stdio.h>

struct matrix_run;
struct matrix;

/** matrix_report__read() - read the report that test_progs left in the run's results, if any */
void matrix_report__read(const struct matrix *matrix, struct matrix_run *run);

/** matrix_report__print() - print a line for each run, and the tests with different results */
void matrix_report__print(const struct matrix *matrix, FILE *out);

#endif
