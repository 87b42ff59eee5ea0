/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Several kernels: one run each, in processes of their own, and one table at the end.
 */
#ifndef VM_MATRIX_H
#define VM_MATRIX_H

struct vmtest;

/**
 * matrix__main() - Run the command on every kernel that -k names.
 * @vm: context
 *
 * Return: 1 if it failed on one, else the exit status of the first run that could not be carried
 * out, else 0.
 */
int matrix__main(struct vmtest *vm);

#endif
