/* SPDX-License-Identifier: GPL-2.0-only */
/* Runs the command on several kernels, one run for each kernel, and prints a table at the end. */
#ifndef VM_MATRIX_H
#define VM_MATRIX_H

struct vmtest;

/**
 * matrix__main() - run the command on every kernel that -k names
 *
 * Return: 1 if the command failed on any kernel; otherwise the exit status of the first run that
 * could not be carried out; otherwise 0.
 */
int matrix__main(struct vmtest *vm);

#endif
