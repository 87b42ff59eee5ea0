/* SPDX-License-Identifier: GPL-2.0-only */
/* Functions that find, start and wait for the launcher's helper programs, and kill them. */
#ifndef VM_HOST_PROGRAM_H
#define VM_HOST_PROGRAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct vmtest;

struct program {
	char *const *argv;  /* words of the command and a NULL; program__path() finds argv[0] */
	const char *folder; /* working folder, or NULL */
	char *const *environment;  /* additional NAME=VALUE words, ending with NULL; or NULL */
	int input_fd;              /* stdin of the program; 0: /dev/null */
	int output_fd;             /* stdout of the program; 0: captured */
	int deadline_ms;           /* time after which the program is killed; 0: no limit */
	uint64_t file_limit_bytes; /* largest file that the program may write; 0: no limit */
};

/* A list of words for argv and environment of struct program. */
#define ARGV(...) ((char *const[]){ __VA_ARGS__, NULL })

/* Exit status and output of a helper program. The texts end with a NUL. */
struct outcome {
	int status; /* exit status, or 128 + N after signal N */
	bool timed_out;
	char *output; /* text on stdout, if captured */
	size_t output_bytes;
	char *errors; /* text on stderr */
};

/* An outcome that is freed when it goes out of scope. */
#define autooutcome __attribute__((cleanup(program__free_outcome)))

/**
 * program__path() - find a program
 * @name: a path, or a name that is looked up in $PATH and then in the sbin folders
 *
 * Return: a path that the caller frees, or NULL.
 */
char *program__path(const char *name);

/** program__missing() - print which Debian package has a program; returns EXIT_NO_PROGRAM */
int program__missing(const char *name);

/**
 * program__set_up_child() - set up a child process between fork and exec
 *
 * The child gets its own process group (a ^C on the terminal must only reach the launcher), no
 * blocked signals, and SIGKILL when the launcher, @parent, dies.
 */
void program__set_up_child(pid_t parent);

/** program__kill() - kill a child and its process group, and reap the child */
void program__kill(pid_t pid);

/**
 * program__run() - run a helper program until it ends or a signal ends vmtest
 * @outcome: the caller frees it with program__free_outcome(), also after an error
 *
 * Return: 0 if the program ran, with any exit status; otherwise an exit status of vmtest.
 */
int program__run(struct vmtest *vm, const struct program *program, struct outcome *outcome);

/**
 * program__run_ok() - run a helper program that has to succeed
 * @purpose: the words after "cannot" in the error message
 * @status: exit status of vmtest if the program fails
 *
 * Return: 0; @status if the program failed, after a message with its last line; or another exit
 * status.
 */
int program__run_ok(struct vmtest *vm, const struct program *program, const char *purpose,
		    int status);

void program__free_outcome(struct outcome *outcome);

#endif
