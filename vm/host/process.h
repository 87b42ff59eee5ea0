/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Helper programs of the launcher: found, started, waited for, and ended with it.
 */
#ifndef VM_HOST_PROCESS_H
#define VM_HOST_PROCESS_H

#include <sys/types.h>

#include "vm/host/vmtest.h"

/**
 * struct program - a helper program to run
 * @argv: its words, ended by NULL; argv[0] is looked up in PATH and in the sbin folders
 * @folder: its working folder, or NULL
 * @environment: words NAME=VALUE that are added, ended by NULL; or NULL
 * @input_fd: its stdin, 0: /dev/null
 * @output_fd: its stdout, 0: captured
 * @deadline_ms: it is ended when it runs longer, 0: never
 * @file_limit_bytes: no file that it writes grows beyond this, 0: no limit
 */
struct program {
	char *const *argv;
	const char *folder;
	char *const *environment;
	int input_fd;
	int output_fd;
	int deadline_ms;
	uint64_t file_limit_bytes;
};

/**
 * struct outcome - how a helper program ended
 * @status: its exit status, or 128 + N after signal N
 * @timed_out: it was ended at its deadline
 * @output: what it wrote to stdout, if captured; ended by a NUL
 * @output_bytes: how much that is
 * @errors: what it wrote to stderr; ended by a NUL
 */
struct outcome {
	int status;
	bool timed_out;
	char *output;
	size_t output_bytes;
	char *errors;
};

/**
 * program_path() - Where a program lies.
 * @name: its name, or a path
 *
 * Return: a path that the caller frees, or NULL.
 */
char *program_path(const char *name);

/**
 * program_missing() - Say that a program is missing, and which Debian package has it.
 * @name: its name
 *
 * Return: EXIT_NO_PROGRAM.
 */
int program_missing(const char *name);

/**
 * program_child_setup() - What every child does between fork and exec.
 * @parent: pid of the launcher
 *
 * A process group of its own (the terminal's ^C goes to the launcher only), no blocked signals,
 * and SIGKILL when the launcher dies.
 */
void program_child_setup(pid_t parent);

/**
 * program_kill() - End a child and its process group, and reap it.
 * @pid: the child
 */
void program_kill(pid_t pid);

/**
 * program_run() - Run a helper program until it ends or a signal ends vmtest.
 * @vm: context
 * @program: what to run
 * @outcome: how it ended; to be freed with outcome_free() whatever is returned
 *
 * Return: 0 when it ran, whatever its exit status; else an exit status of vmtest.
 */
int program_run(struct vmtest *vm, const struct program *program, struct outcome *outcome);

/**
 * program_run_ok() - Run a helper program that has to succeed.
 * @vm: context
 * @program: what to run
 * @purpose: what it is for, completing "cannot ..."
 * @status: exit status of vmtest when it fails
 *
 * Return: 0, @status after having said what the program said, or another exit status.
 */
int program_run_ok(struct vmtest *vm, const struct program *program, const char *purpose,
		   int status);

/**
 * outcome_free() - Free what an outcome owns.
 * @outcome: the outcome
 */
void outcome_free(struct outcome *outcome);

#define autooutcome __attribute__((cleanup(outcome_free)))

/* The words of a program as a list for struct program. */
#define ARGV(...) ((char *const[]){ __VA_ARGS__, NULL })

#endif
