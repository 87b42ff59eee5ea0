/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Helpers for a program of the suite that tests run and probe (prog_tests/helpers/uprobe_multi.c):
 * they control its process and read its ELF file.
 *
 * Nothing here asserts, as in testing_helpers.h.
 */
#ifndef HELPER_PROGRAM_H
#define HELPER_PROGRAM_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "prog_tests/helpers/uprobe_multi.h"

struct helper_program {
	char path[PATH_MAX]; /* path of the program, in the folder of the test's executable */
	int fd;              /* descriptor of its file, open for reading */
	pid_t pid;
	int orders, answers; /* pipes to and from the process */
	int timeout_ms;      /* time limit for each answer */
};

/**
 * helper_program__start() - open the program's file and run it
 * @lock: first lock the file, and keep the lock until helper_program__stop(), because a second copy
 *	of the suite on this machine runs the same file. Only for the first process of a test: the
 *	second one would wait for the lock of the first.
 * @timeout_ms: deadline for the lock, and for each answer
 *
 * The caller calls helper_program__stop(), also after an error.
 *
 * Return: 0 if the program waits for orders, -ETIMEDOUT, or another negative errno.
 */
int helper_program__start(struct helper_program *helper, bool lock, int timeout_ms);

/**
 * helper_program__order() - send an order to the program, and wait until it is done
 * @order: HELPER_*
 *
 * Return: 0, -EPIPE if the program has ended, -ETIMEDOUT, or another negative errno.
 */
int helper_program__order(struct helper_program *helper, char order);

/**
 * helper_program__stop() - end the process, wait for it, and close all descriptors
 *
 * Return: the process's status from waitpid(), 0 if there was no process, or a negative errno.
 */
int helper_program__stop(struct helper_program *helper);

struct helper_symbol {
	char *name;
	unsigned long address; /* address in the symbol table and in memory: it is not relocated */
	unsigned long offset;  /* offset in the file */
	size_t size_bytes;
};

struct helper_symbols {
	struct helper_symbol *symbols;
	size_t count;
};

/**
 * helper_symbols__load() - read all symbols of an ELF file that are in its code
 *
 * Return: 0, or a negative errno. The caller frees the list, also after an error.
 */
int helper_symbols__load(struct helper_symbols *list, int fd);

/** helper_symbols__find() - find a symbol by name; returns NULL if there is none */
const struct helper_symbol *helper_symbols__find(const struct helper_symbols *list,
						 const char *name);

void helper_symbols__free(struct helper_symbols *list);

struct helper_build_id {
	unsigned char bytes[20]; /* the build id, padded with zeros */
	size_t len_bytes;
	off_t offset; /* offset of its first byte in the file */
};

/**
 * helper_build_id__read() - read the GNU build id from the notes of an ELF file
 *
 * Return: 0, -ENOENT if there is no build id, or -EINVAL if the file is not an ELF file.
 */
int helper_build_id__read(struct helper_build_id *build_id, int fd);

#endif
