/* SPDX-License-Identifier: GPL-2.0-only */
/* Several kernels: a run for each of them, and one table at the end. */
#ifndef VM_MATRIX_H
#define VM_MATRIX_H

struct vmtest;

/**
 * matrix__main() - run the command on every kernel that -k names
 *
 * Return: 1 if the command failed on one, else the exit status of the first run that could not be
 * carried out, else 0.
 */
int matrix__main(struct vmtest *vm);

#endif
