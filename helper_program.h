/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A program of the suite's own that tests run and probe (prog_tests/helpers/uprobe_multi.c): its
 * process, and what its ELF file says.
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
	char path[PATH_MAX]; /* beside the executable of the test */
	int fd;              /* of the file, for reading */
	pid_t pid;
	int orders, answers; /* pipes to and from the process */
	int timeout_ms;      /* for each answer */
};

/**
 * helper_program__start() - open the program's file and run it
 * @lock: take the file's lock first, and keep it until the end: a second copy of the suite on this
 *	machine runs the same file. For the first process of a test only, it would wait for itself.
 * @timeout_ms: for the lock, and for each answer
 *
 * Stop it whatever comes back.
 *
 * Return: 0 when it waits for orders, -ETIMEDOUT, or another negative errno.
 */
int helper_program__start(struct helper_program *helper, bool lock, int timeout_ms);

/**
 * helper_program__order() - have it obey one order, and wait until it has
 * @order: HELPER_*
 *
 * Return: 0, -EPIPE when it has ended, -ETIMEDOUT, or another negative errno.
 */
int helper_program__order(struct helper_program *helper, char order);

/**
 * helper_program__stop() - end the process, wait for it, and close all
 *
 * Return: its status as of waitpid(), 0 when there was no process, or a negative errno.
 */
int helper_program__stop(struct helper_program *helper);

struct helper_symbol {
	char *name;
	unsigned long address; /* the program is not relocated: in memory as in the file's table */
	unsigned long offset;  /* in the file */
	size_t size_bytes;
};

struct helper_symbols {
	struct helper_symbol *symbols;
	size_t count;
};

/**
 * helper_symbols__load() - all symbols of an ELF file that lie in its code
 *
 * Return: 0, or a negative errno. Free them whatever comes back.
 */
int helper_symbols__load(struct helper_symbols *list, int fd);

/** helper_symbols__find() - the symbol of that name, or NULL */
const struct helper_symbol *helper_symbols__find(const struct helper_symbols *list,
						 const char *name);

void helper_symbols__free(struct helper_symbols *list);

struct helper_build_id {
	unsigned char bytes[20]; /* filled up with zeros */
	size_t len_bytes;
	off_t offset; /* of the first byte in the file */
};

/**
 * helper_build_id__read() - the GNU build id in the notes of an ELF file
 *
 * Return: 0, -ENOENT when there is none, or -EINVAL when it is no ELF file.
 */
int helper_build_id__read(struct helper_build_id *build_id, int fd);

#endif
