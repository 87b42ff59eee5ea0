/* SPDX-License-Identifier: GPL-2.0-only */
/* Helper programs of the launcher: found, started, waited for, and ended with it. */
#ifndef VM_HOST_PROGRAM_H
#define VM_HOST_PROGRAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct vmtest;

struct program {
	char *const *argv;         /* ended by NULL; argv[0] as program__path() takes it */
	const char *folder;        /* working folder, or NULL */
	char *const *environment;  /* words NAME=VALUE that are added, ended by NULL; or NULL */
	int input_fd;              /* its stdin; 0: /dev/null */
	int output_fd;             /* its stdout; 0: captured */
	int deadline_ms;           /* it is killed when it runs longer; 0: never */
	uint64_t file_limit_bytes; /* no file that it writes grows beyond this; 0: no limit */
};

/* The words of a program as a list for struct program. */
#define ARGV(...) ((char *const[]){ __VA_ARGS__, NULL })

/* How a helper program ended. Texts are ended by a NUL. */
struct outcome {
	int status; /* its exit status, or 128 + N after signal N */
	bool timed_out;
	char *output; /* of its stdout, if captured */
	size_t output_bytes;
	char *errors; /* of its stderr */
};

/* An outcome that is freed when it goes out of scope. */
#define autooutcome __attribute__((cleanup(program__free_outcome)))

/**
 * program__path() - where a program is
 * @name: a path, or a name that is looked up in $PATH and then in the sbin folders
 *
 * Return: a path that the caller frees, or NULL.
 */
char *program__path(const char *name);

/** program__missing() - say which Debian package has a program; returns EXIT_NO_PROGRAM */
int program__missing(const char *name);

/**
 * program__set_up_child() - what every child does between fork and exec
 *
 * It gets a process group of its own (the terminal's ^C is for the launcher alone), no blocked
 * signals, and SIGKILL when the launcher, @parent, dies.
 */
void program__set_up_child(pid_t parent);

/** program__kill() - kill a child and its process group, and reap the child */
void program__kill(pid_t pid);

/**
 * program__run() - run a helper program until it ends or a signal ends vmtest
 * @outcome: to be freed with program__free_outcome() whatever is returned
 *
 * Return: 0 if it ran, whatever its exit status; else an exit status of vmtest.
 */
int program__run(struct vmtest *vm, const struct program *program, struct outcome *outcome);

/**
 * program__run_ok() - run a helper program that has to succeed
 * @purpose: completes "cannot ..."
 * @status: exit status of vmtest if the program fails
 *
 * Return: 0, @status after a message with the program's own, or another exit status.
 */
int program__run_ok(struct vmtest *vm, const struct program *program, const char *purpose,
		    int status);

void program__free_outcome(struct outcome *outcome);

#endif
